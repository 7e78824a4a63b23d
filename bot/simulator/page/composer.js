// Where a person writes: the box, the commands, a file to attach, and the bot's own keyboard.
import { el, glyphs, icon, iconButton, menu } from "./dom.js";

// `send` gets {text, file} and rejects when it failed: the draft then comes back. `say` sends a
// text that was not typed, `share` the own contact, `unblock` lets the bot write again.
export function composer(name, chat, { send, say, share, unblock }) {
  let file = null;
  let boardShown = true;

  const text = el("textarea", {
    rows: "1", placeholder: "Tulis pesan", "aria-label": `Pesan sebagai ${name}`, maxlength: "4096", enterkeyhint: "send",
  });
  const picker = el("input", { type: "file", hidden: true, "aria-label": "Pilih berkas", tabindex: "-1" });
  const chosen = el("div", { class: "chosen", hidden: true });
  const offers = el("div", { class: "suggestions", role: "group", "aria-label": "Perintah", hidden: true });
  const board = el("div", { class: "keyboard", role: "group", "aria-label": "Papan tombol dari bot" });
  const boardToggle = iconButton("keys", "Tampilkan atau sembunyikan papan tombol", () => showBoard(!boardShown));
  const commands = iconButton("slash", "Daftar perintah");
  const commandMenu = menu(commands, "Perintah", () => known("").map(({ command, description }) => ({
    text: `/${command}`, hint: description, action: () => say(`/${command}`),
  })));
  commandMenu.classList.add("menu-up");
  const submit = iconButton("send", "Kirim");
  submit.type = "submit";
  submit.classList.add("send");
  const form = el(
    "form", { class: "composer", onsubmit: (event) => (event.preventDefault(), sendDraft()) },
    commands, commandMenu, iconButton("attach", "Lampirkan foto atau berkas", () => picker.click()),
    picker, el("div", { class: "write" }, text, boardToggle), submit,
  );
  const blocked = el("button", { type: "button", class: "wide-button unblock", onclick: unblock }, "Buka blokir bot");
  const element = el("div", { class: "panel-foot" }, offers, chosen, form, board, blocked);

  picker.addEventListener("change", () => attach(picker.files[0]));
  text.addEventListener("input", typed);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      sendDraft();
    } else if (event.key === "ArrowUp" && !offers.hidden) {
      event.preventDefault();
      offers.lastElementChild.focus();
    } else if (event.key === "Escape") offers.hidden = true;
  });
  offers.addEventListener("keydown", (event) => {
    const next = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    if (!next && event.key !== "Escape") return;
    event.preventDefault();
    (document.activeElement[next] ?? text).focus();
  });

  const known = (prefix) => (chat.commands ?? []).filter(({ command }) => command.startsWith(prefix));

  function write(words) {
    text.value = words;
    typed();
  }

  // Fits the box to its lines and offers the commands that begin as what was typed.
  function typed() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
    const begun = /^\/([a-z0-9_]*)$/.exec(text.value);
    const found = begun ? known(begun[1]) : [];
    offers.hidden = found.length === 0;
    offers.replaceChildren(...found.map(({ command, description }) => el(
      "button", { type: "button", onclick: () => (write(""), text.focus(), say(`/${command}`)) },
      el("span", {}, `/${command}`), el("span", { class: "quiet" }, description),
    )));
  }

  function attach(picked) {
    file = picked ?? null;
    picker.value = "";
    chosen.hidden = !file;
    chosen.replaceChildren();
    if (!file) return;
    chosen.append(icon("file"), el("span", {}, file.name), iconButton("close", "Batal melampirkan", () => attach(null)));
    text.focus();
  }

  function sendDraft() {
    const draft = { text: text.value, file };
    if (!draft.text.trim() && !draft.file) return;
    write("");
    attach(null);
    text.focus();
    send(draft).catch(() => {
      if (!text.value) write(draft.text);
      if (!file) attach(draft.file);
    });
  }

  function showBoard(shown) {
    boardShown = shown;
    draw();
  }

  function boardKey(key) {
    const label = key.text ?? key;
    const onclick = () => {
      if (chat.keyboard?.one_time_keyboard) showBoard(false);
      if (key.request_contact) share();
      else say(label);
    };
    const mark = key.request_contact && !/📱/u.test(label) ? icon("person") : null;
    return el("button", { type: "button", class: "board-key", onclick }, mark, el("span", {}, ...glyphs(label)));
  }

  function draw() {
    const lines = chat.keyboard?.keyboard ?? [];
    board.replaceChildren(...lines.map((line) => el("div", { class: "keys-row" }, ...line.map(boardKey))));
    board.hidden = chat.blocked || !boardShown || lines.length === 0;
    boardToggle.hidden = lines.length === 0;
    boardToggle.setAttribute("aria-pressed", String(boardShown));
    text.placeholder = chat.keyboard?.input_field_placeholder || "Tulis pesan";
    commands.hidden = !chat.commands?.length;
    form.hidden = chat.blocked;
    blocked.hidden = !chat.blocked;
  }

  return { element, draw, showBoard, focus: () => text.focus({ preventScroll: true }) };
}
