// What lies under the pointer: the grid and its numbers, or an incident.

import { formatNumber, make, say } from "../front/words.js";
import { gridAt } from "./view.js";
import { kindOf } from "./scene.js";
import { categoryOf, stateOf } from "./list.js";
import { nameOf } from "./times.js";

export function connectTooltip({ map, scene, settings }) {
  if (window.matchMedia("(hover: none)").matches) return; // a finger opens the card instead
  const tooltip = L.tooltip({ className: "grid-tip", direction: "top", offset: [0, -10], opacity: 1 });
  let told = "", waiting = null;
  const hide = () => {
    told = "";
    waiting = null;
    map.closeTooltip(tooltip);
  };
  function tell() {
    if (!waiting) return;
    const { latlng, containerPoint } = waiting;
    waiting = null;
    const mark = scene.parts.dots.findAt(containerPoint), point = mark ? null : scene.parts.points.findAt(containerPoint), f = gridAt(scene.division, latlng);
    const key = mark ? `m${mark.incident_id ?? `${mark.lon},${mark.lat}`}` : point ? `p${point.name}${point.f}` : `g${f}`;
    if (!mark && !point && f < 0) return hide();
    map.getContainer().classList.toggle("pointing", Boolean(mark));
    if (key !== told) tooltip.setContent(mark ? describeMark(mark, settings) : point ? describePoint(point) : describeGrid(scene, f));
    told = key;
    tooltip.setLatLng(latlng);
    if (!map.hasLayer(tooltip)) tooltip.openOn(map);
  }
  map.on("mousemove", (event) => {
    if (!waiting) window.requestAnimationFrame(tell);
    waiting = event;
  });
  map.on("mouseout movestart zoomstart click", hide);
}

function describeGrid({ division: { grids }, byGrid, measure }, f) {
  const counts = byGrid.get(grids.grid_code[f]);
  return make("div", {},
    make("b", {}, grids.name[f] ?? grids.grid_code[f]), make("span", { class: "code" }, grids.grid_code[f]),
    make("div", {}, say("tip.households", { n: formatNumber(grids.households[f]) })),
    make("div", {}, say("tip.incidents", { open: formatNumber(counts?.open ?? 0), overdue: formatNumber(counts?.overdue ?? 0) })),
    measure.name in { households: 1, open: 1, overdue: 1 } ? null : make("div", {}, `${say(`measure.${measure.name}`)} ${formatNumber(measure.values[f])}`));
}

function describeMark(mark, settings) {
  if (mark.count > 1) return make("b", {}, say("tip.group", { n: formatNumber(mark.count) }));
  const { state } = kindOf(mark, settings), category = categoryOf(settings, mark.category);
  return make("div", {},
    make("b", {}, category ? nameOf(category) : say("tip.incident")), make("span", { class: "code" }, mark.incident_id ?? ""),
    make("div", {}, mark.state ? nameOf(stateOf(settings, mark.state)) : say(`figure.${state}`)));
}

function describePoint({ name, columns, f }) {
  const rows = Object.entries(columns).filter(([, values]) => values[f] != null && values[f] !== "").slice(0, 5);
  return make("div", {}, make("b", {}, name), ...rows.map(([key, values]) => make("div", {}, `${key}: ${values[f]}`)));
}
