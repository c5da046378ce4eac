/* The look-up works without this: it searches while one types, moves by keyboard and copies. */
"use strict";

const form = document.getElementById("search");
const input = document.getElementById("text");
const results = document.getElementById("results");
const status = document.getElementById("status");
const doubted = document.getElementById("doubted");
/* Ours is the only policy that the page allows, and all that goes through it was drawn and escaped by the service. */
const drawn = window.trustedTypes?.createPolicy("hai-faq-staff", { createHTML: (html) => html }) ?? { createHTML: (html) => html };
const SETTLED = 1500; // ms without a key after which a look-up counts as one

let asking = null;
let settling = 0;
let shown = input.value.trim();
let counted = shown; // what has been counted as a look-up

async function post(text, settled) {
  asking?.abort();
  asking = new AbortController();
  const body = new URLSearchParams({ text });
  if (settled) body.set("settled", "1");
  const headers = { "x-csrf-token": form.dataset.csrf };
  return fetch(`${form.action}/search`, { method: "POST", body, headers, signal: asking.signal });
}

async function search(settled) {
  const text = input.value.trim();
  clearTimeout(settling);
  if (settled && text === counted) return;
  if (settled) counted = text;
  try {
    const response = await post(text, settled);
    if (response.status === 401) return location.reload();
    if (!response.ok) throw new Error(response.status);
    const html = await response.text();
    if (text === shown && settled) return;
    draw(html);
    shown = text;
    announce();
    if (text && !settled) settling = setTimeout(() => search(true), SETTLED);
  } catch (error) {
    if (error.name !== "AbortError") fail();
  }
}

/* Who has moved into the list before the last letter's results came stays where she was. */
function draw(html) {
  const at = rows().indexOf(document.activeElement);
  results.innerHTML = drawn.createHTML(html);
  decorate();
  if (at >= 0) (rows()[at] ?? rows().at(-1) ?? input).focus();
}

/* What was found for other words must not stay as if it were the answer to these. */
function fail() {
  const message = document.createElement("p");
  message.className = "alert";
  message.textContent = "The search did not answer. Press Enter to look it up.";
  const help = document.createElement("p");
  help.textContent = document.querySelector("footer").textContent.trim();
  results.replaceChildren(message, help);
  announceDoubt();
  status.textContent = message.textContent;
  shown = null;
}

const rows = () => [...results.querySelectorAll(".result > summary")];

function announce() {
  announceDoubt();
  const found = rows();
  const alert = results.querySelector("#alert") ? "Urgent. " : "";
  status.textContent = alert + (found.length ? `${found.length} results. First: ${found[0].textContent}` : "No results.");
}

/* The alert of a doubt interrupts nobody. It has a place of its own, so that the next letter's results do not cut it
   short, and is said once while it stands. */
function announceDoubt() {
  const doubt = results.querySelector("#doubt")?.textContent.trim() ?? "";
  if (doubted.textContent !== doubt) doubted.textContent = doubt;
}

function decorate() {
  for (const actions of results.querySelectorAll("[data-actions]")) actions.hidden = false;
}

async function copy(result, kind) {
  const source = result?.querySelector(`[data-${kind}]`);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    status.textContent = kind === "chat" ? "Chat text copied." : "Text message copied.";
    const button = result.querySelector(`[data-copy="${kind}"]`);
    button.classList.add("copied");
    button.firstChild.textContent = "Copied ";
  } catch {
    result.querySelector(".copies").open = true;
    getSelection().selectAllChildren(source);
    status.textContent = "Selected. Copy it with your keyboard.";
  }
}

function move(by) {
  const all = [input, ...rows()];
  const at = all.indexOf(document.activeElement.closest?.(".result")?.querySelector("summary") ?? input);
  all[Math.min(all.length - 1, Math.max(0, at + by))].focus();
}

form.addEventListener("submit", (event) => {
  const first = rows()[0];
  if (!first || input.value.trim() !== shown) return;
  event.preventDefault();
  search(true);
  first.parentElement.open = true;
  first.focus();
});
input.addEventListener("input", () => search(false));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "Escape" || (event.key === "/" && (!typing || input.value === ""))) {
    event.preventDefault();
    input.focus();
    input.select();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (event.target.matches("select, pre")) return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (!typing && (event.key === "c" || event.key === "t")) {
    copy(event.target.closest(".result") ?? results.querySelector(".result[open]"), event.key === "c" ? "chat" : "text");
  }
});

results.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button.closest(".result"), button.dataset.copy);
});

document.querySelector(".keys").hidden = false;
decorate();
