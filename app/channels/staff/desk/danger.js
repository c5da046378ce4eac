/* The alert or the doubt above the results. What stands already is left alone, since to put it there anew with each
   letter would have it read out each time. */
const place = document.getElementById("danger");
const doubted = document.getElementById("doubted");

export function show(found) {
  const parts = [...found.querySelectorAll("#alert, #doubt, .reasons")];
  const heard = (node) => `${node?.id} ${node?.textContent}`;
  const [before] = place.children;
  if (before && heard(before) === heard(parts[0])) keepReasons(parts[1]);
  else {
    place.replaceChildren(...parts);
    if (isUrgent()) queueMicrotask(() => parts[0].scrollIntoView({ block: "nearest" })); // once the page has its length
  }
  announceDoubt();
}

export const isUrgent = () => !!place.querySelector("#alert");

function keepReasons(reasons) {
  const [, before] = place.children;
  if (before && reasons) before.querySelector("ul").replaceWith(reasons.querySelector("ul"));
}

/* The alert of a doubt interrupts nobody: it is said once while it stands. */
function announceDoubt() {
  const doubt = place.querySelector("#doubt .said")?.textContent.trim() ?? "";
  if (doubted.textContent !== doubt) doubted.textContent = doubt;
}
