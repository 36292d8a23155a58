// Names on the map: one canvas over the view, repainted when the map has come to rest.

import { findFeatures } from "./buckets.js";
import { toWorld } from "./division.js";
import { WORLD_ZOOM } from "./decode.js";
import { sharpness } from "./tiles.js";
import { formatMeasure } from "./words.js";

const WALL_PX = 2400;
const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif';

const INKS = { halo: "rgba(255,255,255,.92)", community: "#101820", grid: "#13202c", street: "#37424f" };

const Labels = L.Layer.extend({
  initialize(pane, getDivision, getShown, getInks) {
    this._pane = pane;
    this._getDivision = getDivision;
    this._getShown = getShown;
    this._getInks = getInks;
  },

  onAdd(map) {
    this._canvas = L.DomUtil.create("canvas", "labels leaflet-zoom-hide", map.getPane(this._pane));
    map.on("moveend zoomend resize viewreset", this.repaint, this);
    this.repaint();
  },

  onRemove(map) {
    map.off("moveend zoomend resize viewreset", this.repaint, this);
    this._canvas.remove();
  },

  repaint() {
    const map = this._map, ratio = sharpness(), size = map.getSize();
    this._canvas.width = size.x * ratio;
    this._canvas.height = size.y * ratio;
    this._canvas.style.width = `${size.x}px`;
    this._canvas.style.height = `${size.y}px`;
    L.DomUtil.setPosition(this._canvas, map.containerPointToLayerPoint([0, 0]));
    const context = this._canvas.getContext("2d");
    context.scale(ratio, ratio);
    const corner = toWorld(map.containerPointToLatLng([0, 0])), zoom = map.getZoom();
    const view = { x: corner.x, y: corner.y, unit: 2 ** (WORLD_ZOOM - zoom), zoom, width: size.x, height: size.y, type: size.x > WALL_PX ? 1.6 : 1, inks: this._getInks() };
    paintLabels(context, view, this._getDivision(), this._getShown());
  },
});

export function labelLayer(pane, getDivision, getShown, getInks = () => INKS) {
  return new Labels(pane, getDivision, getShown, getInks);
}

// Names grow on a wall of screens, where they are read from across the room.
function paintLabels(context, view, division, shown) {
  const taken = [];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  if (shown.names.on) {
    context.globalAlpha = shown.names.opacity;
    paintCommunityNames(context, view, division.communities, taken);
    if (shown.grids.on || shown.borders.on) paintGridNames(context, view, division.grids, taken);
    if (shown.streets.on) paintStreetNames(context, view, division.streets, taken);
  }
}

function inView(layer, { x, y, unit, width, height }) {
  return findFeatures(layer.buckets, x, y, x + width * unit, y + height * unit);
}

// Keeps the place when nothing stands there yet.
function take(taken, x, y, width, height) {
  const box = [x - width / 2 - 2, y - height / 2 - 1, x + width / 2 + 2, y + height / 2 + 1];
  if (taken.some((other) => other[0] < box[2] && other[2] > box[0] && other[1] < box[3] && other[3] > box[1])) return false;
  taken.push(box);
  return true;
}

