/* What a reply looks like. Sealed text is put into the page as text, word for word. */

const PHONE = /^\+?[\d\s().-]{3,24}$/;

/** Draws replies in the panel's words; `pick` is called with the id and the words of what is chosen. */
class Cards {
  #words;
  #language;
  #welcome;
  #faq;
  #pick;

  constructor(words, language, welcome, faq, pick) {
    this.#words = words;
    this.#language = language;
    this.#welcome = welcome;
    this.#faq = faq;
    this.#pick = pick;
  }

  /** The reply's text cut into the sentence of the safety net, where it opens with one, its answers, which are drawn
   * with source and seal, and what stands between. */
  pieces(reply) {
    const banner = reply.banner ?? this.#welcome?.banner;
    const pieces = [];
    let rest = reply.text;
    const say = (text) => {
      const said = text
        .split("\n\n")
        .filter((part) => part.trim() && part !== banner)
        .join("\n\n");
      if (said) pieces.push({ said });
    };
    if (reply.safety_net) {
      const [net] = rest.split("\n\n");
      pieces.push({ net });
      rest = rest.slice(net.length).trimStart();
    }
    for (const answer of reply.answers) {
      const start = rest.indexOf(answer.text);
      say(rest.slice(0, start));
      pieces.push(answer);
      rest = rest.slice(start + answer.text.length).trimStart();
      if (answer.limits && rest.startsWith(answer.limits)) rest = rest.slice(answer.limits.length).trimStart();
      const [line] = rest.split("\n\n");
      if (answer.sources[0] && line.includes(answer.sources[0].title)) rest = rest.slice(line.length).trimStart();
    }
    say(reply.options.length ? rest.split("\n\n").slice(0, -1).join("\n\n") : rest);
    return pieces;
  }

  mine(item) {
    return h("div", { class: "item me" }, h("span", { class: "hidden" }, this.#words.you), this.#folded(item.shown));
  }

  /** A text of six lines at most, and where it has more a button that shows them. */
  #folded(text) {
    const { all, less } = this.#words;
    const said = h("p", { class: "fold", dir: "auto" }, text);
    const button = h(
      "button",
      {
        class: "plain",
        type: "button",
        hidden: true,
        onclick: () => (button.textContent = said.classList.toggle("fold") ? all : less),
      },
      all,
    );
    const measure = () => said.className && (button.hidden = said.scrollHeight <= said.clientHeight + 1);
    new ResizeObserver(measure).observe(said);
    return [said, button];
  }

  /** Whom to call where danger is possible and not sure: part of the conversation, read before the answer. A reply to
   * feelings is drawn alike, with the line of those who can be talked to. */
  net(text, language, line) {
    const card = this.said(text, language);
    const calls = this.calls(text, null, line);
    card.className = "card net";
    card.setAttribute("role", "note");
    calls.lang = this.#language;
    card.append(calls);
    return card;
  }

  /** What can be picked after a reply: its options and the line for none of them, else what it suggests. */
  open(reply) {
    if (!reply.options.length) return { choice: false, options: reply.suggestions };
    const none = reply.text
      .split("\n")
      .pop()
      .match(/^\d+\. (.+)$/);
    const last =
      none && !reply.options.some((each) => each.question === none[1])
        ? [{ id: none[1], question: none[1], language: reply.language }]
        : [];
    return { choice: true, options: [...reply.options, ...last] };
  }

  choices(heading, options) {
    return h(
      "div",
      { class: "more latest" },
      heading && h("p", {}, heading),
      options.map((each) =>
        h(
          "button",
          {
            class: "pick",
            type: "button",
            lang: each.language ?? "en",
            dir: "auto",
            onclick: () => this.#pick(each.id, each.question),
          },
          each.question,
        ),
      ),
    );
  }

  /** Whom to turn to: a line to call, its hours, and the site's form or chat. */
  contact({ label, line, hours, url }) {
    const dialled = PHONE.test(line ?? "");
    return h(
      "div",
      { class: "card contact" },
      label ? h("h3", { lang: "en" }, label) : h("h3", {}, this.#words.person),
      line && !dialled && h("p", { lang: "en" }, line),
      h(
        "div",
        { class: "calls" },
        dialled && this.#call(this.#tel(line), "phone", `${this.#words.call} ${line}`),
        hours && h("p", { lang: "en" }, hours),
        url && this.#linked(url, this.#words.form, { class: dialled ? "call second" : "call" }),
      ),
    );
  }

  allAnswers() {
    return this.#linked(this.#faq, this.#words.answers, { class: "all" });
  }

  /** A link that leaves the conversation where it is. */
  #linked(href, name, props) {
    return h(
      "a",
      { href, target: "_blank", rel: "noopener noreferrer", ...props },
      name,
      h("span", { class: "hidden" }, ` (${this.#words.tab})`),
    );
  }

  answer(answer) {
    const own = { lang: answer.language ?? "en", dir: "auto" };
    return [
      h("h3", own, answer.question),
      this.said(answer.text, answer.language),
      answer.limits && h("p", { class: "limits", ...own }, answer.limits),
      h("div", { class: "origin" }, this.#sources(answer), this.#seal(answer)),
    ];
  }

  #sources(answer) {
    const linked = (source) => {
      const name = `${source.title}, ${source.publisher}`;
      const url = /^https?:\/\//.test(source.url ?? "") && source.url;
      return url ? this.#linked(url, h("span", { lang: "en" }, name)) : h("span", { lang: "en" }, name);
    };
    const named = new Map(answer.sources.map((each) => [`${each.document}`, each]));
    return [...named.values()].map((each) => h("p", {}, h("span", {}, `${this.#words.source} `, linked(each))));
  }

  /** Who approved it when, in one line; on demand in what role, and which passages it stands on. */
  #seal({ seal, sources }) {
    const { demo, sealed, approved } = this.#words;
    const day = new Intl.DateTimeFormat(this.#language, { dateStyle: "medium", timeZone: "UTC" }).format(
      new Date(seal.on),
    );
    const [line, more] =
      seal.role === "demo"
        ? [demo, `${sealed} ${seal.by}, ${day}.`]
        : [[icon("seal"), `${approved} ${seal.by}, ${day}`], `${seal.by}, ${seal.role}, ${day}`];
    const cited = ({ section, passage }) => [
      h("p", { lang: "en" }, section),
      passage && h("blockquote", { lang: "en" }, passage),
    ];
    return h("details", {}, h("summary", {}, line), h("p", {}, more), sources.map(cited));
  }

