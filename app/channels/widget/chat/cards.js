/* What a reply looks like. Sealed text is put into the page as text, word for word. */

const SPEECHLESS = /, (text|envíe un mensaje al) $/;
const PHONE = /^\+?[\d\s().-]{3,24}$/;

const tel = (number) => `tel:${number.replace(/[^\d+]/g, "")}`;

/** The voice of a text, and which way it runs. */
const voice = (language) => ({ lang: language ?? "en", dir: "auto" });

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
    const line = () => rest.split("\n\n")[0];
    const skip = (text) => (rest = rest.slice(rest.indexOf(text) + text.length).trimStart());
    const say = (text) => {
      const said = text
        .split("\n\n")
        .filter((part) => part && part !== banner)
        .join("\n\n");
      if (said) pieces.push({ said });
    };
    if (reply.safety_net) {
      pieces.push({ net: line() });
      skip(line());
    }
    for (const answer of reply.answers) {
      say(rest.slice(0, rest.indexOf(answer.text)));
      pieces.push(answer);
      skip(answer.text);
      if (rest.startsWith(answer.limits)) skip(answer.limits);
      if (line().includes(answer.sources[0]?.title)) skip(line());
    }
    say(reply.options.length ? rest.split("\n\n").slice(0, -1).join("\n\n") : rest);
    return pieces;
  }

  /** What is said before anything is asked, with what can be asked first. */
  greeting(fresh) {
    const { text, languages, suggestions } = this.#welcome ?? {};
    if (!text) return h("div", { class: "item card" }, this.help(), this.#line());
    const said = h("div", { class: "card parts" }, this.said(text, languages?.text));
    return h("div", { class: "item" }, said, fresh && this.#choices(this.#words.ask, suggestions));
  }

  /** Whom to call, in the words of the service where it has said any; `own` came with what it refused, in English. */
  help(own) {
    const { notice, languages } = this.#welcome ?? {};
    if (own && (this.#language === "en" || !notice)) return this.said(own);
    return notice ? this.said(notice, languages.notice) : this.said(this.#words.help, this.#language);
  }

  /** Why a message got no reply, and whom to turn to meanwhile. */
  failed({ state, help }, retry) {
    const w = this.#words;
    const { offline, languages, contact } = this.#welcome ?? {};
    const away = offline && ["down", "offline"].includes(state);
    const card = h(
      "div",
      { class: "item card fail" },
      h("p", {}, w[state]),
      away && this.said(offline, languages?.offline),
      state !== "long" && this.calls("911 988"), // nobody has looked at what was typed
      away || this.help(help),
      this.#line(),
      contact && this.#contact(contact),
      state !== "long" && button(null, w.retry, () => retry(card)),
    );
    return card;
  }

  /** A reply, and after the latest what can be asked next. */
  theirs(reply, feedback, latest) {
    return h(
      "div",
      { class: "item", "data-message": reply.message_id },
      this.pieces(reply).map((piece) => this.#card(piece, reply)),
      reply.contact && !reply.feelings && this.#contact(reply.contact),
      feedback,
      latest && this.#further(reply),
    );
  }

  #card(piece, reply) {
    const { said, net = reply.feelings && said } = piece;
    if (net) return this.#net(net, reply.language, piece.net ? null : reply.contact?.line);
    const part = reply.urgent ? "card told" : "card"; // an urgent text is no part that a page may style
    return h("div", { class: part }, said ? this.said(said, reply.language) : this.#answer(piece));
  }

  mine(item) {
    return h("div", { class: "item me" }, h("span", { class: "hidden" }, this.#words.you), this.#folded(item.shown));
  }

  /** A text of six lines at most, and where it has more a button that shows them. */
  #folded(text) {
    const { all, less } = this.#words;
    const said = h("p", { class: "fold", dir: "auto" }, text);
    const turn = () => (more.textContent = said.classList.toggle("fold") ? all : less);
    const more = button("plain", all, turn, { hidden: true });
    const measure = () => said.className && (more.hidden = said.scrollHeight <= said.clientHeight + 1);
    new ResizeObserver(measure).observe(said);
    return [said, more];
  }

  /** Whom to call where danger is possible and not sure: part of the conversation, read before the answer. A reply to
   * feelings is drawn alike, with the line of those who can be talked to. */
  #net(text, language, line) {
    const card = this.said(text, language, { class: "card net", role: "note" });
    const calls = this.calls(text, null, line);
    calls.lang = this.#language;
    card.append(calls);
    return card;
  }

  /** What can be asked after a reply; where it had no answer, all that can be. */
  #further(reply) {
    const { ask, next } = this.#words;
    const { options, suggestions, kind, contact, feelings } = reply;
    const heading = !options.length && suggestions.length > 0 && (kind === "answer" ? next : ask);
    const more = this.#choices(heading, options.length ? [...options, ...this.#none(reply)] : suggestions);
    if ((contact && !feelings) || kind === "fallback") more.append(this.#linked(this.#faq, this.#words.answers, "all"));
    return more.firstChild && more;
  }

  /** The line of a choice for none of its options. */
  #none({ text, options, language }) {
    const none = text.match(/\n\d+\. (.+)$/)?.[1];
    return none && !options.some((each) => each.question === none) ? [{ id: none, question: none, language }] : [];
  }

  #choices(heading, options) {
    const choice = ({ id, question, language }) =>
      button("pick", question, () => this.#pick(id, question), voice(language));
    return h("div", { class: "more latest" }, heading && h("p", {}, heading), options.map(choice));
  }

  /** Whom to turn to: a line to call, its hours, and the site's form or chat. */
  #contact({ label, line, hours, url }) {
    const dialled = PHONE.test(line);
    return h(
      "div",
      { class: "card contact" },
      h("h3", { lang: label && "en" }, label || this.#words.person),
      line && !dialled && h("p", { lang: "en" }, line),
      h(
        "div",
        { class: "calls" },
        dialled && this.#call(line),
        hours && h("p", { lang: "en" }, hours),
        url && this.#linked(url, this.#words.form, dialled ? "call second" : "call"),
      ),
    );
  }

  /** A link that leaves the conversation where it is. */
  #linked(href, name, kind) {
    const tab = h("span", { class: "hidden" }, ` (${this.#words.tab})`);
    return h("a", { class: kind, href, target: "_blank", rel: "noopener noreferrer" }, name, tab);
  }

  #answer(answer) {
    const spoken = voice(answer.language);
    return [
      h("h3", spoken, answer.question),
      this.said(answer.text, answer.language, {}, answer.blocks),
      answer.limits && h("p", { class: "limits", ...spoken }, answer.limits),
      h("div", { class: "origin" }, this.#sources(answer), this.#seal(answer)),
    ];
  }

  #sources(answer) {
    const named = new Map(answer.sources.map((each) => [each.document, each]));
    return [...named.values()].map(({ title, publisher, url }) => {
      const name = h("span", { lang: "en" }, `${title}, ${publisher}`);
      return h("p", {}, `${this.#words.source} `, /^https?:/.test(url) ? this.#linked(url, name) : name);
    });
  }

  /** Who approved it when, in one line; on demand in what role, and which passages it stands on. */
  #seal({ seal, sources }) {
    const { demo, sealed, approved } = this.#words;
    const day = new Date(seal.on).toLocaleDateString(this.#language, { dateStyle: "medium", timeZone: "UTC" });
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

  /** Sealed text as paragraphs, word for word, or in its form; its telephone numbers can be tapped. */
  said(text, language, props, blocks = text.split("\n\n").map((part) => ({ items: [[{ text: part }]] }))) {
    const draw = ({ list, items }) => {
      const lines = items.map((item) => h(list ? "li" : "p", {}, item.map(this.#span)));
      return list ? h(list, {}, lines) : lines;
    };
    return h("div", { ...voice(language), ...props }, blocks.map(draw));
  }

  #span = ({ text, bold, href }) => {
    const words = /^https?:/.test(href) ? this.#linked(href, text) : this.#dialled(text);
    return bold ? h("strong", {}, words) : words;
  };

  /** The text cut at its numbers: every second part is one. The lines come first, as 988 may be their area code. */
  #cut(text) {
    const lines = Object.values(this.#welcome?.lines ?? {}).filter((line) => PHONE.test(line));
    const numbers = [...lines, "911", "988"].map((each) => each.replace(/[+().]/g, "\\$&"));
    return text.split(new RegExp(`(?<![\\d-])(${numbers.join("|")})(?![\\d-])`));
  }

  #dialled(text) {
    // A number runs its own way, or text from right to left would turn its groups around.
    // Where somebody cannot speak, it is for a text message.
    const parts = this.#cut(text);
    const address = (place) => (SPEECHLESS.test(parts[place - 1]) ? `sms:${parts[place]}` : tel(parts[place]));
    return parts.map((part, place) => (place % 2 ? h("a", { href: address(place), dir: "ltr" }, part) : part));
  }

  #line() {
    const { lines, contact } = this.#welcome ?? {};
    const line = lines?.oncall_line ?? lines?.phone_line;
    return line && line !== contact?.line && h("p", {}, `${this.#words.line} `, this.#dialled(line));
  }

  #call(number, second, texts) {
    const { call, text } = this.#words;
    const kind = second ? "call second" : "call";
    const href = texts ? `sms:${number}` : tel(number);
    return h("a", { class: kind, href }, icon(texts ? "chat" : "phone"), `${texts ? text : call} ${number}`);
  }

  /** A button for each number of a text, and for one more line; 988 takes text messages too. Without a tier they stand
   * as in the text. */
  calls(text, tier, line) {
    const more = PHONE.test(line) ? [line] : [];
    const numbers = [...new Set([...this.#cut(text).filter((_, place) => place % 2), ...more])];
    const first = { crisis: "988", emergency: "911" }[tier];
    numbers.sort((a, b) => (b === first) - (a === first));
    const texts = !tier || tier === "crisis";
    return h(
      "div",
      { class: "calls" },
      numbers.flatMap((each, place) => [
        this.#call(each, place),
        texts && each === "988" && this.#call(each, true, true),
      ]),
    );
  }
}
