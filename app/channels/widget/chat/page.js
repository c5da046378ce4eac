/* The element on the page, and what the page may call. */

const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
const early = Array.isArray(window.haiFaq) ? window.haiFaq : [];
const element = () => document.querySelector("hai-faq-chat");
const call = ([name, ...values]) => element()?.[name](...values);
let waiting = [...early]; // until the element is there
const api = { push: (...calls) => calls.forEach((each) => (waiting ? waiting.push(each) : call(each))) };
for (const name of ["open", "close", "toggle", "ask", "reset"]) api[name] = (...values) => api.push([name, ...values]);
window.haiFaq = api;

/** The element where the page has none, with the options of the script's tag; then what was called too early. */
function begin() {
  customElements.define("hai-faq-chat", HaiFaqChat);
  if (!element()) {
    const made = document.createElement("hai-faq-chat");
    for (const [name, value] of Object.entries(script?.dataset ?? {})) made.dataset[name] = value;
    document.body.append(made);
  }
  const calls = waiting;
  waiting = null;
  calls.forEach(call);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
