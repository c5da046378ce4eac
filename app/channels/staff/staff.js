/* The look-up works without this: it searches while one types, as a combobox whose focus stays in the input. */
import * as danger from "./desk/danger.js";
import { modifiers, name } from "./desk/keys.js";
import * as list from "./desk/list.js";
import * as memory from "./desk/memory.js";
import * as notice from "./desk/notice.js";
import * as opened from "./desk/opened.js";
import { say } from "./desk/say.js";
import * as service from "./desk/service.js";

const form = document.getElementById("search");
const input = document.getElementById("text");
const verdict = document.getElementById("verdict");
const results = document.getElementById("results");
const titles = new Map([...document.querySelectorAll("[data-entry]")].map((link) => [link.dataset.entry, link.textContent]));
const SETTLED = 1_500; // ms without a key after which a look-up counts as one
const PAUSE = 800; // ms after which results are announced
const LATE = 1_000; // ms without results of what is typed after which the page says so
const RETRY = 2_000; // ms after which a look-up that failed is tried again; twice as long each time
const LONGEST_RETRY = 30_000; // ms
const NO_USE = [401, 403]; // it fails again until the page is loaded anew

const written = () => input.value.trim();
const cameBack = memory.typed();
let shown = { text: "", at: null, first: null }; // the question whose results are on screen, since when, what they open
let latest = Promise.resolve(); // is done when the results of what is typed are on screen, or failed
let settling = 0;
let overdue = 0; // the timer of what has to be said when no results come
let retrying = 0;
let pauseBefore = RETRY; // ms
let counted = "";
let chosenLast = null;

function search() {
  const text = written();
  clearTimeout(settling);
  clearTimeout(retrying);
  memory.keepTyped(text);
  if (text) overdue ||= setTimeout(wait, LATE);
  latest = text ? find(text) : Promise.resolve(clear());
}

/* Results are late: those on screen must not pass for those of what is typed. */
function wait() {
  overdue = 0;
  if (written() === shown.text) return;
  opened.compare(written());
  tell("late");
}

function comes() {
  clearTimeout(overdue);
  clearTimeout(retrying);
  overdue = 0;
  pauseBefore = RETRY;
}

function tell(why) {
  const words = notice.show(why, shown, written(), drop);
  if (words) say(words);
}

async function find(text) {
  try {
    draw(await service.look(text), text);
    if (text === written()) settling = setTimeout(() => settle(text), SETTLED); // else the results of more follow
  } catch (error) {
    if (error.name !== "AbortError") fail(error);
  }
}

function settle(text) {
  opened.keep();
  if (text && text !== counted) service.count(text);
  counted = text;
}

function draw(found, text) {
  const wasLate = notice.isShown();
  comes();
  notice.hide();
  danger.show(found);
  verdict.replaceChildren(...found.querySelectorAll(".none, .unsure"));
  const rows = [...found.querySelectorAll(".result")];
  const first = rows.find((row) => row.open);
  shown = { text, at: new Date(), first };
  list.show([{ choices: rows.map(choiceOf) }]);
  opened.follow(rows, first, text, danger.isUrgent());
  list.mark(opened.id());
  name(document.getElementById("opened"));
  announce(rows);
  if (text === written()) return;
  if (wasLate) wait();
  else overdue = setTimeout(wait, LATE);
}

function choiceOf(row) {
  return list.choice(row.dataset.id, [...row.querySelector("summary").cloneNode(true).childNodes], row);
}

function announce(rows) {
  const urgent = danger.isUrgent() ? "Urgent. " : "";
  const sure = shown.first ? "" : " No sure match.";
  const found = rows.length
    ? `${rows.length} ${rows.length === 1 ? "result" : "results"}.${sure} First: ${rows[0].querySelector(".title").textContent}`
    : "No results.";
  say(urgent + found, PAUSE);
}

function blank() {
  danger.show(document.createDocumentFragment());
  verdict.replaceChildren();
  list.show([]);
  shown = { text: "", at: null, first: null };
}

/* Nothing is typed: what was pinned and opened last is at hand. */
function clear() {
  service.stop();
  comes();
  notice.hide();
  blank();
  counted = "";
  const pinned = memory.ids("pinned");
  const recent = memory.ids("recent").filter((id) => !pinned.includes(id));
  list.show([
    { name: "Pinned", choices: known(pinned) },
    { name: "Recent", choices: known(recent) },
  ]);
  opened.follow([], null, "", false);
  list.mark(opened.id());
}

const known = (ids) => ids.filter((id) => titles.has(id)).map((id) => list.choice(id, [titles.get(id)]));

