// One message as nodes: the bubble, its file or contact, and the bot's buttons under it.
import { el, glyphs, icon } from "./dom.js";

const PLAIN = new Set(["b", "i", "u", "s", "code", "pre"]);
const LINKS = /^(https?|tg):/i;
const LOOSE = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])|(?<![\w/])(\/[a-z][a-z0-9_]{1,31})(?![\w/])/g;
const PIECES = /<(\/?)([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>|[^<]+|</gi;
const NAMED = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" };

const plainText = (text) =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (all, hex, decimal, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? all;
    const point = hex ? parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });

// The nodes of `html`: the few tags above, line breaks and links to the web or into Telegram are
// built; any other tag is left out, with every attribute, and what it held is plain text. No HTML
// parser sees the text, so nothing in it can run or load.
export function safeNodes(html, actions) {
  const open = [{ tag: "", nodes: [] }];
  const top = () => open.at(-1);
  const shut = () => {
    const { tag, address, nodes } = open.pop();
    top().nodes.push(address ? link(address, actions, ...nodes) : el(tag, {}, ...nodes));
  };
  for (const [piece, slash, name, rest] of html.matchAll(PIECES)) {
    const tag = name?.toLowerCase();
    const address = tag === "a" && plainText(/\shref\s*=\s*["']?([^"'\s>]*)/i.exec(rest)?.[1] ?? "");
    if (!tag) {
      const literal = open.some((held) => ["a", "code", "pre"].includes(held.tag));
      top().nodes.push(...(literal ? [plainText(piece)] : linked(plainText(piece), actions)));
    } else if (tag === "br") top().nodes.push(el("br"));
    else if (!slash && (PLAIN.has(tag) || LINKS.test(address))) open.push({ tag, address, nodes: [] });
    else if (slash && open.some((held) => held.tag === tag)) {
      while (top().tag !== tag) shut();
      shut();
    }
  }
  while (open.length > 1) shut();
  return open[0].nodes;
}

function linked(text, actions) {
  const nodes = [];
  let done = 0;
  for (const found of text.matchAll(LOOSE)) {
    const [word, address, command] = found;
    nodes.push(...glyphs(text.slice(done, found.index)));
    if (address) nodes.push(link(address, actions, address));
    else if (actions.channel === "whatsapp") nodes.push(command);
    else nodes.push(el("button", { type: "button", class: "command", onclick: () => actions.say(command) }, command));
    done = found.index + word.length;
  }
  nodes.push(...glyphs(text.slice(done)));
  return nodes;
}

// A link to the bot itself is followed inside the simulator, as Telegram or WhatsApp would.
function link(address, actions, ...children) {
  const words = actions.channel === "whatsapp" ? wordsFor(address, actions.business) : startWords(address);
  const onclick = words && ((event) => (event.preventDefault(), actions.say(words)));
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", onclick }, ...children);
}

function startWords(address) {
  const deep = /^(https?:\/\/(t|telegram)\.me\/|tg:\/*resolve\?)/i.test(address) && URL.canParse(address);
  const code = deep && new URL(address).searchParams.get("start");
  return code ? `/start ${code}` : null;
}

function wordsFor(address, business) {
  const link = URL.canParse(address) ? new URL(address) : null;
  const own = link?.hostname === "wa.me" && business.includes(link.pathname.slice(1));
  return own ? link.searchParams.get("text") : null;
}

const clock = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", year: "numeric" });
export const timeOf = (message) => clock.format(new Date(message.date * 1000)).replace(".", ":");
export const dayOf = (message) => calendar.format(new Date(message.date * 1000));

// What a list or a notice shows of a message: its first line, or what kind of thing it is.
export function gist(message) {
  const kinds = { other: "Pesan lain", photo: "Foto", document: message.file?.name || "Berkas", contact: "Kontak" };
  return message.text?.split("\n").find((line) => line.trim()) || kinds[message.kind] || "Pesan";
}

// The list item of a message; `before` is the message above it, for the day's heading.
export function bubble(message, before, actions) {
  const day = dayOf(message);
  const own = message.from !== "bot";
  const body = el("div", { class: "bubble" });
  body.append(el("span", { class: "sr" }, own ? "Anda: " : "Bot: "));
  if (message.file) body.append(fileNode(message));
  if (message.contact) body.append(contactNode(message.contact));
  const content = message.html ? safeNodes(message.html, actions) : linked(message.text || "", actions);
  if (message.html || message.text) body.append(el("div", { class: "text", dir: "auto" }, ...content));
  body.append(
    el(
      "span",
      { class: "meta" },
      message.edited ? el("span", { class: "edited" }, "diubah ") : null,
      el("time", { datetime: new Date(message.date * 1000).toISOString() }, timeOf(message)),
      own && actions.channel === "whatsapp" ? ticks(message.state) : null,
    ),
  );
  return el(
    "li",
    { class: own ? "row own" : "row", "data-message": message.id, "data-from": message.from },
    before && dayOf(before) === day ? null : el("p", { class: "day" }, day),
    body,
    message.buttons?.length ? keysNode(message, actions) : null,
  );
}

// What a person's own message shows on WhatsApp: it came through, or it was read.
function ticks(state) {
  const drawn = icon("ticks");
  drawn.classList.add("ticks");
  if (state === "read") drawn.classList.add("ticks-read");
  return el("span", {}, el("span", { class: "sr" }, state === "read" ? " dibaca" : " terkirim"), drawn);
}

function keysNode(message, actions) {
  if (message.menu) {
    const open = el("button", { type: "button", class: "key key-menu", onclick: () => actions.choose(message) }, icon("list"), message.menu);
    return el("div", { class: "keys" }, open);
  }
  const rows = message.buttons.map((row) =>
    el("div", { class: "keys-row" }, ...row.map((button) => keyNode(message, button, actions))),
  );
  return el("div", { class: "keys", role: "group", "aria-label": "Pilihan pada pesan" }, ...rows);
}

function keyNode(message, button, actions) {
  if (button.url && LINKS.test(button.url)) {
    const node = link(button.url, actions, button.text);
    node.className = "key key-link";
    return node;
  }
  const onclick = (event) => actions.press(message, button, event.currentTarget);
  return el("button", { type: "button", class: "key", onclick }, el("span", {}, ...glyphs(button.text)));
}

function fileNode({ file, kind }) {
  const address = new URL(file.url, location.href);
  const name = file.name || "berkas";
  if (address.origin !== location.origin) return el("p", { class: "file" }, icon("file"), name);
  if (kind === "photo") {
    const image = el("img", { src: address.href, alt: `Foto ${name}`, class: "photo" });
    return el("a", { href: address.href, target: "_blank", rel: "noopener", class: "photo-link" }, image);
  }
  return el(
    "a",
    { href: address.href, download: name, class: "file" },
    icon("file"),
    el("span", { class: "file-name" }, name, el("small", {}, sizeOf(file.size))),
  );
}

function sizeOf(bytes) {
  if (!Number.isFinite(bytes)) return "Unduh";
  const unit = bytes < 1024 ? "B" : bytes < 1048576 ? "KB" : "MB";
  const size = bytes / { B: 1, KB: 1024, MB: 1048576 }[unit];
  return `${size.toLocaleString("id-ID", { maximumFractionDigits: unit === "MB" ? 1 : 0 })} ${unit}`;
}

function contactNode({ phone, own }) {
  const number = String(phone).replace(/^\+?/, "+");
  const whose = own ? "Kontak sendiri" : "Kontak orang lain";
  return el("p", { class: "file" }, icon("person"), el("span", { class: "file-name" }, number, el("small", {}, whose)));
}
