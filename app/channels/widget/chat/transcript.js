/* A copy of the conversation for the person who had it. It is made on the device and sent nowhere. */

/** The conversation as plain text: what it is and of when, then every message word for word. */
function transcript(words, language, title, { items, welcome }) {
  const versions = new Set(items.flatMap((each) => each.reply?.content_version ?? []));
  const asked = (item) => [`${words.you} ${item.shown}`, item.state !== "sent" && words.left];
  return [
    `${words.copyOf} ${title}, ${location.host}`,
    new Date().toLocaleString(language, { dateStyle: "full", timeStyle: "short" }),
    `${words.version} ${[...versions].join(", ")}`,
    welcome?.banner,
    welcome?.text,
    ...items.flatMap((each) => (each.me ? ["---", ...asked(each)] : each.reply.text)),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** The ways to keep a text. Each throws where the browser does not allow it. */
const KEEP = {
  copy: (text) => navigator.clipboard.writeText(text),

  print(text, language) {
    const paper = window.open("", "_blank");
    const { body, documentElement } = paper.document;
    paper.document.title = text.split("\n")[0];
    documentElement.lang = language;
    body.style.whiteSpace = "pre-wrap";
    body.append(text);
    paper.print();
  },

  save(text) {
    const href = URL.createObjectURL(new Blob(["\ufeff", text])); // the mark, for editors that do not expect UTF-8
    h("a", { href, download: `${new Date().toLocaleDateString("sv")}.txt` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  },
};

/** The ways to keep a copy, behind one word; `keep` is called with the way. */
function copies(words, keep) {
  const ways = Object.keys(KEEP).map((way) => button("plain", words[way], () => keep(way)));
  return h("details", { class: "keep" }, h("summary", { class: "plain" }, words.keep), ways);
}
