// The division and the choices of the service as the page works with them.

import { toBounds } from "../front/division.js";
import { lookUp } from "../front/words.js";
import { readJson } from "./client.js";
import { readCollection } from "./geojson.js";

const GRID = ["grid_code", "area_code", "name", "kind", "households", "people", "n_buildings", "area_m2", "status", "reason"];

export async function readDivision() {
  const [grids, communities] = await Promise.all(["grids", "communities"].map((name) => readJson(`/api/v1/${name}`)));
  const division = { grids: readCollection(grids, GRID), communities: readCollection(communities, ["area_code", "name"]), backdrop: {} };
  division.placeOf = new Map(division.grids.grid_code.map((code, f) => [code, f]));
  return division;
}

export function wholeBounds({ communities, grids }, settings) {
  if (settings.bounds) {
    const [west, south, east, north] = settings.bounds;
    return L.latLngBounds([south, west], [north, east]);
  }
  const { west, north, east, south } = communities.shapes.n ? communities.buckets : grids.buckets;
  return toBounds(west, north, east, south);
}

export function listCommunities({ communities }) {
  return communities.area_code.map((code, f) => ({ code, name: communities.name[f] })).sort((a, b) => (a.code < b.code ? -1 : 1));
}

// Layers beside those of the division, with what the page calls them.
export function extraLayers({ layers }) {
  const own = new Set(["communities", "grids", "buildings", "streets", "water", "railway", "incidents"]);
  return layers.filter(({ name }) => !own.has(name)).map((layer) => ({ ...layer, title: lookUp(`layer.${layer.name}`) ?? layer.title ?? layer.name }));
}
