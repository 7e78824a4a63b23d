// The messages of one phone, in order, with the newest kept in sight unless one scrolled up.
import { el, iconButton } from "./dom.js";
import { bubble } from "./bubble.js";

export function messageLog(name, chat, actions) {
  const rows = new Map(); // message id -> its list item
  let atEnd = true;

  const list = el("ol", {
    class: "log", role: "log", "aria-live": "polite", "aria-label": `Pesan ${name}`, tabindex: "0",
  });
  const down = iconButton("down", "Ke pesan terbaru", toEnd);
  down.classList.add("down");
  down.hidden = true;

  list.addEventListener("scroll", () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    down.hidden = atEnd;
  }, { passive: true });
  new ResizeObserver(keepEnd).observe(list);

  function toEnd() {
    list.scrollTop = list.scrollHeight;
    atEnd = true;
    down.hidden = true;
  }

  function keepEnd() {
    if (atEnd) toEnd();
    else down.hidden = false;
  }

  const shown = () =>
    [...chat.messages.values()].filter(({ deleted }) => !deleted).sort((a, b) => a.id - b.id);

  function put(message, all) {
    const old = rows.get(message.id);
    if (message.deleted) {
      old?.remove();
      rows.delete(message.id);
      return;
    }
    const place = all.findIndex(({ id }) => id === message.id);
    const row = bubble(message, all[place - 1], actions);
    row.querySelector("img")?.addEventListener("load", keepEnd);
    const focused = old?.contains(document.activeElement);
    const next = all.slice(place + 1).find(({ id }) => rows.has(id));
    if (old) old.replaceWith(row);
    else list.insertBefore(row, next ? rows.get(next.id) : null);
    rows.set(message.id, row);
    if (focused) (row.querySelector(".key") ?? list).focus({ preventScroll: true });
  }

  return {
    nodes: [list, down],
    isEmpty: () => rows.size === 0,
    toEnd,
    draw(message) {
      put(message, shown());
      keepEnd();
    },
    // Drawn anew without being read aloud.
    drawAll() {
      list.setAttribute("aria-live", "off");
      for (const row of rows.values()) row.remove();
      rows.clear();
      const all = shown();
      for (const message of all) put(message, all);
      toEnd();
      requestAnimationFrame(() => list.setAttribute("aria-live", "polite"));
    },
  };
}
