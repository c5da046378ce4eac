/* Danger: the urgent reply stands above everything until it is put away, and then in its place in the conversation. */

/** Shows a reply in the alert of a panel's `parts`, or none; true when that changes what is seen. */
function alertTo(parts, reply, cards, read) {
  const { alert } = parts;
  const shows = reply?.message_id ?? "";
  park(parts, shows);
  if (parts.shows === shows) return false;
  parts.shows = shows;
  alert.classList.toggle("calm", reply?.intent?.id === "crisis");
  alert.replaceChildren(...(reply ? alarm(parts, reply, cards, read) : []));
  return true;
}

function alarm(parts, reply, cards, read) {
  const w = parts.words;
  const [{ said }] = cards.pieces(reply);
  const calls = cards.calls(said, reply.intent?.id);
  calls.append(button("read", w.read, read));
  const on = pictured("on", "down", w.on, () => readOn(parts));
  return [h("h3", {}, w.urgent), cards.said(said, reply.language), calls, on];
}

/** Takes the pinned reply out of the conversation, so that it is there once, and puts the one before back. */
function park(parts, shows) {
  const { parked, log } = parts;
  const node = [...log.querySelectorAll("[data-message]")].find((each) => each.dataset.message === shows);
  if (!node && parked?.mark.isConnected && parked.node.dataset.message === shows) return;
  parked?.mark.replaceWith(parked.node);
  parts.parked = node && { node, mark: document.createComment("") };
  node?.replaceWith(parts.parked.mark);
}
