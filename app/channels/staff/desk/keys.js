/* The keys, none of which types: Mac has its own names for them, and ⌘ in place of Ctrl. */
const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const MAC = { Ctrl: "⌘", Shift: "⇧", Alt: "⌥" };

/* Names the modifiers of an event as `Ctrl Shift`. */
export function modifiers(event) {
  const ctrl = isMac ? event.metaKey : event.ctrlKey;
  return [ctrl && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift"].filter(Boolean).join(" ");
}

/* Writes the keys in this machine's way. */
export function name(within) {
  if (!isMac) return;
  for (const key of within.querySelectorAll("kbd"))
    key.textContent = key.textContent.replace(/Ctrl|Shift|Alt/g, (word) => MAC[word]);
  for (const node of within.querySelectorAll("[aria-keyshortcuts]"))
    node.setAttribute("aria-keyshortcuts", node.getAttribute("aria-keyshortcuts").replace("Control", "Meta"));
}
