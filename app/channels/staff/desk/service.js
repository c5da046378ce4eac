/* Asks the service: for the results of what is typed, or for an entry by its id. */
const form = document.getElementById("search");
const LONGEST = 8_000; // ms
/* Ours is the only policy that the page allows, and all that goes through it was drawn and escaped by the service. */
const policy = window.trustedTypes?.createPolicy("hai-faq-staff", { createHTML: (html) => html });
let asking = new AbortController(); // the look-up that is under way
let underWay = Promise.resolve(); // is done when that is
let waiting = null; // the look-up that comes next

async function post(fields, signal) {
  const headers = { "x-csrf-token": form.dataset.csrf };
  const body = new URLSearchParams(fields);
  const response = await fetch(`${form.action}/search`, { method: "POST", body, headers, signal });
  if (!response.ok) throw await refusal(response);
  const template = document.createElement("template");
  const html = await response.text();
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

/* `isDue` says that the sign-in must be checked again, which loading the page does by itself. */
async function refusal(response) {
  const { type = "" } = await response.json().catch(() => ({}));
  return Object.assign(new Error("refused"), { status: response.status, isDue: type.endsWith(":check-due") });
}

/* One look-up is under way at a time; of the letters typed meanwhile only the last is looked up. The service works on at
   what a browser gives up: a busy one had 100 letters of a message before it, and its alert came after five seconds. */
export async function look(text) {
  const own = (waiting = {});
  await underWay;
  if (own !== waiting) throw new DOMException("A newer look-up waits.", "AbortError");
  const { signal } = (asking = new AbortController());
  const late = setTimeout((asked) => asked.abort(new Error("late")), LONGEST, asking);
  const answer = post({ text }, signal).finally(() => clearTimeout(late));
  underWay = answer.catch(() => {});
  return answer;
}

export function stop() {
  waiting = null;
  asking.abort();
}

export const entry = async (id) => (await post({ entry: id }, AbortSignal.timeout(LONGEST))).querySelector(".result");

/* Counts a look-up as one. That it does not, keeps nobody waiting. */
export const count = (text) => post({ text, settled: "1" }, AbortSignal.timeout(LONGEST)).catch(() => {});
