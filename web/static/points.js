// Further layers from the service's tiles: points (components, cameras, hydrants) with their icons, outlines of the rest.

import { WORLD_BITS, WORLD_ZOOM } from "../front/decode.js";
import { toLatLng, toWorld } from "../front/division.js";
import { trace } from "../front/paint.js";
import { iconFor, iconPath } from "./icons.js";
import { overlay } from "./overlay.js";
import { sourceOf, tileStore } from "./vector.js";

const ICONS_FROM = 16.25; // below, a point is a dot
const MOST_ICONS = 120; // of a layer in view; more of them would hide the names and numbers of the grids
const ICON_PX = 20; // where one stands already, the next one is a dot
const OUTLINES_FROM = 15;
const MOST_IN_TILES = 2500; // of the tiles in view; more of a layer would hide the map, they appear closer by
const COLOURS = ["#2563a8", "#0f766e", "#7c3aa8", "#8a5a00", "#b3266b", "#3d5a1e"];

// `model` has {points: [{name, title, kind}], shown, size}; marks are `size` times larger where they are read from afar.
export function addPoints(map, model) {
  const store = tileStore(() => window.requestAnimationFrame(() => layer.repaint()));
  let placed = [];

  function tilesInView() {
    const zoom = Math.round(map.getZoom());
    const view = L.bounds(map.project(map.getBounds().getNorthWest(), zoom), map.project(map.getBounds().getSouthEast(), zoom));
    const low = view.min.divideBy(512).floor(), high = view.max.divideBy(512).floor(), found = new Map();
    for (let x = low.x; x <= high.x; x++) {
      for (let y = low.y; y <= high.y; y++) {
        const source = sourceOf({ x, y, z: Math.max(1, zoom) });
        found.set(`${source.z}/${source.x}/${source.y}`, source);
      }
    }
    return [...found.values()];
  }

  const layer = overlay("points", (context, size, place) => {
    placed = [];
    model.points.forEach(({ name, title, kind }, k) => {
      const { on, opacity } = model.shown[name];
      if (!on) return;
      context.globalAlpha = opacity;
      if (kind !== "point" && map.getZoom() < OUTLINES_FROM) return;
      const found = tilesInView().map((source) => ({ source, tile: store.read(name, source) })).filter(({ tile }) => tile);
      if (kind === "point" && found.reduce((sum, { tile }) => sum + tile.shapes.n, 0) > MOST_IN_TILES) return;
      const colour = COLOURS[k % COLOURS.length];
      if (kind !== "point") {
        for (const { source, tile } of found) paintOutlines(context, tile, viewOf(map), source, colour, kind);
        return;
      }
      const spots = found.flatMap(({ tile }) => findSpots(tile, place, size, title)), icons = [];
      const isClose = map.getZoom() >= ICONS_FROM && spots.length <= MOST_ICONS;
      for (const spot of spots) {
        const isIcon = isClose && !icons.some(({ x, y }) => Math.hypot(x - spot.x, y - spot.y) < ICON_PX * model.size);
        if (isIcon) icons.push(spot);
        else paintDot(context, spot, colour, (isClose ? 3.5 : 2.5) * model.size);
      }
      for (const spot of icons) paintIcon(context, spot, colour, iconFor(name, title), model.size);
      placed.push(...icons, ...spots);
    });
  });
  layer.setVersion = store.setVersion;
  layer.findAt = ({ x, y }) => placed.find((entry) => Math.hypot(entry.x - x, entry.y - y) < 12 * model.size) ?? null;
  return layer.addTo(map);
}

function viewOf(map) {
  const { x, y } = toWorld(map.containerPointToLatLng([0, 0]));
  return { x, y, unit: 2 ** (WORLD_ZOOM - map.getZoom()) };
}

// Lines and polygons are cut at a margin outside their tile; what lies there belongs to the next one.
function paintOutlines(context, { shapes }, view, source, colour, kind) {
  const side = 2 ** (WORLD_BITS - source.z), width = side / view.unit;
  context.save();
  context.beginPath();
  context.rect((source.x * side - view.x) / view.unit, (source.y * side - view.y) / view.unit, width, width);
  context.clip();
  context.beginPath();
  for (let f = 0; f < shapes.n; f++) trace(context, shapes, f, view, kind === "polygon");
  context.setLineDash([6, 3]);
  context.lineWidth = 1.5;
  context.strokeStyle = colour;
  context.stroke();
  context.restore();
}

// The points of a tile that are in view, in pixels.
function findSpots({ shapes, columns }, place, size, title) {
  const spots = [];
  for (let f = 0; f < shapes.n; f++) {
    const i = 2 * shapes.start[shapes.first[f]];
    const { lat, lng } = toLatLng(shapes.xy[i], shapes.xy[i + 1]), { x, y } = place(lat, lng);
    if (x > -12 && y > -12 && x < size.x + 12 && y < size.y + 12) spots.push({ x, y, name: title, columns, f });
  }
  return spots;
}

function paintDot(context, { x, y }, colour, radius) {
  context.fillStyle = colour;
  context.strokeStyle = "#fff";
  context.lineWidth = 0.8;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function paintIcon(context, { x, y }, colour, sign, size) {
  context.save();
  context.translate(x, y);
  context.scale(size, size);
  context.fillStyle = colour;
  context.strokeStyle = "#fff";
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(-9, -9, 18, 18, 4);
  context.fill();
  context.stroke();
  context.translate(-7, -7);
  context.scale(14 / 24, 14 / 24);
  context.lineWidth = 2.4;
  context.lineJoin = context.lineCap = "round";
  context.stroke(iconPath(sign));
  context.restore();
}
