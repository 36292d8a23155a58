// The map: its panes, bottom to top, and the few things that Leaflet draws itself.

import { latLngsOf, boundsOf, toWorld } from "../front/division.js";
import { findAt } from "../front/buckets.js";
import { labelLayer } from "../front/labels.js";
import { addNorth, mayMove } from "../front/view.js";
import { say } from "../front/words.js";
import { oneBucket } from "./geojson.js";
import { makePane } from "./overlay.js";
import { isNarrow, isUpright } from "./page.js";
import { palette } from "./palette.js";

const PANES = [["basemap", 150], ["ground", 200], ["heat", 320], ["outline", 430], ["labels0", 450], ["points", 460], ["incidents", 470], ["highlight", 480]];
const LEAST_ROOM_PX = 160; // of the map beside a card; on a tablet held upright there is no more
const CLOSEST_ZOOM = 17.5; // going to a small grid still shows what lies around it

export function openMap(element, { controls = true } = {}) {
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 8, maxZoom: 20, zoomControl: false, fadeAnimation: false, zoomAnimation: mayMove(), keyboard: controls });
  for (const [name, level] of PANES) makePane(map, name, level);
  if (controls) L.control.zoom({ position: "topright", zoomInTitle: say("zoom.in"), zoomOutTitle: say("zoom.out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  addNorth(map);
  return map;
}

// The user's own raster tiles below everything, when the service has some.
export function addBasemap(map, basemap) {
  return basemap?.url ? L.tileLayer(basemap.url, { pane: "basemap", maxZoom: 20, maxNativeZoom: basemap.max_zoom ?? 18 }).addTo(map) : null;
}

export function addNames(map, model, ground) {
  const NONE = { n: 0, first: new Uint32Array(1), start: new Uint32Array(1), xy: new Int32Array(0) };
  const empty = { shapes: NONE, buckets: { west: 1, east: 0, north: 1, south: 0 }, name: [], rank: [] };
  // The painter of names takes one layer of streets, so those of all tiles in view stand behind one another.
  const scene = () => ({ ...model.division, grids: { ...model.division.grids, figures: model.measure.values }, streets: model.shown.streets.on && map.getZoom() >= 14.5 ? joinLayers(ground.streetsInView()) : empty });
  const names = labelLayer("labels0", scene, () => model.shown, () => palette().inks);
  map.on("tilesarrived", () => names.repaint());
  return names.addTo(map);
}

function joinLayers(tiles) {
  const first = [0], start = [0], xy = [], box = [], name = [], rank = [];
  for (const { shapes, ...columns } of tiles) {
    for (let f = 0; f < shapes.n; f++) {
      if (!columns.name[f]) continue;
      for (let part = shapes.first[f]; part < shapes.first[f + 1]; part++) {
        for (let i = 2 * shapes.start[part]; i < 2 * shapes.start[part + 1]; i++) xy.push(shapes.xy[i]);
        start.push(xy.length / 2);
      }
      first.push(start.length - 1);
      box.push(...shapes.box.subarray(4 * f, 4 * f + 4));
      name.push(columns.name[f]);
      rank.push(columns.rank[f]);
    }
  }
  const n = name.length;
  return { shapes: { n, first, start, xy, box }, buckets: oneBucket(Array.from({ length: n }, (_, f) => f), box, n), name, rank };
}

export function gridAt({ grids }, latlng) {
  const { x, y } = toWorld(latlng);
  return findAt(grids, x, y);
}

// Outlines of the grid that was chosen, and the mark of a place.
export function highlighter(map) {
  let outline = null, mark = null;
  return {
    grid(grids, f) {
      outline?.remove();
      outline = null;
      if (f < 0 || f == null) return null;
      const styles = [["#ffffff", 8, 0.9], [palette().highlight, 4, 1]];
      outline = L.layerGroup(styles.map(([color, weight, opacity]) => L.polygon(latLngsOf(grids, f), { pane: "outline", color, weight, opacity, fill: false, interactive: false }))).addTo(map);
      return boundsOf(grids, f);
    },
    place(lat, lon) {
      mark?.remove();
      mark = lat == null ? null : L.circleMarker([lat, lon], { pane: "highlight", radius: 15, color: palette().highlight, weight: 4, fill: false, interactive: false }).addTo(map);
    },
  };
}

// The part of the map that neither a card nor, on a phone, the field above it hides, as Leaflet's paddings.
export function clearOfCard(margin) {
  const box = document.getElementById("card")?.getBoundingClientRect(), has = box?.width > 0;
  const above = isNarrow() ? margin + 100 : margin;
  if (isUpright()) return { paddingTopLeft: [margin, above], paddingBottomRight: [margin, has ? window.innerHeight - box.top + margin / 2 : margin] };
  const most = document.getElementById("map").clientWidth - margin - LEAST_ROOM_PX;
  return { paddingTopLeft: [margin, margin], paddingBottomRight: [has ? Math.min(most, window.innerWidth - box.left + margin / 2) : margin, margin] };
}

export function goTo(map, bounds) {
  map.fitBounds(bounds, { maxZoom: CLOSEST_ZOOM + Math.max(0, Math.log2(window.innerHeight / 1080)), ...clearOfCard(isUpright() ? 16 : 60), animate: mayMove() });
}

export function goToPoint(map, lat, lon, zoom = 17) {
  map.fitBounds([[lat, lon], [lat, lon]], { maxZoom: Math.max(map.getZoom(), zoom), ...clearOfCard(isUpright() ? 16 : 60), animate: mayMove() });
}
