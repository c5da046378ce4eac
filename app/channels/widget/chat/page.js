/* The widget's place on the page, and what the page may call. */

const OPENER = "[data-hai-faq-open]";

const chats = new Set(); // the elements that are in the page, in shadow trees too
let made; // the script's own
let resting;
let waiting = Array.isArray(window.haiFaq) ? window.haiFaq.map((each) => () => run(...each)) : [];

/** The chat that a page may drop: the script's own element is put back, and is never there twice. */
class PlacedChat extends HaiFaqChat {
  connectedCallback() {
    if (this.dataset.made && this !== made) return this.remove(); // its copy, out of a page cache
    chats.add(this);
    super.connectedCallback();
  }

  disconnectedCallback() {
    if (!chats.delete(this)) return;
    super.disconnectedCallback();
    queueMicrotask(putBack);
  }
}

/** At once, so that nobody sees it gone; and then not for a while, as a page that drops it at once would freeze. */
function putBack() {
  if (!made || made.isConnected || resting) return;
  document.body?.append(made);
  resting = setTimeout(() => {
    resting = 0;
    putBack();
  }, 50);
}

/** The script's own element, with the options of the script's tag. */
function make() {
  made ??= h("hai-faq-chat");
  Object.assign(made.dataset, script?.dataset, { made: true });
  document.body.append(made);
  return made;
}

/** The element of this id, else one that opens, else any; where there is none, it is made. */
function chat(id) {
  const all = [...chats];
  return all.find((each) => id && each.id === id) ?? all.find((each) => each.popover) ?? all[0] ?? make();
}

/** Calls what the page asks for, once the document is read. What is away comes back only to be opened. */
function run(name, ...values) {
  if (!Object.hasOwn(api, name)) return console.warn(`haiFaq: there is no "${name}"`);
  if (waiting) return new Promise((resolve) => waiting.push(() => resolve(run(name, ...values))));
  if (!chats.size && !["open", "toggle", "ask"].includes(name)) return;
  if (name !== "remove") return chat()[name](...values);
  const last = made;
  last?.close();
  made = null;
  last?.remove();
}

const api = {
  push: (...calls) => calls.forEach((each) => run(...each)),
  get isOpen() {
    return chats.size > 0 && chat().isOpen;
  },
};
for (const name of ["open", "close", "toggle", "ask", "reset", "remove"])
  api[name] = (...values) => run(name, ...values);
window.haiFaq = api;

// -------------------------------------------------------------- openers of the page

const openersOf = (event) => event.composedPath().filter((each) => each.matches?.(OPENER));

/** Tells of buttons and links that open a panel that they do, and whether it is open. */
function mark(openers) {
  for (const node of openers) {
    node.ariaHasPopup = "dialog";
    node.ariaExpanded = chats.size > 0 && chat(node.dataset.haiFaqOpen).isOpen;
  }
}

/** Before the page's own handlers, which then know that the link is not to be followed. */
function openFrom(event) {
  const [from] = openersOf(event);
  if (!from || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const go = () => chat(from.dataset.haiFaqOpen).open(from);
  if (waiting) waiting.push(go);
  else go();
}

document.addEventListener("click", openFrom, true);
document.addEventListener("focusin", (event) => mark(openersOf(event)));
for (const name of ["ready", "opened", "closed"])
  document.addEventListener(`hai-faq:${name}`, () => mark(document.querySelectorAll(OPENER)));

// -------------------------------------------------------------- the beginning

/** The element where the page has none; then what was called too early. */
function begin() {
  customElements.define("hai-faq-chat", PlacedChat);
  if (!chats.size) make();
  const calls = waiting;
  waiting = null;
  calls.forEach(queueMicrotask); // one that throws does not keep the others
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
