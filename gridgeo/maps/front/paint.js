// From a division to the pixels of one tile, bottom layer first.

import { findFeatures } from "./buckets.js";

// Everything that is not the colour of a class; the service has a second palette for the night.
export const DAY = {
  ground: "#f1efe9",
  water: "#bcd3e8",
  shore: "#5d8fb8",
  border: "#1f2a37",
  community: "#101820",
  halo: "rgba(255,255,255,.85)",
  buildings: { light: ["rgba(28,36,52,.18)", "rgba(28,36,52,.5)"], dark: ["rgba(255,255,255,.26)", "rgba(255,255,255,.6)"] },
  street: "#fff",
  kerb: "rgba(70,75,85,.55)",
  rail: "#4a4a4a",
};
const MARGIN_PX = 8; // wide lines of a feature just outside still reach into the tile
export const BUILDINGS_FROM = 15; // below this zoom a building is a speck

// Width in pixels at zoom 12, 14, 16, 18 and the zoom from which it is drawn, for each rank of street.
const STREETS = [
  { widths: [1.6, 2.6, 6, 12], from: 0 },
  { widths: [0.9, 1.7, 4.2, 9], from: 12 },
  { widths: [0.4, 0.9, 2.6, 7], from: 13.5 },
  { widths: [0.3, 0.5, 1.5, 4], from: 15 },
  { widths: [0.9, 1.4, 2.2, 3.2], from: 0 },
];
const RAIL = 4;

export function widthAt(widths, zoom) {
  if (zoom < 12) return Math.max(0.3, widths[0] * 2 ** ((zoom - 12) / 1.5));
  const place = Math.min(2.999, Math.max(0, (zoom - 12) / 2));
  const low = Math.floor(place);
  return widths[low] + (widths[low + 1] - widths[low]) * (place - low);
}

// `shown` says what to draw and how strongly: {grids: {on, opacity}, …}; `measure` how grids are coloured.
export function paintDivision(context, view, division, shown, measure, palette = DAY) {
  const steps = {
    ground: () => fillAll(context, view, division.communities, palette.ground),
    grids: () => fillGrids(context, view, division.grids, measure),
    water: () => paintWater(context, view, division.backdrop.water, palette),
    buildings: () => paintBuildings(context, view, division, shown.grids.on ? measure : null, palette),
    streets: () => paintStreets(context, view, division, palette),
    borders: () => strokeAll(context, view, division.grids, palette.border, widthAt([0.7, 1.2, 2.2, 3.6], view.zoom)),
    communities: () => paintCommunities(context, view, division.communities, palette),
  };
  for (const [name, step] of Object.entries(steps)) {
    const { on, opacity } = shown[name] || { on: true, opacity: 1 };
    if (!on) continue;
    context.globalAlpha = opacity;
    step();
  }
}

function inTile(layer, { x, y, unit, size }) {
  const margin = MARGIN_PX * unit;
  return findFeatures(layer.buckets, x - margin, y - margin, x + size * unit + margin, y + size * unit + margin);
}

// Adds a feature to the path; corners closer than two thirds of a pixel to the last one are left out.
export function trace(context, { first, start, xy }, f, { x, y, unit }, closed) {
  for (let part = first[f]; part < first[f + 1]; part++) {
    const end = start[part + 1] - 1;
    let px = (xy[2 * start[part]] - x) / unit, py = (xy[2 * start[part] + 1] - y) / unit;
    context.moveTo(px, py);
    for (let i = start[part] + 1; i <= end; i++) {
      const qx = (xy[2 * i] - x) / unit, qy = (xy[2 * i + 1] - y) / unit;
      if (i < end && Math.abs(qx - px) + Math.abs(qy - py) < 0.67) continue;
      context.lineTo(qx, qy);
      px = qx;
      py = qy;
    }
    if (closed) context.closePath();
  }
}

function fillAll(context, view, layer, colour) {
  context.fillStyle = colour;
  for (const f of inTile(layer, view)) {
    context.beginPath();
    trace(context, layer.shapes, f, view, true);
    context.fill("evenodd");
  }
}

function strokeAll(context, view, layer, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.beginPath();
  for (const f of inTile(layer, view)) trace(context, layer.shapes, f, view, true);
  context.stroke();
}

function paintWater(context, view, water, palette) {
  if (!water) return;
  fillAll(context, view, water, palette.water);
  strokeAll(context, view, water, palette.shore, 0.8);
}

