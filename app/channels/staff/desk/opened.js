/* The opened answer beside the list. It stays while one types on, and says to which question it belongs. */
import { isPinned, pin, remember } from "./memory.js";
import { quoted, say } from "./say.js";

const panel = document.getElementById("opened");
const COPIED = 4_000; // ms
const KINDS = { chat: "chat text", text: "text message", link: "link" };
/* `text` is the question that it was opened for, `kept` says that it was chosen, or has stood for a while. */
let open = null;

export const id = () => open?.id;
export const title = () => panel.querySelector("h2")?.textContent ?? "";

export function keep() {
  if (!open || open.kept) return;
  open.kept = true;
  if (open.seal) remember(open.id);
}

export function show(row, text, kept) {
  if (open?.id !== row.dataset.id || open.seal !== row.dataset.seal) draw(row);
  const { id, seal } = row.dataset;
  open = { id, seal, text, kept: open?.id === id && open.kept };
  if (kept) keep();
  note(false);
}

export function close() {
  open = null;
  panel.hidden = true;
  panel.replaceChildren();
}

/* After new results: `first` is the row that opens by itself, if any. What somebody reads is not taken from her, unless
   danger is: another question's first row takes its place, the same one's typed on does not. */
export function follow(rows, first, text, urgent) {
  const again = rows.find((row) => row.dataset.id === open?.id);
  if (urgent) close();
  else if (first && !(open?.kept && goesOn(text))) show(first, text, false);
  else if (open && first === again && again) show(again, text, false);
  else if (open && !open.kept) close();
  else if (open) {
    if (again && again.dataset.seal !== open.seal) show(again, open.text, true);
    note(text !== open.text, text);
  }
}

/* Says that the answer is not for what is typed, of which there are no results. */
export function compare(typed) {
  if (open) note(typed !== open.text, typed);
}

const goesOn = (text) => !!open.text && (text.startsWith(open.text) || open.text.startsWith(text));

function draw(row) {
  const [summary, ...body] = row.cloneNode(true).children;
  const heading = document.createElement("h2");
  heading.id = "opened-title";
  const link = document.createElement("a");
  link.textContent = summary.querySelector(".title").textContent;
  if (row.dataset.seal) link.href = `?entry=${encodeURIComponent(row.dataset.id)}`;
  heading.append(link);
  const stale = document.createElement("p");
  stale.className = "stale";
  stale.hidden = true;
  panel.replaceChildren(stale, heading, ...body);
  panel.classList.toggle("uncovered", !row.dataset.seal);
  for (const scripted of panel.querySelectorAll("[data-scripted]")) scripted.hidden = false;
  panel.hidden = false;
  speak("en");
  showPin(row.dataset.id);
}

function note(isStale, typed) {
  const line = panel.querySelector(".stale");
  line.hidden = !isStale;
  line.textContent = [open.text ? `Opened for ${quoted(open.text)}` : "Opened before", typed && "not for what is typed now"]
    .filter(Boolean)
    .join(", ")
    .concat(".");
  panel.classList.toggle("old", isStale);
}

/* Shows the answer in one language; its copies are those of the buttons and keys, and what is flagged is its text. */
function speak(language) {
  for (const version of panel.querySelectorAll(".version")) {
    version.hidden = version.dataset.language !== language;
    const other = version.closest(".other");
    if (other) other.open = !(other.hidden = version.hidden);
  }
  for (const button of panel.querySelectorAll("[data-show]"))
    button.setAttribute("aria-pressed", button.dataset.show === language);
  const prefix = `${language === "en" ? "" : language}:`;
  for (const option of panel.querySelectorAll("[name=shown] option")) option.selected = option.value.startsWith(prefix);
}

function showPin(id) {
  const button = panel.querySelector("[data-pin]");
  if (!button) return;
  button.setAttribute("aria-pressed", isPinned(id));
  button.querySelector("span").textContent = isPinned(id) ? "Pinned" : "Pin";
}

export function togglePin() {
  if (!panel.querySelector("[data-pin]")) return say("Open an answer first.");
  pin(open.id);
  showPin(open.id);
  say(`${isPinned(open.id) ? "Pinned" : "No longer pinned"}: ${title()}`);
}

export async function copy(kind) {
  const version = panel.querySelector(".version:not([hidden])");
  if (!version) return say(open ? "There is no approved text to copy." : "Open an answer first.");
  keep();
  const source = version.querySelector(`[data-${kind}]`);
  try {
    await navigator.clipboard.writeText(source.href ?? source.textContent);
    const stale = panel.querySelector(".stale:not([hidden])")?.textContent;
    say([`Copied as ${KINDS[kind]}: ${title()}`, stale].filter(Boolean).join(" "));
    showCopied(version.querySelector(`[data-copy="${kind}"]`));
  } catch {
    version.querySelector(".copies").open = true;
    getSelection().selectAllChildren(source);
    say("Selected. Copy it with your keyboard.");
  }
}

function showCopied(button) {
  const label = button.querySelector("span");
  button.dataset.words ??= label.textContent;
  button.classList.add("copied");
  label.textContent = "Copied";
  clearTimeout(button.dataset.timer);
  button.dataset.timer = setTimeout(() => {
    button.classList.remove("copied");
    label.textContent = button.dataset.words;
  }, COPIED);
}

panel.addEventListener("click", ({ target }) => {
  const button = target.closest("button[type=button]");
  if (!button) return keep();
  if (button.dataset.copy) copy(button.dataset.copy);
  else if (button.dataset.show) speak(button.dataset.show);
  else if ("pin" in button.dataset) togglePin();
  else if ("print" in button.dataset) print();
});
/* A press of the mouse leaves the focus where it is, so that the next question can be typed at once. */
panel.addEventListener("mousedown", (event) => event.target.closest("button[type=button]") && event.preventDefault());
panel.addEventListener("focusin", keep);
