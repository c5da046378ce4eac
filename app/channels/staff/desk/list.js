/* The list of results under the input, which keeps the focus: one option at most is the active one.

   A choice is an entry or a topic: its id, its option, and `row`, where the service has sent what it holds. */
const input = document.getElementById("text");
const list = document.getElementById("list");
let choices = [];
let active = null;

export const current = () => active;

/* Groups of choices, each with a name or without; the active one stays so while it is there. */
export function show(groups) {
  const id = active?.id;
  choices = groups.flatMap((group) => group.choices);
  list.replaceChildren(...groups.filter((group) => group.choices.length).map(drawnGroup));
  choices.forEach(({ option }, place) => (option.id = `choice-${place}`));
  list.hidden = !choices.length;
  input.setAttribute("aria-expanded", !list.hidden);
  activate(choices.find((choice) => choice.id === id));
}

export function choice(id, content, row) {
  const option = document.createElement("div");
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.classList.toggle("uncovered", !!row?.classList.contains("uncovered"));
  option.append(...content);
  return { id, option, row };
}

function drawnGroup({ name, choices: members }) {
  const group = document.createElement("div");
  if (name) {
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    const heading = document.createElement("div");
    heading.className = "label";
    heading.setAttribute("aria-hidden", "true");
    heading.textContent = name;
    group.append(heading);
  } else {
    group.setAttribute("role", "presentation");
  }
  group.append(...members.map(({ option }) => option));
  return group;
}

/* Down from the last choice leads to none, the text itself, and on to the first. */
export function move(by) {
  const stops = [null, ...choices];
  const at = stops.indexOf(active);
  activate(stops.at((at + by) % stops.length));
}

export function activate(chosen) {
  active = chosen ?? null;
  for (const { option } of choices) option.setAttribute("aria-selected", option === active?.option);
  if (!active) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", active.option.id);
  active.option.scrollIntoView({ block: "nearest" });
}

/* Marks the choice whose answer stands open. */
export function mark(id) {
  for (const choice of choices) choice.option.classList.toggle("open", choice.id === id);
}

/* A press of the mouse takes the focus from nobody. */
export function onChoose(choose) {
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    const chosen = choices.find((choice) => choice.option === option);
    if (chosen) choose(chosen);
  });
}