function fillGrids(context, view, grids, measure) {
  const hatches = measure.classes.map((entry) => hatchOf(context, entry.hatch));
  for (const f of inTile(grids, view)) {
    const place = measure.of[f];
    if (place < 0) continue;
    context.beginPath();
    trace(context, grids.shapes, f, view, true);
    context.fillStyle = measure.classes[place].colour;
    context.fill("evenodd");
    if (!hatches[place]) continue;
    context.fillStyle = hatches[place];
    context.fill("evenodd");
  }
}

// Sparse dark lines mean below the range, dense light ones above, dots dedicated; a tile is a multiple of 8 pixels.
function hatchOf(context, hatch) {
  if (!hatch) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const pen = canvas.getContext("2d");
  if (hatch === "dots") {
    pen.fillStyle = "rgba(60,40,70,.55)";
    for (const [x, y] of [[2, 2], [6, 6]]) pen.fillRect(x - 0.7, y - 0.7, 1.4, 1.4);
    return context.createPattern(canvas, "repeat");
  }
  const dense = hatch === "dense";
  pen.strokeStyle = dense ? "rgba(255,255,255,.5)" : "rgba(70,50,0,.42)";
  for (let shift = -16; shift <= 16; shift += dense ? 4 : 8) {
    pen.moveTo(shift, dense ? 0 : 8);
    pen.lineTo(shift + 8, dense ? 8 : 0);
  }
  pen.stroke();
  return context.createPattern(canvas, "repeat");
}

// Dark on light grids, light on dark ones, so that a building shows on every colour.
function paintBuildings(context, view, { buildings }, measure, palette) {
  if (view.zoom < BUILDINGS_FROM) return;
  const bare = lightnessOf(palette.ground) < 0.5;
  const isDark = measure ? measure.classes.map((entry) => lightnessOf(entry.colour) < 0.5) : [];
  const members = inTile(buildings, view);
  for (const dark of [false, true]) {
    [context.fillStyle, context.strokeStyle] = dark ? palette.buildings.dark : palette.buildings.light;
    context.lineWidth = 0.6;
    context.beginPath();
    for (const f of members) if ((isDark[measure?.of[buildings.grid[f]]] ?? bare) === dark) traceBuilding(context, buildings.shapes, f, view);
    context.fill();
    if (view.zoom >= 16) context.stroke();
  }
}

function traceBuilding(context, shapes, f, view) {
  const { first, start, xy } = shapes;
  if (start[first[f] + 1] - start[first[f]] > 1) {
    trace(context, shapes, f, view, true);
    return;
  }
  const px = (xy[2 * start[first[f]]] - view.x) / view.unit, py = (xy[2 * start[first[f]] + 1] - view.y) / view.unit;
  context.moveTo(px + 2.5, py);
  context.arc(px, py, 2.5, 0, 2 * Math.PI);
}

function lightnessOf(colour) {
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255);
  return 0.3 * red + 0.59 * green + 0.11 * blue;
}

function paintStreets(context, view, division, palette) {
  const { streets, backdrop } = division;
  const byRank = STREETS.map(() => []);
  for (const f of inTile(streets, view)) byRank[streets.rank[f]].push(f);
  for (let rank = STREETS.length - 1; rank >= 0; rank--) {
    if (view.zoom >= STREETS[rank].from) strokeStreets(context, view, streets, byRank[rank], rank, palette);
  }
  if (backdrop.rail) strokeStreets(context, view, backdrop.rail, inTile(backdrop.rail, view), RAIL, palette);
}

function strokeStreets(context, view, streets, members, rank, palette) {
  const width = widthAt(STREETS[rank].widths, view.zoom);
  context.beginPath();
  for (const f of members) trace(context, streets.shapes, f, view, false);
  context.lineCap = rank === RAIL ? "butt" : "round";
  context.lineJoin = "round";
  context.lineWidth = width + (rank === RAIL ? 0.8 : 1.2);
  context.strokeStyle = rank === RAIL ? palette.rail : palette.kerb;
  if (rank === RAIL || rank < 2 || view.zoom >= 16) context.stroke();
  context.lineWidth = width;
  context.strokeStyle = palette.street;
  context.setLineDash(rank === RAIL ? [6, 6] : []);
  context.stroke();
  context.setLineDash([]);
}

function paintCommunities(context, view, communities, palette) {
  const width = widthAt([1.6, 2.4, 3.4, 4.6], view.zoom);
  strokeAll(context, view, communities, palette.halo, width + 2.4);
  strokeAll(context, view, communities, palette.community, width);
}
