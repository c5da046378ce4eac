/* How long a message may be; that there is an end is said before it comes. */

const LONGEST = 4_000; // characters that are answered, as the service counts them: code points
const NEAR = 500;
const STEPS = [NEAR, 200, 100, 50, 10]; // a screen reader hears these, not each key

/** The line beside the input, for a text that is nearly or really too long; `help` draws whom to call. */
class Limit {
  #words;
  #help;
  #step = 0;
  line = h("div", { class: "limit", id: "limit" });
  heard = h("div", { class: "hidden", role: "status" });

  constructor(words, help) {
    this.#words = words;
    this.#help = help;
  }

  /** Says how much room a text leaves; true when it is too long. */
  show(text) {
    const left = LONGEST - [...text].length;
    const said = left > NEAR ? "" : (left < 0 ? this.#words.over : this.#words.room).replace("#", Math.abs(left));
    this.line.replaceChildren(said && h("p", {}, said), left < 0 ? this.#help() : "");
    const step = left < 0 ? -1 : STEPS.filter((each) => left <= each).length;
    if (step !== this.#step) this.heard.replaceChildren(said);
    this.#step = step;
    return left < 0;
  }

  /** Says once more what is wrong, to someone who tried to send it all the same. */
  repeat() {
    this.heard.replaceChildren(this.line.firstChild.textContent);
  }
}
