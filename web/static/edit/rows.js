// Figures of a grid in the reader's words, and the bar that shows where its size lies against the range.

import { shortCode } from "../../front/labels.js";
import { formatArea, formatNumber, make, say } from "../../front/words.js";
import { strayOf } from "./draft.js";

const REACH = 1.6; // the bar ends at so many times the upper limit

let areaNames = new Map();

// With several communities on the page a grid is called by the name of its community as well.
export function nameAreas(names) {
  areaNames = names;
}

export function nameOf(row) {
  return areaNames.has(row.area_code) ? `${areaNames.get(row.area_code)} ${shortNameOf(row)}` : shortNameOf(row);
}

export function shortNameOf({ grid_code: code, area_code: area }) {
  return shortCode(code, area);
}

// A word with a number in it; one of something may be said in another way.
export function sayCount(key, { n, ...others }) {
  return say(n === 1 ? `${key}.one` : key, { n: formatNumber(n), ...others });
}

export function figureOf({ size }, { measure }) {
  return measure === "area_m2" ? formatArea(size) : formatNumber(size);
}

// Signed per cent from the middle of the range; a dedicated grid has none.
export function deviationOf({ size, is_dedicated: isDedicated }, { target }) {
  if (isDedicated) return "–";
  const share = Math.round((size / target - 1) * 100);
  return `${share > 0 ? "+" : share < 0 ? "−" : "±"}${Math.abs(share)}\u2009%`;
}

export function kindOf(row, range) {
  if (row.is_dedicated) return "dedicated";
  const stray = strayOf(range, row.size);
  if (stray) return stray < 0 ? "below" : "above";
  return row.status === "in_range" ? "in_range" : "below";
}

export function buildBar(row, range) {
  const whole = REACH * range.high, at = (value) => `${Math.min(100, (100 * value) / whole)}%`;
  const band = make("span", { class: "band" }), bar = make("span", { class: "fill" });
  band.style.left = at(range.low);
  band.style.width = `${(100 * (range.high - range.low)) / whole}%`;
  bar.style.width = at(row.size);
  return make("span", { class: `gauge ${kindOf(row, range)}`, "aria-hidden": "true" }, band, bar);
}

export function sayStatus(row, range) {
  const kind = kindOf(row, range);
  return say(kind === "below" && row.status !== "below" && row.status !== "in_range" ? "edit.status.people" : `edit.status.${kind}`);
}
