// Incidents as points, grouped where they would cover each other.

import { decodeShapes, readTexts } from "./decode.js";
import { toLatLng } from "./division.js";
import { formatNumber, make } from "./words.js";

const SINGLE_FROM = 18; // from this zoom on every incident stands alone

export function addIncidents(map, { shapes, columns }) {
  const { n, first, start, xy } = decodeShapes(shapes);
  const texts = Object.entries(columns).map(([name, column]) => [name, readTexts(column)]);
  const group = L.markerClusterGroup({ chunkedLoading: true, showCoverageOnHover: false, maxClusterRadius: 45, disableClusteringAtZoom: SINGLE_FROM, iconCreateFunction: buildIcon });
  const markers = [];
  for (let f = 0; f < n; f++) {
    if (first[f] === first[f + 1]) continue;
    const i = 2 * start[first[f]];
    const marker = L.circleMarker(toLatLng(xy[i], xy[i + 1]), { radius: 6, color: "#fff", weight: 1.5, fillColor: "#d1440c", fillOpacity: 1, bubblingMouseEvents: false });
    markers.push(marker.bindPopup(() => describeIncident(texts, f)));
  }
  group.addLayers(markers);
  return group.addTo(map);
}

function buildIcon(group) {
  const count = group.getChildCount(), size = count < 10 ? 28 : count < 100 ? 34 : count < 1000 ? 42 : 50;
  const icon = make("span", {}, formatNumber(count));
  return L.divIcon({ html: icon, className: "incident-group", iconSize: [size, size] });
}

function describeIncident(texts, f) {
  const rows = texts.filter(([, column]) => column[f]).map(([, column]) => make("div", {}, column[f]));
  return make("div", { class: "incident-card" }, ...rows);
}
