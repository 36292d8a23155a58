// GeoJSON as the painter walks it: typed corners on the web map's square, one column for each property.

import { WORLD_BITS } from "../front/decode.js";
import { buildBuckets } from "../front/buckets.js";
import { boxOf } from "./mvt.js";

const SIDE = 2 ** WORLD_BITS;
const FAR = 2 ** 30; // past the square of the world
const EARTH_M = 40075016.686;
const ROOMY = 0.62; // a grid is no circle: this share of the circle of its area usually fits into it

export function worldX(lon) {
  return Math.round((lon / 360 + 0.5) * SIDE);
}

export function worldY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return Math.round((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * SIDE);
}

// Metres on the ground as steps of the square at a latitude.
export function worldSteps(metres, lat) {
  return (metres / EARTH_M / Math.cos((lat * Math.PI) / 180)) * SIDE;
}

const PARTS = {
  Polygon: (coordinates) => coordinates,
  MultiPolygon: (coordinates) => coordinates.flat(),
  LineString: (coordinates) => [coordinates],
  MultiLineString: (coordinates) => coordinates,
  Point: (coordinates) => [[coordinates]],
  MultiPoint: (coordinates) => coordinates.map((point) => [point]),
};

export function readCollection({ features }, names) {
  const n = features.length, first = new Uint32Array(n + 1), start = [0], xy = [];
  features.forEach(({ geometry }, f) => {
    for (const part of geometry ? PARTS[geometry.type](geometry.coordinates) : []) {
      for (const [lon, lat] of part) xy.push(worldX(lon), worldY(lat));
      start.push(xy.length / 2);
    }
    first[f + 1] = start.length - 1;
  });
  const shapes = { n, first, start: Uint32Array.from(start), xy: Int32Array.from(xy), box: new Int32Array(4 * n) };
  for (let f = 0; f < n; f++) if (first[f] < first[f + 1]) shapes.box.set(boxOf(shapes, f), 4 * f);
  const layer = { shapes, buckets: buildBuckets(shapes) };
  for (const name of names) layer[name] = features.map(({ properties }) => properties[name] ?? null);
  layer.labels = features.map(({ properties }, f) => placeLabel(shapes, f, properties));
  return layer;
}

// Where a name stands and how much room it has: at the point that the service gives, else in the middle of the shape.
function placeLabel(shapes, f, { lon, lat }) {
  const { area, x, y } = measure(shapes, f);
  const radius = ROOMY * Math.sqrt(area / Math.PI);
  return lon == null ? [x, y, radius] : [worldX(lon), worldY(lat), radius];
}

function measure({ first, start, xy }, f) {
  let area = 0, mx = 0, my = 0;
  const i0 = 2 * start[first[f]], ox = xy[i0], oy = xy[i0 + 1];
  for (let part = first[f]; part < first[f + 1]; part++) {
    for (let i = start[part]; i + 1 < start[part + 1]; i++) {
      const ax = xy[2 * i] - ox, ay = xy[2 * i + 1] - oy, bx = xy[2 * i + 2] - ox, by = xy[2 * i + 3] - oy;
      const cross = ax * by - bx * ay;
      area += cross;
      mx += (ax + bx) * cross;
      my += (ay + by) * cross;
    }
  }
  if (!area) return { area: 0, x: ox, y: oy };
  return { area: Math.abs(area) / 2, x: ox + mx / (3 * area), y: oy + my / (3 * area) };
}

// An index that looks at every member, for layers that are looked through once in a while.
export function oneBucket(members, box, n) {
  return { west: -FAR, north: -FAR, east: FAR, south: FAR, side: 1, size: 2 * FAR, members: [members], box, seen: new Uint32Array(n), round: 0 };
}
