/* What the tab remembers. */

const IDLE = 30 * 60_000; // as long as the service keeps a conversation
const KEPT = 60; // items of a conversation that survive a page change

const taken = new Set(); // keys of the elements that are in the page

/** This tab's conversation; where storage is refused, it lasts as long as the page. Elements of a page never share one,
 * or the urgent text that one has pinned would be lost by what the other keeps. */
class Memory {
  at = Date.now();
  id;
  items = [];
  open;
  draft = "";
  cleared;
  language; // that the person has chosen

  constructor(base, name) {
    this.key = `hai-faq ${base} ${name}`.trim();
    while (taken.has(this.key)) this.key += "+";
    try {
      this.take(JSON.parse(sessionStorage.getItem(this.key)));
    } catch {
      /* refused or damaged: begin anew */
    }
    if (this.rest > 0) return;
    this.welcome = null;
    this.clear(this.holds);
    this.save();
  }

  /** Goes on with what was kept; a message that waited for its reply can be sent again. */
  take(kept) {
    Object.assign(this, kept);
    this.items = (this.items ?? []).filter(({ me, reply }) => me || (reply?.text && reply.answers && reply.options));
    for (const item of this.items) if (item.state === "waiting") item.state = "left";
  }

  /** Forgets the conversation, except for an urgent reply that has not been put away; `cleared` says that time did it. */
  clear(cleared = false) {
    const items = this.items.filter((item) => this.#isPinned(item));
    Object.assign(this, { at: Date.now(), id: null, items, draft: "", cleared });
  }

  save() {
    this.at = Date.now();
    const first = this.items.length - KEPT;
    const items = this.items.filter((item, place) => place >= first || this.#isPinned(item));
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ ...this, items }));
    } catch {
      /* refused or full */
    }
  }

  /** How long it is kept if nothing more happens. */
  get rest() {
    return IDLE - (Date.now() - this.at);
  }

  /** True when there is anything to forget. */
  get holds() {
    return !!this.draft || this.items.some((item) => !this.#isPinned(item));
  }

  /** The first message that has no reply yet. */
  get waits() {
    return this.items.find((item) => item.state === "waiting");
  }

  /** The urgent reply that has not been put away. */
  get urgent() {
    return this.items.findLast((item) => this.#isPinned(item))?.reply;
  }

  /** Puts away the urgent reply, said once or more; one before it that says something else is next. */
  putAway() {
    const { text } = this.urgent;
    for (const item of this.items) if (item.reply?.text === text) item.read = true;
  }

  #isPinned({ reply, read }) {
    return reply?.urgent && !read;
  }
}
