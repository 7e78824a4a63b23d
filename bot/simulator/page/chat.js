// The page: the list of people, the panels that are open (kept in the address's hash, as in
// #1001,w1002), and where each event of the simulator is drawn.
import { avatar, el, nameOf } from "./dom.js";
import { gist, timeOf } from "./bubble.js";
import { addressOf, channelOf, keyOf, personOf } from "./channels.js";
import { panel } from "./panel.js";
import { get, listen, post, remove } from "./wire.js";

const MOST_PANELS = 4;
const GROUPS = ["Pengurus", "Anggota", "Provinsi", "Tamu"];
const byId = (id) => document.getElementById(id);
const narrow = window.matchMedia("(max-width: 719px)");

const people = new Map(); // id -> person
const chats = new Map(); // key -> what that phone holds
const items = new Map(); // id -> the nodes of that person's line in the list
const panels = new Map(); // key -> the open panel
let numbers = []; // WhatsApp numbers of the business; without one there is only Telegram
let open = []; // keys, oldest first
let active = null; // the one shown on a narrow screen

function chatOf(key) {
  if (!chats.has(key)) {
    chats.set(key, { messages: new Map(), keyboard: null, commands: [], blocked: false, loaded: false, unread: 0, touched: null });
  }
  return chats.get(key);
}

const isSeen = (key) => (narrow.matches ? active === key : open.includes(key));
const phonesOf = (id) => [keyOf(id, "telegram"), keyOf(id, "whatsapp")];
const newest = (keys) =>
  keys.flatMap((key) => [...(chats.get(key)?.messages.values() ?? [])].filter(({ deleted }) => !deleted).map((message) => ({ key, message })))
    .reduce((a, b) => (a && (a.message.date > b.message.date || (a.key === b.key && a.message.id > b.message.id)) ? a : b), null);

// People

async function loadPeople() {
  const [list, known] = await Promise.all([get("/sim/people"), get("/sim/whatsapp/numbers")]);
  numbers = known;
  people.clear();
  for (const person of list) people.set(person.id, person);
  drawPeople();
}

function drawPeople() {
  const groups = new Map(GROUPS.map((group) => [group, []]));
  for (const person of people.values()) {
    const group = person.group || "Tamu";
    groups.set(group, [...(groups.get(group) ?? []), person]);
  }
  items.clear();
  const sections = [...groups].filter(([, members]) => members.length).map(([group, members]) => {
    const count = el("span", { class: "quiet" }, String(members.length));
    return el("section", { class: "group" }, el("h2", {}, group, count), el("ul", {}, ...members.map(itemOf)));
  });
  const nobody = el("p", { class: "quiet", id: "nobody", hidden: true }, "Tidak ada orang yang cocok.");
  byId("people").replaceChildren(...sections, nobody);
  for (const id of people.keys()) drawItem(id);
  filter();
}

function itemOf(person) {
  const name = nameOf(person);
  const last = el("span", { class: "last" });
  const time = el("span", { class: "time" });
  const badge = el("span", { class: "badge", hidden: true });
  const button = el(
    "button",
    { type: "button", class: "person", "data-person": person.id, onclick: () => choose(person.id) },
    avatar(person),
    el("span", { class: "who" }, el("span", { class: "name" }, name), el("span", { class: "note" }, person.note || ""), last),
    el("span", { class: "side" }, time, badge),
  );
  const node = el("li", {}, button);
  const words = `${name} ${person.note ?? ""} ${person.phone ?? ""} 0${String(person.phone ?? "").slice(2)}`.toLowerCase();
  items.set(person.id, { node, button, last, time, badge, words });
  return node;
}

function drawItem(id) {
  const item = items.get(id);
  if (!item) return;
  const phones = phonesOf(id);
  const message = newest(phones)?.message;
  const unread = phones.reduce((sum, key) => sum + (chats.get(key)?.unread ?? 0), 0);
  item.last.textContent = message ? (message.from === "bot" ? "" : "Anda: ") + gist(message) : "";
  item.time.textContent = message ? timeOf(message) : "";
  item.badge.hidden = unread === 0;
  item.badge.replaceChildren(unread > 99 ? "99+" : String(unread), el("span", { class: "sr" }, " pesan baru"));
  if (phones.some((key) => open.includes(key))) item.button.setAttribute("aria-current", "true");
  else item.button.removeAttribute("aria-current");
}

function filter() {
  const wanted = byId("find").value.trim().toLowerCase().split(/\s+/);
  let found = 0;
  for (const { node, words } of items.values()) {
    node.hidden = !wanted.every((word) => words.includes(word));
    if (!node.hidden) found += 1;
  }
  for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector("li:not([hidden])");
  byId("nobody").hidden = found > 0;
}

