// The panel beside the map: incidents with their filters, figures with the legend, layers.

import { buildLegend, describeLegend } from "../front/legend.js";
import { formatNumber, make, say } from "../front/words.js";
import { toQuery } from "./client.js";
import { buildDayChart, buildHot, buildTopGrids, buildTotals } from "./figures.js";
import { buildFilters, countFilters } from "./filters.js";
import { BASE, buildSwitches, LIVING } from "./layers.js";
import { buildList, markRow } from "./list.js";
import { LIVE } from "./measures.js";
import { listCommunities } from "./model.js";
import { find, sayOr } from "./page.js";
import { connectTabs } from "./tabs.js";

const HOT_DAYS = 7;
const HOT_EVERY_MS = 60000; // what is unusual this week does not change within a minute

export function connectPanel(app) {
  const { scene, state, settings } = app;
  const data = { rows: [], total: 0, next: null, fresh: new Set(), days: [], grids: [], hot: [], counts: { state: null, level: null, category: null }, totals: { shown: 0, open: 0, overdue: 0 } };
  let hotAt = 0, asked = 0;
  scene.setMeasure(state.measure || "open");
  state.measure = scene.measure.name;

  async function refresh() {
    const filters = app.filters(), mine = ++asked, { reader } = scene;
    // How many there would be of each state, level and category: with all other filters, not with their own.
    const [list, grids, days, states, levels, categories] = await Promise.all([
      reader.list(filters), reader.by("grid", filters), reader.by("day", filters),
      reader.by("state", { ...filters, state: [] }), reader.by("level", { ...filters, level: [] }), reader.by("category", { ...filters, category: [] }),
    ]);
    if (mine !== asked || [list, grids, days, states, levels, categories].includes(null)) return;
    const before = new Set(data.rows.map((row) => row.incident_id));
    data.fresh = new Set(before.size ? list.incidents.filter((row) => !before.has(row.incident_id)).map((row) => row.incident_id) : []);
    Object.assign(data, { rows: list.incidents, total: list.total, next: list.next, grids: grids.rows, days: days.rows });
    for (const [name, answer] of [["state", states], ["level", levels], ["category", categories]]) data.counts[name] = new Map(answer.rows.map(({ key, n }) => [key, n]));
    data.totals = { shown: grids.total, open: sum(grids.rows, "open"), overdue: sum(grids.rows, "overdue") };
    scene.byGrid = new Map(grids.rows.map((row) => [row.key, row]));
    scene.setMeasure(state.measure);
    if (Date.now() - hotAt > HOT_EVERY_MS) {
      hotAt = Date.now();
      reader.hot(HOT_DAYS).then((answer) => {
        data.hot = answer?.grids ?? data.hot;
        showFigures();
      }, app.complain);
    }
    show();
  }

  async function more() {
    const answer = await scene.reader.list(app.filters(), data.next);
    if (!answer) return;
    data.rows = [...data.rows, ...answer.incidents];
    data.next = answer.next;
    showList();
  }

  const hover = (row) => scene.highlight.place(row?.lat ?? null, row?.lon);
  const choose = (row) => app.cards.openIncident(row.incident_id, true);

  function showList() {
    const place = document.activeElement?.dataset?.id;
    find("list").replaceChildren(buildList({ ...data, selected: state.incident, hasGrids: scene.division.grids.grid_code.length > 0 }, settings, { choose, hover, more: () => more().catch(app.complain) }));
    if (place) find("list").querySelector(`[data-id="${CSS.escape(place)}"]`)?.focus({ preventScroll: true });
    find("list-count").textContent = say(data.total === 1 ? "list.count.one" : "list.count", { n: formatNumber(data.total) });
  }

  function showFilters() {
    if (find("filters-body").contains(document.activeElement) && document.activeElement.matches("input")) return; // somebody is typing
    find("filters-count").textContent = countFilters(state) || "";
    const focus = document.activeElement?.textContent, inside = find("filters-body").contains(document.activeElement);
    find("filters-body").replaceChildren(buildFilters(state, { settings, communities: listCommunities(scene.division), counts: data.counts }, app.change));
    if (inside) [...find("filters-body").querySelectorAll("button")].find((button) => button.textContent === focus)?.focus();
  }

  function showLegend() {
    const { measure, division } = scene;
    const names = [...LIVE, ...app.page.measures.map(({ name }) => name)];
    find("measure").replaceChildren(...names.map((name) => make("option", { value: name, selected: name === measure.name }, say(`measure.${name}`))));
    find("legend-title").textContent = describeLegend(division, measure);
    find("legend-body").replaceChildren(buildLegend(division, measure));
  }

  function showFigures() {
    const { grids } = scene.division, openGrid = (code) => app.cards.openGrid(code, true);
    find("days").replaceChildren(buildDayChart(data.days, state.since, (day) => app.change(state.since === day ? { since: "", until: "" } : { since: day, until: day })));
    find("hot").replaceChildren(buildHot(data.hot, grids, state.card, openGrid));
    find("top").replaceChildren(buildTopGrids(data.grids, grids, state.card, openGrid));
  }

  function showLayers() {
    const titles = Object.fromEntries(scene.points.map(({ name, title }) => [name, title]));
    for (const name of [...BASE, ...LIVING]) titles[name] = sayOr(`layer.${name}`, name);
    const hint = scene.points.length ? make("p", { class: "soft" }, say("layers.closer")) : "";
    find("layers-body").replaceChildren(buildSwitches(scene.shown, titles, (name) => {
      if (LIVING.includes(name)) scene.showIncidents(app.filters()).catch(app.complain);
      scene.repaint();
      app.map.fire("moveend");
    }), hint);
  }

  function show() {
    find("totals").replaceChildren(buildTotals(data.totals));
    find("export").href = `/api/v1/incidents.csv${toQuery(app.filters())}`;
    showFilters();
    showList();
    showLegend();
    showFigures();
  }

  function step(by) {
    const place = data.rows.findIndex((row) => row.incident_id === state.incident);
    const row = data.rows[Math.min(data.rows.length - 1, Math.max(0, place + by))];
    if (row) choose(row);
  }

  find("measure").addEventListener("change", ({ target }) => {
    state.measure = target.value;
    scene.setMeasure(target.value);
    showLegend();
    app.map.fire("moveend");
  });
  const chooseTab = connectTabs(find("tabs"), state.tab, (name) => {
    state.tab = name === "incidents" ? "" : name;
    document.body.classList.toggle("panel-open", document.body.classList.contains("ready"));
    if (name === "layers") showLayers();
  });
  return { refresh, choose: chooseTab, step, mark: (id) => markRow(find("list"), id), show: () => {
    show();
    showLayers();
  } };
}

function sum(rows, name) {
  return rows.reduce((total, row) => total + row[name], 0);
}
