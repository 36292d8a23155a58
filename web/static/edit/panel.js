// The panel: how well the plan does, what is broken, the grid that was chosen, and all grids with their bars.

import { formatArea, formatNumber, formatShare, make, say, sayReason } from "../../front/words.js";
import { find } from "../page.js";
import { rangeClasses } from "./colours.js";
import { mark } from "./marks.js";
import { buildBar, deviationOf, figureOf, kindOf, nameOf, sayStatus, shortNameOf } from "./rows.js";

export function connectPanel(app, on) {
  const items = new Map();
  let onlyOff = false;

  function showScore() {
    const { score, total, rows, range } = app.draft;
    const ordinary = [...rows.values()].filter((row) => !row.is_dedicated);
    const good = ordinary.filter((row) => kindOf(row, range) === "in_range").length;
    const broken = [...rows.values()].reduce((n, row) => n + row.n_pieces - 1, 0);
    const cells = [
      [`${formatNumber(good)} / ${formatNumber(ordinary.length)}`, "edit.score.in_range", good < ordinary.length ? "off" : ""],
      [formatNumber(score.mean_polsby_popper, 2), "edit.score.compactness", ""],
      [formatShare(score.street_share), "edit.score.street", ""],
      [formatNumber(total.households), "edit.score.moved", ""],
      [formatNumber(broken), "edit.score.broken", broken ? "off" : ""],
    ];
    find("score").replaceChildren(...cells.map(([value, key, kind]) => make("div", { class: kind, title: say(key) }, make("b", {}, value), make("span", {}, say(key)))));
  }

  // What the colours mean, and the range that was asked for.
  function showLegend() {
    const { range } = app.draft, classes = rangeClasses(range), unit = range.measure === "households" ? say("unit.households") : "";
    const size = (value) => (range.measure === "area_m2" ? formatArea(value) : formatNumber(value));
    const words = { low: size(range.low), high: size(range.high), unit };
    find("legend").replaceChildren(...["below", "in_range", "above", "dedicated"].map((role) => {
      const swatch = make("span", { class: "swatch" });
      const colours = classes.filter((one) => one.role === role).map(({ colour }) => colour);
      swatch.style.background = colours.length > 1 ? `linear-gradient(90deg, ${colours.join(", ")})` : colours[0];
      return make("li", {}, swatch, say(`edit.legend.${role}`, words));
    }));
  }

  function showAlarms() {
    const { alarms, rows } = app.draft;
    find("alarms").hidden = !alarms.length;
    find("alarms-list").replaceChildren(...alarms.slice(0, 20).map((alarm) => {
      const name = rows.has(alarm.grid) ? nameOf(rows.get(alarm.grid)) : alarm.grid;
      return make("li", {}, make("button", { type: "button", class: "alarm", click: () => on.zoomTo(alarm) }, say(alarm.atoms.length === 1 ? "edit.alarm.one" : "edit.alarm", { grid: name, n: alarm.atoms.length, households: formatNumber(alarm.households) })));
    }));
  }

  function showChosen() {
    const row = app.draft.rows.get(app.chosen);
    find("chosen").hidden = !row;
    if (!row) return;
    const { range } = app.draft;
    const facts = [
      ["edit.size", figureOf(row, range)],
      ["edit.deviation", deviationOf(row, range)],
      ["edit.people", formatNumber(row.people)],
      ["edit.buildings", formatNumber(row.n_buildings)],
      ["edit.compactness", formatNumber(row.polsby_popper, 2)],
      ["edit.pieces.label", formatNumber(row.n_pieces)],
    ];
    find("chosen-name").textContent = `${say("edit.grid")} ${nameOf(row)}`;
    find("chosen-status").textContent = row.is_locked ? `${sayStatus(row, range)} · ${say("edit.locked")}` : sayStatus(row, range);
    find("chosen-status").className = kindOf(row, range);
    find("chosen-bar").replaceChildren(buildBar(row, range));
    find("chosen-facts").replaceChildren(...facts.flatMap(([key, value]) => [make("dt", {}, say(key)), make("dd", {}, value)]));
    find("chosen-reason").textContent = row.reason ? sayReason(row.reason) : "";
    find("lock").textContent = say(row.is_locked ? "edit.unlock" : "edit.tool.lock");
    find("advice").disabled = row.is_dedicated || row.is_locked || kindOf(row, range) === "in_range";
    find("sheet").hidden = !app.draft.isServed || !app.draft.known.has(row.grid_code);
    find("sheet").href = `/print?grid=${encodeURIComponent(row.grid_code)}`;
  }

  function buildItem(row) {
    const { range } = app.draft;
    const marks = row.n_pieces > 1 ? say("edit.pieces", { n: row.n_pieces }) : "";
    return make("li", { "data-grid": row.grid_code, class: kindOf(row, range) },
      make("button", { type: "button", "aria-pressed": String(row.grid_code === app.chosen), "aria-label": `${nameOf(row)} ${figureOf(row, range)} ${sayStatus(row, range)}`, click: () => on.choose(row.grid_code, true) },
        make("span", { class: "name" }, shortNameOf(row), row.is_locked ? mark("lock") : null), buildBar(row, range), make("span", { class: "number" }, figureOf(row, range)), make("span", { class: "deviation" }, deviationOf(row, range)), make("span", { class: "marks" }, marks)));
  }

  // The names of communities stand before their grids where there are several: an area code sorts before its grids.
  function listAreas() {
    return [...app.areaNames].map(([code, name]) => make("li", { "data-grid": code, class: "group" }, name));
  }

  function listItem(code) {
    const row = app.draft.rows.get(code), item = buildItem(row);
    item.hidden = onlyOff && kindOf(row, app.draft.range) === "in_range" && row.n_pieces === 1;
    items.set(code, item);
    return item;
  }

  // All lines at once; later only the grids that changed get a new one.
  function showGrids(touched = null) {
    const list = find("grids"), { rows } = app.draft;
    if (!touched) {
      items.clear();
      const lines = [...listAreas(), ...[...rows.keys()].map(listItem)];
      list.replaceChildren(...lines.sort((a, b) => (a.dataset.grid < b.dataset.grid ? -1 : 1)));
      return;
    }
    for (const code of touched) if (!rows.has(code)) items.get(code)?.remove(), items.delete(code);
    for (const code of [...touched].sort()) {
      if (!rows.has(code)) continue;
      const old = items.get(code), item = listItem(code);
      if (old) old.replaceWith(item);
      else list.insertBefore(item, [...list.children].find((other) => other.dataset.grid > code) ?? null);
    }
  }

  let marked = null;

  function markChosen(code) {
    for (const [other, item] of items) item.firstChild.setAttribute("aria-pressed", String(other === code));
    if (code && code !== marked) items.get(code)?.scrollIntoView({ block: "nearest" });
    marked = code;
  }

  find("only-off").addEventListener("change", () => {
    onlyOff = find("only-off").checked;
    showGrids();
  });

  return {
    show(touched = null) {
      showScore();
      if (!touched) showLegend();
      showAlarms();
      showGrids(touched);
      showChosen();
    },
    choose(code) {
      markChosen(code);
      showChosen();
      find("advice-list").replaceChildren();
    },
  };
}
