/* What this browser keeps: ids of pinned and of recent entries; and this tab alone, for ten minutes, what is typed. */
const KEY = `hai-faq-staff ${new URL("..", import.meta.url).pathname}`; // another service may stand under this address
const MOST = { pinned: 12, recent: 6 };
export const TEN_MINUTES = 600_000;

function read(store) {
  try {
    return JSON.parse(window[store].getItem(KEY)) ?? {};
  } catch {
    return {}; // it may be forbidden, or not ours
  }
}

function write(store, kept) {
  try {
    window[store].setItem(KEY, JSON.stringify(kept));
  } catch {
    // what cannot be kept is forgotten
  }
}

export function ids(name) {
  const kept = read("localStorage")[name];
  return Array.isArray(kept) ? kept.filter((id) => typeof id === "string").slice(0, MOST[name]) : [];
}

function keep(name, kept) {
  const all = { pinned: ids("pinned"), recent: ids("recent"), [name]: kept.slice(0, MOST[name]) };
  write("localStorage", all);
}

export const remember = (id) => keep("recent", [id, ...ids("recent").filter((other) => other !== id)]);
export const isPinned = (id) => ids("pinned").includes(id);

export function pin(id) {
  const others = ids("pinned").filter((other) => other !== id);
  keep("pinned", isPinned(id) ? others : [id, ...others]);
}

export const keepTyped = (text) => write("sessionStorage", { text, at: Date.now() });

export function typed() {
  const { text, at } = read("sessionStorage");
  return typeof text === "string" && Date.now() - at < TEN_MINUTES ? text : "";
}

export function forget() {
  for (const store of ["localStorage", "sessionStorage"]) {
    try {
      window[store].removeItem(KEY);
    } catch {
      // then there is nothing
    }
  }
}
