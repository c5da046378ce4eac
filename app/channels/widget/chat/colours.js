/* The site's accent, made so that its contrast is kept. */

const mix = (a, b, share) => a.map((value, place) => value + (b[place] - value) * share);
const css = (rgb) => `rgb(${rgb.map(Math.round).join(" ")})`;
const light = (rgb) => {
  const [r, g, b] = rgb.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const [BLACK, WHITE] = [
  [0, 0, 0],
  [255, 255, 255],
];

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
