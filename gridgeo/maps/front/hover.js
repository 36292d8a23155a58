// What lies under the pointer, told in the grid's own words.

import { findAt } from "./buckets.js";
import { BUILDINGS_FROM } from "./paint.js";
import { toWorld } from "./division.js";
import { formatNumber, make, say, sayReason, sayValue } from "./words.js";


export function findUnder(division, latlng) {
  const { x, y } = toWorld(latlng);
  return findAt(division.grids, x, y);
}

export function showTooltips(map, getDivision, isShown) {
  if (window.matchMedia("(hover: none)").matches) return () => {}; // a finger opens the card instead
  const tooltip = L.tooltip({ className: "grid-tip", direction: "top", offset: [0, -10], opacity: 1 });
  let told = "", waiting = null;
  const hide = () => {
    told = "";
    map.closeTooltip(tooltip);
  };
  const tell = (latlng) => {
    waiting = null;
    const division = getDivision(latlng), { x, y } = toWorld(latlng);
    const grid = findAt(division.grids, x, y);
    const near = map.getZoom() >= BUILDINGS_FROM && isShown("buildings") ? findAt(division.buildings, x, y) : -1;
    if (grid < 0) return hide();
    const key = `${grid}/${near}`;
    if (key !== told) tooltip.setContent(describe(division, grid, near));
    told = key;
    tooltip.setLatLng(latlng);
    if (!map.hasLayer(tooltip)) tooltip.openOn(map);
    return undefined;
  };
  map.on("mousemove", ({ latlng }) => {
    if (waiting === null) window.requestAnimationFrame(() => waiting && tell(waiting));
    waiting = latlng;
  });
  map.on("mouseout movestart zoomstart", hide);
  return hide;
}

// Name, code, households, status with its reason; and the building when one is under the pointer.
export function describe(division, grid, building = -1) {
  const { grids, buildings } = division;
  const lines = make("div", {});
  lines.append(make("b", {}, grids.name?.[grid] ?? grids.grid_code[grid]), make("span", { class: "code" }, grids.grid_code[grid]));
  lines.append(make("div", {}, say("tip.households", { n: formatNumber(grids.households[grid]) })));
  const status = make("div", { class: `status ${grids.exception[grid] ? "off" : ""}` }, sayValue("status", grids.status[grid]));
  lines.append(status);
  if (grids.reason[grid]) lines.append(make("div", { class: "reason" }, sayReason(grids.reason[grid])));
  if (building >= 0) {
    const n = formatNumber(buildings.households[building]);
    lines.append(make("div", { class: "building" }, say("tip.building", { id: buildings.building_id[building] ?? "", n })));
  }
  return lines;
}
