// What the map shows, put together: both the page of the officer and the wall use it.

import { highlighter, addBasemap, addNames, openMap } from "./view.js";
import { addDots } from "./dots.js";
import { addGround } from "./ground.js";
import { addHeat } from "./heat.js";
import { addPoints } from "./points.js";
import { incidentReader } from "./incidents.js";
import { extraLayers } from "./model.js";
import { startLayers } from "./layers.js";
import { findChanged, fixedMeasure, LIVE, liveMeasure } from "./measures.js";
import { categoryOf, stateOf } from "./list.js";
import { isDark } from "./palette.js";
import { oncePerFrame } from "./page.js";

const GROUPS_COARSER = 1; // zooms, on a desk: else the groups of a whole city hide it; a wall's are few, as its map is small
const SEE_THROUGH = 0.5; // colours of grids over a basemap

// `page` is what the page began with: {measures, tiles, division}; marks are `size` times larger where they are read from afar; a wall has no controls.
export function openScene(element, { settings, division, page, off = [], size = 1, isWall = false }) {
  const { measures, tiles } = page;
  const map = openMap(element, { controls: !isWall });
  const points = extraLayers(settings);
  const shown = startLayers(points, [], off);
  if (!tiles.includes("water") && !tiles.includes("barriers")) delete shown.water;
  const scene = { map, settings, division, shown, measure: fixedMeasure(measures[0], division.grids), byGrid: new Map(), layers: tiles };
  const dots = { marks: [], shown, size: () => size, selected: null, kind: "open", kindOf: (mark) => kindOf(mark, settings) };
  const heat = { marks: [], shown };
  const reader = incidentReader(size, isWall ? 0 : GROUPS_COARSER);
  division.range = settings.range && { ...settings.range, measure: "households" };
  const basemap = addBasemap(map, settings.basemap);
  if (basemap) {
    shown.basemap = { on: !off.includes("basemap"), opacity: 1 };
    shown.grids.opacity = SEE_THROUGH;
  }
  const ground = addGround(map, scene);
  const parts = {};

  function setMeasure(name) {
    const fixed = measures.find((entry) => entry.name === name);
    const next = fixed ? fixedMeasure(fixed, scene.division.grids) : liveMeasure(LIVE.includes(name) ? name : "open", scene.division.grids, scene.byGrid, isDark() ? "dark" : "light");
    const changed = findChanged(scene.measure, next);
    scene.measure = next;
    if (!parts.names) return;
    ground.repaintGrids(changed);
    parts.names.repaint();
  }

  // Asks for what the view holds; the heat only when it is shown.
  async function showIncidents(filters) {
    const [marks, spots] = await Promise.all([
      shown.incidents.on ? reader.marks(filters, map.getBounds(), map.getZoom()) : null,
      shown.heat.on ? reader.heat(filters, map.getBounds(), map.getZoom()) : null,
    ]);
    if (marks) Object.assign(dots, { marks, kind: filters.overdue ? "overdue" : filters.open ? "open" : "closed" });
    if (spots) heat.marks = spots.clusters;
    parts.dots.repaint();
    parts.heat.repaint();
  }

  // `look` puts the map where it begins; only then is anything painted.
  function start(look) {
    look(map);
    ground.store.setVersion(page.division);
    ground.addTo(map);
    parts.heat = addHeat(map, heat);
    parts.names = addNames(map, scene, ground);
    parts.points = addPoints(map, { points, shown, size });
    parts.dots = addDots(map, dots);
  }

  // A new revision of the division: its tiles are others.
  function setVersion(revision) {
    ground.store.setVersion(revision);
    parts.points.setVersion(revision);
  }

  const repaint = oncePerFrame(() => {
    basemap?.setOpacity(shown.basemap.on ? shown.basemap.opacity : 0);
    ground.repaint();
    for (const part of Object.values(parts)) part.repaint();
  });
  return Object.assign(scene, { dots, parts, ground, reader, points, highlight: highlighter(map), setMeasure, setVersion, showIncidents, start, repaint });
}

// Open, overdue or closed, and the words that its icon is chosen by.
export function kindOf(mark, settings) {
  const category = categoryOf(settings, mark.category);
  const state = mark.overdue ? "overdue" : stateOf(settings, mark.state)?.open === false ? "closed" : "open";
  return { state, words: [category?.zh, category?.en, mark.category] };
}
