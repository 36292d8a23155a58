// The card of a grid: what the division says of it, who is responsible, what is going on there.

import { formatArea, formatNumber, make, say, sayReason, sayValue } from "../front/words.js";
import { shortCode } from "../front/labels.js";
import { icon } from "./icons.js";
import { buildBorderWarning, buildPlacePart } from "./placecard.js";
import { nameOf } from "./times.js";
import { stateOf } from "./list.js";

const NUMBERS = [["households", formatNumber], ["people", formatNumber], ["n_buildings", formatNumber], ["area_m2", formatArea]];

// `place` is what was touched or found in it: {title, found}, or null.
export function buildGridCard(card, settings, actions, place = null) {
  const { grid, community, neighbours, workers, incidents } = card;
  const table = make("dl");
  const row = (key, ...value) => table.append(make("dt", {}, say(`card.${key}`)), make("dd", {}, ...value));
  row("community", [community?.name, community?.area_code].filter(Boolean).join(" · ") || "–");
  for (const [name, format] of NUMBERS) if (grid[name] != null) row(name, format(grid[name]));
  if (grid.status) row("status", sayValue("status", grid.status));
  if (grid.reason) row("reason", sayReason(grid.reason));
  row("workers", workers?.length ? make("ul", { class: "plain-list" }, ...workers.map(buildWorker)) : say("card.no_workers"));
  return make("div", { class: "grid-card" },
    buildHead(grid.name ?? grid.grid_code, grid.grid_code, actions.close),
    place ? buildBorderWarning(place.found) : null,
    buildCounts(incidents, settings),
    table,
    place ? buildPlacePart(place) : null,
    buildNeighbours(neighbours ?? [], grid, actions.open),
    make("div", { class: "buttons" },
      actions.report ? tool("plus", "report.here", actions.report) : null,
      tool("locate", "card.zoom", actions.zoom),
      tool("list", "card.only", actions.only),
      tool("print", "card.print", actions.print),
      tool("pin", "card.nearest", actions.nearest)));
}

// Grids of the own community by the end of their code, as the map writes them.
function buildNeighbours(neighbours, grid, open) {
  if (!neighbours.length) return null;
  const chips = neighbours.map(({ grid_code: code, border_m: metres }) => {
    const title = say("card.border", { m: formatNumber(metres) });
    return make("button", { type: "button", class: "chip", title, click: () => open(code) }, shortCode(code, grid.area_code));
  });
  return make("div", { class: "neighbours" }, make("h3", {}, say("card.neighbours")), ...chips);
}

export function buildHead(title, code, close, sign = null) {
  return make("header", {},
    make("div", {}, make("h2", { tabindex: "-1" }, sign, title), code ? make("code", {}, code) : null),
    make("button", { class: "plain", type: "button", "aria-label": say("close"), click: close }, icon("close")));
}

export function tool(name, word, click) {
  return make("button", { type: "button", click }, icon(name), say(word));
}

function buildWorker({ post, phone }) {
  return make("li", {}, post, phone ? make("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, ` ${phone}`) : null);
}

function buildCounts(incidents, settings) {
  if (!incidents) return null;
  const figure = (word, value, kind = "") => make("div", { class: `${kind} ${value ? "" : "zero"}` }, make("b", {}, formatNumber(value ?? 0)), make("span", {}, say(word)));
  const states = Object.entries(incidents.by_state ?? {}).filter(([, n]) => n).map(([name, n]) => `${nameOf(stateOf(settings, name), name)} ${formatNumber(n)}`);
  return make("div", {},
    make("div", { class: "figures" }, figure("figure.open", incidents.open, "open"), figure("figure.overdue", incidents.overdue, "overdue"), figure("figure.month", incidents.last_30_days)),
    states.length ? make("p", { class: "states" }, states.join(" · ")) : null);
}
