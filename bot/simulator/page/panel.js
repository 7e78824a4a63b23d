// One person's phone: header, messages, and the place to write.
import { avatar, el, icon, iconButton, menu, nameOf } from "./dom.js";
import { addressOf, channelOf, NAMES } from "./channels.js";
import { composer } from "./composer.js";
import { messageLog } from "./log.js";
import { post, upload } from "./wire.js";

// The panel of a phone of `person`, drawn from `chat` (kept by the caller) whenever one of its
// functions is called. `close`, `drop` (forget a guest), `toOther` (the same person's other phone in
// this one's place) and `besideOther` are the caller's.
export function panel(person, key, chat, numbers, { close, drop, toOther, besideOther }) {
  const channel = channelOf(key);
  const onWhatsapp = channel === "whatsapp";
  const name = nameOf(person);
  const note = person.note || person.group || "";
  let sending = Promise.resolve();
  let typing = 0;
  let toastEnd = 0;

  const act = (what, body) => post(addressOf(key, what), body);
  const say = (text) => send(() => act("text", { text })).catch(() => {});
  const share = () => send(() => act("contact", { own: true })).catch(() => {});
  const business = numbers.map(({ display }) => display);
  const log = messageLog(name, chat, { say, press, choose, channel, business });
  const foot = composer(name, chat, { send: sendDraft, say, share, unblock: () => block(false) });

  const status = el("p", { class: "panel-note" }, note);
  const unread = el("span", { class: "badge", hidden: true });
  const back = iconButton("back", "Kembali ke daftar orang", close);
  back.classList.add("back");
  back.append(unread);
  const shut = iconButton("close", `Tutup percakapan ${name}`, close);
  shut.classList.add("shut");
  const more = iconButton("more", `Menu percakapan ${name}`);
  const title = el("div", { class: "panel-title" }, el("h2", {}, name), status);
  const toast = el("div", { class: "toast", role: "status", hidden: true });
  const first = el("div", { class: "first" }, ...invitation());
  const element = el(
    "section",
    { class: `panel on-${channel}`, "data-person": person.id, "data-channel": channel, "aria-label": `Percakapan ${name} di ${NAMES[channel]}` },
    el("header", { class: "panel-head" }, back, avatar(person), title, switcher(), more, menu(more, "Menu percakapan", choices), shut),
    el("div", { class: "log-wrap" }, ...log.nodes, first, toast),
    foot.element,
  );
  const sheet = el("dialog", { class: "sheet", "aria-label": "Pilihan" });
  element.append(sheet);

  // Which of the person's two phones this is, and the way to the other.
  function switcher() {
    if (!numbers.length) return null;
    const other = onWhatsapp ? "telegram" : "whatsapp";
    const mark = icon(onWhatsapp ? "chat" : "send");
    const label = `${name} memakai ${NAMES[channel]}; ganti ke ${NAMES[other]}`;
    return el("button", { type: "button", class: "channel", "aria-label": label, title: `Ganti ke ${NAMES[other]}`, onclick: toOther }, mark, el("span", { class: "channel-name" }, NAMES[channel]));
  }

  // A list on WhatsApp opens from below; each row has a title and a smaller line.
  function choose(message) {
    const rows = message.buttons.flat().map((button) => el(
      "button", { type: "button", class: "sheet-row", onclick: (event) => (sheet.close(), press(message, button, event.currentTarget)) },
      el("span", {}, button.text), button.hint ? el("span", { class: "quiet" }, button.hint) : null,
    ));
    const shutSheet = iconButton("close", "Tutup pilihan", () => sheet.close());
    sheet.replaceChildren(el("header", {}, el("h3", {}, message.menu), shutSheet), ...rows);
    sheet.showModal();
  }

  function invitation() {
    const [words, label, start] = person.start
      ? ["Orang ini memegang tautan undangan dari koperasi.", "Buka tautan undangan", `/start ${person.start}`]
      : ["Belum ada pesan dengan bot.", "Mulai", "/start"];
    const button = el("button", { type: "button", class: "primary", onclick: () => say(start) }, label);
    return [el("p", {}, words), button];
  }

  function choices() {
    const list = [{ text: "Bagikan kontak sendiri", hint: person.phone && `+${person.phone}`, action: share }];
    if (numbers.length) list.push({ text: `Buka juga ${NAMES[onWhatsapp ? "telegram" : "whatsapp"]}`, hint: "di samping ini", action: besideOther });
    if (onWhatsapp) list.push({ text: "Lewatkan 24 jam", hint: "jendela pesan bebas menutup", action: closeWindow });
    if (person.start) list.push({ text: "Buka tautan undangan", action: () => say(`/start ${person.start}`) });
    list.push({ text: chat.blocked ? "Buka blokir bot" : "Blokir bot", action: () => block(!chat.blocked) });
    if (person.group === "Tamu") list.push({ text: "Hapus orang ini", action: drop });
    return list;
  }

  async function closeWindow() {
    await send(() => act("window", { ago: 25 * 3600 })).catch(() => {});
    tell("Sudah lewat 24 jam: koperasi hanya bisa mengirim templat.");
  }

  // Requests of one panel go out in the order they were asked for; what failed is told.
  function send(request) {
    const done = sending.then(request);
    sending = done.catch((error) => tell(error.message));
    log.toEnd();
    return done;
  }

  function sendDraft({ text, file }) {
    if (!file) return send(() => act("text", { text }));
    const parts = new FormData();
    parts.append("file", file, file.name);
    if (text.trim()) parts.append("caption", text);
    return send(() => upload(addressOf(key, "file"), parts));
  }

  function press(message, button, node) {
    const rest = () => node.removeAttribute("aria-busy");
    node.setAttribute("aria-busy", "true");
    setTimeout(rest, 8000);
    send(() => act("press", { message_id: message.id, data: button.data })).catch(rest);
    if (onWhatsapp) rest();
  }

  async function block(blocked) {
    try {
      await send(() => act("block", { blocked }));
    } catch {
      return;
    }
    chat.blocked = blocked;
    draw();
    if (!blocked) foot.focus();
  }

  const invite = () => (first.hidden = !chat.loaded || !log.isEmpty() || chat.blocked);

  function draw() {
    invite();
    foot.draw();
  }

  function tell(words) {
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(toastEnd);
    toastEnd = setTimeout(() => (toast.hidden = true), 4500);
  }

  function setTyping(on) {
    clearTimeout(typing);
    status.textContent = on ? "bot sedang mengetik…" : note;
    status.classList.toggle("typing", on);
    if (on) typing = setTimeout(() => setTyping(false), 5000);
  }

  return {
    element,
    tell,
    focus: foot.focus,
    typing: () => setTyping(true),
    drawAll() {
      log.drawAll();
      draw();
    },
    drawMessage(message) {
      if (message.from === "bot") setTyping(false);
      log.draw(message);
      invite();
    },
    drawKeyboard: () => foot.showBoard(true),
    answered() {
      for (const node of element.querySelectorAll("[aria-busy]")) node.removeAttribute("aria-busy");
    },
    waiting(count) {
      unread.hidden = count === 0;
      unread.textContent = count > 99 ? "99+" : count;
    },
  };
}
