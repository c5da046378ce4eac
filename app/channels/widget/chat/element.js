/* The chat: its frame, its conversation, and what becomes of a message. How to embed it: docs/INTEGRATION.md.
 *
 * It runs under `default-src 'none'; script-src ORIGIN; connect-src ORIGIN; require-trusted-types-for 'script'`:
 * every node is made by `h`, every style is a constructed sheet. What people type goes to the service and into this
 * tab's sessionStorage, nowhere else; events carry kinds only.
 */

const SLOW = 4_000;
const WHOLE_SCREEN = "(max-width: 34em), (max-height: 30em)"; // as in chat.css
const PERSON = "I want to talk to a person"; // the service's `human` intent

const sheetOf = (rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  return sheet;
};
const sheet = sheetOf(CSS);
const STILL = { preventScroll: true }; // or a focus on what is below scrolls an urgent text away
const touched = () => fits("(pointer: coarse)");

class HaiFaqChat extends HTMLElement {
  static observedAttributes = "title lang position accent scheme launcher label icon logo questions labels"
    .split(" ")
    .flatMap((name) => [name, `data-${name}`]);
  #root = this.attachShadow({ mode: "open" });
  #queue = Promise.resolve();
  #erasures = 0; // a late reply to an erased conversation is dropped by it, unless it is urgent
  #parts = {};
  #memory;
  #idle;
  #erased; // by "Start over", until something is asked
  #listeners;
  #still = sheetOf("html { overflow: hidden !important }"); // on the page while the chat covers it
  #resized = new ResizeObserver(() => {
    this.#parts.root.style.setProperty("--zoom", this.currentCSSZoom ?? 1); // of the page, by which `dvh` grows
    fit(this.#parts);
  });
  #opener; // what has the focus again after closing
  #lastFocus; // inside the chat: has it again when the page puts the chat back

  /** In the page; or in it again, as it was, after the page has swapped its body. */
  connectedCallback() {
    const again = !!this.#listeners;
    const unfocused = document.activeElement === document.body;
    this.#root.adoptedStyleSheets = [sheet];
    this.#memory ??= new Memory(this.#base, this.id || (this.#inline ? "inline" : ""));
    taken.add(this.#memory.key);
    this.#idle ??= new Idle(
      this.#memory,
      () => this.#status(),
      () => this.#clear(),
    );
    this.#rise();
    this.#listen();
    if (this.#parts.root?.lang !== this.#language) this.#build();
    const wanted = this.#memory.open ?? this.#option("start") === "open";
    if (this.#inline || (wanted && (again || !this.#covering))) this.#show(); // never over a whole screen unasked
    if (again && unfocused) this.#lastFocus?.focus(STILL);
    this.#watch();
    this.#greet();
    if (!again) queueMicrotask(() => this.#tell("ready"));
  }

  #listen() {
    this.#listeners = new AbortController();
    const until = { signal: this.#listeners.signal };
    matchMedia(DARK).addEventListener("change", () => this.#paint(), until);
    matchMedia(WHOLE_SCREEN).addEventListener("change", () => this.isOpen && this.#openPanel(), until);
    document.addEventListener("keydown", (event) => this.#escape(event), until);
    document.addEventListener("visibilitychange", () => this.#idle.look(), until);
    this.#root.addEventListener("focusin", ({ target }) => (this.#lastFocus = target), until);
  }

  disconnectedCallback() {
    this.#hide();
    this.#listeners.abort();
    this.#idle.stop();
    taken.delete(this.#memory.key);
  }

  /** Above everything of the page, whatever its z-index and transforms; older browsers keep to a z-index. */
  #rise() {
    this.popover = this.#inline ? null : "manual";
    if (!this.#inline) this.showPopover?.();
  }

  /** Drawn anew; out of the page there is nothing to open yet. */
  attributeChangedCallback(name, before, after) {
    if (!this.#parts.panel || (name && before === after)) return;
    const shown = this.isOpen;
    this.#hide();
    this.#build();
    if (!this.isConnected) return;
    if (this.#inline === !!this.popover) this.#rise();
    if (shown) this.#show();
    this.#greet();
  }

  // -------------------------------------------------------------- for the page

  get isOpen() {
    return this.#inline || !!this.#parts.panel?.open;
  }

  /** Opens the panel; `from` gets the focus back when it closes, else what has it now. */
  open(from = document.activeElement) {
    const { heading, input } = this.#parts;
    if (this.isOpen) return input.focus();
    this.#opener = from !== this && from !== document.body ? from : null;
    this.#show();
    (touched() ? heading : input).focus(STILL);
    this.#tell("opened");
  }

  close() {
    const { launch } = this.#parts;
    if (this.#inline || !launch?.hidden) return;
    this.#hide();
    launch.hidden = false;
    this.#memory.open = false;
    this.#save();
    (this.#opener?.checkVisibility?.() ? this.#opener : launch).focus();
    this.#tell("closed");
  }

  toggle() {
    return this.isOpen ? this.close() : this.open();
  }

  /** Asks, and tells what kind of reply stands in the panel; it never rejects. */
  async ask(text) {
    if (!this.isOpen) this.open();
    const asked = `${text ?? ""}`.trim();
    const reply = asked && (await this.#ask(asked, asked, "question"));
    return { kind: reply?.kind ?? "error", urgent: !!reply?.urgent };
  }

  reset() {
    this.#erased = null;
    this.#erase();
  }

  // -------------------------------------------------------------- settings

  get #base() {
    return new URL(".", new URL(this.#option("service") ?? address ?? "", location)).href;
  }

  get #inline() {
    return this.#option("position") === "inline";
  }

  /** True on a small screen, the whole of which an open corner covers. */
  get #covering() {
    return fits(WHOLE_SCREEN);
  }

  /** As the person has chosen, else as the page is, else as the browser is set. */
  get #language() {
    const wanted = [this.#memory.language, this.#option("lang"), document.documentElement.lang, ...navigator.languages];
    return wanted.map((each) => each?.slice(0, 2).toLowerCase()).find((each) => each in WORDS) ?? "en";
  }

  get #inLanguage() {
    return this.#language === "en" ? "" : `?lang=${this.#language}`;
  }

  get #words() {
    return this.#parts.words;
  }

  get #title() {
    return this.#option("title") || this.#words.title;
  }

  get #cards() {
    const faq = `${this.#base}faq${this.#inLanguage}`;
    const pick = (id, question) => this.#pick(id, question);
    return new Cards(this.#words, this.#language, this.#memory.welcome, faq, pick);
  }

  #option(name) {
    return this.getAttribute(`data-${name}`) ?? this.getAttribute(name);
  }

  // -------------------------------------------------------------- the frame

  #build() {
    const words = wordsOf(this.#language, this.#option("labels"));
    const parts = (this.#parts = { words });
    const close = !this.#inline && pictured("close", "close", words.close, () => this.close());
    parts.back = button("back", words.urgent, () => toAlert(parts), { hidden: true });
    parts.other = this.#other();
    parts.bar = h("div", { class: "bar" }, parts.back, parts.other, close);
    parts.banner = h("p", { class: "banner", hidden: true });
    parts.alert = h("div", { class: "alert", role: "alert" });
    parts.log = h("div", { class: "log", role: "log", "aria-label": words.log, tabindex: 0 });
    parts.status = h("div", { class: "wait", role: "status" });
    parts.panel = this.#panel(this.#compose());
    parts.launch = this.#launcher();
    const place = this.#inline ? "inline" : "float";
    const kind = `root ${place} ${this.#option("launcher") === "none" ? "bare" : ""}`;
    parts.root = h("div", { class: kind, lang: this.#language, dir: "ltr" }, parts.launch, parts.panel);
    this.#root.replaceChildren(parts.root);
    this.#type(this.#memory.draft);
    this.#paint();
    this.#draw();
    this.#status();
  }

  #panel(compose) {
    const parts = this.#parts;
    const { bar, banner, alert, log, status } = parts;
    const heading = (parts.heading = h("h2", { tabindex: -1, id: "title" }, this.#title));
    const head = h("div", { class: "head" }, logo(this.#option("logo")), heading);
    const panel = h(
      this.#inline ? "section" : "dialog",
      {
        class: "panel",
        "aria-labelledby": "title",
        onscroll: () => showScrollHints(parts),
        onclose: () => this.#dismissed(),
      },
      [head, bar, banner, alert, log, status, compose],
    );
    this.#resized.disconnect();
    for (const part of [panel, heading, banner, alert, status, compose]) this.#resized.observe(part);
    return panel;
  }

  #compose() {
    const parts = this.#parts;
    const w = this.#words;
    parts.input = h("textarea", {
      rows: 1,
      "aria-label": w.label,
      placeholder: w.hint,
      enterkeyhint: "send",
      dir: "auto",
      autocomplete: "off",
      "aria-describedby": "limit",
      onkeydown: (event) => this.#enter(event),
      oninput: () => this.#keepDraft(),
    });
    parts.send = pictured("send", "send", w.send, null, { type: "submit" });
    parts.limit = new Limit(w, () => this.#cards.help());
    const form = h("form", { onsubmit: (event) => this.#submit(event) }, parts.input, parts.send);
    return h("div", { class: "compose" }, form, parts.limit.line, parts.limit.heard, this.#foot());
  }

  #other() {
    const other = this.#language === "en" ? "es" : "en";
    return button("other", WORDS[other].name, () => this.#speak(other), { lang: other });
  }

  #foot() {
    const w = this.#words;
    return h(
      "div",
      { class: "foot" },
      button("plain", w.person, () => this.#pick(PERSON, w.person)),
      copies(w, (way) => this.#keep(way)),
      button("plain", w.restart, () => this.#startOver()),
    );
  }

  #launcher() {
    const label = (this.#parts.label = h("span"));
    const picture = { none: "", question: "?" }[this.#option("icon")] ?? icon("chat");
    const how = { "aria-haspopup": "dialog", "aria-expanded": "false", hidden: this.#inline };
    return button("launch", [picture, label], () => this.open(), how);
  }

  #speak(language) {
    this.#memory.language = language;
    this.#save();
    this.attributeChangedCallback();
    this.#parts.other.focus(STILL);
  }

  #paint() {
    const accent = this.#option("accent") || getComputedStyle(this).getPropertyValue("--hai-faq-accent");
    paint(this.#parts.root, accent.trim(), this.#option("scheme"));
  }

  #show() {
    const { launch } = this.#parts;
    this.#paint();
    this.#openPanel();
    launch.hidden = true;
    this.#memory.open = true;
    this.#save();
    toEnd(this.#parts);
    toAlert(this.#parts);
    this.#greet();
  }

  /** Over the whole of a small screen the chat is modal: nothing behind it can be reached or scrolled. */
  #openPanel() {
    if (this.#inline) return;
    const { panel } = this.#parts;
    const focused = this.#root.activeElement;
    this.#hide();
    if (this.#covering) {
      panel.showModal();
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#still];
    } else panel.open = true; // `show()` would take the focus
    focused?.focus(STILL);
  }

  #hide() {
    this.#parts.panel?.close?.();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== this.#still);
  }

  /** The browser closes what is modal by itself, as when someone goes back on a phone. */
  #dismissed() {
    if (this.isConnected && !this.isOpen) this.close();
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || !this.isOpen) return;
    // Over the whole of a phone's screen, Esc closes wherever the focus is: nothing behind it could be seen.
    if (!event.composedPath().includes(this) && !this.#covering) return;
    event.preventDefault();
    this.close();
  }

  // -------------------------------------------------------------- forgetting

  #erase(cleared) {
    this.#erasures += 1;
    this.#queue = Promise.resolve();
    this.#memory.clear(cleared);
    this.#redraw();
  }

  /** Draws what the memory holds, after it was erased or had back. */
  #redraw() {
    this.#type(this.#memory.draft);
    this.#save();
    this.#draw();
    this.#status();
  }

  /** What is erased can be had back; pressed twice by mistake, too. */
  #startOver() {
    const { id, items, draft, holds } = this.#memory;
    if (!holds) return;
    this.#erased = { id, items, ...this.#erased, draft: draft || this.#erased?.draft || "" };
    this.#erase();
    this.#settle();
  }

  #undo() {
    this.#memory.take({ ...this.#erased, draft: this.#memory.draft || this.#erased.draft });
    this.#erased = null;
    this.#redraw();
    this.#settle();
  }

  #clear() {
    this.#erased = null;
    if (this.#memory.holds) this.#erase(true);
    else this.#status();
  }

  #stay() {
    this.#save();
    this.#settle();
  }

  #save() {
    this.#memory.save();
    this.#watch();
  }

  /** Somebody is there: a warning that nobody seemed to be is taken back. */
  #watch() {
    if (this.#idle.watch()) this.#status();
  }

  // -------------------------------------------------------------- the line below the conversation

  /** Says that a reply is looked for, else `words`, else what can still be changed about the conversation. */
  #status(words) {
    const { waits } = this.#memory;
    const dots = [h("i"), h("i"), h("i")];
    this.#parts.status.replaceChildren(
      ...(waits ? [...dots, words ?? this.#words.wait] : words ? [words] : this.#statusAction()),
    );
    if (waits) toEnd(this.#parts);
  }

  #statusAction() {
    const w = this.#words;
    const line = (words, label, act) => [h("span", {}, words), button(null, label, act)];
    if (this.#idle.warned) return line(w.soon, w.stay, () => this.#stay());
    return this.#erased ? line(w.restarted, w.undo, () => this.#undo()) : [];
  }

  async #keep(way) {
    const w = this.#words;
    try {
      await KEEP[way](transcript(w, this.#language, this.#title, this.#memory), this.#language);
      this.#status(w.done);
    } catch {
      this.#status(w.unkept);
    }
  }

  /** Takes the focus off a button that goes: to the input, or on a touch screen to the log, as the input would raise the
   * keyboard. */
  #settle() {
    const { log, input } = this.#parts;
    (touched() ? log : input).focus(STILL);
  }

  // -------------------------------------------------------------- asking

  #type(text) {
    this.#parts.input.value = this.#memory.draft = text;
    this.#measure();
  }

  /** Says what can be done with what stands in the input: an empty one sends nothing, nor does one that is too long. */
  #measure() {
    const { input, send, limit } = this.#parts;
    const text = input.value.trim();
    send.setAttribute("aria-disabled", !text);
    input.setAttribute("aria-invalid", limit.show(text));
  }

  #keepDraft() {
    this.#memory.draft = this.#parts.input.value;
    this.#measure();
    this.#save();
  }

  #enter(event) {
    if (event.key !== "Escape") event.stopPropagation(); // a page's shortcuts took letters out of what was typed
    const composing = event.isComposing || event.keyCode === 229; // Safari's last Enter of a composed word
    if (event.key === "Enter" && !event.shiftKey && !composing) this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    const { input, limit } = this.#parts;
    const text = input.value.trim();
    if (!text) return;
    if (limit.show(text)) {
      limit.repeat();
      return input.focus();
    }
    this.#type("");
    this.#ask(text, text, "question");
  }

  #pick(send, shown) {
    this.#settle();
    this.#ask(send, shown, "choice");
  }

  #ask(send, shown, kind) {
    const item = { me: true, send, shown, state: "waiting" };
    this.#erased = null;
    this.#memory.cleared = false;
    this.#memory.items.push(item);
    this.#save();
    this.#parts.log.querySelectorAll(".latest").forEach((each) => each.remove());
    this.#append(this.#cards.mine(item));
    this.#tell("message", { kind });
    return this.#enqueue(item);
  }

  /** Replies stand in the order asked, and none is waited for long: what is asked next may be danger. */
  #enqueue(item) {
    const era = this.#erasures;
    const current = () => era === this.#erasures;
    this.#status();
    const reply = this.#queue.then(() => current() && this.#exchange(item, current));
    if (this.#memory.waits === item) this.#queue = Promise.race([reply, new Promise((go) => setTimeout(go, SLOW))]);
    return reply;
  }

  async #exchange(item, current) {
    const slow = setTimeout(() => current() && this.#status(this.#words.slow), SLOW);
    try {
      const reply = await request(`${this.#base}v1/messages`, {
        text: item.send,
        conversation_id: this.#memory.id,
        channel: "web",
        language: this.#language,
      });
      if (typeof reply?.text !== "string" || !reply.answers || !reply.options) throw failure("down");
      if (!current() && !reply.urgent) return; // an urgent one is read though "Start over" was pressed meanwhile
      item.state = "sent";
      this.#receive(reply);
      return reply;
    } catch (failed) {
      if (current()) this.#fail(item, failed);
    } finally {
      clearTimeout(slow);
      this.#status();
    }
  }

  #receive(reply) {
    this.#memory.id = reply.conversation_id;
    reply.banner = this.#memory.welcome?.banner; // in the language of the reply
    const item = { reply };
    this.#erased = null;
    this.#memory.items.push(item);
    this.#save();
    if (reply.urgent && !this.isOpen && this.isConnected) this.open();
    this.#append(this.#theirs(item, true));
    this.#pin();
    if (reply.urgent && touched()) this.#settle(); // the keyboard stood over it
    const refused = reply.kind === "fallback" || ["not-covered", "language"].includes(reply.intent?.category);
    const name = reply.urgent ? "urgent" : reply.kind === "answer" ? "answered" : refused ? "unanswered" : null;
    if (name) this.#tell(name, { kind: reply.kind });
  }

  #fail(item, { why = "down", help }) {
    Object.assign(item, { state: why, help });
    if (why === "long" && !this.#parts.input.value) this.#type(item.send);
    this.#save();
    this.#append(this.#failed(item));
    this.#tell("error", { kind: why });
  }

  #retry(item, card) {
    card.remove();
    item.state = "waiting";
    this.#settle();
    this.#enqueue(item);
  }

  /** What stands there before anything is typed; the first questions are the page's own where it names some. */
  async #greet() {
    const parts = this.#parts;
    const questions = this.#option("questions");
    const asked = `${this.#language} ${questions}`;
    if (this.#memory.welcome?.asked === asked || parts.greeting) return;
    parts.greeting = true;
    try {
      const address = `${this.#base}v1/welcome${this.#inLanguage}`;
      const [welcome, starters] = await Promise.all([request(address), startersOf(this.#base, questions)]);
      if (parts !== this.#parts) return;
      if (!welcome.suggestions) throw failure("down");
      if (starters.length) welcome.suggestions = starters;
      this.#memory.welcome = { ...welcome, asked };
      this.#save();
      parts.shows = 0; // a pinned text is drawn anew, with the lines that can be called
      this.#draw();
    } catch {
      /* opening tries again; until then one in another language, or the words of `help`, stand in */
    }
    parts.greeting = false;
  }

  // -------------------------------------------------------------- drawing

  #draw() {
    const { log, banner } = this.#parts;
    const { welcome, items, cleared } = this.#memory;
    banner.textContent = welcome?.banner ?? "";
    banner.hidden = !welcome?.banner;
    banner.lang = welcome?.languages?.banner ?? "en";
    log.replaceChildren(cleared ? h("p", { class: "item cleared latest" }, this.#words.cleared) : "");
    this.#append(this.#cards.greeting(!items.some((each) => each.me)));
    const last = items.length - 1;
    items.forEach((item, place) => this.#append(...this.#drawn(item, place === last)));
    this.#pin();
  }

  #drawn(item, latest) {
    if (!item.me) return [this.#theirs(item, latest)];
    const mine = this.#cards.mine(item);
    return ["sent", "waiting"].includes(item.state) ? [mine] : [mine, this.#failed(item)];
  }

  #append(...nodes) {
    this.#parts.log.append(...nodes);
    toEnd(this.#parts);
  }

  #theirs(item, latest) {
    const { reply } = item;
    const keep = (verdict, reason) => this.#vote(item, verdict, reason);
    const voted = ["answer", "fallback"].includes(reply.kind) && thumbs(this.#words, item, keep);
    return this.#cards.theirs(reply, voted, latest);
  }

  #failed(item) {
    return this.#cards.failed(item, (card) => this.#retry(item, card));
  }

  async #vote(item, verdict, reason) {
    await request(`${this.#base}v1/feedback`, { message_id: item.reply.message_id, verdict, reason });
    Object.assign(item, { verdict, reason });
    this.#save();
    if (reason) this.#settle();
    this.#tell("feedback", { verdict, reason });
  }

  // -------------------------------------------------------------- danger

  #pin() {
    const parts = this.#parts;
    const urgent = this.#memory.urgent && this.#words.urgent;
    parts.label.textContent = urgent || this.#option("label") || this.#words.launch;
    if (!alertTo(parts, this.#memory.urgent, this.#cards, () => this.#unpin())) return;
    fit(parts);
    toEnd(parts);
    toAlert(parts);
  }

  #unpin() {
    this.#memory.putAway();
    this.#save();
    this.#pin();
    this.#settle();
  }

  /** On the element by its plain name, and on the document as `hai-faq:name`. */
  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
    document.dispatchEvent(new CustomEvent(`hai-faq:${name}`, { detail }));
  }
}