function write(context, text, x, y, halo, inks) {
  context.strokeStyle = inks.halo;
  context.lineWidth = halo;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

function paintCommunityNames(context, view, communities, taken) {
  if (view.zoom > 16.5) return;
  const size = view.type * (view.zoom < 13 ? 11 : view.zoom < 14 ? 13 : 15);
  context.font = `700 ${size}px ${FONT}`;
  context.fillStyle = view.inks.community;
  const widest = inView(communities, view).sort((a, b) => communities.labels[b][2] - communities.labels[a][2]);
  for (const f of widest) {
    const [wx, wy, radius] = communities.labels[f];
    const x = (wx - view.x) / view.unit, y = (wy - view.y) / view.unit;
    const text = communities.name[f] || communities.area_code[f] || "", width = context.measureText(text).width;
    if (width > (view.zoom < 13.5 ? 5 : 3.2) * (radius / view.unit) || !take(taken, x, y, width, size)) continue;
    write(context, text, x, y, 4 * view.type, view.inks);
  }
}

// The part of the code that tells the grids of a community apart.
export function shortCode(code, area) {
  const rest = area && code.startsWith(area) ? code.slice(area.length).replace(/^\W+/, "") : code;
  return rest || code;
}

function paintGridNames(context, view, grids, taken) {
  context.fillStyle = view.inks.grid;
  for (const f of inView(grids, view)) {
    const [wx, wy, radius] = grids.labels[f];
    const room = radius / view.unit;
    if (room < 9 * view.type) continue;
    const x = (wx - view.x) / view.unit, y = (wy - view.y) / view.unit;
    const text = shortCode(grids.grid_code[f], grids.area_code[f]);
    const size = Math.min(15 * view.type, Math.max(10 * view.type, room / 2));
    context.font = `600 ${size}px ${FONT}`;
    const width = context.measureText(text).width, tall = room > 26 * view.type;
    if (width > 2.2 * room || !take(taken, x, y, width, tall ? 2.2 * size : size)) continue;
    write(context, text, x, tall ? y - 0.55 * size : y, 3 * view.type, view.inks);
    if (!tall) continue;
    context.font = `400 ${size - 1.5}px ${FONT}`;
    write(context, formatMeasure(grids.measured, (grids.figures ?? grids.households)[f]), x, y + 0.6 * size, 3 * view.type, view.inks);
  }
}

// A name stands on the middle of its street where the street is straight enough to carry it.
function paintStreetNames(context, view, streets, taken) {
  if (view.zoom < 14.5) return;
  const size = view.type * (view.zoom < 16 ? 10 : view.zoom < 17.5 ? 11.5 : 13);
  context.fillStyle = view.inks.street;
  context.font = `500 ${size}px ${FONT}`;
  const ranked = inView(streets, view).filter((f) => streets.name[f]).sort((a, b) => streets.rank[a] - streets.rank[b] || a - b);
  for (const f of ranked) {
    if (streets.rank[f] > 1 && view.zoom < 15.5) continue;
    const width = context.measureText(streets.name[f]).width;
    const place = findStraight(streets.shapes, f, view, width);
    if (!place) continue;
    const tall = Math.max(size, Math.abs(Math.sin(place.angle)) * width);
    if (!take(taken, place.x, place.y, Math.max(size, Math.abs(Math.cos(place.angle)) * width), tall)) continue;
    context.save();
    context.translate(place.x, place.y);
    context.rotate(place.angle);
    write(context, streets.name[f], 0, 0, 3 * view.type, view.inks);
    context.restore();
  }
}

// Among the pieces of the line inside the view, the longest that hardly bends over the width of the text.
function findStraight({ first, start, xy }, f, view, width) {
  let best = null;
  for (let part = first[f]; part < first[f + 1]; part++) {
    const line = [];
    for (let i = start[part]; i < start[part + 1]; i++) line.push([(xy[2 * i] - view.x) / view.unit, (xy[2 * i + 1] - view.y) / view.unit]);
    for (let i = 0; i < line.length - 1; i++) {
      const piece = straightFrom(line, i, view, width + 12);
      if (piece && (!best || piece.chord > best.chord)) best = piece;
    }
  }
  return best && uprightPlace(best);
}

function straightFrom(line, i, view, needed) {
  let along = 0;
  for (let j = i + 1; j < line.length; j++) {
    along += distance(line[j - 1], line[j]);
    const [a, b] = j === i + 1 ? clip(line[i], line[j], view) : [line[i], line[j]];
    const chord = a ? distance(a, b) : 0;
    if (chord < needed) continue;
    const x = (a[0] + b[0]) / 2, y = (a[1] + b[1]) / 2;
    const visible = x > 0 && y > 0 && x < view.width && y < view.height;
    return visible && (j === i + 1 || chord / along > 0.985) ? { a, b, x, y, chord } : null;
  }
  return null;
}

function distance(a, b) {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

// The part of a segment inside the view, nothing when it passes by.
function clip(a, b, { width, height }) {
  let enter = 0, leave = 1;
  for (const [axis, limit] of [[0, width], [1, height]]) {
    const run = b[axis] - a[axis];
    if (run === 0 && (a[axis] < 0 || a[axis] > limit)) return [];
    if (run === 0) continue;
    const low = -a[axis] / run, high = (limit - a[axis]) / run;
    enter = Math.max(enter, Math.min(low, high));
    leave = Math.min(leave, Math.max(low, high));
  }
  if (enter >= leave) return [];
  return [enter, leave].map((share) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
}

function uprightPlace({ a, b, x, y }) {
  const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
  return { x, y, angle: Math.abs(angle) > Math.PI / 2 ? angle - Math.sign(angle) * Math.PI : angle };
}
