// The nearest things of the further layers (cameras, hydrants …) to a place, from the service's own tiles.

import { WORLD_BITS } from "../front/decode.js";
import { toLatLng } from "../front/division.js";
import { formatNumber, make, say } from "../front/words.js";
import { readBytes } from "./client.js";
import { worldSteps, worldX, worldY } from "./geojson.js";
import { icon, iconFor } from "./icons.js";
import { hovering } from "./list.js";
import { decodeTile } from "./mvt.js";

const ZOOM = 15; // a tile is about a kilometre wide: with those around it, what one can walk to
const NAMES = ["name", "title", "address"];

// The `k` nearest points of all layers, the nearest first: {title, text, lat, lon, metres}.
export async function findResources(layers, lon, lat, k) {
  const x = worldX(lon), y = worldY(lat), side = 2 ** (WORLD_BITS - ZOOM), step = worldSteps(1, lat);
  const column = Math.floor(x / side), line = Math.floor(y / side), squares = [];
  for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) squares.push({ z: ZOOM, x: column + dx, y: line + dy });
  const asked = layers.filter(({ kind }) => kind === "point").flatMap((layer) => squares.map(async (square) => {
    const bytes = await readBytes(`/tiles/${encodeURIComponent(layer.name)}/${square.z}/${square.x}/${square.y}.mvt`);
    const tile = bytes?.length ? Object.values(decodeTile(bytes, square))[0] : null;
    return tile ? listPoints(tile, layer, x, y, step) : [];
  }));
  return (await Promise.all(asked)).flat().sort((a, b) => a.metres - b.metres).slice(0, k);
}

function listPoints({ shapes: { n, first, start, xy }, columns }, { name, title }, x, y, step) {
  const texts = NAMES.filter((key) => columns[key]);
  return Array.from({ length: n }, (_, f) => {
    const i = 2 * start[first[f]], { lat, lng } = toLatLng(xy[i], xy[i + 1]);
    return { name, title, text: texts.map((key) => columns[key][f]).find(Boolean) ?? "", lat, lon: lng, metres: Math.hypot(xy[i] - x, xy[i + 1] - y) / step };
  });
}

export function buildResources(found, { choose, hover }) {
  if (!found.length) return null;
  const line = (one) => make("li", {}, make("button", { type: "button", class: "resource", click: () => choose(one), ...hovering(() => hover(one), () => hover(null)) },
    icon(iconFor(one.name, one.title)), make("span", {}, one.text || one.title), make("small", {}, `${one.title} · ${say("nearest.away", { m: formatNumber(one.metres) })}`)));
  return make("div", {}, make("h3", {}, say("nearest.resources")), make("ul", { class: "resources" }, ...found.map(line)));
}
