// Which colour a grid has: below, inside or above the range, as on every map of gridgeo; or one unlike its neighbours'.

import { eachLine } from "./atoms.js";

// The classes of gridgeo/maps/classes.py.
const BELOW = ["#fff4cc", "#ffe27a"], INSIDE = ["#aed8c6", "#7dbba6", "#459888", "#1f726a"], ABOVE = ["#742a62", "#401240"];
const DEDICATED = { role: "dedicated", colour: "#dcd6dd", hatch: "dots" };
// For telling neighbours apart: six light tints of one strength.
const TINTS = ["#f2c6b4", "#c3dfc5", "#bcd6ea", "#eadfa8", "#d9c8e6", "#bfe0dc"].map((colour) => ({ role: "tint", colour, hatch: "" }));

// The classes of sizes for a range, light to dark.
export function rangeClasses({ low, high }) {
  const width = (high - low) / INSIDE.length;
  return [
    { role: "below", colour: BELOW[0], hatch: "sparse", low: 0, high: low / 2 },
    { role: "below", colour: BELOW[1], hatch: "sparse", low: low / 2, high: low },
    ...INSIDE.map((colour, k) => ({ role: "in_range", colour, hatch: "", low: low + k * width, high: low + (k + 1) * width })),
    { role: "above", colour: ABOVE[0], hatch: "dense", low: high, high: 2 * high },
    { role: "above", colour: ABOVE[1], hatch: "dense", low: 2 * high, high: Infinity },
    DEDICATED,
  ];
}

export function classOfSize(classes, { low, high }, row) {
  if (row.is_dedicated) return classes.length - 1;
  if (row.size < low) return row.size < low / 2 ? 0 : 1;
  if (row.size > high) return row.size > 2 * high ? 7 : 6;
  return 2 + Math.min(3, Math.floor(((row.size - low) / (high - low || 1)) * 4));
}

// The class of each atom by the size of its grid, or by a tint that its neighbours have not.
export function measureOf(draft, byTint) {
  const classes = byTint ? TINTS : rangeClasses(draft.range);
  const ofGrid = byTint ? tintGrids(draft) : draft.codes.map((code) => (draft.rows.has(code) ? classOfSize(classes, draft.range, draft.rows.get(code)) : -1));
  return { classes, of: Int8Array.from(draft.label, (place) => ofGrid[place] ?? -1) };
}

// Each grid takes the first tint that none of its neighbours has taken before it.
function tintGrids({ atoms, label, codes }) {
  const beside = codes.map(() => new Set());
  for (let f = 0; f < atoms.n; f++) {
    eachLine(atoms.shapes, f, (i) => {
      const other = atoms.beside[i];
      if (other >= 0 && label[other] !== label[f]) beside[label[f]].add(label[other]);
    });
  }
  const tint = codes.map(() => -1);
  codes.forEach((_, place) => {
    const taken = new Set([...beside[place]].map((other) => tint[other]));
    const free = TINTS.findIndex((__, k) => !taken.has(k));
    tint[place] = free >= 0 ? free : place % TINTS.length;
  });
  return tint;
}
