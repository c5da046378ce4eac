/* A conversation that nobody goes on with is cleared, and that is said before. */

const SOON = 2 * 60_000; // WCAG 2.2.1 wants 20 seconds at least

/** Watches a conversation; `warn` is called when it will be cleared soon, `clear` when it is time. */
class Idle {
  #memory;
  #warn;
  #clear;
  #timer;

  constructor(memory, warn, clear) {
    this.#memory = memory;
    this.#warn = warn;
    this.#clear = clear;
  }

  /** Begins anew, as somebody is there; true when that takes a warning back. */
  watch() {
    const { warned } = this;
    this.warned = false;
    this.#wait();
    return warned;
  }

  #wait() {
    const { rest } = this.#memory;
    this.stop();
    this.#timer = setTimeout(() => this.look(), rest > SOON ? rest - SOON : rest);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** Does what is due. */
  look() {
    const { rest, holds } = this.#memory;
    if (rest <= 0) return this.#clear();
    if (rest <= SOON && holds && !this.warned) {
      this.warned = true;
      this.#warn();
    }
    this.#wait();
  }
}
