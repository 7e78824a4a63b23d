// The simulator's control API: requests, and the stream of events with its reconnects.

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("Simulator tidak terjangkau. Coba lagi sebentar.");
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.error || `Simulator menjawab ${answer.status}.`);
  return body;
}

export const get = (path) => ask(path, { cache: "no-store" });
export const remove = (path) => ask(path, { method: "DELETE" });
export const upload = (path, form) => ask(path, { method: "POST", body: form });
export const post = (path, body = {}) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

// Calls take(event, live) once per event and in order; `live` is false for what happened before
// the page was opened. A simulator that started anew (its log does not hold our last event) is
// read from its beginning after forget().
export function listen({ take, forget, connected }) {
  const slowest = 5000;
  let last = null;
  let wait = 300;

  const accept = (event, live) => {
    if (last && event.seq <= last.seq) return;
    last = event;
    take(event, live);
  };

  const same = (event) =>
    event.seq === last.seq && event.kind === last.kind && event.person === last.person;

  async function catchUp() {
    const first = last === null;
    const after = first ? 0 : last.seq - 1;
    const missed = await get(`/sim/events.json?after=${after}&wait=0`);
    if (!first && !missed.some(same)) {
      last = null;
      await forget();
      return catchUp();
    }
    for (const event of missed) accept(event, !first);
  }

  function retry() {
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, slowest);
  }

  async function connect() {
    try {
      await catchUp();
    } catch {
      connected(false);
      retry();
      return;
    }
    const source = new EventSource(`/sim/events?after=${last?.seq ?? 0}`);
    source.onopen = () => {
      wait = 300;
      connected(true);
    };
    source.onmessage = (line) => accept(JSON.parse(line.data), true);
    source.onerror = () => {
      source.close();
      connected(false);
      retry();
    };
  }

  return connect();
}
