// Small helpers for building nodes; nothing here or elsewhere writes HTML text into the page.

export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// Marks of the bot's buttons that many desktops have no font for; the text stays for who copies,
// reads aloud or tests.
const MARKS = { "✅": "yes", "❌": "no", "✏": "pen", "📱": "phone" };

export function glyphs(text) {
  return text.split(/((?:✅|❌|✏|📱)\ufe0f?)/u).map((part) => {
    const mark = MARKS[part.replace("\ufe0f", "")];
    if (!mark) return part;
    const drawn = icon(mark);
    drawn.classList.add("mark", `mark-${mark}`);
    return el("span", { class: "glyph" }, el("span", { class: "sr" }, part), drawn);
  });
}

export const iconButton = (name, label, onclick) =>
  el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(name));

export const nameOf = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

export function avatar(person) {
  const letters = nameOf(person).split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "");
  const group = (person.group || "Tamu").toLowerCase();
  return el("span", { class: `avatar avatar-${group}`, "aria-hidden": "true" }, letters.join("").toUpperCase());
}

// A button that opens a list of choices; items() is asked each time it opens, so it is never stale.
export function menu(button, label, items) {
  const list = el("div", { class: "menu", role: "menu", "aria-label": label });
  list.hidden = true;
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");

  const close = (refocus) => {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside);
    if (refocus) button.focus();
  };
  const outside = (event) => {
    if (!list.contains(event.target) && !button.contains(event.target)) close(false);
  };
  const open = () => {
    list.replaceChildren(
      ...items().map(({ text, hint, action }) =>
        el(
          "button",
          { type: "button", role: "menuitem", tabindex: "-1", onclick: () => (close(true), action()) },
          el("span", {}, text),
          hint ? el("span", { class: "quiet" }, hint) : null,
        ),
      ),
    );
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside);
    list.firstElementChild?.focus();
  };
  button.addEventListener("click", () => (list.hidden ? open() : close(true)));
  list.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !list.contains(event.relatedTarget) && event.relatedTarget !== button) close(false);
  });
  list.addEventListener("keydown", (event) => walk(event, list, () => close(true)));
  return list;
}

function walk(event, list, close) {
  const items = [...list.children];
  const here = items.indexOf(document.activeElement);
  const steps = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 };
  if (event.key === "Escape") {
    event.stopPropagation();
    close();
  } else if (event.key === "Tab") {
    close();
  } else if (event.key in steps) {
    event.preventDefault();
    items.at(steps[event.key] % items.length)?.focus();
  }
}
