// A division as the page works with it: typed shapes, columns, and an index for each layer.

import { decodeShapes, readTexts, WORLD_ZOOM } from "./decode.js";
import { buildBuckets } from "./buckets.js";

export function readDivision(data) {
  const layers = { communities: data.communities, grids: data.grids, buildings: data.buildings };
  const division = { range: data.range, score: data.score, measures: data.measures, backdrop: {} };
  for (const [name, layer] of Object.entries(layers)) division[name] = readLayer(layer);
  division.streets = readLayer(data.streets);
  for (const [name, shapes] of Object.entries(data.backdrop)) division.backdrop[name] = readLayer({ shapes });
  division.box = division.communities.shapes.n ? division.communities.buckets : division.grids.buckets;
  division.placeOfArea = new Map(division.communities.area_code.map((code, place) => [code, place]));
  return division;
}

function readLayer(layer) {
  const read = {};
  for (const [name, column] of Object.entries(layer)) read[name] = column && column.words ? readTexts(column) : column;
  read.shapes = decodeShapes(layer.shapes);
  read.buckets = buildBuckets(read.shapes);
  return read;
}

export function toWorld(latlng) {
  return L.CRS.EPSG3857.latLngToPoint(latlng, WORLD_ZOOM);
}

export function toLatLng(x, y) {
  return L.CRS.EPSG3857.pointToLatLng(L.point(x, y), WORLD_ZOOM);
}

export function toBounds(west, north, east, south) {
  return L.latLngBounds(toLatLng(west, south), toLatLng(east, north));
}

export function boundsOf(layer, f) {
  const [west, north, east, south] = layer.shapes.box.subarray(4 * f, 4 * f + 4);
  return toBounds(west, north, east, south);
}

// Corner lists of one feature, for the few shapes that Leaflet itself draws.
export function latLngsOf({ shapes: { first, start, xy } }, f) {
  const parts = [];
  for (let part = first[f]; part < first[f + 1]; part++) {
    const corners = [];
    for (let i = start[part]; i < start[part + 1]; i++) corners.push(toLatLng(xy[2 * i], xy[2 * i + 1]));
    parts.push(corners);
  }
  return parts;
}
