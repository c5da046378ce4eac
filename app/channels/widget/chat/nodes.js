/* Nodes are made one by one: a string of HTML would be refused by trusted types. */

const ICONS = {
  chat: "M9 18.3l-4.5 2.2.9-3.7A9 7.6 0 1 1 9 18.3z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19.5V5M5.5 11.5L12 5l6.5 6.5",
  up: "M7 20H4v-9h3v9h9.5a2 2 0 0 0 2-1.6l1.7-6.7a2 2 0 0 0-2-2.2h-5.3l.6-3.5a2 2 0 0 0-2-2.5L7 11",
  down: "M5.5 9.5L12 16l6.5-6.5",
  seal: "M5 12.5l4.5 4.5L19 7.5",
  phone: "M4 4h5l1.7 4.5-2.2 1.6a12 12 0 0 0 5.4 5.4l1.6-2.2L20 15v5A16 16 0 0 1 4 4z",
};

/** What a page's style sheet may reach, by class or tag. Nothing that holds an urgent text is among it. */
const PARTS = {
  launch: "launcher",
  head: "header",
  h2: "title",
  "item me": "question",
  card: "card",
  pick: "choice",
  textarea: "input",
  send: "send",
};

const isThere = (value) => value != null && value !== false;

/** A node; never from a string of HTML, which trusted types would refuse. */
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (isThere(value)) node.setAttribute(name, value === true ? "" : value);
  }
  const part = PARTS[props.class ?? tag];
  if (part) node.part = part;
  node.append(...children.flat(2).filter(isThere));
  return node;
}

/** A button that sends no form. The second press of a double one is none: it may meet a button that was not there. */
function button(kind, words, act, props) {
  const onclick = (event) => event.detail < 2 && act?.();
  return h("button", { class: kind, type: "button", onclick, ...props }, words);
}

/** A button that shows a picture and says its name. */
function pictured(kind, picture, name, act, props) {
  return button(kind, icon(picture), act, { "aria-label": name, title: name, ...props });
}

function icon(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", true);
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
