/* The review works without this: keys, ranges of ticks, and where one was. */
"use strict";

const groups = [...document.querySelectorAll(".group")];
const bulk = document.getElementById("bulk");
const help = document.getElementById("keys");
const boxes = groups.map((group) => group.querySelector(":scope > input"));
const summaryOf = (group) => group.querySelector("summary");
/* What is typed of a topic that is not one of the nearest. */
const FIELDS = { other: "typed", new: "id" };
const SCROLLED = "hai-faq-review-scrolled";

/* The group with the focus, or none. */
const current = () => groups.findIndex((group) => group.contains(document.activeElement));
const ticked = () => boxes.filter((box) => box.checked);

function focusOn(place) {
  const group = groups[Math.min(groups.length - 1, Math.max(0, place))];
  if (!group) return;
  summaryOf(group).focus({ preventScroll: true });
  group.scrollIntoView({ block: "nearest" });
}

function toggle(group) {
  const details = group.querySelector("details");
  details.open = !details.open;
}

/* Opens a group at the first field of a proposal: the nearest topics, words of another where none is near, or a new one. */
function propose(group, isNew) {
  group.querySelector("details").open = true;
  const choice = group.querySelector(isNew ? '[value="new"]' : '[name="pick"]');
  const field = FIELDS[choice.value] ? choice.form.elements[FIELDS[choice.value]] : choice;
  if (field !== choice) choice.checked = true;
  enter(field);
}

/* One goes on typing where the field ends. */
function enter(field) {
  field.focus();
  if (field.type !== "radio") field.setSelectionRange(field.value.length, field.value.length);
}

/* All that are ticked, else the group with the focus. */
function decide(group, name, value) {
  const many = ticked().length > 0;
  const form = many ? bulk : group?.querySelector("form");
  if (!form) return;
  const [dismiss, tomorrow, week] = form.querySelectorAll(".actions button, :scope > button:not(.default)");
  form.requestSubmit({ dismiss, tomorrow, week }[name]);
}

const ACTS = {
  j: () => focusOn(current() + 1),
  k: () => focusOn(current() - 1),
  ArrowDown: () => focusOn(current() + 1),
  ArrowUp: () => focusOn(current() - 1),
  o: (group) => group && toggle(group),
  d: (group) => decide(group, "dismiss"),
  s: (group) => decide(group, "tomorrow"),
  w: (group) => decide(group, "week"),
  p: (group) => group && propose(group, false),
  t: (group) => group && propose(group, true),
  x: (group) => group && tick(boxes[groups.indexOf(group)]),
  u: () => document.getElementById("undo")?.click(),
  "?": () => help.showModal(),
};

function tick(box) {
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change"));
}

/* Whether a key is meant for what has the focus: letters for a field, arrows for a choice. */
function isTaken(target, key) {
  if (target.matches("textarea, select, input:not([type='checkbox'], [type='radio'])")) return true;
  return key.startsWith("Arrow") && target.matches("[type='radio'], [type='date']");
}

document.addEventListener("keydown", (event) => {
  const act = ACTS[event.key];
  const target = event.target;
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open || isTaken(target, event.key))
    return;
  const group = groups[current()];
  if (!group && target !== document.body && !target.closest(".done")) return;
  event.preventDefault();
  act(group);
});

/* A range of ticks with shift, as in any list of mail. */
let last = null;
for (const box of boxes) {
  box.addEventListener("click", (event) => {
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    count();
  });
  box.addEventListener("change", count);
}

function count() {
  const number = ticked().length;
  const text = number
    ? `With the ${number === 1 ? "group that is" : `${number} groups that are`} ticked:`
    : "With the groups that are ticked:";
  document.getElementById("chosen").textContent = text;
  const first = boxes.findIndex((box) => box.checked);
  const left = groups.filter((_, place) => !boxes[place].checked);
  const next = left.find((group) => groups.indexOf(group) > first) ?? left.at(-1);
  bulk.elements.next.value = (next?.id ?? "").replace("group-", "");
}

/* Who comes back to the page finds the ticks that the browser has kept. */
if (bulk) addEventListener("pageshow", count);

/* Who chooses a topic with the mouse is led to what is typed next; the arrows of the keyboard choose without moving on. */
document.addEventListener("click", (event) => {
  if (event.detail && event.target.matches(".group [name='pick']")) {
    enter(event.target.form.elements[FIELDS[event.target.value] ?? "lines"]);
  }
});

/* One group is open at a time, in sight. */
for (const details of document.querySelectorAll(".group > details")) {
  details.addEventListener("toggle", () => details.open && details.closest(".group").scrollIntoView({ block: "nearest" }));
}

/* An address without what is not asked for, and the page where it was after an act. */
const filters = document.querySelector(".filters");
filters.addEventListener("submit", () => {
  for (const field of filters.elements) field.disabled = field.value === "" && field.name !== "";
});
document.addEventListener("submit", (event) => {
  if (event.target !== filters) sessionStorage.setItem(SCROLLED, String(scrollY));
});

/* The browser itself scrolls to the group that the address names, at the latest when all is loaded. */
addEventListener("load", () => {
  const scrolled = sessionStorage.getItem(SCROLLED);
  sessionStorage.removeItem(SCROLLED);
  if (scrolled !== null) scrollTo(0, Number(scrolled));
  const next = groups.findIndex((group) => `#${group.id}` === location.hash);
  if (next >= 0) focusOn(next);
});

/* A page that is loaded anew says no second time what was done; a live region says only what changes in it. */
const done = document.querySelector(".done > span, p.happened");
if (done) {
  const url = new URL(location.href);
  url.searchParams.delete("done");
  history.replaceState(null, "", url);
  setTimeout(() => done.replaceChildren(...done.cloneNode(true).childNodes), 200);
}

document.getElementById("keys-button").hidden = false;
document.getElementById("keys-button").addEventListener("click", () => help.showModal());
