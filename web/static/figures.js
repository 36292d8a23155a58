// What is going on, in numbers: totals, days, grids with most, grids above their own past.

import { formatNumber, make, say } from "../front/words.js";
import { buildBars, buildDays } from "./charts.js";

const LISTED = 8;
const DAYS = 30;

export function buildTotals({ shown, open, overdue }) {
  const figure = (word, value, kind) => make("div", { class: `${kind} ${value ? "" : "zero"}` }, make("b", {}, formatNumber(value)), make("span", {}, say(word)));
  return make("div", { class: "figures" }, shown == null ? "" : figure("figure.shown", shown, ""), figure("figure.open", open, "open"), figure("figure.overdue", overdue, "overdue"));
}

// The days without an incident stand there too, so that a gap is seen as a gap.
export function fillDays(rows, most = DAYS) {
  const known = rows.filter(({ key }) => /^\d{4}-\d\d-\d\d$/.test(key ?? "")).sort((a, b) => (a.key < b.key ? -1 : 1));
  if (!known.length) return [];
  const byDay = new Map(known.map((row) => [row.key, row]));
  const days = [], last = Date.parse(`${known.at(-1).key}T00:00:00Z`);
  const begin = Math.max(Date.parse(`${known[0].key}T00:00:00Z`), last - (most - 1) * 86400000);
  for (let at = begin; at <= last; at += 86400000) {
    const key = new Date(at).toISOString().slice(0, 10);
    days.push(byDay.get(key) ?? { key, n: 0, open: 0, overdue: 0 });
  }
  return days;
}

export function buildDayChart(rows, shownDay, choose) {
  const days = fillDays(rows);
  if (!days.length) return make("p", { class: "nothing" }, say("list.nothing"));
  return buildDays(days, { title: say("chart.days", { n: days.length }), choose, shownDay });
}

export function buildTopGrids(rows, grids, chosen, choose) {
  const top = rows.filter(({ key, n }) => key && n).sort((a, b) => b.n - a.n || (a.key < b.key ? -1 : 1)).slice(0, LISTED);
  if (!top.length) return make("p", { class: "nothing" }, say("list.nothing"));
  return buildBars(top.map(({ key, n }) => ({ key, text: nameOfGrid(grids, key), more: key, value: n, chosen: key === chosen })), choose);
}

// Grids with more incidents than their own past lets expect, the most surprising first.
export function buildHot(rows, grids, chosen, choose) {
  const hot = rows.slice(0, LISTED);
  if (!hot.length) return make("p", { class: "nothing" }, say("hot.nothing"));
  const toEntry = ({ grid_code: key, n, expected }) => {
    const note = say("hot.line", { n: formatNumber(n), expected: formatNumber(expected, 1) });
    return { key, text: nameOfGrid(grids, key), more: key, value: n, note, chosen: key === chosen };
  };
  return buildBars(hot.map(toEntry), choose);
}

export function nameOfGrid(grids, code) {
  const place = grids.grid_code.indexOf(code);
  return (place >= 0 && grids.name[place]) || code;
}
