// One person's phone: header, messages, the bot's keyboard and the box to write in.
import { avatar, el, glyphs, icon, iconButton, menu, nameOf } from "./dom.js";
import { bubble } from "./bubble.js";
import { post, upload } from "./wire.js";

// The panel of `person`, drawn from `chat` (kept by the caller) whenever one of its functions is
// called. `close` and `drop` (forget a guest) are the caller's.
export function panel(person, chat, { close, drop }) {
  const base = `/sim/chats/${person.id}`;
  const name = nameOf(person);
  const note = person.note || person.group || "";
  const rows = new Map();
  let file = null;
  let typing = 0;
  let sending = Promise.resolve();
  let keysShown = true;

  const actions = { say: (text) => send(() => post(`${base}/text`, { text })), press };
  const status = el("p", { class: "panel-note" }, note);
  const unread = el("span", { class: "badge", hidden: true });
  const back = iconButton("back", "Kembali ke daftar orang", close);
  back.classList.add("back");
  back.append(unread);
  const shut = iconButton("close", `Tutup percakapan ${name}`, close);
  shut.classList.add("shut");
  const more = iconButton("more", `Menu percakapan ${name}`);
  const moreMenu = menu(more, "Menu percakapan", choices);
  const log = el("ol", { class: "log", role: "log", "aria-live": "polite", "aria-label": `Pesan ${name}`, tabindex: "0" });
  const down = iconButton("down", "Ke pesan terbaru", () => toEnd());
  down.classList.add("down");
  down.hidden = true;
  const toast = el("div", { class: "toast", role: "status", hidden: true });
  const first = el("div", { class: "first" });
  const keyboard = el("div", { class: "keyboard", role: "group", "aria-label": "Papan tombol dari bot" });
  const chosen = el("div", { class: "chosen", hidden: true });
  const suggestions = el("div", { class: "suggestions", role: "group", "aria-label": "Perintah", hidden: true });
  const text = el("textarea", { rows: "1", placeholder: "Tulis pesan", "aria-label": `Pesan sebagai ${name}`, maxlength: "4096", enterkeyhint: "send" });
  const picker = el("input", { type: "file", hidden: true, "aria-label": "Pilih berkas", tabindex: "-1" });
  const commands = iconButton("slash", "Daftar perintah");
  const commandMenu = menu(commands, "Perintah", () => known("").map(({ command, description }) => ({
    text: `/${command}`, hint: description, action: () => actions.say(`/${command}`),
  })));
  commandMenu.classList.add("menu-up");
  const keys = iconButton("keys", "Tampilkan atau sembunyikan papan tombol", () => {
    keysShown = !keysShown;
    drawKeyboard();
  });
  const submit = iconButton("send", "Kirim");
  submit.type = "submit";
  submit.classList.add("send");
  const form = el(
    "form", { class: "composer", onsubmit: (event) => (event.preventDefault(), sendDraft()) },
    commands, commandMenu, iconButton("attach", "Lampirkan foto atau berkas", () => picker.click()),
    picker, el("div", { class: "write" }, text, keys), submit,
  );
  const unblock = el("button", { type: "button", class: "wide-button unblock", onclick: () => block(false) }, "Buka blokir bot");
  const element = el(
    "section", { class: "panel", "data-person": person.id, "aria-label": `Percakapan ${name}` },
    el("header", { class: "panel-head" }, back, avatar(person),
      el("div", { class: "panel-title" }, el("h2", {}, name), status), more, moreMenu, shut),
    el("div", { class: "log-wrap" }, log, first, down, toast),
    el("div", { class: "panel-foot" }, suggestions, chosen, form, keyboard, unblock),
  );

  text.addEventListener("input", () => (fit(), suggest()));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      sendDraft();
    } else if (event.key === "ArrowUp" && !suggestions.hidden) {
      event.preventDefault();
      suggestions.lastElementChild.focus();
    } else if (event.key === "Escape") suggestions.hidden = true;
  });
  suggestions.addEventListener("keydown", (event) => {
    const next = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    if (!next && event.key !== "Escape") return;
    event.preventDefault();
    (document.activeElement[next] ?? text).focus();
  });
  picker.addEventListener("change", () => choose(picker.files[0]));
  let stick = true; // Whether the newest message is kept in sight.
  log.addEventListener("scroll", () => (down.hidden = stick = atEnd()), { passive: true });
  new ResizeObserver(() => stick && toEnd()).observe(log);

  function choices() {
    const list = [{ text: "Bagikan kontak sendiri", hint: person.phone && `+${person.phone}`, action: shareContact }];
    if (person.start) list.push({ text: "Buka tautan undangan", action: () => actions.say(`/start ${person.start}`) });
    list.push({ text: chat.blocked ? "Buka blokir bot" : "Blokir bot", action: () => block(!chat.blocked) });
    if (person.group === "Tamu") list.push({ text: "Hapus orang ini", action: drop });
    return list;
  }

  // Requests of one panel go out in the order they were asked for.
  function send(request) {
    const done = sending.then(request);
    sending = done.catch((error) => say(error.message));
    stick = true;
    return done;
  }

  function sendDraft() {
    const words = text.value;
    const chosenFile = file;
    if (!words.trim() && !chosenFile) return;
    text.value = "";
    choose(null);
    fit();
    suggest();
    const request = chosenFile
      ? () => {
          const parts = new FormData();
          parts.append("file", chosenFile, chosenFile.name);
          if (words.trim()) parts.append("caption", words);
          return upload(`${base}/file`, parts);
        }
      : () => post(`${base}/text`, { text: words });
    send(request).catch(() => {
      if (!text.value) text.value = words;
      if (chosenFile && !file) choose(chosenFile);
      fit();
    });
    text.focus();
  }

  function choose(picked) {
    file = picked ?? null;
    picker.value = "";
    chosen.hidden = !file;
    chosen.replaceChildren();
    if (!file) return;
    chosen.append(icon("file"), el("span", {}, file.name), iconButton("close", "Batal melampirkan", () => choose(null)));
    text.focus();
  }

  function press(message, button, node) {
    node.setAttribute("aria-busy", "true");
    setTimeout(() => node.removeAttribute("aria-busy"), 8000);
    send(() => post(`${base}/press`, { message_id: message.id, data: button.data })).catch(() => node.removeAttribute("aria-busy"));
  }

  const shareContact = () => send(() => post(`${base}/contact`, { own: true })).catch(() => {});

  function block(blocked) {
    send(() => post(`${base}/block`, { blocked })).then(() => {
      chat.blocked = blocked;
      drawFoot();
      if (!blocked) text.focus();
    }, () => {});
  }

  function known(prefix) {
    return (chat.commands ?? []).filter(({ command }) => command.startsWith(prefix));
  }

  function suggest() {
    const typed = /^\/([a-z0-9_]*)$/.exec(text.value);
    const found = typed ? known(typed[1]) : [];
    suggestions.hidden = found.length === 0;
    suggestions.replaceChildren(...found.map(({ command, description }) => el(
      "button",
      { type: "button", onclick: () => ((text.value = ""), fit(), suggest(), text.focus(), actions.say(`/${command}`)) },
      el("span", {}, `/${command}`), el("span", { class: "quiet" }, description),
    )));
  }

  function fit() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
  }

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  function toEnd() {
    log.scrollTop = log.scrollHeight;
    stick = true;
  }

  let toastTimer = 0;
  function say(words) {
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => (toast.hidden = true), 4500);
  }

  const shown = () => [...chat.messages.values()].filter((message) => !message.deleted).sort((a, b) => a.id - b.id);

  function drawMessage(message) {
    stick ||= message.from !== "bot" && !message.edited;
    if (message.from === "bot") setTyping(false);
    put(message);
    drawFoot();
    if (stick) toEnd();
    else down.hidden = false;
  }

  function put(message) {
    const old = rows.get(message.id);
    if (message.deleted) {
      old?.remove();
      rows.delete(message.id);
      return;
    }
    const list = shown();
    const place = list.findIndex(({ id }) => id === message.id);
    const row = bubble(message, list[place - 1], actions);
    row.querySelector("img")?.addEventListener("load", () => stick && toEnd());
    const focused = old?.contains(document.activeElement);
    if (old) old.replaceWith(row);
    else log.insertBefore(row, rows.get(list.slice(place + 1).find(({ id }) => rows.has(id))?.id) ?? null);
    rows.set(message.id, row);
    if (focused) (row.querySelector(".key") ?? log).focus({ preventScroll: true });
  }

  function drawAll() {
    log.setAttribute("aria-live", "off");
    for (const row of rows.values()) row.remove();
    rows.clear();
    for (const message of shown()) put(message);
    drawKeyboard();
    toEnd();
    requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
  }

  function drawKeyboard() {
    const lines = chat.keyboard?.keyboard ?? (Array.isArray(chat.keyboard) ? chat.keyboard : []);
    keys.hidden = lines.length === 0;
    keys.setAttribute("aria-pressed", String(keysShown));
    keyboard.replaceChildren(...lines.map((line) => el("div", { class: "keys-row" }, ...line.map(keyboardKey))));
    text.placeholder = chat.keyboard?.input_field_placeholder || "Tulis pesan";
    drawFoot();
  }

  function keyboardKey(key) {
    const label = key.text ?? key;
    const onclick = () => {
      if (chat.keyboard?.one_time_keyboard) keysShown = false;
      if (key.request_contact) shareContact();
      else actions.say(label);
      drawKeyboard();
    };
    return el("button", { type: "button", class: "board-key", onclick }, key.request_contact && !/📱/u.test(label) ? icon("person") : null, el("span", {}, ...glyphs(label)));
  }

  function drawFoot() {
    form.hidden = chat.blocked;
    unblock.hidden = !chat.blocked;
    keyboard.hidden = chat.blocked || !keysShown || !keyboard.firstChild;
    commands.hidden = !chat.commands?.length;
    const fresh = chat.loaded && rows.size === 0 && !chat.blocked;
    first.hidden = !fresh;
    if (!fresh || first.firstChild) return;
    const [words, label, start] = person.start
      ? ["Orang ini memegang tautan undangan dari koperasi.", "Buka tautan undangan", `/start ${person.start}`]
      : ["Belum ada pesan dengan bot.", "Mulai", "/start"];
    first.append(el("p", {}, words), el("button", { type: "button", class: "primary", onclick: () => actions.say(start) }, label));
  }

  function setTyping(on) {
    clearTimeout(typing);
    status.textContent = on ? "bot sedang mengetik…" : note;
    status.classList.toggle("typing", on);
    if (on) typing = setTimeout(() => setTyping(false), 5000);
  }

  return {
    element,
    drawAll,
    drawMessage,
    say,
    focus: () => text.focus({ preventScroll: true }),
    drawKeyboard: () => ((keysShown = true), drawKeyboard()),
    drawCommands: () => (drawFoot(), suggest()),
    typing: () => setTyping(true),
    answered: () => element.querySelectorAll("[aria-busy]").forEach((node) => node.removeAttribute("aria-busy")),
    waiting(count) {
      unread.hidden = count === 0;
      unread.textContent = count > 99 ? "99+" : count;
    },
  };
}
