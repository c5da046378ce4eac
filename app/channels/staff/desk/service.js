/* Asks the service: for the results of what is typed, or for an entry by its id. */
const form = document.getElementById("search");
const LONGEST = 8_000; // ms
const PATIENCE = 2_000; // ms that a look-up waits for the one that is under way
/* Ours is the only policy that the page allows, and all that goes through it was drawn and escaped by the service. */
const policy = window.trustedTypes?.createPolicy("hai-faq-staff", { createHTML: (html) => html });
let asking = new AbortController(); // the look-up that is under way
let underWay = Promise.resolve(); // is done when that is, or has taken too long for the next to wait
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
   what a browser gives up: a busy one had 100 letters of a message before it, and its alert came after five seconds.
   One that hangs is given up for it: it had held the alert of what is typed now back for eight. */
export async function look(text) {
  const own = (waiting = {});
  await underWay;
  if (own !== waiting) throw new DOMException("A newer look-up waits.", "AbortError");
  asking.abort();
  const asked = (asking = new AbortController());
  let isLate = false;
  const late = setTimeout(() => asked.abort((isLate = true)), LONGEST);
  const answer = post({ text }, asked.signal)
    .catch((error) => {
      throw isLate ? new DOMException("No answer in time.", "TimeoutError") : error;
    })
    .finally(() => clearTimeout(late));
  underWay = Promise.race([answer.catch(() => {}), pause(PATIENCE)]);
  return answer;
}

const pause = (time) => new Promise((done) => setTimeout(done, time));

export function stop() {
  waiting = null;
  asking.abort();
}

export const entry = async (id) => (await post({ entry: id }, AbortSignal.timeout(LONGEST))).querySelector(".result");

/* Counts a look-up as one. That it does not, keeps nobody waiting. */
export const count = (text) => post({ text, settled: "1" }, AbortSignal.timeout(LONGEST)).catch(() => {});
