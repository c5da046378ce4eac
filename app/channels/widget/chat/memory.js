/* What the tab remembers. */

const IDLE = 30 * 60_000; // as long as the service keeps a conversation
const KEPT = 60; // items of a conversation that survive a page change

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