/* What is typed comes back with the page, which is loaded again once the hands rest, and for other words only. */
function fail({ status, name, isDue }) {
  clearTimeout(overdue);
  clearTimeout(retrying);
  overdue = 0;
  if (isDue && written() !== cameBack) return (settling = setTimeout(() => location.reload(), PAUSE));
  opened.compare(written());
  tell(status ?? name);
  if (!written() || NO_USE.includes(status)) return;
  retrying = setTimeout(() => (latest = find(written())), pauseBefore);
  pauseBefore = Math.min(2 * pauseBefore, LONGEST_RETRY);
}

/* After ten minutes without the service. */
function drop() {
  opened.close();
  blank();
  fail({});
}

async function choose(chosen) {
  list.activate(null);
  chosenLast = chosen;
  const { text } = shown;
  const typed = written();
  if (text) settle(text);
  try {
    const row = chosen.row ?? (await service.entry(chosen.id));
    if (chosen !== chosenLast || typed !== written()) return; // another was chosen meanwhile, or more was typed
    opened.show(row, text, true);
    opened.compare(typed);
  } catch (error) {
    return error.status === 404 ? say("This answer is no longer served.") : fail(error);
  }
  name(document.getElementById("opened"));
  list.mark(opened.id());
  document.getElementById("opened").scrollIntoView({ block: "nearest" });
  say(`Opened: ${opened.title()} ${document.querySelector("#opened .aloud")?.textContent ?? ""}`);
}

/* Opens the active choice; else the first for what is typed, where that is sure. */
async function open() {
  if (list.current()) return choose(list.current());
  const text = written();
  await latest;
  if (text && text === written() && text !== shown.text) await (latest = find(text)); // it failed before
  if (!text || text !== written()) return;
  if (text !== shown.text) return say("The search does not answer.");
  settle(text);
  if (shown.first) return choose({ row: shown.first });
  say(danger.isUrgent() ? "Urgent: read what stands above the results." : "No sure match. Choose with the arrow keys.");
}

/* Acts on the answer that is open, or on the choice that is active, which opens it. */
async function act(how) {
  const text = written();
  await latest;
  if (text !== written()) return;
  const chosen = list.current();
  if (chosen && chosen.id !== opened.id()) await choose(chosen);
  how();
}

/* One step back: to the input, from the choice, from the answer, from what is typed. */
function back() {
  if (document.activeElement !== input) return input.focus();
  if (list.current()) return list.activate(null);
  if (opened.id()) {
    opened.close();
    return list.mark();
  }
  input.value = "";
  search();
}

const ENTER = {
  "": open,
  Ctrl: () => act(() => opened.copy("chat")),
  "Ctrl Shift": () => act(() => opened.copy("text")),
  Alt: () => act(() => opened.copy("link")),
  Shift: () => act(opened.togglePin),
};

function take() {
  input.focus();
  input.select();
}

function press(event) {
  const held = modifiers(event);
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const isInput = event.target === input;
  if (event.isComposing || event.keyCode === 229) return; // a word is being chosen
  if (event.key.toLowerCase() === "k" && held === "Ctrl") take();
  else if (event.key === "/" && !event.target.matches("input, textarea, select")) take();
  else if (event.key === "Escape" && !held) back();
  else if (
    event.key === "Enter" &&
    ENTER[held] &&
    (isInput || (held && event.target.closest("#opened") && !event.target.closest("a, select, form")))
  )
    ENTER[held]();
  else if (arrow && isInput && !held) list.move(arrow);
  else {
    if (isInput && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) list.activate(null);
    return;
  }
  event.preventDefault();
}

function start() {
  const asked = document.createDocumentFragment();
  asked.append(...results.childNodes);
  results.remove();
  document.getElementById("desk").hidden = false;
  for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "list" }))
    input.setAttribute(key, value);
  input.setAttribute("aria-keyshortcuts", "/ Control+K");
  name(document);
  clear();
  const chosen = !input.value && asked.querySelector(".result");
  if (chosen) return choose({ row: chosen });
  if (input.value && input.value === input.defaultValue) return draw(asked, written()); // else it was typed meanwhile
  input.value ||= cameBack;
  if (input.value) search();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  open();
});
input.addEventListener("input", () => {
  list.activate(null);
  search();
});
list.onChoose(choose);
document.addEventListener("keydown", press);
document.addEventListener("visibilitychange", () => notice.dropIfOver(drop));
addEventListener("online", () => written() !== shown.text && search());
start();
