// What the page knows of incidents: asked for anew when the filters, the view or the incidents change.

import { readJson, toQuery } from "./client.js";
import { groupPoints } from "./groups.js";
import { timeNow } from "./times.js";

const LISTED = 100;
const MOST_SINGLE = 2000; // of a view are drawn one by one, each with its icon; more come in groups from the service
const HEAT_FINER = 2; // the heat is made from groups two zooms finer than the map

// The part of the address that the service filters by; chosen states say themselves whether they are open.
export function toFilters({ category, state, level, since, until, grid, area, q, open }, now = timeNow()) {
  const scope = state.length ? {} : { "": { open: "true" }, overdue: { overdue: "true" } }[open] ?? {};
  return { since: toMoment(since, now), until: until || null, category, state, level, grid, area, q, ...scope };
}

// "7d" and "24h" count back from now, to the minute so that the answers can be kept; anything else is a moment.
function toMoment(text, now) {
  const found = /^(\d+)([hd])$/.exec(text || "");
  if (!found) return text || null;
  const hours = Number(found[1]) * (found[2] === "d" ? 24 : 1);
  return new Date(Math.floor(now / 60000) * 60000 - hours * 3600000).toISOString().replace(".000Z", "Z");
}

function bboxOf(bounds) {
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((value) => value.toFixed(5)).join(",");
}

// `size` is how much larger than usual the marks are drawn, `coarser` by how many zooms groups are larger. Each kind of question has its own turn: a newer one takes the place of one that is still under way.
export function incidentReader(size = 1, coarser = 0) {
  const running = new Map();

  async function latest(name, path) {
    running.get(name)?.abort();
    const turn = new AbortController();
    running.set(name, turn);
    try {
      return await readJson(path, { signal: turn.signal });
    } catch (error) {
      if (turn.signal.aborted) return null;
      throw error;
    } finally {
      if (running.get(name) === turn) running.delete(name);
    }
  }

  return {
    async marks(filters, bounds, zoom) {
      const asked = { ...filters, bbox: bboxOf(bounds.pad(0.1)) };
      const found = await latest("marks", `/api/v1/incidents/clusters${toQuery({ ...asked, zoom: Math.max(0, Math.round(zoom - coarser - Math.log2(size))) })}`);
      if (!found || found.total > MOST_SINGLE) return found && found.clusters;
      const [points, late] = await Promise.all([latest("points", `/api/v1/incidents/points${toQuery(asked)}`), latest("late", `/api/v1/incidents/points${toQuery({ ...asked, overdue: "true" })}`)]);
      return points && late && groupPoints(points, new Set(late.incident_id), zoom, size);
    },
    heat: (filters, bounds, zoom) => latest("heat", `/api/v1/incidents/clusters${toQuery({ ...filters, bbox: bboxOf(bounds.pad(0.1)), zoom: Math.min(20, Math.round(zoom) + HEAT_FINER) })}`),
    list: (filters, after) => latest("list", `/api/v1/incidents${toQuery({ ...filters, limit: LISTED, after })}`),
    by: (axis, filters) => latest(`by ${axis}`, `/api/v1/statistics${toQuery({ ...filters, by: axis })}`),
    hot: (days) => latest("hot", `/api/v1/statistics/hot${toQuery({ days })}`),
    one: (id) => latest("one", `/api/v1/incidents/${encodeURIComponent(id)}`),
    nearest: (lon, lat, k) => latest("nearest", `/api/v1/incidents/nearest${toQuery({ lon, lat, k })}`),
  };
}
