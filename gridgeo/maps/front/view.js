// The map itself: painted tiles and names of one division, or of two with a swipe between them.

import { boundsOf, latLngsOf, toBounds } from "./division.js";
import { labelLayer } from "./labels.js";
import { paintDivision } from "./paint.js";
import { paintedTiles } from "./tiles.js";
import { addSwipe } from "./swipe.js";
import { make } from "./words.js";

const HIGHLIGHT = [
  { color: "#fff", weight: 8, opacity: 0.95, fill: false, interactive: false },
  { color: "#e8590c", weight: 4, opacity: 1, fill: false, interactive: false },
];

export function openMap(element) {
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 8, maxZoom: 20, zoomControl: false, fadeAnimation: false });
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  addNorth(map);
  return map;
}

// Adds what is painted; returns how to repaint it and which division lies under a point.
export function addDivisions(map, divisions, getShown, getMeasure, titles) {
  const sides = divisions.map((division, side) => {
    const ground = makePane(map, `ground${side}`, 200), names = makePane(map, `labels${side}`, 450);
    const tiles = paintedTiles((context, view) => paintDivision(context, view, division, getShown(), getMeasure(division)), { pane: `ground${side}` });
    const labels = labelLayer(`labels${side}`, () => ({ ...division, grids: withFigures(division.grids, getMeasure(division).name) }), getShown);
    return { panes: [ground, names], tiles, labels };
  });
  for (const { tiles, labels } of sides) {
    tiles.addTo(map);
    labels.addTo(map);
  }
  const isRight = sides.length > 1 ? addSwipe(map, sides[0].panes, sides[1].panes, titles) : () => false;
  const repaintNow = () => {
    for (const { tiles, labels } of sides) {
      tiles.redraw();
      labels.repaint();
    }
  };
  return { repaint: throttle(repaintNow), repaintNow, divisionAt: (latlng) => divisions[isRight(latlng) ? 1 : 0] };
}

// Below its number a grid has the figure that it is coloured by; what became of it is no figure.
function withFigures(grids, measure) {
  const column = grids[measure];
  return Array.from(column ?? []).some((value) => typeof value === "number") ? { ...grids, figures: column, measured: measure } : grids;
}

function makePane(map, name, level) {
  const pane = map.createPane(name);
  pane.style.zIndex = level;
  pane.style.pointerEvents = "none";
  return pane;
}

function throttle(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    window.requestAnimationFrame(() => {
      asked = false;
      action();
    });
  };
}

// Some readers get ill from moving maps and have told their system so.
export function mayMove() {
  return !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

export function wholeBounds({ box: { west, north, east, south } }) {
  return toBounds(west, north, east, south);
}

// Draws one feature's outline above everything and takes it away when the next one is asked for.
export function highlighter(map) {
  let drawn = null;
  return (layer, members, closed = true) => {
    drawn?.remove();
    drawn = null;
    if (!layer) return null;
    const parts = members.flatMap((f) => latLngsOf(layer, f));
    const shape = closed ? L.polygon : L.polyline;
    drawn = L.layerGroup(HIGHLIGHT.map((style) => shape(parts, style))).addTo(map);
    return members.map((f) => boundsOf(layer, f)).reduce((all, one) => all.extend(one));
  };
}

export function addNorth(map) {
  const control = L.control({ position: "bottomright" });
  control.onAdd = () => {
    const north = make("div", { class: "north", "aria-hidden": "true" });
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("viewBox", "0 0 24 40");
    for (const [d, fill] of [["M12 1 L20 25 L12 20 Z", "#fff"], ["M12 1 L4 25 L12 20 Z", "#1f2a37"]]) {
      const half = document.createElementNS("http://www.w3.org/2000/svg", "path");
      half.setAttribute("d", d);
      half.setAttribute("fill", fill);
      half.setAttribute("stroke", "#1f2a37");
      drawing.append(half);
    }
    north.append(drawing, make("b", {}, "N"));
    return north;
  };
  control.addTo(map);
}