// Panels and the address

// A person is shown on the phone that is open, else on the one where the last message stands.
function choose(id) {
  const phones = phonesOf(id);
  const shown = phones.find((key) => open.includes(key));
  if (shown) return show(shown, true);
  openPhone(newest(phones)?.key ?? phones[0]);
}

function openPhone(key) {
  if (open.includes(key)) return show(key, true);
  goTo(narrow.matches ? [key] : [...open, key].slice(-MOST_PANELS), key);
}

function switchPhone(from, to) {
  if (open.includes(to)) return show(to, true);
  goTo(open.map((key) => (key === from ? to : key)), to);
}

function goTo(keys, now) {
  const address = keys.length ? `#${keys.join(",")}` : location.pathname;
  if (narrow.matches && keys.length) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  active = now;
  follow();
  if (now !== null) show(now, true);
}

function close(key) {
  const focusBack = items.get(personOf(key))?.button;
  goTo(narrow.matches ? [] : open.filter((other) => other !== key), null);
  focusBack?.focus({ preventScroll: true });
}

function follow() {
  const known = (key) => /^w?\d+$/.test(key) && people.has(personOf(key)) && (numbers.length || channelOf(key) === "telegram");
  const wanted = location.hash.slice(1).split(",").filter(known);
  open = [...new Set(wanted)].slice(0, MOST_PANELS);
  if (!open.includes(active)) active = open[0] ?? null;
  for (const [key, { element }] of panels) {
    if (open.includes(key)) continue;
    element.remove();
    panels.delete(key);
  }
  for (const key of open) if (!panels.has(key)) addPanel(key);
  open.forEach((key, place) => {
    const { element } = panels.get(key);
    if (byId("panels").children[place] !== element) byId("panels").insertBefore(element, byId("panels").children[place] ?? null);
  });
  document.body.classList.toggle("chatting", open.length > 0);
  byId("empty").hidden = open.length > 0;
  for (const id of items.keys()) drawItem(id);
  if (active !== null) show(active, false);
  else count();
}

function addPanel(key) {
  const id = personOf(key);
  const other = keyOf(id, channelOf(key) === "whatsapp" ? "telegram" : "whatsapp");
  const made = panel(people.get(id), key, chatOf(key), numbers, {
    close: () => close(key),
    drop: () => dropPerson(id),
    toOther: () => switchPhone(key, other),
    besideOther: () => openPhone(other),
  });
  panels.set(key, made);
  byId("panels").append(made.element);
  made.drawAll();
  load(key);
}

function show(key, byHand) {
  active = key;
  for (const [other, { element }] of panels) element.classList.toggle("active", other === key);
  const { element, focus } = panels.get(key);
  for (const other of open) if (isSeen(other)) chatOf(other).unread = 0;
  for (const other of open) drawItem(personOf(other));
  count();
  drawTabs();
  if (!byHand) return;
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!narrow.matches) focus();
}

function drawTabs() {
  const tabs = byId("tabs");
  tabs.hidden = open.length < 2;
  tabs.replaceChildren(...open.map((key) => {
    const { unread } = chatOf(key);
    const badge = unread ? el("span", { class: "badge" }, String(unread)) : null;
    const twice = open.filter((other) => personOf(other) === personOf(key)).length > 1;
    const mark = twice ? ` (${channelOf(key) === "whatsapp" ? "WA" : "TG"})` : "";
    const name = people.get(personOf(key)).first_name + mark;
    return el("button", { type: "button", "aria-pressed": String(key === active), onclick: () => show(key, true) }, name, badge);
  }));
}

function count() {
  const all = [...chats.values()].reduce((sum, { unread }) => sum + unread, 0);
  document.title = `${all ? `(${all}) ` : ""}Simulator Kopdes`;
  for (const { waiting } of panels.values()) waiting(all);
}

async function load(key) {
  const chat = chatOf(key);
  chat.touched = new Set();
  try {
    const { messages, keyboard, commands, blocked } = await get(addressOf(key));
    for (const message of messages) if (!chat.touched.has(message.id)) chat.messages.set(message.id, message);
    if (!chat.touched.has("keyboard")) chat.keyboard = keyboard;
    Object.assign(chat, { commands: commands ?? [], blocked, loaded: true });
    panels.get(key)?.drawAll();
    drawItem(personOf(key));
  } catch (error) {
    panels.get(key)?.tell(error.message);
  } finally {
    chat.touched = null;
  }
}

// Events

