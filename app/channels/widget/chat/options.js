/* What a page may shape: never a word of safety, of the demonstration, or of what the service is. */

const OWN_WORDS = "hint label send close restart ask next helped thanks keep copy print save".split(" ");

/** The widget's words, with those that the page has put in place of some as JSON, by language or for any. */
function wordsOf(language, given) {
  const words = { ...WORDS[language] };
  try {
    const own = JSON.parse(given) ?? {};
    for (const name of OWN_WORDS) words[name] = String((own[language] ?? own)[name] || words[name]);
  } catch {
    console.warn("haiFaq: data-labels is no JSON");
  }
  return words;
}

/** The sealed questions of at most six entries; one that the service does not answer now is left out. */
async function startersOf(base, ids) {
  const find = (id) => request(`${base}v1/entries/${encodeURIComponent(id)}`).catch(() => 0);
  const found = await Promise.all((ids?.match(/\S+/g) ?? []).slice(0, 6).map(find));
  return found.filter(Boolean);
}

/** The head's logo; it says nothing to a screen reader, as the title stands beside it. */
function logo(src) {
  const gone = ({ target }) => target.remove();
  return src && h("img", { class: "logo", src, alt: "", referrerpolicy: "no-referrer", onerror: gone });
}
