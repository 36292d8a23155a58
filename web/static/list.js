// The list of incidents, newest first, in step with the map both ways.

import { formatNumber, make, say } from "../front/words.js";
import { icon, iconFor } from "./icons.js";
import { formatAgo, formatDue, formatMoment, nameOf } from "./times.js";

// `shown` has {rows, total, selected, fresh}; rows that came in since the last look are marked once.
export function buildList(shown, settings, { choose, hover, more }) {
  if (!shown.rows.length) return make("p", { class: "nothing" }, shown.hasGrids === false ? say("list.no_grids", { area: settings.user?.area || "–" }) : say("list.nothing"));
  const rows = shown.rows.map((row) => buildRow(row, settings, { choose, hover, chosen: row.incident_id === shown.selected, fresh: shown.fresh.has(row.incident_id) }));
  const list = make("ul", { class: "incidents" }, ...rows);
  if (!shown.next) return list;
  return make("div", {}, list, make("button", { type: "button", class: "more", click: more }, say("list.more", { n: formatNumber(shown.total - shown.rows.length) })));
}

export function stateOf(settings, name) {
  return settings.workflow.states.find((entry) => entry.name === name);
}

// Whose hands an incident is in: nothing to say while it is where all begin.
export function levelOf({ workflow }, name) {
  const at = workflow.levels.findIndex((entry) => entry.name === name);
  return at > 0 ? workflow.levels[at] : null;
}

export function categoryOf(settings, code) {
  return settings.categories.find((entry) => entry.code === code || entry.zh === code || entry.en === code);
}

function buildRow(row, settings, { choose, hover, chosen, fresh }) {
  const state = stateOf(settings, row.state), category = categoryOf(settings, row.category);
  const kind = row.overdue ? "overdue" : state?.open === false ? "closed" : "open";
  const away = row.distance_m == null ? "" : say("nearest.away", { m: formatNumber(row.distance_m) });
  const level = levelOf(settings, row.level), stands = nameOf(state, row.state);
  const where = [away, nameOf(category, row.category), row.address || row.grid_code || say("list.no_grid")];
  const looks = { class: `incident ${kind}${fresh ? " fresh" : ""}`, "data-id": row.incident_id, "aria-pressed": String(chosen) };
  const button = make("button", { type: "button", ...looks, click: () => choose(row), ...hovering(() => hover(row), () => hover(null)) },
    make("span", { class: `badge ${kind}` }, icon(iconFor(category?.zh, category?.en, row.category))),
    make("span", { class: "what" }, row.description || nameOf(category, row.category)),
    make("span", { class: "when", title: formatMoment(row.reported_at) }, formatAgo(row.reported_at)),
    make("span", { class: "where" }, where.filter(Boolean).join(" · ")),
    make("span", { class: `state ${kind}` },
      level ? make("span", { class: "level" }, say("list.level", { level: nameOf(level) })) : null,
      row.overdue && row.due_at ? `${stands} · ${formatDue(row.due_at)}` : stands));
  return make("li", {}, button);
}

// Pointer and keys alike: what is looked at shows on the map.
export function hovering(show, hide) {
  return { mouseenter: show, focus: show, mouseleave: hide, blur: hide };
}

// Shows which row the map has chosen, and brings it into view without taking the focus.
export function markRow(list, id) {
  for (const button of list.querySelectorAll("button.incident")) {
    const chosen = button.dataset.id === id;
    button.setAttribute("aria-pressed", String(chosen));
    if (chosen) button.scrollIntoView({ block: "nearest" });
  }
}
