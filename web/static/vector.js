// Buildings, streets and water as vector tiles: fetched once, decoded, kept while they are used.

import { readBytes } from "./client.js";
import { decodeTile } from "./mvt.js";

const KEPT = 480; // tiles of all layers; a view of four thousand pixels takes some 350, those not looked at for longest go
export const DEEPEST = 16; // the service cuts no finer; closer views enlarge these

const EMPTY = Symbol("empty"), UNDER_WAY = Symbol("under way");

// `read(layer, view)` gives what is there, and calls `arrived` when more has come.
export function tileStore(arrived) {
  const kept = new Map(), asked = new Set();
  let version = "";

  function fetchTile(key, layer, { z, x, y }) {
    kept.set(key, UNDER_WAY);
    const wanted = version;
    const answer = readBytes(`/tiles/${layer}/${z}/${x}/${y}.mvt?v=${wanted}`)
      .then((bytes) => {
        if (wanted !== version) return;
        kept.set(key, bytes?.length ? (Object.values(decodeTile(bytes, { z, x, y }))[0] ?? EMPTY) : EMPTY);
        arrived(z, x, y);
      })
      .catch((error) => {
        kept.delete(key); // asked again when the view is painted next
        if (error.status !== 0 && error.status !== 503) console.warn(`tile ${key}: ${error.message}`);
      })
      .finally(() => asked.delete(answer));
    asked.add(answer);
    while (kept.size > KEPT) kept.delete(kept.keys().next().value);
  }

  return {
    setVersion(revision) {
      if (revision === version) return;
      version = revision;
      kept.clear();
    },
    read(layer, place) {
      const key = `${layer}/${place.z}/${place.x}/${place.y}`;
      const tile = kept.get(key);
      if (tile === undefined) {
        fetchTile(key, layer, place);
        return null;
      }
      kept.delete(key);
      kept.set(key, tile);
      return typeof tile === "symbol" ? null : tile;
    },
    isUnderWay: (layer, { z, x, y }) => kept.get(`${layer}/${z}/${x}/${y}`) === UNDER_WAY,
    // Waits until nothing is under way any more; what arrives may ask for more.
    async settled() {
      while (asked.size) await Promise.all(asked);
    },
  };
}

// The tile of the service that holds a painted tile of 512 pixels.
export function sourceOf({ x, y, z }) {
  const deep = Math.min(z - 1, DEEPEST), shift = z - 1 - deep;
  return { z: deep, x: x >> shift, y: y >> shift };
}
