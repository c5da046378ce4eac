/* When a search fails, or takes long: what is on screen stays for ten minutes, under a line that says to which question it belongs. */
import { TEN_MINUTES } from "./memory.js";
import { quoted } from "./say.js";

const notice = document.getElementById("notice");
const LINKS = { 401: "Sign in again", 403: "Load the page again" };
const WHY = {
  401: "Your session has ended.",
  403: "This page is too old.",
  TimeoutError: "The search did not answer.",
  late: "Still looking up what is typed.",
};
const UNREAD = { late: " It is not yet checked for danger." };
let waiting = 0;
let ends = Infinity;

/* Returns the words of the line, or nothing where they stand there already. */
export function show(status, shown, typed, drop) {
  const why = WHY[status] ?? (Number(status) ? "The search did not answer." : "Not connected.");
  const time = shown.at?.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const which = shown.text ? ` These are the results for ${quoted(shown.text)} of ${time}.` : "";
  const isUnread = typed && typed !== shown.text;
  const unread = isUnread ? (UNREAD[status] ?? " What is typed now was not looked up, and not checked for danger.") : "";
  const words = why + which + unread;
  ends = shown.at ? shown.at.getTime() + TEN_MINUTES : Infinity;
  clearTimeout(waiting);
  if (shown.at) waiting = setTimeout(() => dropIfOver(drop), ends - Date.now());
  if (!notice.hidden && notice.firstChild?.textContent === words) return "";
  notice.replaceChildren(paragraph(words), ...link(status), paragraph(document.querySelector("footer").textContent.trim()));
  notice.hidden = false;
  return words;
}

export const isShown = () => !notice.hidden;

export function hide() {
  clearTimeout(waiting);
  ends = Infinity;
  notice.hidden = true;
}

/* A machine that slept has missed its timer. */
export function dropIfOver(drop) {
  if (notice.hidden || Date.now() < ends) return;
  hide();
  drop();
}

function paragraph(words) {
  const made = document.createElement("p");
  made.textContent = words;
  return made;
}

/* What is typed comes back after the sign-in. */
function link(status) {
  if (!LINKS[status]) return [];
  const made = document.createElement("a");
  made.className = "go";
  made.href = location.pathname;
  made.textContent = LINKS[status];
  const line = document.createElement("p");
  line.append(made);
  return [line];
}
