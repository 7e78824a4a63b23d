// The page: the list of people, the panels that are open (kept in the address's hash, as in
// #1001,1002), and where each event of the simulator is drawn.
import { avatar, el, nameOf } from "./dom.js";
import { gist, timeOf } from "./bubble.js";
import { panel } from "./panel.js";
import { get, listen, post, remove } from "./wire.js";

const MOST_PANELS = 4;
const GROUPS = ["Pengurus", "Anggota", "Provinsi", "Tamu"];
const byId = (id) => document.getElementById(id);
const narrow = window.matchMedia("(max-width: 719px)");

const people = new Map(); // id -> person
const chats = new Map(); // id -> what the phone of that person holds
const items = new Map(); // id -> the nodes of that person's line in the list
const panels = new Map(); // id -> the open panel
let open = []; // ids, oldest first
let active = null; // the one shown on a narrow screen

function chatOf(id) {
  if (!chats.has(id)) {
    chats.set(id, { messages: new Map(), keyboard: null, commands: [], blocked: false, loaded: false, unread: 0, touched: null });
  }
  return chats.get(id);
}

const isSeen = (id) => (narrow.matches ? active === id : open.includes(id));

// People

async function loadPeople() {
  const list = await get("/sim/people");
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
  const chat = chatOf(id);
  const message = [...chat.messages.values()].filter(({ deleted }) => !deleted).reduce((a, b) => (a && a.id > b.id ? a : b), null);
  item.last.textContent = message ? (message.from === "bot" ? "" : "Anda: ") + gist(message) : "";
  item.time.textContent = message ? timeOf(message) : "";
  item.badge.hidden = chat.unread === 0;
  item.badge.replaceChildren(chat.unread > 99 ? "99+" : String(chat.unread), el("span", { class: "sr" }, " pesan baru"));
  if (open.includes(id)) item.button.setAttribute("aria-current", "true");
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

function choose(id) {
  if (open.includes(id)) return show(id, true);
  goTo(narrow.matches ? [id] : [...open, id].slice(-MOST_PANELS), id);
}

function goTo(ids, now) {
  const address = ids.length ? `#${ids.join(",")}` : location.pathname;
  if (narrow.matches && ids.length) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  active = now;
  follow();
  if (now !== null) show(now, true);
}

function close(id) {
  const focusBack = items.get(id)?.button;
  goTo(narrow.matches ? [] : open.filter((other) => other !== id), null);
  focusBack?.focus({ preventScroll: true });
}

function follow() {
  const wanted = location.hash.slice(1).split(",").map(Number).filter((id) => people.has(id));
  open = [...new Set(wanted)].slice(0, MOST_PANELS);
  if (!open.includes(active)) active = open[0] ?? null;
  for (const [id, { element }] of panels) {
    if (open.includes(id)) continue;
    element.remove();
    panels.delete(id);
  }
  for (const id of open) if (!panels.has(id)) addPanel(id);
  document.body.classList.toggle("chatting", open.length > 0);
  byId("empty").hidden = open.length > 0;
  for (const id of items.keys()) drawItem(id);
  if (active !== null) show(active, false);
  else count();
}

function addPanel(id) {
  const person = people.get(id);
  const made = panel(person, chatOf(id), { close: () => close(id), drop: () => dropPerson(id) });
  panels.set(id, made);
  byId("panels").append(made.element);
  made.drawAll();
  load(id);
}

function show(id, byHand) {
  active = id;
  for (const [other, { element }] of panels) element.classList.toggle("active", other === id);
  const { element, focus } = panels.get(id);
  for (const other of open) if (isSeen(other)) chatOf(other).unread = 0;
  for (const other of open) drawItem(other);
  count();
  drawTabs();
  if (!byHand) return;
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!narrow.matches) focus();
}

function drawTabs() {
  const tabs = byId("tabs");
  tabs.hidden = open.length < 2;
  tabs.replaceChildren(...open.map((id) => {
    const { unread } = chatOf(id);
    const badge = unread ? el("span", { class: "badge" }, String(unread)) : null;
    return el("button", { type: "button", "aria-pressed": String(id === active), onclick: () => show(id, true) }, people.get(id).first_name, badge);
  }));
}

function count() {
  const all = [...chats.values()].reduce((sum, { unread }) => sum + unread, 0);
  document.title = `${all ? `(${all}) ` : ""}Simulator Kopdes`;
  for (const { waiting } of panels.values()) waiting(all);
}

async function load(id) {
  const chat = chatOf(id);
  chat.touched = new Set();
  try {
    const { messages, keyboard, commands, blocked } = await get(`/sim/chats/${id}`);
    for (const message of messages) if (!chat.touched.has(message.id)) chat.messages.set(message.id, message);
    if (!chat.touched.has("keyboard")) chat.keyboard = keyboard;
    Object.assign(chat, { commands: commands ?? [], blocked, loaded: true });
    panels.get(id)?.drawAll();
    drawItem(id);
  } catch (error) {
    panels.get(id)?.tell(error.message);
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
  const chat = chatOf(id);
  const shown = panels.get(id);
  if (message) {
    const known = chat.messages.has(message.id);
    chat.messages.set(message.id, kind === "delete" ? { ...message, deleted: true } : message);
    chat.touched?.add(message.id);
    if (live) shown?.drawMessage(chat.messages.get(message.id));
    if (live && kind === "message" && !known && message.from === "bot" && !isSeen(id)) announce(id, message);
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
function announce(id, message) {
  chatOf(id).unread += 1;
  count();
  drawTabs();
  const news = byId("news");
  newsCount = news.hidden ? 1 : newsCount + 1;
  const others = newsCount > 1 ? ` · ${newsCount - 1} pesan lain` : "";
  const person = people.get(id) ?? { first_name: "Orang baru" };
  news.replaceChildren(avatar(person), el("span", {}, el("b", {}, nameOf(person) + others), el("span", {}, gist(message))));
  news.hidden = false;
  news.onclick = () => {
    news.hidden = true;
    if (open.includes(id)) show(id, true);
    else goTo([...open, id].slice(-MOST_PANELS), id);
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
    close(id);
    people.delete(id);
    chats.delete(id);
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
  for (const [id, made] of panels) {
    made.drawAll();
    drawItem(id);
  }
  for (const id of items.keys()) drawItem(id);
}

begin();