  /** Sealed text as paragraphs, word for word; its telephone numbers can be tapped. */
  said(text, language) {
    return h(
      "div",
      { lang: language ?? "en", dir: "auto" },
      text.split("\n\n").map((part) => h("p", {}, this.#dialled(part))),
    );
  }

  /** The text cut at its numbers: every second part is one. The lines come first, as 988 may be their area code. */
  #cut(text) {
    const lines = Object.values(this.#welcome?.lines ?? {}).filter((line) => line && PHONE.test(line));
    const numbers = [...lines, "911", "988"].map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return text.split(new RegExp(`(?<![\\d-])(${numbers.join("|")})(?![\\d-])`));
  }

  #dialled(text) {
    return this.#cut(text).map((part, place) => (place % 2 ? this.#number(part) : part));
  }

  /** A number runs its own way, or text from right to left would turn its groups around. */
  #number(text) {
    return h("a", { href: this.#tel(text), dir: "ltr" }, text);
  }

  #tel(number) {
    return `tel:${number.replace(/[^\d+]/g, "")}`;
  }

  line() {
    const { lines, contact } = this.#welcome ?? {};
    const line = lines?.oncall_line ?? lines?.phone_line;
    return line && line !== contact?.line && h("p", { class: "line" }, `${this.#words.line} `, this.#dialled(line));
  }

  #call(href, picture, words, second) {
    return h("a", { class: second ? "call second" : "call", href }, icon(picture), words);
  }

  /** A button for each number of a text, and for one more line; 988 takes text messages too. Without a tier they stand
   * as in the text. */
  calls(text, tier, line) {
    const more = PHONE.test(line ?? "") ? [line] : [];
    const numbers = [...new Set([...this.#cut(text).filter((_, place) => place % 2), ...more])];
    const first = { crisis: "988", emergency: "911" }[tier];
    if (numbers.includes(first)) numbers.sort((a, b) => (b === first) - (a === first));
    const texts = !tier || tier === "crisis";
    return h(
      "div",
      { class: "calls" },
      numbers.flatMap((each, place) => [
        this.#call(this.#tel(each), "phone", `${this.#words.call} ${each}`, place),
        texts && each === "988" && this.#call("sms:988", "chat", `${this.#words.text} 988`, true),
      ]),
    );
  }
}
