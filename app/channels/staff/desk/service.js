/* Asks the service: for the results of what is typed, or for an entry by its id. */
const form = document.getElementById("search");
const LONGEST = 8_000; // ms
/* Ours is the only policy that the page allows, and all that goes through it was drawn and escaped by the service. */
const policy = window.trustedTypes?.createPolicy("hai-faq-staff", { createHTML: (html) => html });
let asking = new AbortController();

async function post(fields, signal) {
  const headers = { "x-csrf-token": form.dataset.csrf };
  const body = new URLSearchParams(fields);
  const response = await fetch(`${form.action}/search`, { method: "POST", body, headers, signal });
  if (!response.ok) throw Object.assign(new Error("refused"), { status: response.status });
  const template = document.createElement("template");
  const html = await response.text();
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

/* Each look-up ends the one before, so that an older answer never comes after a newer one. */
export async function look(text) {
  asking.abort();
  const own = (asking = new AbortController());
  const late = setTimeout(() => own.abort(new Error("late")), LONGEST);
  try {
    return await post({ text }, own.signal);
  } finally {
    clearTimeout(late);
  }
}

export const stop = () => asking.abort();
export const entry = async (id) => (await post({ entry: id }, AbortSignal.timeout(LONGEST))).querySelector(".result");

/* Counts a look-up as one. That it does not, keeps nobody waiting. */
export const count = (text) => post({ text, settled: "1" }, AbortSignal.timeout(LONGEST)).catch(() => {});
