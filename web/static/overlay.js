// One canvas over the view, painted when the map has come to rest.

import { sharpness } from "../front/tiles.js";

const Overlay = L.Layer.extend({
  initialize(pane, paint, scale) {
    this._pane = pane;
    this._paintView = paint;
    this._scale = scale;
  },

  onAdd(map) {
    this._canvas = L.DomUtil.create("canvas", "overlay leaflet-zoom-hide", map.getPane(this._pane));
    map.on("moveend zoomend resize viewreset", this.repaint, this);
    this.repaint();
  },

  onRemove(map) {
    map.off("moveend zoomend resize viewreset", this.repaint, this);
    this._canvas.remove();
    this._canvas = null;
  },

  repaint() {
    if (!this._canvas) return;
    const size = this._map.getSize(), ratio = this._scale ?? sharpness();
    const width = Math.ceil(size.x * ratio), height = Math.ceil(size.y * ratio);
    if (this._canvas.width !== width || this._canvas.height !== height) {
      Object.assign(this._canvas, { width, height });
      this._canvas.style.width = `${size.x}px`;
      this._canvas.style.height = `${size.y}px`;
    }
    L.DomUtil.setPosition(this._canvas, this._map.containerPointToLayerPoint([0, 0]));
    const context = this._canvas.getContext("2d", { willReadFrequently: this._scale != null });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.clearRect(0, 0, width, height);
    context.scale(ratio, ratio);
    this._paintView(context, size, (lat, lon) => this._map.latLngToContainerPoint([lat, lon]));
  },
});

export function overlay(pane, paint, scale) {
  return new Overlay(pane, paint, scale);
}

export function makePane(map, name, level) {
  const pane = map.createPane(name);
  pane.style.zIndex = level;
  pane.style.pointerEvents = "none";
  return pane;
}
