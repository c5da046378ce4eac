/* The site's accent, made so that its contrast is kept. */

const mix = (a, b, share) => a.map((value, place) => value + (b[place] - value) * share);
const css = (rgb) => `rgb(${rgb})`;
const light = (rgb) => {
  const [r, g, b] = rgb.map((value) => (value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [low, high] = [light(a) + 0.05, light(b) + 0.05].sort((x, y) => x - y);
  return high / low;
};
const [BLACK, WHITE] = [
  [0, 0, 0],
  [255, 255, 255],
];
const ACCENT = [14, 107, 99];
const fits = (query) => matchMedia(query).matches;
const DARK = "(prefers-color-scheme: dark)";

/** Gives the panel its colours: the site's accent, in the scheme of the visitor or the one that the page asks for. */
function paint(root, accent, scheme) {
  const dark = (scheme ?? "auto") === "auto" ? fits(DARK) : scheme === "dark";
  root.classList.toggle("dark", dark);
  for (const [name, rgb] of Object.entries(palette(parsed(root, accent), dark))) root.style.setProperty(name, css(rgb));
}

/** The colour as the browser reads it; what is no opaque one changes nothing. */
function parsed(root, colour) {
  const probe = h("i");
  probe.style.color = css(ACCENT);
  if (colour) probe.style.color = colour;
  root.append(probe);
  const found = getComputedStyle(probe).color.match(/^rgb\((\d+), (\d+), (\d+)\)$/);
  probe.remove();
  return found ? found.slice(1).map(Number) : ACCENT;
}

/** The site's accent as a ground, its text, and as ink that can be read on every ground of the panel. */
function palette(accent, dark) {
  const grounds = dark
    ? [
        [27, 39, 37],
        [19, 28, 27],
      ]
    : [WHITE, [245, 248, 247]];
  const tint = mix(grounds[0], accent, dark ? 0.24 : 0.11);
  const away = dark ? WHITE : BLACK;
  let ink = accent;
  const enough = dark ? 6.5 : 4.6;
  for (let step = 0; step < 40 && [...grounds, tint].some((each) => contrast(ink, each) < enough); step += 1)
    ink = mix(ink, away, 0.1);
  const onAccent = contrast(WHITE, accent) >= 4.5 ? WHITE : BLACK;
  const strong = mix(accent, onAccent === WHITE ? BLACK : WHITE, 0.14);
  return {
    "--accent": accent,
    "--on-accent": onAccent,
    "--accent-strong": strong,
    "--accent-ink": ink,
    "--tint": tint,
  };
}
