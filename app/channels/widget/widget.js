/* The hai-faq chat widget: one custom element, nothing else to load. How to embed it: docs/INTEGRATION.md.
 *
 * It runs under `default-src 'none'; script-src ORIGIN; connect-src ORIGIN; require-trusted-types-for 'script'`:
 * every node is made by `h`, every style is a constructed sheet. What people type goes to the service and into this
 * tab's sessionStorage, nowhere else; events carry ids and kinds only.
 */
(() => {
  "use strict";
  if (customElements.get("hai-faq-chat")) return;

  const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
  const IDLE = 30 * 60_000; // as long as the service keeps a conversation
  const SLOW = 4_000;
  const PATIENCE = 15_000;
  const KEPT = 60; // items of a conversation that survive a page change
  const PERSON = "I want to talk to a person"; // the service's `human` intent
  const PHONE = /^\+?[\d\s().-]{3,24}$/;
  const REASONS = ["not-my-question", "not-clear", "not-enough", "looks-wrong"];

  // prettier-ignore
  const WORDS = {
    en: {
      launch: "Ask a question", title: "Questions and answers", close: "Close", restart: "Start over",
      restarted: "The conversation was erased.", person: "Talk to a person", label: "Your question",
      hint: "Type your question", send: "Send", log: "Conversation", you: "You asked:", wait: "Looking for the answer",
      slow: "This takes longer than usual. Please wait.", retry: "Try again", offline: "You seem to be offline.",
      down: "The service did not answer. Your message is kept here.", left: "This message was not answered yet.",
      busy: "Too many messages at once. Your message is kept here.", long: "This message is too long to send.",
      help: "If this is an emergency, call 911. If you think of ending your life, call or text 988.",
      line: "Care team:", ask: "You can ask:", next: "Related:", source: "Source:", approved: "Approved by",
      demo: "Demonstration text, not approved for patients. Sealed by", helped: "Did this help?", up: "Yes, this helped",
      down_: "No, this did not help", why: "What was wrong?", thanks: "Thank you. That is noted.",
      unkept: "That could not be saved. Please try again.", urgent: "Please read this first", call: "Call", text: "Text",
      read: "I have read this", tab: "opens in a new tab",
      reasons: ["Not what I asked", "Hard to understand", "Not enough", "Looks wrong"],
    },
    es: {
      launch: "Haga una pregunta", title: "Preguntas y respuestas", close: "Cerrar", restart: "Empezar de nuevo",
      restarted: "Se borró la conversación.", person: "Hablar con una persona", label: "Su pregunta",
      hint: "Escriba su pregunta", send: "Enviar", log: "Conversación", you: "Usted preguntó:",
      wait: "Buscando la respuesta", slow: "Está tardando más de lo normal. Espere, por favor.",
      retry: "Intentar de nuevo", offline: "Parece que no hay conexión a internet.",
      down: "El servicio no respondió. Su mensaje sigue aquí.", left: "Este mensaje aún no tiene respuesta.",
      busy: "Demasiados mensajes a la vez. Su mensaje sigue aquí.", long: "Este mensaje es demasiado largo.",
      help: "Si es una emergencia, llame al 911. Si piensa en quitarse la vida, llame o envíe un mensaje al 988.",
      line: "Equipo médico:", ask: "Puede preguntar:", next: "Relacionado:", source: "Fuente:",
      approved: "Aprobado por", demo: "Texto de demostración, no aprobado para pacientes. Sellado por",
      helped: "¿Le sirvió?", up: "Sí, me sirvió", down_: "No, no me sirvió", why: "¿Qué falló?",
      thanks: "Gracias. Queda anotado.", unkept: "No se pudo guardar. Intente de nuevo.",
      urgent: "Lea esto primero", call: "Llamar al", text: "Mensaje al", read: "Ya lo leí",
      tab: "se abre en otra pestaña",
      reasons: ["No es lo que pregunté", "Difícil de entender", "Le falta información", "Parece incorrecto"],
    },
  };

  const ICONS = {
    chat: "M12 3.5c5 0 9 3.4 9 7.6s-4 7.6-9 7.6c-1 0-2-.1-2.9-.4l-4.6 2.2.9-3.7C3.9 15.3 3 13.3 3 11.1c0-4.2 4-7.6 9-7.6z",
    close: "M6 6l12 12M18 6L6 18",
    send: "M12 19.5V5M5.5 11.5L12 5l6.5 6.5",
    up: "M7 11v9H4v-9h3zm0 0l4.5-7.5c1.5 0 2.3 1.1 2 2.5l-.6 3.5h5.6c1.2 0 2 1.1 1.7 2.2l-1.7 6.7c-.2.9-1 1.6-2 1.6H7",
    seal: "M5 12.5l4.5 4.5L19 7.5",
    phone:
      "M5 4h4l1.7 4.5-2.2 1.6a12 12 0 0 0 5.4 5.4l1.6-2.2L20 15v4c0 .6-.5 1-1 1C11 20 4 13 4 5c0-.5.4-1 1-1z",
  };

  const CSS = `
:host { all: initial; display: block; font-size: max(1.0625rem, 17px); position: fixed;
  z-index: var(--hai-faq-z, 2147483000);
  inset-block-end: var(--hai-faq-offset, 1.2em); inset-inline-end: var(--hai-faq-offset, 1.2em); }
:host(:is([data-position="left"], [position="left"])) { inset-inline: var(--hai-faq-offset, 1.2em) auto; }
:host(:is([data-position="inline"], [position="inline"])) { position: static; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.root { font: 400 1em/1.55 var(--hai-faq-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  color: var(--ink); text-align: start; -webkit-text-size-adjust: 100%;
  --paper: #fff; --ground: #f5f8f7; --ink: #1b2b29; --soft: #4d5e5b; --rule: #d3dedb; --edge: #71817e;
  --danger: #b3261e; --on-danger: #fff; --danger-paper: #fff3f0; --danger-ink: #5f130d;
  --note: #fff4d6; --note-ink: #573f00; }
.root.dark { --paper: #1b2725; --ground: #131c1b; --ink: #e9f0ee; --soft: #b0bfbc; --rule: #34433f; --edge: #82938f;
  --danger: #ffb4a8; --on-danger: #4a0b05; --danger-paper: #3b1814; --danger-ink: #ffe4df;
  --note: #3a3014; --note-ink: #ffe6a8; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; word-spacing: inherit; margin: 0; }
button { cursor: pointer; border: 1px solid transparent; background: none; min-height: 2.6em; padding: .4em .9em;
  border-radius: .8em; text-align: start; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--accent-ink); outline-offset: 2px; }
svg { width: 1.35em; height: 1.35em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round; }
a { color: var(--accent-ink); text-underline-offset: .15em; overflow-wrap: anywhere; }
p a[href^="tel:"] { white-space: nowrap; }
p { margin: 0; }
p + p { margin-block-start: .7em; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launch { display: flex; align-items: center; gap: .55em; padding: .7em 1.25em .7em 1em;
  min-height: 3.2em; max-width: calc(100vw - 2em); border-radius: 2em; font-weight: 600; background: var(--accent);
  color: var(--on-accent); box-shadow: 0 1px 2px #0003, 0 8px 24px #0b2a2633; }
.launch:hover { background: var(--accent-strong); }
.launch:focus-visible, .send:focus-visible { outline-color: var(--accent-ink); box-shadow: 0 0 0 2px var(--paper); }

.panel { display: flex; flex-direction: column; overflow: hidden;
  width: min(var(--hai-faq-width, 25.5em), calc(100vw - 2.4em));
  height: min(var(--hai-faq-height, 43em), calc(100dvh - 2.4em));
  background: var(--ground); border: 1px solid var(--rule); border-radius: var(--hai-faq-radius, 1.2em);
  box-shadow: 0 2px 6px #0b2a261f, 0 18px 50px #0b2a2640; }
.inline .panel { width: auto; height: var(--hai-faq-height, 40em); box-shadow: none; }
[hidden] { display: none !important; }
.head { display: flex; align-items: center; gap: .5em; padding: .75em .7em .75em 1.2em; background: var(--accent);
  color: var(--on-accent); }
h2 { margin: 0; flex: 1; font-size: 1.1em; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
.head button { padding: .4em; min-width: 2.6em; display: grid; place-items: center; border-radius: 50%; }
.head button:hover { background: var(--accent-strong); }
.head button:focus-visible { outline-color: currentColor; outline-offset: -2px; }
.banner { padding: .4em 1.2em; background: var(--note); color: var(--note-ink); font-size: .88em; font-weight: 600; }

.alert { flex: 0 1 auto; max-height: 70%; overflow: auto; padding: 1em 1.2em; background: var(--danger-paper);
  color: var(--danger-ink); border-block-end: 1px solid var(--danger); border-inline-start: 6px solid var(--danger); }
.alert:empty { padding: 0; border: 0; }
.alert h3 { margin: 0 0 .3em; font-size: 1em; font-weight: 700; }
.alert p { font-size: 1.05em; }
.alert a { color: inherit; font-weight: 700; }
.alert .read { margin-block-start: .5em; padding-inline: .1em; text-decoration: underline;
  text-underline-offset: .2em; }
.calls { display: flex; flex-wrap: wrap; gap: .5em; padding-block: .7em .5em; }
.alert .calls { position: sticky; inset-block-end: -1em; background: inherit; }
.calls .call { display: inline-flex; align-items: center; gap: .45em; min-height: 2.8em;
  padding: .4em 1.1em .4em .9em;
  border: 1px solid transparent; border-radius: 2em; background: var(--accent); color: var(--on-accent);
  text-decoration: none; font-weight: 650; }
.alert .call { background: var(--danger); color: var(--on-danger); }
.calls .call.second { background: none; color: inherit; border-color: currentColor; }

.log { flex: 1 1 0; min-height: 5em; overflow-y: auto; overscroll-behavior: contain; position: relative;
  padding: 1.1em 1.1em 1.3em; }
.log:focus-visible { outline-offset: -3px; }
.item { margin-block-end: 1.1em; overflow-wrap: anywhere; }
.item p { white-space: pre-line; }
.me { width: fit-content; max-width: 88%; margin-inline-start: auto; padding: .55em .95em;
  border: 1px solid transparent;
  border-radius: 1.1em; border-end-end-radius: .3em; background: var(--tint); }
.card { background: var(--paper); border: 1px solid var(--rule); border-radius: 1.1em; border-end-start-radius: .3em;
  padding: .9em 1.1em; }
.card + .card, .card + .more, .more + .card { margin-block-start: .7em; }
.net { background: var(--tint); border-color: var(--accent-ink); border-inline-start-width: 5px; }
.net .calls { padding-block-end: 0; color: var(--accent-ink); }
.card h3 { margin: 0 0 .35em; font-size: .92em; font-weight: 650; color: var(--accent-ink); }
.limits { color: var(--soft); margin-block-start: .6em; }
.origin { margin-block-start: .85em; padding-block-start: .65em; border-block-start: 1px solid var(--rule);
  font-size: .85em;
  line-height: 1.45; color: var(--soft); }
.origin p { display: flex; gap: .45em; }
.origin p + p { margin-block-start: .25em; }
.origin svg { width: 1.15em; height: 1.15em; margin-block-start: .12em; color: var(--accent-ink); stroke-width: 2.4; }
.more { display: flex; flex-direction: column; gap: .45em; }
.more > p { font-size: .88em; color: var(--soft); margin-block-start: .2em; }
.pick { background: var(--paper); border-color: var(--edge); color: var(--accent-ink); font-weight: 500;
  line-height: 1.35;
  padding: .55em .95em; }
.pick:hover, .vote:hover, .plain:hover { background: var(--tint); }
.votes { display: flex; flex-wrap: wrap; align-items: center; gap: .3em .5em; margin-block-start: .55em;
  font-size: .88em;
  color: var(--soft); }
.vote { display: grid; place-items: center; padding: .3em; min-width: 2.6em; border-radius: 50%; }
.vote[aria-pressed="true"] { background: var(--tint); color: var(--accent-ink); border-color: currentColor; }
.vote.no svg { transform: scaleY(-1); }
.votes .votes { font-size: 1em; }
.votes .pick { min-height: 2.2em; padding: .25em .8em; }
.fail { border-color: var(--edge); }
.fail > * + * { margin-block-start: .5em; }
.fail .line { font-weight: 650; }
.fail button { margin-block-start: .8em; background: var(--accent); color: var(--on-accent); font-weight: 600;
  padding-inline: 1.2em; }
.wait { display: flex; align-items: center; gap: .6em; color: var(--soft); font-size: .92em;
  padding: .3em 1.3em .6em; }
.wait:empty { padding: 0; }
.wait i { width: .5em; height: .5em; border-radius: 50%; background: var(--accent-ink);
  animation: beat 1.2s infinite ease-in-out; }
.wait i:nth-child(2) { animation-delay: .15s; }
.wait i:nth-child(3) { animation-delay: .3s; margin-inline-end: .2em; }
@keyframes beat { 0%, 70%, 100% { opacity: .3; } 35% { opacity: 1; transform: translateY(-.15em); } }

.compose { padding: .7em .9em .5em; background: var(--paper); border-block-start: 1px solid var(--rule); }
form { display: flex; align-items: flex-end; gap: .5em; }
textarea { flex: 1; min-width: 0; resize: none; field-sizing: content; min-height: 2.8em; max-height: 8em;
  padding: .6em .9em;
  line-height: 1.5; border: 1px solid var(--edge); border-radius: 1.2em; background: var(--ground);
  color: var(--ink); }
textarea::placeholder { color: var(--soft); opacity: 1; }
textarea:focus-visible { outline-offset: 0; }
.send { flex: none; width: 2.8em; min-height: 2.8em; padding: 0; display: grid; place-items: center;
  border-radius: 50%;
  background: var(--accent); color: var(--on-accent); }
.send:hover { background: var(--accent-strong); }
.foot { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .5em; margin-block-start: .15em; }
.plain { font-size: .88em; color: var(--accent-ink); padding: .3em .6em; min-height: 2.4em; }

@media (max-width: 34em), (max-height: 30em) {
  .float .panel { position: fixed; inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
}
@media (max-height: 30em) {
  .float .panel { display: block; overflow-y: auto; }
  .float .log { overflow: visible; min-height: 0; }
  .alert { max-height: 65dvh; position: sticky; inset-block-start: 0; z-index: 1; }
}
@media (prefers-reduced-motion: no-preference) {
  .float .panel { animation: rise .18s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(.8em); } }
}
@media (prefers-reduced-motion: reduce) { .wait i { animation: none; opacity: .7; } }
@media (forced-colors: active) {
  .me, .launch, .send, .head, .banner { border: 1px solid; }
  .vote[aria-pressed="true"] { outline: 2px solid; outline-offset: -4px; }
  :focus-visible { outline-color: Highlight; }
}
@media print { :host { display: none; } }`;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);

  /** A node; never from a string of HTML, which trusted types would refuse. */
  function h(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child != null && child !== false));
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

  // ------------------------------------------------------------------ colours that keep their contrast

  const mix = (a, b, share) => a.map((value, place) => value + (b[place] - value) * share);
  const css = (rgb) => `rgb(${rgb.map(Math.round).join(" ")})`;
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const [BLACK, WHITE] = [
    [0, 0, 0],
    [255, 255, 255],
  ];

  /** The site's accent as a ground, its text, and as ink that can be read on every ground of the panel. */
  function palette(accent, dark) {
    const grounds = dark
      ? [
          [27, 39, 37],
          [19, 28, 27],
        ]
      : [WHITE, [245, 248, 247]];
    const tint = mix(grounds[0], accent, dark ? 0.24 : 0.11);
    const away = dark ? WHITE : BLACK;
    let ink = accent;
    const enough = dark ? 6.5 : 4.6;
    for (let step = 0; step < 40 && [...grounds, tint].some((each) => contrast(ink, each) < enough); step += 1)
      ink = mix(ink, away, 0.1);
    const onAccent = contrast(WHITE, accent) >= 4.5 ? WHITE : BLACK;
    const strong = mix(accent, onAccent === WHITE ? BLACK : WHITE, 0.14);
    return {
      "--accent": accent,
      "--on-accent": onAccent,
      "--accent-strong": strong,
      "--accent-ink": ink,
      "--tint": tint,
    };
  }

  // ------------------------------------------------------------------ what the tab remembers

  /** This tab's conversation; where storage is refused, it lasts as long as the page. */
  class Memory {
    constructor(key) {
      this.key = key;
      this.clear();
      try {
        const kept = JSON.parse(sessionStorage.getItem(key));
        if (kept && Date.now() - kept.at < IDLE) Object.assign(this, kept);
        else sessionStorage.removeItem(key);
      } catch {
        /* refused or damaged: begin anew */
      }
      for (const item of this.items) if (item.state === "waiting") item.state = "left";
    }

    clear() {
      Object.assign(this, { at: Date.now(), id: null, items: [], pinned: null, open: null, draft: "" });
    }

    save() {
      this.at = Date.now();
      const { at, id, pinned, open, draft, welcome } = this;
      try {
        const items = this.items.slice(-KEPT);
        sessionStorage.setItem(this.key, JSON.stringify({ at, id, items, pinned, open, draft, welcome }));
      } catch {
        /* refused or full */
      }
    }

    get idle() {
      return Date.now() - this.at >= IDLE;
    }
  }

  class Failure extends Error {
    constructor(why, help) {
      super(why);
      Object.assign(this, { why, help });
    }
  }

  // ------------------------------------------------------------------ the element

  class HaiFaqChat extends HTMLElement {
    static observedAttributes = ["title", "lang", "position", "accent", "scheme"].flatMap((name) => [
      name,
      `data-${name}`,
    ]);
    #root = this.attachShadow({ mode: "open" });
    #turn = Promise.resolve();
    #era = 0; // counts conversations, so that a late reply to an erased one is dropped
    #parts = {};
    #memory;
    #gone;

    connectedCallback() {
      this.#root.adoptedStyleSheets = [sheet];
      this.#gone = new AbortController();
      this.#memory ??= new Memory(`hai-faq ${this.#base}`);
      const until = { signal: this.#gone.signal };
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint(), until);
      document.addEventListener("keydown", (event) => this.#escape(event), until);
      document.addEventListener("visibilitychange", () => this.#forgetWhenIdle(), until);
      this.#build();
      const wanted = this.#memory.open ?? this.#option("start") === "open";
      if (this.#inline || (wanted && !this.#sheetSized)) this.#show(); // never over a whole screen unasked
      this.#greet();
      queueMicrotask(() => this.#tell("ready", {}));
    }

    disconnectedCallback() {
      this.#gone.abort();
      clearTimeout(this.#parts.idle);
    }

    attributeChangedCallback() {
      if (!this.#parts.panel) return;
      const shown = !this.#parts.panel.hidden;
      this.#build();
      if (shown) this.#show();
    }

    // -------------------------------------------------------------- for the page

    open() {
      if (!this.#parts.panel?.hidden) return this.#parts.input?.focus();
      this.#show();
      (matchMedia("(pointer: coarse)").matches ? this.#parts.heading : this.#parts.input).focus();
      this.#tell("opened", {});
    }

    close() {
      if (this.#inline || this.#parts.panel?.hidden) return;
      this.#parts.panel.hidden = true;
      this.#parts.launch.hidden = false;
      this.#parts.launch.setAttribute("aria-expanded", "false");
      this.#memory.open = false;
      this.#memory.save();
      this.#parts.launch.focus();
      this.#tell("closed", {});
    }

    toggle() {
      return this.#parts.panel.hidden ? this.open() : this.close();
    }

    ask(text) {
      if (this.#parts.panel.hidden) this.open();
      return this.#ask(String(text), String(text), "question");
    }

    reset() {
      this.#era += 1;
      this.#turn = Promise.resolve();
      const { open } = this.#memory;
      this.#memory.clear();
      this.#memory.open = open;
      this.#memory.save();
      this.#parts.input.value = "";
      this.#wait(false);
      this.#draw();
    }

    // -------------------------------------------------------------- settings

    get #base() {
      const given = this.#option("service") ?? script?.src ?? location.href;
      return new URL(".", new URL(given, location.href)).href;
    }

    get #inline() {
      return this.#option("position") === "inline";
    }

    get #sheetSized() {
      return matchMedia("(max-width: 34em), (max-height: 30em)").matches;
    }

    get #language() {
      const wanted = this.#option("lang") || document.documentElement.lang;
      return wanted.slice(0, 2).toLowerCase() in WORDS ? wanted.slice(0, 2).toLowerCase() : "en";
    }

    get #words() {
      return WORDS[this.#language];
    }

    #option(name) {
      return this.getAttribute(`data-${name}`) ?? this.getAttribute(name);
    }

    // -------------------------------------------------------------- the frame

    #build() {
      const w = this.#words;
      const title = this.#option("title") || w.title;
      const parts = (this.#parts = {});
      parts.input = h("textarea", {
        rows: 1,
        "aria-label": w.label,
        placeholder: w.hint,
        enterkeyhint: "send",
        dir: "auto",
        autocomplete: "off",
        onkeydown: (event) => this.#enter(event),
        oninput: () => this.#keepDraft(),
      });
      parts.input.value = this.#memory.draft;
      parts.heading = h("h2", { tabindex: -1, id: "title" }, title);
      parts.banner = h("p", { class: "banner", lang: "en", hidden: true });
      parts.alert = h("div", { class: "alert", role: "alert" });
      parts.log = h("div", { class: "log", role: "log", "aria-label": w.log, tabindex: 0 });
      parts.status = h("div", { class: "wait", role: "status" });
      const close = h(
        "button",
        { type: "button", "aria-label": w.close, title: w.close, onclick: () => this.close() },
        icon("close"),
      );
      parts.panel = h(
        "section",
        { class: "panel", role: this.#inline ? "region" : "dialog", "aria-labelledby": "title", hidden: true },
        h("div", { class: "head" }, parts.heading, !this.#inline && close),
        parts.banner,
        parts.alert,
        parts.log,
        parts.status,
        h(
          "div",
          { class: "compose" },
          h(
            "form",
            { onsubmit: (event) => this.#submit(event) },
            parts.input,
            h("button", { class: "send", "aria-label": w.send, title: w.send }, icon("send")),
          ),
          h(
            "div",
            { class: "foot" },
            h("button", { class: "plain", type: "button", onclick: () => this.#pick(PERSON, w.person) }, w.person),
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
        icon("chat"),
        h("span", {}, w.launch),
      );
      parts.root = h(
        "div",
        { class: `root ${this.#inline ? "inline" : "float"}`, lang: this.#language },
        parts.launch,
        parts.panel,
      );
      this.#root.replaceChildren(parts.root);
      this.#paint();
      this.#draw();
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
      const { panel, launch } = this.#parts;
      this.#paint();
      panel.hidden = false;
      launch.hidden = true;
      launch.setAttribute("aria-expanded", "true");
      this.#memory.open = true;
      this.#memory.save();
      this.#watchIdle();
      this.#toEnd();
      if (!this.#memory.welcome) this.#greet();
    }

    #escape(event) {
      if (event.key !== "Escape" || event.defaultPrevented || this.#parts.panel.hidden) return;
      // Over the whole of a phone's screen, Esc closes wherever the focus is: nothing behind it could be seen.
      if (event.composedPath().includes(this) || this.#sheetSized) this.close();
    }

    // -------------------------------------------------------------- idle

    #watchIdle() {
      clearTimeout(this.#parts.idle);
      this.#parts.idle = setTimeout(() => this.#forgetWhenIdle(), IDLE + 1000);
    }

    #forgetWhenIdle() {
      if (this.#memory.idle && (this.#memory.items.length || this.#memory.draft)) this.reset();
    }

    // -------------------------------------------------------------- asking

    #keepDraft() {
      this.#memory.draft = this.#parts.input.value;
      this.#memory.save();
      this.#watchIdle();
    }

    #enter(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      this.#submit(event);
    }

    #submit(event) {
      event.preventDefault();
      const text = this.#parts.input.value.trim();
      if (!text) return this.#parts.input.focus();
      this.#parts.input.value = this.#memory.draft = "";
      this.#ask(text, text, "question");
    }

    #pick(send, shown) {
      if (!matchMedia("(pointer: coarse)").matches) this.#parts.input.focus();
      else this.#parts.log.focus();
      this.#ask(send, shown, "choice");
    }

    #startOver() {
      this.reset();
      this.#parts.status.replaceChildren(this.#words.restarted);
      this.#parts.input.focus();
    }

    #ask(send, shown, kind) {
      const item = { me: true, send, shown, state: "waiting" };
      this.#memory.items.push(item);
      this.#memory.save();
      this.#watchIdle();
      this.#parts.log.querySelector(".latest")?.remove();
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
        const reply = await this.#post("v1/messages", {
          text: item.send,
          conversation_id: this.#memory.id,
          channel: "web",
        });
        if (era !== this.#era) return;
        item.state = "sent";
        this.#receive(reply);
      } catch (failure) {
        if (era !== this.#era) return;
        item.state = failure.why ?? "down";
        item.help = failure.help;
        if (item.state === "long" && !this.#parts.input.value) this.#parts.input.value = this.#memory.draft = item.send;
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
      const item = { reply };
      this.#memory.items.push(item);
      if (reply.urgent) this.#memory.pinned = reply.message_id;
      this.#memory.save();
      this.#append(item);
      this.#pin();
      const refused = reply.kind === "fallback" || ["not-covered", "language"].includes(reply.intent?.category);
      const name = reply.urgent ? "urgent" : reply.kind === "answer" ? "answered" : refused ? "unanswered" : null;
      const entries = reply.answers.map((each) => each.id);
      this.#tell(name, { kind: reply.kind, message_id: reply.message_id, entries, intent: reply.intent?.id ?? null });
    }

    async #post(path, body) {
      let response;
      try {
        response = await fetch(this.#base + path, {
          method: body ? "POST" : "GET",
          body: body && JSON.stringify(body),
          headers: body && { "content-type": "application/json" },
          credentials: "omit",
          referrerPolicy: "no-referrer",
          cache: "no-store",
          signal: AbortSignal.timeout(PATIENCE),
        });
        if (response.ok) return await response.json();
      } catch {
        throw new Failure(navigator.onLine === false ? "offline" : "down");
      }
      const problem = await response.json().catch(() => ({}));
      throw new Failure({ 413: "long", 429: "busy" }[response.status] ?? "down", problem.help);
    }

    async #greet() {
      if (this.#memory.welcome || this.#parts.greeting) return;
      this.#parts.greeting = true;
      try {
        this.#memory.welcome = await this.#post("v1/welcome");
        this.#memory.save();
      } catch {
        /* opening tries again; until then the words of `help` stand in */
      }
      this.#parts.greeting = false;
      this.#draw();
    }

    // -------------------------------------------------------------- drawing

    #draw() {
      const { log, banner } = this.#parts;
      const { welcome, items } = this.#memory;
      banner.textContent = welcome?.banner ?? "";
      banner.hidden = !welcome?.banner;
      log.replaceChildren(this.#welcome());
      items.forEach((item, place) => {
        this.#append(item, place === items.length - 1);
        if (item.me && !["sent", "waiting"].includes(item.state)) this.#append(this.#failed(item));
      });
      this.#pin();
    }

    #welcome() {
      const { welcome, items } = this.#memory;
      if (!welcome) return h("div", { class: "item card" }, this.#said(this.#words.help, this.#language), this.#line());
      const asked = !items.length && this.#choices(this.#words.ask, welcome.suggestions);
      return h("div", { class: "item" }, h("div", { class: "card" }, this.#said(welcome.text)), asked);
    }

    #append(item, latest = true) {
      const node = item instanceof Node ? item : item.me ? this.#mine(item) : this.#theirs(item, latest);
      this.#parts.log.append(node);
      this.#toEnd();
    }

    #mine(item) {
      return h(
        "div",
        { class: "item me" },
        h("span", { class: "hidden" }, this.#words.you),
        h("p", { dir: "auto" }, item.shown),
      );
    }

    #theirs(item, latest) {
      const { reply } = item;
      const node = h("div", { class: "item", "data-message": reply.message_id });
      for (const piece of this.#pieces(reply))
        node.append(
          piece.net
            ? this.#net(piece.net, reply.language)
            : h(
                "div",
                { class: "card" },
                piece.text ? this.#answer(piece, reply) : this.#said(piece.said, reply.language),
              ),
        );
      if (reply.kind === "answer" || reply.kind === "fallback") node.append(this.#votes(item));
      const { choice, options } = this.#open(reply);
      if (latest && options.length) node.append(this.#choices(choice ? null : this.#words.next, options));
      return node;
    }

    /** The reply's text cut into the sentence of the safety net, where it opens with one, its answers, which are drawn
     * with source and seal, and what stands between. */
    #pieces(reply) {
      const banner = this.#memory.welcome?.banner;
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

    /** Whom to call where danger is possible and not sure: part of the conversation, read before the answer. */
    #net(text, language) {
      const card = this.#said(text, language);
      const calls = this.#calls(text);
      card.className = "card net";
      card.setAttribute("role", "note");
      calls.lang = this.#language;
      card.append(calls);
      return card;
    }

    /** What can be picked after a reply: its options and the line for none of them, else what it suggests. */
    #open(reply) {
      if (!reply.options.length) return { choice: false, options: reply.suggestions };
      const none = reply.text
        .split("\n")
        .pop()
        .match(/^\d+\. (.+)$/);
      const last =
        none && !reply.options.some((each) => each.question === none[1]) ? [{ id: none[1], question: none[1] }] : [];
      return { choice: true, options: [...reply.options, ...last] };
    }

    #choices(heading, options) {
      return h(
        "div",
        { class: "more latest" },
        heading && h("p", {}, heading),
        options.map((each) =>
          h(
            "button",
            { class: "pick", type: "button", lang: "en", onclick: () => this.#pick(each.id, each.question) },
            each.question,
          ),
        ),
      );
    }

    #answer(answer, reply) {
      return [
        h("h3", { lang: "en" }, answer.question),
        this.#said(answer.text, reply.language),
        answer.limits && h("p", { class: "limits", lang: "en" }, answer.limits),
        h("div", { class: "origin" }, this.#sources(answer), this.#seal(answer.seal)),
      ];
    }

    #sources(answer) {
      const linked = (source) => {
        const name = `${source.title}, ${source.publisher}`;
        const url = /^https?:\/\//.test(source.url ?? "") && source.url;
        return url
          ? h(
              "a",
              { href: url, target: "_blank", rel: "noopener noreferrer", lang: "en" },
              name,
              h("span", { class: "hidden" }, ` (${this.#words.tab})`),
            )
          : h("span", { lang: "en" }, name);
      };
      const named = new Map(answer.sources.map((each) => [`${each.document}`, each]));
      return [...named.values()].map((each) => h("p", {}, h("span", {}, `${this.#words.source} `, linked(each))));
    }

    #seal(seal) {
      const day = new Intl.DateTimeFormat(this.#language, { dateStyle: "medium", timeZone: "UTC" }).format(
        new Date(seal.on),
      );
      if (seal.role === "demo") return h("p", {}, `${this.#words.demo} ${seal.by}, ${day}.`);
      return h("p", {}, icon("seal"), h("span", {}, `${this.#words.approved} ${seal.by}, ${seal.role}, ${day}`));
    }

    /** Sealed text as paragraphs, word for word; its telephone numbers can be tapped. */
    #said(text, language) {
      return h(
        "div",
        { lang: language ?? "en", dir: "auto" },
        text.split("\n\n").map((part) => h("p", {}, this.#dialled(part))),
      );
    }

    /** The text cut at its numbers: every second part is one. The lines come first, as 988 may be their area code. */
    #cut(text) {
      const lines = Object.values(this.#memory.welcome?.lines ?? {}).filter((line) => line && PHONE.test(line));
      const numbers = [...lines, "911", "988"].map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      return text.split(new RegExp(`(?<![\\d-])(${numbers.join("|")})(?![\\d-])`));
    }

    #dialled(text) {
      return this.#cut(text).map((part, place) => (place % 2 ? h("a", { href: this.#tel(part) }, part) : part));
    }

    #tel(number) {
      return `tel:${number.replace(/[^\d+]/g, "")}`;
    }

    #line() {
      const { lines } = this.#memory.welcome ?? {};
      const line = lines?.oncall_line ?? lines?.phone_line;
      return line && h("p", { class: "line" }, `${this.#words.line} `, this.#dialled(line));
    }

    #failed(item) {
      const w = this.#words;
      const sealed = ["down", "offline"].includes(item.state) ? this.#memory.welcome?.offline : item.help;
      const help = sealed ? this.#said(sealed) : this.#said(w.help, this.#language);
      const card = h("div", { class: "item card fail" }, h("p", {}, w[item.state] ?? w.down), help, this.#line());
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
      if (!item) return alert.replaceChildren();
      const [{ said }] = this.#pieces(item.reply);
      alert.replaceChildren(
        h("h3", {}, this.#words.urgent),
        this.#said(said, item.reply.language),
        this.#calls(said, item.reply.intent.id),
        h("button", { class: "read", type: "button", onclick: () => this.#unpin() }, this.#words.read),
      );
      alert.scrollTop = 0;
      this.#toEnd();
    }

    /** Takes the pinned reply out of the conversation, so that it is there once, and puts the one before back. */
    #park(node) {
      const { parked } = this.#parts;
      if (!node && parked && this.#memory.pinned === parked.node.dataset.message && parked.mark.isConnected) return;
      parked?.mark.replaceWith(parked.node);
      this.#parts.parked = node && { node, mark: document.createComment("") };
      node?.replaceWith(this.#parts.parked.mark);
    }

    /** A button for each number of a text; 988 takes text messages too. Without a tier they stand as in the text. */
    #calls(text, tier) {
      const numbers = [...new Set(this.#cut(text).filter((_, place) => place % 2))];
      const first = { crisis: "988", emergency: "911" }[tier];
      if (numbers.includes(first)) numbers.sort((a, b) => (b === first) - (a === first));
      const button = (href, picture, words, second) =>
        h("a", { class: second ? "call second" : "call", href }, icon(picture), words);
      const texts = !tier || tier === "crisis";
      return h(
        "div",
        { class: "calls" },
        numbers.flatMap((each, place) => [
          button(this.#tel(each), "phone", `${this.#words.call} ${each}`, place),
          texts && each === "988" && button("sms:988", "chat", `${this.#words.text} 988`, true),
        ]),
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
        await this.#post("v1/feedback", { message_id: item.reply.message_id, verdict, reason });
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
      this.#tell("feedback", {
        verdict,
        reason,
        message_id: item.reply.message_id,
        entries: item.reply.answers.map((each) => each.id),
      });
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

    // -------------------------------------------------------------- small things

    #wait(on, words = this.#words.wait) {
      const dots = [h("i"), h("i"), h("i")];
      this.#parts.status.replaceChildren(...(on ? [...dots, words] : []));
      if (on) this.#toEnd();
    }

    /** A reply is read from its beginning: the last question goes to the top when what follows is long. */
    #toEnd() {
      const { log, panel, alert } = this.#parts;
      const last = [...log.querySelectorAll(".me")].pop();
      const top = last ? last.offsetTop - 12 : 0;
      log.scrollTop = top;
      panel.scrollTop = last ? log.offsetTop + top - alert.offsetHeight : 0; // on a low screen the whole panel scrolls
    }

    /** On the element by its plain name, and on the document as `hai-faq:name`. */
    #tell(name, detail) {
      if (!name) return;
      this.dispatchEvent(new CustomEvent(name, { detail }));
      document.dispatchEvent(new CustomEvent(`hai-faq:${name}`, { detail }));
    }
  }

  // ------------------------------------------------------------------ on the page

  const early = Array.isArray(window.haiFaq) ? window.haiFaq : [];
  const element = () => document.querySelector("hai-faq-chat");
  const call = ([name, ...values]) => element()?.[name](...values);
  let waiting = [...early]; // until the element is there
  const api = { push: (...calls) => calls.forEach((each) => (waiting ? waiting.push(each) : call(each))) };
  for (const name of ["open", "close", "toggle", "ask", "reset"])
    api[name] = (...values) => api.push([name, ...values]);
  window.haiFaq = api;

  /** The element where the page has none, with the options of the script's tag; then what was called too early. */
  function begin() {
    customElements.define("hai-faq-chat", HaiFaqChat);
    if (!element()) {
      const made = document.createElement("hai-faq-chat");
      for (const [name, value] of Object.entries(script?.dataset ?? {})) made.dataset[name] = value;
      document.body.append(made);
    }
    const calls = waiting;
    waiting = null;
    calls.forEach(call);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
