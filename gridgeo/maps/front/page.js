// The page: reads its data, opens the map, and keeps panel and map in step.

import { buildCard } from "./card.js";
import { boundsOf, readDivision } from "./division.js";
import { buildExceptions, listExceptions } from "./exceptions.js";
import { findUnder, showTooltips } from "./hover.js";
import { buildSwitches, startLayers } from "./layers.js";
import { addIncidents } from "./incidents.js";
import { buildLegend, describeLegend } from "./legend.js";
import { buildHeadline, buildScore } from "./score.js";
import { connectSearch, listPlaces } from "./search.js";
import { addDivisions, highlighter, mayMove, openMap, wholeBounds } from "./view.js";
import { formatNumber, getLanguage, make, say, setLanguage } from "./words.js";

const CLOSEST_ZOOM = 17.5; // going to a small grid still shows what lies around it

const find = (id) => document.getElementById(id);
const data = JSON.parse(find("data").textContent);
const divisions = data.divisions.map(readDivision);
const state = { active: 0, measure: divisions[0].measures[0].name, shown: startLayers(divisions[0]), grid: -1 };
const active = () => divisions[state.active];
const measureOf = (division) => division.measures.find(({ name }) => name === state.measure) || division.measures[0];

setLanguage(data.words, data.lang || (navigator.language.startsWith("zh") ? "zh" : "en"));
const map = openMap(find("map"));
map.fitBounds(wholeBounds(active()), { padding: [12, 12], animate: false });
map.setMinZoom(map.getZoom() - 2).setMaxBounds(wholeBounds(active()).pad(1));
// A division without a title or a date is the one before or the one after.
const titleOf = (side) => data.titles[side] || (divisions.length > 1 ? say(side ? "side.after" : "side.before") : "");
const view = addDivisions(map, divisions, () => state.shown, measureOf, data.titles.map((_, side) => titleOf(side)));
const highlight = highlighter(map);
if (data.incidents) addIncidents(map, data.incidents);
const hideTooltip = showTooltips(map, view.divisionAt, (name) => state.shown[name].on);

function go(bounds) {
  map.fitBounds(bounds, { maxZoom: CLOSEST_ZOOM, padding: [60, 60], animate: mayMove() });
}

function openGrid(grid, travel) {
  state.grid = grid;
  hideTooltip();
  const card = find("card");
  card.hidden = grid < 0;
  document.body.classList.toggle("has-card", grid >= 0);
  if (grid < 0) {
    highlight(null);
    history.replaceState(null, "", "#");
    return;
  }
  const bounds = highlight(active().grids, [grid]);
  card.replaceChildren(buildCard(active(), grid, { zoom: () => go(bounds), close: () => openGrid(-1) }));
  history.replaceState(null, "", `#grid=${encodeURIComponent(active().grids.grid_code[grid])}`);
  if (!travel) return;
  document.body.classList.remove("panel-open");
  go(bounds);
}

function openPlace({ kind, f, members }) {
  if (kind === "grid") return openGrid(f, true);
  openGrid(-1);
  document.body.classList.remove("panel-open");
  if (kind === "street") return go(highlight(active().streets, members, false));
  const layer = kind === "community" ? active().communities : active().buildings;
  highlight(layer, [f]);
  return go(boundsOf(layer, f));
}

function showMeasure() {
  const measure = measureOf(active());
  find("legend-title").textContent = describeLegend(active(), measure);
  find("legend-body").replaceChildren(buildLegend(active(), measure));
  const choices = active().measures.map(({ name }) => make("option", { value: name, selected: name === measure.name }, say(`measure.${name}`)));
  find("measure").replaceChildren(...choices);
}

function showPanel() {
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  find("query").placeholder = say("search.hint");
  find("title").textContent = document.title = data.titles[state.active] || say("title");
  find("headline").replaceChildren(buildHeadline(active()));
  showMeasure();
  const exceptions = listExceptions(active());
  find("exceptions-count").textContent = formatNumber(exceptions.length);
  find("exceptions-body").replaceChildren(buildExceptions(active(), exceptions, (grid) => openGrid(grid, true)));
  find("layers-body").replaceChildren(buildSwitches(state.shown, view.repaint));
  find("score-body").replaceChildren(buildScore(active()));
  find("about").replaceChildren(...data.about[state.active].map(([key, value]) => make("div", {}, make("span", {}, say(`about.${key}`)), " ", value)));
  if (state.grid >= 0) openGrid(state.grid);
}

function showSides() {
  if (divisions.length < 2) return;
  find("sides").hidden = false;
  const choose = (side) => {
    openGrid(-1);
    state.active = side;
    connectPlaces();
    showPanel();
    showSides();
  };
  find("sides").replaceChildren(...data.titles.map((_, side) => make("button", { type: "button", "aria-pressed": String(side === state.active), click: () => choose(side) }, titleOf(side))));
  document.querySelectorAll(".swipe-line span").forEach((label, side) => (label.textContent = titleOf(side)));
}

let places = null;
function connectPlaces() {
  places = listPlaces(active());
}

map.on("click", ({ latlng }) => {
  const side = divisions.indexOf(view.divisionAt(latlng));
  if (side !== state.active) {
    state.active = side;
    connectPlaces();
    showPanel();
    showSides();
  }
  openGrid(findUnder(active(), latlng));
});
find("measure").addEventListener("change", ({ target }) => {
  state.measure = target.value;
  showMeasure();
  view.repaint();
});
find("language").addEventListener("click", () => {
  setLanguage(data.words, getLanguage() === "zh" ? "en" : "zh");
  showPanel();
  showSides();
  view.repaint();
});
find("whole").addEventListener("click", () => map.fitBounds(wholeBounds(active()), { padding: [12, 12], animate: mayMove() }));
find("print").addEventListener("click", () => window.print());
find("panel-toggle").addEventListener("click", () => document.body.classList.toggle("panel-open"));
document.addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape") openGrid(-1);
  if (key === "/" && target.tagName !== "INPUT") window.setTimeout(() => find("query").focus());
});

// On paper the map gets the size of the sheet before the browser lays the sheet out, and its place back after.
let beforePrint = null;
window.addEventListener("beforeprint", () => {
  const bounds = map.getBounds();
  beforePrint = [map.getCenter(), map.getZoom()];
  document.body.classList.add("printing");
  map.invalidateSize({ animate: false });
  map.fitBounds(bounds, { animate: false });
  view.repaintNow();
});
window.addEventListener("afterprint", () => {
  document.body.classList.remove("printing");
  map.invalidateSize({ animate: false });
  map.setView(...beforePrint, { animate: false });
  view.repaint();
});

connectPlaces();
connectSearch(find("query"), find("results"), () => places, openPlace);
showPanel();
showSides();
const asked = active().grids.grid_code.indexOf(decodeURIComponent(location.hash.replace(/^#grid=/, "")));
if (asked >= 0) openGrid(asked, true);
document.body.classList.add("ready");
