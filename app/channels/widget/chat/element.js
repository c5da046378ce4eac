/* The chat: its frame, its conversation, and what becomes of a message. How to embed it: docs/INTEGRATION.md.
 *
 * It runs under `default-src 'none'; script-src ORIGIN; connect-src ORIGIN; require-trusted-types-for 'script'`:
 * every node is made by `h`, every style is a constructed sheet. What people type goes to the service and into this
 * tab's sessionStorage, nowhere else; events carry kinds only.
 */

const SLOW = 4_000;
const WHOLE_SCREEN = "(max-width: 34em), (max-height: 30em)"; // as in chat.css
const REASONS = ["not-my-question", "not-clear", "not-enough", "looks-wrong"];
const PERSON = "I want to talk to a person"; // the service's `human` intent

const sheet = new CSSStyleSheet();
sheet.replaceSync(CSS);

class HaiFaqChat extends HTMLElement {
  static observedAttributes = "title lang position accent scheme launcher label icon logo questions labels"
    .split(" ")
    .flatMap((name) => [name, `data-${name}`]);
  #root = this.attachShadow({ mode: "open" });
  #turn = Promise.resolve();
  #era = 0; // counts conversations, so that a late reply to an erased one is dropped
  #parts = {};
  #memory;
  #idle;
  #erased; // by "Start over", until something is asked
  #gone;
  #scrolls = null; // how the page scrolled before the chat covered it
  #resized = new ResizeObserver(() => this.#fit());
  #from; // what has the focus again after closing
  #focused;

