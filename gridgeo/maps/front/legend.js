// The legend: each class with its colour, its numbers and how many grids it holds.

import { formatMeasure, formatNumber, lookUp, make, say } from "./words.js";

export function buildLegend(division, measure) {
  const list = make("ul", { class: "legend" });
  const most = Math.max(...measure.classes.map((entry) => entry.count), 1);
  for (const entry of measure.classes) {
    const bar = make("span", { class: "bar" });
    bar.style.width = `${(44 * entry.count) / most}px`;
    list.append(
      make("li", { class: entry.count ? "" : "none" },
        buildSwatch(entry),
        make("span", { class: "numbers" }, describeClass(measure.name, entry)),
        bar,
        make("span", { class: "count" }, formatNumber(entry.count))),
    );
  }
  return list;
}

// What the colours tell, and that the bars tell of how many grids.
export function describeLegend(division, measure) {
  return say("legend.counted", { what: describeMeasure(division, measure) });
}

export function describeMeasure(division, measure) {
  const { range } = division, word = say(`measure.${measure.name}`);
  if (range?.measure !== measure.name) return say("legend.plain", { word });
  return say("legend.range", { word, low: formatNumber(range.low), high: formatMeasure(range.measure, range.high) });
}

export function buildSwatch(entry) {
  const swatch = make("span", { class: `swatch ${entry.hatch}` });
  swatch.style.backgroundColor = entry.colour;
  return swatch;
}

function describeClass(name, { role, low, high }) {
  const word = lookUp(`class.${role}`);
  if (low === null) return word;
  if (low === high) return formatMeasure(name, low);
  const numbers = high === null ? say("legend.from", { low: formatMeasure(name, low) }) : `${bare(name, low, high)}–${formatMeasure(name, high)}`;
  return word && role !== "in_range" ? `${numbers} ${word}` : numbers;
}

// The unit stands once when both ends have the same.
function bare(name, low, high) {
  const text = formatMeasure(name, low), unit = text.split(" ")[1];
  return unit && formatMeasure(name, high).endsWith(` ${unit}`) ? text.split(" ")[0] : text;
}
