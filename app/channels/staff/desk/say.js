/* What is said to those who listen: the last thing counts, and the same words twice are heard twice. */
const status = document.getElementById("status");
let waiting = 0;

/* `after`: milliseconds. What changes with each letter waits until the typing pauses, so that it does not chatter. */
export function say(words, after = 50) {
  clearTimeout(waiting);
  status.textContent = "";
  waiting = setTimeout(() => (status.textContent = words), after);
}

const LONGEST = 80;

/* A question within a sentence of ours: a long one is cut. */
export const quoted = (text) => `“${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}”`;
