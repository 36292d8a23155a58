// The card of one grid: everything that the division says of it.

import { formatArea, formatNumber, make, say, sayReason, sayValue } from "./words.js";

const ROWS = [
  ["households", formatNumber],
  ["people", formatNumber],
  ["n_buildings", formatNumber],
  ["area_m2", formatArea],
];

export function buildCard(division, grid, { zoom, close }) {
  const { grids, communities } = division;
  const table = make("dl");
  const row = (key, value, kind = "") => table.append(make("dt", {}, say(`card.${key}`)), make("dd", { class: kind }, value));
  const place = division.placeOfArea.get(grids.area_code[grid]);
  row("community", [communities.name[place], grids.area_code[grid]].filter(Boolean).join(" · ") || "–");
  for (const [name, format] of ROWS) if (grids[name]) row(name, format(grids[name][grid]));
  row("status", sayValue("status", grids.status[grid]), grids.exception[grid] ? "off" : "");
  if (grids.reason[grid]) row("reason", sayReason(grids.reason[grid]));
  if (grids.kind?.[grid]) row("kind", sayValue("kind", grids.kind[grid]));
  if (grids.start_date?.[grid]) row("since", [grids.start_date[grid], grids.end_date?.[grid]].filter(Boolean).join(" – "));
  return make("div", { class: "grid-card" },
    make("header", {},
      make("div", {}, make("h2", {}, grids.name?.[grid] ?? grids.grid_code[grid]), make("code", {}, grids.grid_code[grid])),
      make("button", { class: "plain", type: "button", "aria-label": say("close"), click: close }, "×")),
    table,
    make("button", { type: "button", click: zoom }, say("card.zoom")));
}
