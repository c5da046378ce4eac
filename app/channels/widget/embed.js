/* Builds the line to copy from what is chosen, and shows the widget of this page so. Without it the plain line stays. */
"use strict";

const form = document.getElementById("build");
const lines = [...document.querySelectorAll("[data-line]")].map((node) => ({ node, plain: node.textContent }));
const quoted = (text) => `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;

/* What is as the widget has it by itself needs no attribute: the first of a list, a field as it came. */
const isPlain = (field) => (field.options ? field.selectedIndex === 0 : field.value.trim() === field.defaultValue);

function build() {
  const chosen = [...form.elements].filter((field) => !isPlain(field));
  const attributes = chosen.map((field) => ` ${field.name}=${quoted(field.value.trim())}`).join("");
  const inPlace = form.elements["data-position"].value === "inline";
  for (const { node, plain } of lines)
    node.textContent = inPlace
      ? `<hai-faq-chat${attributes}></hai-faq-chat>\n${plain}`
      : plain.replace("></script>", () => `${attributes}></script>`);
  show(chosen);
}

function show(chosen) {
  const chat = document.querySelector("hai-faq-chat");
  for (const { name } of form.elements) chat?.removeAttribute(name);
  for (const { name, value } of chosen) if (name !== "data-start") chat?.setAttribute(name, value.trim());
}

form.hidden = false;
form.addEventListener("input", build);
form.addEventListener("submit", (event) => event.preventDefault());
build();