function take(event, live) {
  const { person: id, kind, message } = event;
  if (kind === "commands") return open.forEach(load);
  if (id < 0) return; // A group; the page shows people's own chats.
  if (!people.has(id) && live) loadPeople().catch(() => {});
  const key = keyOf(id, event.channel);
  const chat = chatOf(key);
  const shown = panels.get(key);
  if (message) {
    const known = chat.messages.has(message.id);
    chat.messages.set(message.id, kind === "delete" ? { ...message, deleted: true } : message);
    chat.touched?.add(message.id);
    if (live) shown?.drawMessage(chat.messages.get(message.id));
    if (live && kind === "message" && !known && message.from === "bot" && !isSeen(key)) announce(key, message);
    if (live) drawItem(id);
  } else if (kind === "keyboard") {
    chat.keyboard = event.keyboard;
    chat.touched?.add("keyboard");
    if (live) shown?.drawKeyboard();
  } else if (live && kind === "typing") shown?.typing();
  else if (live && kind === "answer" && shown) {
    shown.answered();
    if (event.answer?.text) event.answer.alert ? notice(event.answer.text) : shown.tell(event.answer.text);
  }
}

let newsTimer = 0;
let newsCount = 0;
function announce(key, message) {
  chatOf(key).unread += 1;
  count();
  drawTabs();
  const news = byId("news");
  newsCount = news.hidden ? 1 : newsCount + 1;
  const others = newsCount > 1 ? ` · ${newsCount - 1} pesan lain` : "";
  const person = people.get(personOf(key)) ?? { first_name: "Orang baru" };
  news.replaceChildren(avatar(person), el("span", {}, el("b", {}, nameOf(person) + others), el("span", {}, gist(message))));
  news.hidden = false;
  news.onclick = () => {
    news.hidden = true;
    openPhone(key);
  };
  clearTimeout(newsTimer);
  newsTimer = setTimeout(() => (news.hidden = true), 6000);
}

function notice(text) {
  byId("notice-text").textContent = text;
  if (!byId("notice").open) byId("notice").showModal();
}

function alertOf(words) {
  byId("alerts").textContent = words;
  setTimeout(() => (byId("alerts").textContent = ""), 5000);
}

// The simulator began anew: what the page knew is gone there too.
async function forget() {
  for (const chat of chats.values()) {
    chat.messages.clear();
    Object.assign(chat, { keyboard: null, unread: 0, loaded: false });
  }
  await loadPeople();
  for (const { element } of panels.values()) element.remove();
  panels.clear();
  follow();
}

// Guests

function openGuest() {
  byId("guest-form").reset();
  byId("guest-error").textContent = "";
  byId("guest").showModal();
}

async function addGuest(event) {
  event.preventDefault();
  const { name, phone } = byId("guest-form").elements;
  const words = name.value.trim().split(/\s+/);
  const digits = phone.value.replace(/\D/g, "").replace(/^0/, "62");
  const wrong = !words[0] ? "Isi namanya dulu." : /^\d{9,15}$/.test(digits) ? "" : "Isi nomor HP, misalnya 081234567890.";
  byId("guest-error").textContent = wrong;
  if (wrong) return (words[0] ? phone : name).focus();
  try {
    const guest = await post("/sim/people", {
      first_name: words[0], last_name: words.slice(1).join(" "), phone: digits, group: "Tamu", note: `Tamu, +${digits}`, start: null,
    });
    byId("guest").close();
    people.set(guest.id, guest);
    drawPeople();
    choose(guest.id);
  } catch (error) {
    byId("guest-error").textContent = error.message;
  }
}

async function dropPerson(id) {
  try {
    await remove(`/sim/people/${id}`);
    for (const key of phonesOf(id)) {
      if (open.includes(key)) close(key);
      chats.delete(key);
    }
    people.delete(id);
    drawPeople();
    follow();
  } catch (error) {
    alertOf(error.message);
  }
}

// Start

byId("find").addEventListener("input", filter);
byId("add").addEventListener("click", openGuest);
byId("guest-form").addEventListener("submit", addGuest);
byId("guest-cancel").addEventListener("click", () => byId("guest").close());
byId("notice-close").addEventListener("click", () => byId("notice").close());
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  (document.querySelector(".panel.active textarea") ?? byId("percakapan")).focus();
});
window.addEventListener("hashchange", follow);
window.addEventListener("popstate", follow);
narrow.addEventListener("change", follow);

async function begin() {
  try {
    await loadPeople();
  } catch (error) {
    byId("loading").textContent = error.message;
    setTimeout(begin, 1500);
    return;
  }
  follow();
  await listen({ take, forget, connected: (is) => (byId("lost").hidden = is) });
  for (const made of panels.values()) made.drawAll();
  for (const id of items.keys()) drawItem(id);
}

begin();
