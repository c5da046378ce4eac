/* Nodes are made one by one: a string of HTML would be refused by trusted types. */

const ICONS = {
  chat: "M12 3.5c5 0 9 3.4 9 7.6s-4 7.6-9 7.6c-1 0-2-.1-2.9-.4l-4.6 2.2.9-3.7C3.9 15.3 3 13.3 3 11.1c0-4.2 4-7.6 9-7.6z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19.5V5M5.5 11.5L12 5l6.5 6.5",
  up: "M7 11v9H4v-9h3zm0 0l4.5-7.5c1.5 0 2.3 1.1 2 2.5l-.6 3.5h5.6c1.2 0 2 1.1 1.7 2.2l-1.7 6.7c-.2.9-1 1.6-2 1.6H7",
  down: "M5.5 9.5L12 16l6.5-6.5",
  question: "M7.5 8.2a4.5 4.5 0 1 1 7 3.8c-1.7 1.1-2.5 2-2.5 3.5M12 19.8v.01",
  seal: "M5 12.5l4.5 4.5L19 7.5",
  phone: "M5 4h4l1.7 4.5-2.2 1.6a12 12 0 0 0 5.4 5.4l1.6-2.2L20 15v4c0 .6-.5 1-1 1C11 20 4 13 4 5c0-.5.4-1 1-1z",
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

/** A node; never from a string of HTML, which trusted types would refuse. */
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  const part = PARTS[props.class ?? tag];
  if (part) node.part = part;
  node.append(...children.flat(2).filter((child) => child != null && child !== false));
  return node;
}

function icon(name) {
  const make = (tag, props) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(props)) node.setAttribute(key, value);
    return node;
  };
  const svg = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(make("path", { d: ICONS[name] }));
  return svg;
}
