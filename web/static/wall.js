// The wall: nobody touches it. It shows what is going on, goes round the unusual grids, and keeps that up for weeks.

import { formatNumber, make, say } from "../front/words.js";
import { buildLegend, describeMeasure } from "../front/legend.js";
import { readAddress } from "./address.js";
import { buildBars } from "./charts.js";
import { readJson } from "./client.js";
import { buildDayChart, buildHot, buildTotals, nameOfGrid } from "./figures.js";
import { toFilters } from "./incidents.js";
import { buildList, categoryOf } from "./list.js";
import { followRevision } from "./live.js";
import { readDivision, wholeBounds } from "./model.js";
import { find, isNarrow, readPage, useLanguage } from "./page.js";
import { openScene } from "./scene.js";
import { showStatus } from "./status.js";
import { formatClock, nameOf, sayDay, timeNow, useZone } from "./times.js";
import { startTour } from "./tour.js";

const HOT_EVERY_MS = 60000;
const HOT_DAYS = 7;
const HOT_LISTED = 6; // so that the latest incidents have room on a wall of 1080 lines
const LISTED = 9;
const CATEGORIES = 7;

const page = readPage();
const state = readAddress();
useLanguage(page.words, state.lang || page.lang);
useZone(page.timezone);

let news = async () => {};
await followRevision({ told: (...revisions) => news(...revisions), shown: (fresh) => showStatus(find("status"), find("banner"), fresh) });
const [settings, division] = await Promise.all([readJson("/api/v1/settings"), readDivision()]);
const scene = openScene(find("map"), { settings, division, page, off: settings.layers.map(({ name }) => name).filter((name) => name !== "water"), size: Math.max(1.4, (1.4 * window.innerHeight) / 1080), isWall: true });
const whole = () => wholeBounds(scene.division, settings);
const data = { hot: [], hotAt: 0, rows: [], byGrid: scene.byGrid };
const filters = () => toFilters(state);
const tour = startTour({ scene, whole, clearOf, show: showStop, stops: () => data.hot.map((row) => ({ code: row.grid_code, row })) });

// The map is seen between the columns of figures, so what it goes to must fit there.
function clearOf() {
  if (isNarrow()) return { padding: [16, 16] };
  const side = (id) => find(id).getBoundingClientRect().width + 40;
  const top = document.querySelector("header").getBoundingClientRect().height + 30;
  const stop = find("stop"), foot = stop.hidden ? 80 : window.innerHeight - stop.getBoundingClientRect().top + 20;
  return { paddingTopLeft: [side("left"), top], paddingBottomRight: [side("right"), foot] };
}

function showStop(stop) {
  const element = find("stop");
  element.hidden = !stop;
  if (!stop) return;
  const { code, row } = stop, counts = data.byGrid.get(code);
  element.replaceChildren(
    make("h2", {}, nameOfGrid(scene.division.grids, code)), make("code", {}, code),
    make("p", {}, say("wall.expected", { n: formatNumber(row.n), expected: formatNumber(row.expected, 1) })),
    buildTotals({ open: counts?.open ?? 0, overdue: counts?.overdue ?? 0 }));
}

async function refresh() {
  const asked = filters(), { reader } = scene;
  const [list, grids, days, categories] = await Promise.all([reader.list(asked), reader.by("grid", asked), reader.by("day", { ...asked, state: [] }), reader.by("category", asked)]);
  if ([list, grids, days, categories].includes(null)) return;
  const before = new Set(data.rows.map((row) => row.incident_id));
  data.rows = list.incidents.slice(0, LISTED);
  const fresh = new Set(before.size ? data.rows.map((row) => row.incident_id).filter((id) => !before.has(id)) : []);
  data.byGrid = scene.byGrid = new Map(grids.rows.map((row) => [row.key, row]));
  scene.setMeasure(state.measure || "open");
  if (Date.now() - data.hotAt > HOT_EVERY_MS) {
    data.hotAt = Date.now();
    data.hot = (await reader.hot(HOT_DAYS))?.grids ?? data.hot;
  }
  const quiet = () => {};
  find("totals").replaceChildren(buildTotals({ open: sum(grids.rows, "open"), overdue: sum(grids.rows, "overdue") }));
  find("days").replaceChildren(buildDayChart(days.rows, "", quiet));
  find("categories").replaceChildren(categories.rows.length ? buildBars(topCategories(categories.rows), quiet) : make("p", { class: "nothing" }, say("list.nothing")));
  find("hot").replaceChildren(buildHot(data.hot.slice(0, HOT_LISTED), scene.division.grids, tour.code(), quiet));
  find("list").replaceChildren(buildList({ rows: data.rows, total: list.total, next: null, selected: "", fresh }, settings, { choose: quiet, hover: quiet, more: quiet }));
  find("legend").replaceChildren(make("span", {}, describeMeasure(scene.division, scene.measure)), buildLegend(scene.division, scene.measure));
}

function topCategories(rows) {
  return [...rows].sort((a, b) => b.n - a.n).slice(0, CATEGORIES).map(({ key, n }) => ({ key, text: nameOf(categoryOf(settings, key), key ?? "–"), value: n }));
}

function sum(rows, name) {
  return rows.reduce((total, row) => total + row[name], 0);
}

function showClock() {
  const now = timeNow();
  find("clock").replaceChildren(make("span", { class: "day" }, sayDay(now)), ` ${formatClock(now)}`);
}

news = async ({ division: revision, assets }) => {
  if (page.assets !== assets) return location.reload(); // the service was updated; nobody is here to press a key
  if (page.division !== revision) {
    page.division = revision;
    scene.setVersion(revision);
    Object.assign(division, await readDivision());
    scene.repaint();
  }
  return Promise.all([refresh(), scene.showIncidents(filters())]);
};

await refresh();
scene.start((map) => map.fitBounds(whole(), { animate: false, ...clearOf() }));
await scene.showIncidents(filters());

scene.map.on("moveend", () => scene.showIncidents(filters()).catch((error) => console.info(`incidents of the view: ${error.message}`)));
showClock();
window.setInterval(showClock, 1000);
tour.begin(Number(new URLSearchParams(location.search).get("seconds")) || 12);
document.body.classList.add("ready");
