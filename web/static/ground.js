// The base of the map: grids, water, buildings and streets painted together, tile by tile, in place.

import { WORLD_ZOOM } from "../front/decode.js";
import { paintDivision } from "../front/paint.js";
import { sharpness } from "../front/tiles.js";
import { palette } from "./palette.js";
import { oneBucket } from "./geojson.js";
import { POLYGON } from "./mvt.js";
import { sourceOf, tileStore } from "./vector.js";

const TILE_PX = 512;
const SHARPNESS = 1.25;
const PATIENCE_MS = 300;
// From which zoom of the map each layer of tiles is worth asking for.
const FROM = { water: 0, barriers: 0, streets: 10, railway: 10, buildings: 15 };
const SWITCH = { water: "water", barriers: "water", railway: "streets" }; // which switch of the page a layer obeys
const NOTHING = { shapes: { n: 0, first: new Uint32Array(1), start: new Uint32Array(1), xy: new Int32Array(0) }, buckets: { west: 1, east: 0, north: 1, south: 0 }, columns: {}, name: [], rank: [], grid: [] };

const Ground = L.GridLayer.extend({
  options: { tileSize: TILE_PX, updateWhenZooming: false, keepBuffer: 1, maxZoom: 20, noWrap: true, pane: "ground" },

  initialize(scene) {
    this._scene = scene;
    L.setOptions(this, {});
  },

  createTile(coords) {
    const canvas = L.DomUtil.create("canvas", "leaflet-tile painted");
    const ratio = sharpness(SHARPNESS);
    canvas.width = canvas.height = Math.ceil(TILE_PX * ratio);
    this._scene.prepare(coords);
    // Most tiles come within this time, and painting once is half the work; a slow network shows grids meanwhile.
    if (this._scene.isWaiting(coords)) window.setTimeout(() => canvas.dataset.painted || this.paint(canvas, coords), PATIENCE_MS);
    else this.paint(canvas, coords);
    return canvas;
  },

  paint(canvas, coords) {
    canvas.dataset.painted = "true";
    const context = canvas.getContext("2d");
    const unit = 2 ** (WORLD_ZOOM - coords.z);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.scale(canvas.width / TILE_PX, canvas.height / TILE_PX);
    const view = { x: coords.x * TILE_PX * unit, y: coords.y * TILE_PX * unit, unit, zoom: coords.z, size: TILE_PX };
    this._scene.paint(context, view, coords);
  },

  // Paints what stands there again without taking a tile away, so nothing flickers.
  repaint(isTouched = () => true) {
    for (const { el, coords, current } of Object.values(this._tiles)) if (current && isTouched(coords)) this.paint(el, coords);
  },
});

// Some features of a tile: the same corners, the others without a place in the buckets.
function pick({ shapes, types }, wanted) {
  const members = types.map((type, f) => (wanted(type) ? f : -1)).filter((f) => f >= 0);
  return { shapes, buckets: oneBucket(members, shapes.box, shapes.n) };
}

// Whether a tile shows any of the boxes of some grids.
function shows({ x, y, z }, { shapes: { box } }, members) {
  const side = TILE_PX * 2 ** (WORLD_ZOOM - z);
  return members.some((f) => box[4 * f] <= (x + 1) * side && box[4 * f + 2] >= x * side && box[4 * f + 1] <= (y + 1) * side && box[4 * f + 3] >= y * side);
}

// `model` has {division, measure, shown, layers}; its parts are read anew at every painting.
export function addGround(map, model) {
  const waiting = new Set();
  const store = tileStore((z, x, y) => {
    if (!waiting.size) window.requestAnimationFrame(() => {
      const arrived = [...waiting];
      waiting.clear();
      ground.repaint((coords) => {
        const source = sourceOf(coords);
        return arrived.includes(`${source.z}/${source.x}/${source.y}`) && !isWaiting(coords);
      });
      map.fire("tilesarrived");
    });
    waiting.add(`${z}/${x}/${y}`);
  });

  function readTile(name, coords) {
    if (!model.layers.includes(name) || coords.z < FROM[name] || coords.z < 1) return null;
    if (!model.shown[SWITCH[name] ?? name]?.on) return null;
    return store.read(name, sourceOf(coords));
  }

  // Buildings and streets of one tile in the shape that the painter of the file map walks.
  function sceneOf(coords) {
    const { division } = model, barriers = readTile("barriers", coords);
    const backdrop = { water: readTile("water", coords), rail: readTile("railway", coords) };
    if (barriers) {
      barriers.areas ??= pick(barriers, (type) => type === POLYGON);
      barriers.lines ??= pick(barriers, (type) => type !== POLYGON);
      backdrop.water ??= barriers.areas;
      backdrop.rail ??= barriers.lines;
    }
    return { communities: division.communities, grids: division.grids, buildings: buildingsOf(readTile("buildings", coords)), streets: streetsOf(readTile("streets", coords)), backdrop };
  }

  function buildingsOf(tile) {
    if (!tile) return NOTHING;
    tile.grid ??= (tile.columns.grid_code || new Array(tile.shapes.n).fill(null)).map((code) => model.division.placeOf.get(code) ?? -1);
    return tile;
  }

  function streetsOf(tile) {
    if (!tile) return NOTHING;
    tile.rank ??= Array.from({ length: tile.shapes.n }, (_, f) => tile.columns.rank?.[f] ?? 2);
    tile.name ??= tile.columns.name || new Array(tile.shapes.n).fill(null);
    return tile;
  }

  // Whether more of a tile is still to come.
  function isWaiting(coords) {
    const source = sourceOf(coords);
    return Object.keys(FROM).some((name) => store.isUnderWay(name, source));
  }

  function paint(context, view, coords) {
    paintDivision(context, view, sceneOf(coords), { ...model.shown, ground: model.shown.basemap?.on ? { on: false } : model.shown.communities }, model.measure, palette());
  }

  const ground = new Ground({ prepare: sceneOf, isWaiting, paint });

  // The streets of all tiles in view as one layer, for their names.
  function streetsInView() {
    const tiles = Object.values(ground._tiles).filter(({ current }) => current).map(({ coords }) => coords);
    const sources = new Map(tiles.map((coords) => [Object.values(sourceOf(coords)).join("/"), coords]));
    return [...sources.values()].map((coords) => streetsOf(readTile("streets", coords))).filter((tile) => tile !== NOTHING);
  }

  // Paints the tiles with some grids again, all tiles for null.
  function repaintGrids(members) {
    ground.repaint((coords) => members === null || shows(coords, model.division.grids, members));
  }

  return Object.assign(ground, { streetsInView, repaintGrids, store, settled: () => store.settled() });
}
