// What grids are coloured by: numbers of the division in the classes of the file map, incidents in live ones.

export const LIVE = ["incidents", "open", "overdue"];

// Violet, so that marks of incidents (orange to red) and water stand out; lightness falls evenly for every eye.
// By night more is brighter.
const RAMPS = {
  light: ["#f3f3f1", "#eadff1", "#cdb3df", "#a985c6", "#8258a8", "#552a7d"],
  dark: ["#26313b", "#3d3463", "#594a94", "#7d67bf", "#a78fe0", "#d9c8ff"],
};
const STEPS = 5;
const FIELD = { incidents: "n", open: "open", overdue: "overdue" };

// Round numbers at which a class may begin; few, so that the legend stands still while incidents come in.
function roundDown(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [5, 3, 2, 1].find((step) => step * unit <= value) * unit;
}

// Classes of whole numbers with about as many grids in each, none below one.
export function stepClasses(values, theme) {
  const [empty, ...ramp] = RAMPS[theme], none = { role: "zero", colour: empty, hatch: "", low: null, high: null };
  const known = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (!known.length) return [none];
  const places = ramp.map((_, k) => known[Math.floor((k * known.length) / STEPS)]);
  const lows = [...new Set([1, ...places.slice(1).map(roundDown)])].sort((a, b) => a - b);
  const shades = lows.map((_, k) => ramp[Math.floor(((k + 0.5) * STEPS) / lows.length)]);
  return [none, ...lows.map((low, k) => ({ role: "step", colour: shades[k], hatch: "", low, high: k + 1 < lows.length ? lows[k + 1] - 1 : null }))];
}

function classOf(value, classes, kind) {
  const special = (role) => classes.findIndex((entry) => entry.role === role);
  if (kind === "dedicated" && special("dedicated") >= 0) return special("dedicated");
  if (value == null) return special("missing");
  if (value === 0 && special("zero") >= 0) return special("zero");
  return classes.findIndex(({ low, high }) => low != null && value >= low && (high == null || value <= high));
}

function finish(name, values, kinds, classes) {
  const of = values.map((value, f) => classOf(value, classes, kinds[f]));
  const counted = classes.map((entry, place) => ({ ...entry, count: of.filter((other) => other === place).length }));
  return { name, classes: counted, of, values };
}

// A measure of the division; `classes` come with the page, made by the same code as those of the file map.
export function fixedMeasure({ name, classes }, grids) {
  return finish(name, grids[name] ?? [], grids.kind, classes);
}

// Incidents, open or overdue ones of each grid.
export function liveMeasure(name, grids, byGrid, theme) {
  const values = grids.grid_code.map((code) => byGrid.get(code)?.[FIELD[name]] ?? 0);
  return finish(name, values, [], stepClasses(values, theme));
}

// The grids that look different than before; all of them, as null, when the classes are others.
export function findChanged(before, after) {
  const same = before.of.length === after.of.length && before.classes.length === after.classes.length && after.classes.every((entry, k) => entry.colour === before.classes[k].colour);
  return same ? after.of.flatMap((place, f) => (place === before.of[f] ? [] : [f])) : null;
}
