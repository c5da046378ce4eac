/* A conversation that nobody goes on with is cleared, and that is said before. */

const SOON = 2 * 60_000; // WCAG 2.2.1 wants 20 seconds at least

/** Watches a conversation; `warn` is called when it will be cleared soon, `clear` when it is time. */
class Idle {
  constructor(memory, warn, clear) {
    Object.assign(this, { memory, warn, clear });
  }

  /** Begins anew, as somebody is there. */
  watch() {
    this.warned = false;
    this.wait();
  }

  wait() {
    const { rest } = this.memory;
    this.stop();
    this.timer = setTimeout(() => this.look(), rest > SOON ? rest - SOON : rest);
  }

  stop() {
    clearTimeout(this.timer);
  }

  /** Does what is due. */
  look() {
    const { rest, holds } = this.memory;
    if (rest <= 0) return this.clear();
    if (rest <= SOON && holds && !this.warned) {
      this.warned = true;
      this.warn();
    }
    this.wait();
  }
}
