// Small charts of our own: plain SVG, with a table for those who do not see it.

import { formatNumber, make, say } from "../front/words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 340, HEIGHT = 96, FOOT = 16, SIDE = 30;

function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text != null) element.textContent = text;
  return element;
}

function niceTop(value) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].find((step) => step * unit >= value) * unit;
}

// A column for each day: all incidents, those still open darker at the foot; a touch chooses the day.
export function buildDays(rows, { title, choose, shownDay }) {
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart days", role: "group", "aria-label": title });
  const top = niceTop(Math.max(1, ...rows.map(({ n }) => n))), high = HEIGHT - FOOT - 6;
  for (const share of top > 1 ? [0.5, 1] : [1]) { // there is no half incident
    const y = HEIGHT - FOOT - high * share;
    svg.append(draw("line", { x1: SIDE, x2: WIDTH, y1: y, y2: y, class: "rule" }), draw("text", { x: SIDE - 4, y: y + 3.5, class: "mark end" }, formatNumber(top * share)));
  }
  const step = (WIDTH - SIDE) / Math.max(rows.length, 1), width = Math.max(1, Math.min(step - 1.5, 26));
  rows.forEach(({ key, n, open }, k) => {
    const x = SIDE + k * step + (step - width) / 2;
    const bar = draw("g", { class: key === shownDay ? "bar chosen" : "bar", tabindex: "0", role: "button", "aria-label": say("chart.day", { day: key, n: formatNumber(n), open: formatNumber(open) }) });
    const [tall, dark] = [n, open].map((value) => (high * value) / top);
    bar.append(draw("title", {}, say("chart.day", { day: key, n: formatNumber(n), open: formatNumber(open) })));
    bar.append(draw("rect", { x: SIDE + k * step, y: 0, width: step, height: HEIGHT - FOOT, class: "catch" }));
    bar.append(draw("rect", { x, y: HEIGHT - FOOT - tall, width, height: tall, class: "all" }), draw("rect", { x, y: HEIGHT - FOOT - dark, width, height: dark, class: "open" }));
    bar.addEventListener("click", () => choose(key));
    bar.addEventListener("keydown", ({ key: pressed }) => (pressed === "Enter" || pressed === " ") && choose(key));
    svg.append(bar);
  });
  for (const k of pickMarks(rows.length, Math.floor(WIDTH / 62))) svg.append(draw("text", { x: Math.min(WIDTH - 14, SIDE + (k + 0.5) * step), y: HEIGHT - 3, class: "mark middle" }, rows[k].key.slice(5)));
  return svg;
}

function pickMarks(n, most) {
  const step = Math.max(1, Math.ceil(n / Math.max(1, most)));
  return Array.from({ length: Math.ceil(n / step) }, (_, k) => k * step);
}

// A line for each entry: its words, a bar for its number, the number; a touch calls `choose`.
export function buildBars(entries, choose) {
  const most = Math.max(1, ...entries.map(({ value }) => value));
  return make("ul", { class: "bars" }, ...entries.map(({ key, text, more, value, note, chosen }) => {
    const bar = make("span", { class: "bar" });
    bar.style.width = `${(100 * value) / most}%`;
    return make("li", {}, make("button", { type: "button", class: chosen ? "chosen" : "", "aria-pressed": String(Boolean(chosen)), click: () => choose(key) },
      make("span", { class: "text" }, text, more ? make("small", {}, ` ${more}`) : null),
      make("span", { class: "number" }, note ?? formatNumber(value)),
      make("span", { class: "track", "aria-hidden": "true" }, bar)));
  }));
}
