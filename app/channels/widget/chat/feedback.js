/* Whether a reply helped, and if not, why. */

const REASONS = ["not-my-question", "not-clear", "not-enough", "looks-wrong"];

const group = (kind, name, ...nodes) =>
  h("div", { class: kind, role: "group", "aria-label": name }, h("span", {}, name), nodes);

/** The thumbs below a reply; `keep` is called with a verdict and its reason, and throws where they are not kept. */
function thumbs(words, item, keep) {
  const said = h("span", {}, item.verdict && words.thanks);
  const thumb = (verdict, name) => pictured(`vote ${verdict}`, "up", name, () => give(verdict, null));
  const both = [thumb("up", words.up), thumb("down", words.unhelpful)];
  const node = group("votes", words.helped, both, said);
  const press = () => both.forEach((each) => each.setAttribute("aria-pressed", each.classList.contains(item.verdict)));
  const pick = (reason, place) => button("pick", words.reasons[place], () => give("down", reason));

  async function give(verdict, reason) {
    try {
      await keep(verdict, reason);
    } catch {
      said.textContent = words.unkept;
      return;
    }
    said.textContent = words.thanks;
    press();
    node.querySelector(".why")?.remove();
    if (verdict === "down" && !reason) node.append(group("votes why", words.why, REASONS.map(pick)));
  }

  press();
  return node;
}
