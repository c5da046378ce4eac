/* What of a panel is seen, of its `parts`. */

/** A reply is read from its beginning: the last question goes to the top when what follows is long. Where all scrolls
 * together, nothing scrolls a pinned text away. */
function toEnd({ log, panel, bar, shows }) {
  const last = [...log.querySelectorAll(".me")].pop();
  const reply = last?.nextElementSibling; // of a question that would leave it no room, only the end is shown
  const top = last ? Math.max(last.offsetTop - 12, (reply?.offsetTop ?? 0) - log.clientHeight * 0.4) : 0;
  log.scrollTop = top;
  panel.scrollTop = last && !shows ? log.offsetTop + top - bar.offsetHeight : 0; // where all scrolls together
}

/** What is pinned is seen from its beginning; in the page, the page is scrolled to it. */
function toAlert({ shows, panel, alert, root }) {
  if (!shows) return;
  panel.scrollTop = 0;
  if (root.matches(".inline")) alert.scrollIntoView();
}

/** What is pinned keeps its height. Where the log would get less than its least height, all scrolls together, and the
 * question box comes after it: at double text in a small window none of the urgent text was to be seen. */
function fit(parts) {
  const { panel } = parts;
  const { scrollTop, classList } = panel;
  const was = classList.contains("tight");
  classList.remove("tight");
  const tight = panel.scrollHeight > panel.clientHeight + 1;
  classList.toggle("tight", tight);
  if (tight !== was) toEnd(parts);
  else panel.scrollTop = scrollTop;
  if (tight && !was) toAlert(parts);
  showScrollHints(parts);
}

/** Says that the urgent text goes on below, or stands above. */
function showScrollHints({ panel, alert, bar, back, shows }) {
  const bottom = (part) => part.getBoundingClientRect().bottom;
  const tight = panel.classList.contains("tight") && shows;
  back.hidden = !tight || bottom(alert) > bottom(bar) + 1;
  const on = alert.querySelector(".on");
  if (on) on.hidden = !tight || bottom(alert.querySelector(".read")) <= bottom(panel) + 1;
}

/** Scrolls by what is seen, less the bar and one button: each line and each button is whole at some time. */
function readOn({ panel, alert, bar }) {
  const covered = [bar, alert.querySelector(".on"), alert.querySelector(".call, .read")];
  const step = covered.reduce((room, part) => room - part.offsetHeight, panel.clientHeight);
  panel.scrollTop += Math.max(40, step);
}