  /** In the page; or in it again, as it was, after the page has swapped its body. */
  connectedCallback() {
    const again = Boolean(this.#gone);
    this.#root.adoptedStyleSheets = [sheet];
    this.#gone = new AbortController();
    this.#memory ??= new Memory(this.#base, this.id || (this.#inline ? "inline" : ""));
    taken.add(this.#memory.key);
    this.#rise();
    this.#idle ??= new Idle(
      this.#memory,
      () => this.#wait(false),
      () => this.#clear(),
    );
    const until = { signal: this.#gone.signal };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint(), until);
    matchMedia(WHOLE_SCREEN).addEventListener("change", () => this.#shown && this.#unfold(), until);
    document.addEventListener("keydown", (event) => this.#escape(event), until);
    document.addEventListener("visibilitychange", () => this.#idle.look(), until);
    this.#root.addEventListener("focusin", ({ target }) => (this.#focused = target), until);
    if (this.#parts.root?.lang !== this.#language) this.#build();
    const unfocused = document.activeElement === document.body;
    const wanted = this.#memory.open ?? this.#option("start") === "open";
    if (this.#inline || (wanted && (again || !this.#sheetSized))) this.#show(); // never over a whole screen unasked
    if (again && unfocused) this.#focused?.focus({ preventScroll: true });
    this.#idle.watch();
    this.#greet();
    if (!again) queueMicrotask(() => this.#tell("ready", {}));
  }

  disconnectedCallback() {
    this.#hide();
    this.#resized.disconnect();
    this.#gone.abort();
    this.#idle.stop();
    taken.delete(this.#memory.key);
  }

  /** Above everything of the page, whatever its z-index and transforms; older browsers keep to a z-index. */
  #rise() {
    this.popover = this.#inline ? null : "manual";
    if (!this.#inline) this.showPopover?.();
  }

  attributeChangedCallback() {
    if (!this.#parts.panel) return;
    const shown = this.#shown;
    this.#hide();
    this.#build();
    if (this.#inline === Boolean(this.popover)) this.#rise();
    if (shown) this.#show();
    this.#greet();
  }

  // -------------------------------------------------------------- for the page

  get isOpen() {
    return this.#shown;
  }

  /** Opens the panel; `from` gets the focus back when it closes, else what has it now. */
  open(from = document.activeElement) {
    if (this.#shown) return this.#parts.input.focus();
    this.#from = from !== this && from !== document.body ? from : null;
    this.#show();
    (matchMedia("(pointer: coarse)").matches ? this.#parts.heading : this.#parts.input).focus();
    this.#tell("opened", {});
  }

  close() {
    if (this.#inline || !this.#shown) return;
    this.#hide();
    this.#parts.launch.hidden = false;
    this.#parts.launch.setAttribute("aria-expanded", "false");
    this.#memory.open = false;
    this.#memory.save();
    (this.#from?.isConnected ? this.#from : this.#parts.launch).focus();
    this.#tell("closed", {});
  }

  toggle() {
    return this.#shown ? this.close() : this.open();
  }

  /** Asks, and tells what kind of reply stands in the panel; it never rejects. */
  async ask(text) {
    if (!this.#shown) this.open();
    const asked = String(text ?? "").trim();
    const reply = asked && (await this.#ask(asked, asked, "question"));
    return { kind: reply?.kind ?? "error", urgent: Boolean(reply?.urgent) };
  }

  reset() {
    this.#erased = null;
    this.#erase();
  }

  // -------------------------------------------------------------- settings

  get #base() {
    const given = this.#option("service") ?? address ?? location.href;
    return new URL(".", new URL(given, location.href)).href;
  }

  get #inline() {
    return this.#option("position") === "inline";
  }

  get #shown() {
    return this.#inline || Boolean(this.#parts.panel?.open);
  }

  get #sheetSized() {
    return matchMedia(WHOLE_SCREEN).matches;
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
    return (this.#parts.words ??= wordsOf(this.#language, this.#option("labels")));
  }

  get #title() {
    return this.#option("title") || this.#words.title;
  }

  get #cards() {
    const faq = `${this.#base}faq${this.#inLanguage}`;
    return new Cards(this.#words, this.#language, this.#memory.welcome, faq, (id, question) =>
      this.#pick(id, question),
    );
  }

  #option(name) {
    return this.getAttribute(`data-${name}`) ?? this.getAttribute(name);
  }

  // -------------------------------------------------------------- the frame

  #build() {
    const parts = (this.#parts = {});
    const w = this.#words;
    const title = this.#title;
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
    parts.send = h("button", { class: "send", "aria-label": w.send, title: w.send }, icon("send"));
    parts.limit = new Limit(w, () => this.#help());
    parts.heading = h("h2", { tabindex: -1, id: "title" }, title);
    parts.bar = h(
      "div",
      { class: "bar" },
      h("button", { class: "back", type: "button", hidden: true, onclick: () => this.#toAlert() }, w.urgent),
    );
    parts.banner = h("p", { class: "banner", hidden: true });
    parts.other = this.#otherLanguage();
    parts.alert = h("div", { class: "alert", role: "alert" });
    parts.log = h("div", { class: "log", role: "log", "aria-label": w.log, tabindex: 0 });
    parts.status = h("div", { class: "wait", role: "status" });
    if (!this.#inline)
      parts.bar.append(
        h(
          "button",
          { class: "close", type: "button", "aria-label": w.close, title: w.close, onclick: () => this.close() },
          icon("close"),
        ),
      );
    parts.panel = h(
      this.#inline ? "section" : "dialog",
      { class: "panel", "aria-labelledby": "title", onscroll: () => this.#mark() },
      h("div", { class: "head" }, logo(this.#option("logo")), parts.heading),
      parts.bar,
      parts.banner,
      parts.alert,
      parts.log,
      parts.status,
      h(
        "div",
        { class: "compose" },
        h("form", { onsubmit: (event) => this.#submit(event) }, parts.input, parts.send),
        parts.limit.line,
        parts.limit.heard,
        h(
          "div",
          { class: "foot" },
          h("button", { class: "plain", type: "button", onclick: () => this.#pick(PERSON, w.person) }, w.person),
          parts.other,
          this.#copies(),
          h("button", { class: "plain", type: "button", onclick: () => this.#startOver() }, w.restart),
        ),
      ),
    );
    parts.launch = h(
      "button",
      {
        class: "launch",
        type: "button",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        hidden: this.#inline,
        onclick: () => this.open(),
      },
      this.#option("icon") !== "none" && icon(this.#option("icon") === "question" ? "question" : "chat"),
      h("span", {}, this.#option("label") || w.launch),
    );
    const bare = this.#option("launcher") === "none";
    parts.root = h(
      "div",
      { class: `root ${this.#inline ? "inline" : "float"} ${bare ? "bare" : ""}`, lang: this.#language, dir: "ltr" },
      parts.launch,
      parts.panel,
    );
    this.#root.replaceChildren(parts.root);
    this.#resized.disconnect();
    for (const part of [parts.panel, parts.alert, parts.heading, parts.status, parts.limit.line])
      this.#resized.observe(part);
    this.#type(this.#memory.draft);
    this.#paint();
    this.#draw();
  }

  #otherLanguage() {
    const other = this.#language === "en" ? "es" : "en";
    const { name } = WORDS[other];
    return h("button", { class: "plain", type: "button", lang: other, onclick: () => this.#speak(other) }, name);
  }

  #speak(language) {
    this.#memory.language = language;
    this.#memory.save();
    this.attributeChangedCallback();
    this.#parts.other.focus();
  }

  #paint() {
    const { root } = this.#parts;
    const scheme = this.#option("scheme") ?? "auto";
    const dark = scheme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : scheme === "dark";
    root.classList.toggle("dark", dark);
    const probe = h("i");
    probe.style.color = "rgb(14, 107, 99)";
    const wanted = this.#option("accent") || getComputedStyle(this).getPropertyValue("--hai-faq-accent");
    if (wanted) probe.style.color = wanted.trim(); // what is no colour changes nothing
    root.append(probe);
    const parsed = getComputedStyle(probe).color.match(/^rgb\((\d+), (\d+), (\d+)\)$/);
    probe.remove();
    const accent = parsed ? parsed.slice(1).map(Number) : [14, 107, 99];
    for (const [name, rgb] of Object.entries(palette(accent, dark))) root.style.setProperty(name, css(rgb));
  }

  #show() {
    const { launch } = this.#parts;
    this.#paint();
    this.#unfold();
    launch.hidden = true;
    launch.setAttribute("aria-expanded", "true");
    this.#memory.open = true;
    this.#memory.save();
    this.#watchIdle();
    this.#toEnd();
    this.#greet();
  }

  /** Over the whole of a small screen the chat is modal: nothing behind it can be reached or scrolled. */
  #unfold() {
    if (this.#inline) return;
    const { panel } = this.#parts;
    const focused = this.#root.activeElement;
    if (panel.open) this.#hide();
    if (!this.#sheetSized)
      panel.open = true; // `show()` would take the focus
    else {
      panel.showModal();
      this.#scrolls = document.documentElement.style.overflow;
      document.documentElement.style.overflow = "hidden";
    }
    focused?.focus();
  }

  #hide() {
    if (this.#inline) return;
    this.#parts.panel?.close();
    if (this.#scrolls != null) document.documentElement.style.overflow = this.#scrolls;
    this.#scrolls = null;
  }

  #escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !this.#shown) return;
    // Over the whole of a phone's screen, Esc closes wherever the focus is: nothing behind it could be seen.
    if (event.composedPath().includes(this) || this.#sheetSized) this.close();
  }

  // -------------------------------------------------------------- forgetting

  #erase(cleared = false) {
    this.#era += 1;
    this.#turn = Promise.resolve();
    this.#memory.clear(cleared);
    this.#type("");
    this.#memory.save();
    this.#watchIdle();
    this.#wait(false);
    this.#draw();
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
    this.#type(this.#memory.draft);
    this.#memory.save();
    this.#wait(false);
    this.#draw();
    this.#settle();
  }

  #clear() {
    this.#erased = null;
    if (this.#memory.holds) this.#erase(true);
    else this.#wait(false);
  }

  #stay() {
    this.#memory.save();
    this.#watchIdle();
    this.#settle();
  }

  /** Somebody is there: a warning that nobody seemed to be is taken back. */
  #watchIdle() {
    const { warned } = this.#idle;
    this.#idle.watch();
    if (warned) this.#wait(false);
  }

  /** What can still be changed about the conversation, as one line. */
  #remark() {
    const w = this.#words;
    const line = (words, label, act) => [h("span", {}, words), h("button", { type: "button", onclick: act }, label)];
    if (this.#idle.warned) return line(w.soon, w.stay, () => this.#stay());
    return this.#erased ? line(w.restarted, w.undo, () => this.#undo()) : [];
  }

  /** The focus of what is gone; on a touch screen not into the input, which would raise the keyboard. */
  #settle() {
    const { log, input } = this.#parts;
    (matchMedia("(pointer: coarse)").matches ? log : input).focus();
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
    send.setAttribute("aria-disabled", String(!text));
    input.setAttribute("aria-invalid", String(limit.show(text)));
  }

  #keepDraft() {
    this.#memory.draft = this.#parts.input.value;
    this.#measure();
    this.#memory.save();
    this.#watchIdle();
  }

  #enter(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
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
    this.#memory.save();
    this.#watchIdle();
    this.#parts.log.querySelectorAll(".latest").forEach((each) => each.remove());
    this.#append(item);
    this.#tell("message", { kind });
    return this.#enqueue(item);
  }

  /** One after the other, so that replies stand in the order asked. */
  #enqueue(item) {
    const era = this.#era;
    this.#wait(true);
    this.#turn = this.#turn.then(() => (era === this.#era ? this.#exchange(item, era) : null));
    return this.#turn;
  }

  async #exchange(item, era) {
    this.#wait(true);
    const slow = setTimeout(() => era === this.#era && this.#wait(true, this.#words.slow), SLOW);
    try {
      const reply = await request(this.#base + "v1/messages", {
        text: item.send,
        conversation_id: this.#memory.id,
        channel: "web",
        language: this.#language,
      });
      if (era !== this.#era) return;
      item.state = "sent";
      this.#receive(reply);
      return reply;
    } catch (failure) {
      if (era !== this.#era) return;
      item.state = failure.why ?? "down";
      item.help = failure.help;
      if (item.state === "long" && !this.#parts.input.value) this.#type(item.send);
      this.#memory.save();
      this.#append(this.#failed(item));
      this.#tell("error", { kind: item.state });
    } finally {
      clearTimeout(slow);
      if (era === this.#era && !this.#memory.items.some((each) => each.state === "waiting")) this.#wait(false);
    }
  }

  #retry(item, card) {
    card.remove();
    item.state = "waiting";
    this.#parts.input.focus();
    this.#enqueue(item);
  }

  #receive(reply) {
    this.#memory.id = reply.conversation_id;
    reply.banner = this.#memory.welcome?.banner; // in the language of the reply
    const item = { reply };
    this.#memory.items.push(item);
    if (reply.urgent) this.#memory.pinned = reply.message_id;
    this.#memory.save();
    this.#append(item);
    this.#pin();
    const refused = reply.kind === "fallback" || ["not-covered", "language"].includes(reply.intent?.category);
    const name = reply.urgent ? "urgent" : reply.kind === "answer" ? "answered" : refused ? "unanswered" : null;
    this.#tell(name, { kind: reply.kind });
  }

  /** What stands there before anything is typed; the first questions are the page's own where it names some. */
  async #greet() {
    const asked = `${this.#language} ${this.#option("questions") ?? ""}`;
    if (this.#memory.welcome?.asked === asked || this.#parts.greeting) return;
    this.#parts.greeting = true;
    try {
      const [welcome, starters] = await Promise.all([
        request(`${this.#base}v1/welcome${this.#inLanguage}`),
        startersOf(this.#base, this.#option("questions")),
      ]);
      if (asked !== `${this.#language} ${this.#option("questions") ?? ""}`) return;
      if (starters.length) welcome.suggestions = starters;
      this.#memory.welcome = { ...welcome, asked };
      this.#memory.save();
    } catch {
      /* opening tries again; until then one in another language, or the words of `help`, stand in */
    }
    this.#parts.greeting = false;
    this.#draw();
  }

  // -------------------------------------------------------------- drawing

  #draw() {
    const { log, banner } = this.#parts;
    const { welcome, items, cleared } = this.#memory;
    banner.textContent = welcome?.banner ?? "";
    banner.hidden = !welcome?.banner;
    banner.lang = welcome?.languages?.banner ?? "en";
    log.replaceChildren(cleared ? h("p", { class: "item cleared latest" }, this.#words.cleared) : "", this.#welcome());
    items.forEach((item, place) => {
      this.#append(item, place === items.length - 1);
      if (item.me && !["sent", "waiting"].includes(item.state)) this.#append(this.#failed(item));
    });
    this.#pin();
  }

  #welcome() {
    const { welcome, items } = this.#memory;
    if (!welcome)
      return h("div", { class: "item card" }, this.#cards.said(this.#words.help, this.#language), this.#cards.line());
    const asked = !items.some((each) => each.me) && this.#cards.choices(this.#words.ask, welcome.suggestions);
    return h(
      "div",
      { class: "item" },
      h("div", { class: "card parts" }, this.#cards.said(welcome.text, welcome.languages?.text)),
      asked,
    );
  }

  #append(item, latest = true) {
    const node = item instanceof Node ? item : item.me ? this.#cards.mine(item) : this.#theirs(item, latest);
    this.#parts.log.append(node);
    this.#toEnd();
  }

  #theirs(item, latest) {
    const { reply } = item;
    const cards = this.#cards;
    const node = h("div", { class: "item", "data-message": reply.message_id });
    node.append(...cards.pieces(reply).map((piece) => this.#card(piece, reply)));
    if (reply.contact && !reply.feelings) node.append(cards.contact(reply.contact));
    if (reply.kind === "answer" || reply.kind === "fallback") node.append(this.#votes(item));
    if (latest) node.append(this.#further(reply));
    return node;
  }

  #card(piece, reply) {
    const { said, net = reply.feelings && said } = piece;
    if (net) return this.#cards.net(net, reply.language, piece.net ? null : reply.contact?.line);
    const part = reply.urgent ? "card told" : "card"; // an urgent text is no part that a page may style
    return h("div", { class: part }, said ? this.#cards.said(said, reply.language) : this.#cards.answer(piece));
  }

  /** What can be asked after a reply; where it had no answer, all that can be. */
  #further(reply) {
    const { ask, next } = this.#words;
    const { choice, options } = this.#cards.open(reply);
    const heading = !choice && options.length > 0 && (reply.kind === "answer" ? next : ask);
    const more = this.#cards.choices(heading, options);
    const asksAPerson = reply.contact && !reply.feelings;
    if (asksAPerson || reply.kind === "fallback") more.append(this.#cards.allAnswers());
    return more.childElementCount ? more : "";
  }

  /** Whom to call, in the words of the service where it has said any; `own` came with what it refused, in English. */
  #help(own) {
    const { notice, languages } = this.#memory.welcome ?? {};
    if (own && (this.#language === "en" || !notice)) return this.#cards.said(own);
    return notice ? this.#cards.said(notice, languages.notice) : this.#cards.said(this.#words.help, this.#language);
  }

  #failed(item) {
    const w = this.#words;
    const { offline, languages, contact } = this.#memory.welcome ?? {};
    const away = offline && ["down", "offline"].includes(item.state);
    const help = away ? this.#cards.said(offline, languages?.offline) : this.#help(item.help);
    const whom = [this.#cards.line(), contact && this.#cards.contact(contact)];
    const card = h("div", { class: "item card fail" }, h("p", {}, w[item.state] ?? w.down), help, whom);
    card.append(
      item.state === "long" ? "" : h("button", { type: "button", onclick: () => this.#retry(item, card) }, w.retry),
    );
    return card;
  }

  // -------------------------------------------------------------- danger

  /** The urgent reply stands above everything until it is put away, and then in its place in the conversation. */
  #pin() {
    const { alert, log } = this.#parts;
    const item = this.#memory.items.findLast((each) => each.reply && each.reply.message_id === this.#memory.pinned);
    const shows = item?.reply.message_id ?? "";
    this.#park([...log.querySelectorAll("[data-message]")].find((node) => node.dataset.message === shows));
    if (alert.dataset.shows === shows) return;
    alert.dataset.shows = shows;
    alert.classList.toggle("calm", item?.reply.intent.id === "crisis");
    alert.replaceChildren(...(item ? this.#urgent(item.reply) : []));
    this.#fit();
    this.#toEnd();
    this.#toAlert();
  }

  #urgent(reply) {
    const w = this.#words;
    const [{ said }] = this.#cards.pieces(reply);
    const calls = this.#cards.calls(said, reply.intent.id);
    calls.append(h("button", { class: "read", type: "button", onclick: () => this.#unpin() }, w.read));
    return [
      h("h3", {}, w.urgent),
      this.#cards.said(said, reply.language),
      calls,
      h("button", { class: "on", type: "button", "aria-label": w.on, onclick: () => this.#readOn() }, icon("down")),
    ];
  }

  /** Takes the pinned reply out of the conversation, so that it is there once, and puts the one before back. */
  #park(node) {
    const { parked } = this.#parts;
    if (!node && parked && this.#memory.pinned === parked.node.dataset.message && parked.mark.isConnected) return;
    parked?.mark.replaceWith(parked.node);
    this.#parts.parked = node && { node, mark: document.createComment("") };
    node?.replaceWith(this.#parts.parked.mark);
  }

  /** What is pinned keeps its height. Where less than the log's least is left beside it, all scrolls together, and the
   * question box comes after it: at double text in a small window none of the urgent text was to be seen. */
  #fit() {
    const { panel } = this.#parts;
    const { scrollTop } = panel;
    const was = panel.classList.contains("tight");
    panel.classList.remove("tight");
    const tight = panel.scrollHeight > panel.clientHeight + 1;
    panel.classList.toggle("tight", tight);
    if (tight !== was) this.#toEnd();
    else panel.scrollTop = scrollTop;
    if (tight && !was) this.#toAlert();
    this.#mark();
  }

  /** Says that the urgent text goes on below, or stands above. */
  #mark() {
    const { panel, alert, bar } = this.#parts;
    const [seen, urgent] = [panel, alert].map((part) => part.getBoundingClientRect());
    const tight = panel.classList.contains("tight") && alert.dataset.shows;
    bar.querySelector(".back").hidden = !tight || urgent.bottom > bar.getBoundingClientRect().bottom + 1;
    const on = alert.querySelector(".on");
    if (on) on.hidden = !tight || alert.querySelector(".read").getBoundingClientRect().bottom <= seen.bottom + 1;
  }

  #toAlert() {
    if (this.#parts.alert.dataset.shows) this.#parts.panel.scrollTop = 0;
  }

  /** By what is seen, less a button's height: each line and each button is whole at some time. */
  #readOn() {
    const { panel, alert, bar } = this.#parts;
    const covered = [bar, alert.querySelector(".on"), alert.querySelector(".call, .read")];
    panel.scrollTop += Math.max(
      40,
      covered.reduce((room, part) => room - part.offsetHeight, panel.clientHeight),
    );
  }

  #unpin() {
    this.#memory.pinned = null;
    this.#memory.save();
    this.#pin();
    this.#parts.input.focus();
  }

  // -------------------------------------------------------------- feedback

  #votes(item) {
    const w = this.#words;
    const said = h("span", {}, item.verdict ? w.thanks : "");
    const box = h("div", { class: "votes", role: "group", "aria-label": w.helped });
    const vote = (verdict, label) =>
      h(
        "button",
        {
          class: `vote ${verdict === "down" ? "no" : ""}`,
          type: "button",
          "aria-label": label,
          title: label,
          "aria-pressed": String(item.verdict === verdict),
          onclick: () => this.#vote(item, verdict, null, box, said),
        },
        icon("up"),
      );
    box.append(h("span", {}, w.helped), vote("up", w.up), vote("down", w.down_), said);
    return box;
  }

  async #vote(item, verdict, reason, box, said) {
    const w = this.#words;
    try {
      await request(this.#base + "v1/feedback", { message_id: item.reply.message_id, verdict, reason });
    } catch {
      said.textContent = w.unkept;
      return;
    }
    Object.assign(item, { verdict, reason });
    this.#memory.save();
    said.textContent = w.thanks;
    box
      .querySelectorAll(".vote")
      .forEach((each) =>
        each.setAttribute("aria-pressed", String(each.classList.contains("no") === (verdict === "down"))),
      );
    const had = box.querySelector(".why");
    if (had?.contains(this.#root.activeElement)) this.#parts.input.focus();
    had?.remove();
    if (verdict === "down" && !reason) box.append(this.#reasons(item, box, said));
    this.#tell("feedback", { verdict, reason });
  }

  #reasons(item, box, said) {
    const pick = (reason, place) =>
      h(
        "button",
        { class: "pick", type: "button", onclick: () => this.#vote(item, "down", reason, box, said) },
        this.#words.reasons[place],
      );
    return h(
      "div",
      { class: "votes why", role: "group", "aria-label": this.#words.why },
      h("span", {}, this.#words.why),
      REASONS.map(pick),
    );
  }

  // -------------------------------------------------------------- a copy to keep

  #copies() {
    const w = this.#words;
    const way = (name) => h("button", { class: "plain", type: "button", onclick: () => this.#keep(name) }, w[name]);
    return h("details", { class: "keep" }, h("summary", { class: "plain" }, w.keep), Object.keys(KEEP).map(way));
  }

  async #keep(way) {
    const w = this.#words;
    try {
      await KEEP[way](transcript(w, this.#language, this.#title, this.#memory), this.#language);
      this.#parts.status.replaceChildren(w.done);
    } catch {
      this.#parts.status.replaceChildren(w.unkept);
    }
  }

  // -------------------------------------------------------------- small things

  #wait(on, words = this.#words.wait) {
    const dots = [h("i"), h("i"), h("i")];
    this.#parts.status.replaceChildren(...(on ? [...dots, words] : this.#remark()));
    if (on) this.#toEnd();
  }

  /** A reply is read from its beginning: the last question goes to the top when what follows is long. */
  #toEnd() {
    const { log, panel, bar } = this.#parts;
    const last = [...log.querySelectorAll(".me")].pop();
    const reply = last?.nextElementSibling; // of a question that would leave it no room, only the end is shown
    const top = last ? Math.max(last.offsetTop - 12, (reply?.offsetTop ?? 0) - log.clientHeight * 0.4) : 0;
    log.scrollTop = top;
    panel.scrollTop = last ? log.offsetTop + top - bar.offsetHeight : 0; // where all scrolls together
  }

  /** On the element by its plain name, and on the document as `hai-faq:name`. */
  #tell(name, detail) {
    if (!name) return;
    this.dispatchEvent(new CustomEvent(name, { detail }));
    document.dispatchEvent(new CustomEvent(`hai-faq:${name}`, { detail }));
  }
}
