/* The pages work without this: it adds the copy buttons of the demo page and the search box of the answers. */
"use strict";

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
      button.textContent = "Selected";
    }
  });
}

const find = document.getElementById("find");
if (find) {
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const entries = [...document.querySelectorAll("article")].map((node) => ({ node, text: plain(node.textContent) }));
  const look = () => {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    for (const { node, text } of entries) node.hidden = !words.every((word) => text.includes(word));
    for (const theme of document.querySelectorAll(".theme"))
      theme.hidden = !theme.querySelector("article:not([hidden])");
    const shown = entries.filter(({ node }) => !node.hidden).length;
    const found = document.getElementById("found");
    const said = found.dataset.words.replace("{shown}", shown).replace("{all}", entries.length);
    found.textContent = words.length ? said : "";
  };
  find.closest(".find").hidden = false;
  find.addEventListener("input", look);
  addEventListener("hashchange", () => {
    if (document.querySelector(":target")?.hidden) {
      find.value = "";
      look();
      document.querySelector(":target").scrollIntoView();
    }
  });
}
