// The card of a place that was touched or found: its grid, its coordinates in three systems, what to do there.

import { formatNumber, make, say } from "../front/words.js";
import { buildHead, tool } from "./gridcard.js";
import { icon } from "./icons.js";

export function buildPlaceCard({ title, found }, actions) {
  return make("div", { class: "place-card" },
    buildHead(title || say("place.title"), "", actions.close, icon("pin")),
    make("p", { class: "answer" }, say("place.no_grid")),
    buildPlacePart({ title: "", found }),
    make("div", { class: "buttons" }, actions.report ? tool("plus", "report.here", actions.report) : null, tool("pin", "card.nearest", actions.nearest)));
}

// What is said of a touched or found place, also inside the card of its grid.
export function buildPlacePart({ title, found }) {
  const rows = Object.entries(found.coordinates ?? { "WGS 84": [found.lon, found.lat] }).map(([system, [lon, lat]]) => buildCoordinates(system, lon, lat));
  return make("div", { class: "place" },
    title ? make("p", { class: "soft" }, icon("pin"), ` ${title}`) : null,
    make("table", { class: "coordinates" }, make("caption", {}, say("place.coordinates")), ...rows));
}

export function buildBorderWarning(found) {
  return found.near_border ? make("p", { class: "warning" }, icon("alert"), say("place.near_border", { m: formatNumber(found.border_m), grids: (found.neighbours ?? []).join(", ") })) : null;
}

function buildCoordinates(system, lon, lat) {
  const text = `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
  const button = make("button", { type: "button", class: "copy", "aria-label": say("place.copy", { system }), click: () => copy(button, text) }, icon("copy"));
  return make("tr", {}, make("th", { scope: "row" }, system), make("td", {}, make("code", {}, text)), make("td", {}, button));
}

// Pages of a plain http network have no clipboard, so the old way stands behind the new one.
async function copy(button, text) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copyBySelection(text);
  button.replaceChildren(icon("check"));
  window.setTimeout(() => button.replaceChildren(icon("copy")), 1500);
}

function copyBySelection(text) {
  const field = make("textarea", { readonly: true, class: "offscreen" }, text);
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
