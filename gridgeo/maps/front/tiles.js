// Leaflet tiles that are painted here, not fetched.

import { WORLD_ZOOM } from "./decode.js";

const TILE_PX = 512; // few large tiles: each costs a look into every layer's buckets
const SHARPNESS = 1.5; // zoom between whole steps enlarges a tile by up to 1.41
const PAPER_SHARPNESS = 3; // about 300 dots an inch

// Canvas pixels for each pixel of the page, at least `least` on a screen.
export function sharpness(least = 1) {
  if (document.body.classList.contains("printing")) return PAPER_SHARPNESS;
  return Math.max(window.devicePixelRatio || 1, least);
}

const PaintedTiles = L.GridLayer.extend({
  options: { tileSize: TILE_PX, updateWhenZooming: false, keepBuffer: 1, maxZoom: 20, noWrap: true },

  initialize(paint, options) {
    this._paint = paint;
    L.setOptions(this, options);
  },

  createTile(coords) {
    const canvas = L.DomUtil.create("canvas", "leaflet-tile painted");
    const ratio = sharpness(SHARPNESS);
    canvas.width = canvas.height = Math.ceil(TILE_PX * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const unit = 2 ** (WORLD_ZOOM - coords.z);
    const x = coords.x * TILE_PX * unit, y = coords.y * TILE_PX * unit;
    this._paint(context, { x, y, unit, zoom: coords.z, size: TILE_PX });
    return canvas;
  },
});

export function paintedTiles(paint, options) {
  return new PaintedTiles(paint, options);
}
