// The entry for maps made by folium: adds divisions, legend, switches and incidents to a Leaflet map.

import { buildCard } from "./card.js";
import { boundsOf, readDivision } from "./division.js";
import { findUnder, showTooltips } from "./hover.js";
import { addIncidents } from "./incidents.js";
import { buildSwitches, startLayers } from "./layers.js";
import { buildLegend, describeLegend } from "./legend.js";
import { addDivisions, addNorth, highlighter, mayMove, wholeBounds } from "./view.js";
import { make, say, setLanguage } from "./words.js";

const LEAST_FOR_TWO_PX = 620; // of width, or two open legends lie on one another

window.gridgeoMap = function (map, data) {
  setLanguage(data.words, data.lang);
  const divisions = data.divisions.map(readDivision), shown = startLayers(divisions[0]);
  map.fitBounds(wholeBounds(divisions[0]), { animate: false });
  map.getContainer().classList.add("paper");
  addNorth(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  const isPair = divisions.length > 1, isWide = map.getSize().x >= LEAST_FOR_TWO_PX;
  const titles = data.titles.map((title, side) => title || (isPair ? say(side ? "side.after" : "side.before") : ""));
  const view = addDivisions(map, divisions, () => shown, (division) => division.measures[0], titles);
  const hideTooltip = showTooltips(map, view.divisionAt, (name) => shown[name].on);
  divisions.forEach((division, side) => {
    const measure = division.measures[0], title = titles[side] || say("legend");
    const parts = [make("h4", {}, describeLegend(division, measure)), buildLegend(division, measure)];
    addBox(map, side ? "bottomright" : "bottomleft", title, parts, isWide || !isPair);
  });
  addBox(map, "topright", say("layers"), [buildSwitches(shown, view.repaint)], false);
  const highlight = highlighter(map);
  map.on("click", ({ latlng }) => openCard(map, view.divisionAt(latlng), latlng, highlight, hideTooltip));
  map.on("popupclose", () => highlight(null));
  if (data.incidents) addIncidents(map, data.incidents);
};

function openCard(map, division, latlng, highlight, hideTooltip) {
  const grid = findUnder(division, latlng);
  hideTooltip();
  map.closePopup();
  if (grid < 0) return;
  const zoom = () => map.fitBounds(boundsOf(division.grids, grid), { maxZoom: 17, animate: mayMove() });
  const card = buildCard(division, grid, { zoom, close: () => map.closePopup() });
  L.popup({ closeButton: false, minWidth: 260 }).setLatLng(latlng).setContent(card).openOn(map);
  highlight(division.grids, [grid]);
}

function addBox(map, position, title, children, open) {
  const control = L.control({ position });
  control.onAdd = () => {
    const box = make("details", { class: "map-box", open }, make("summary", {}, title), ...children);
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    return box;
  };
  control.addTo(map);
}
