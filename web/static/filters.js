// Which incidents: by time, state, level, category, community, grid and words.

import { formatNumber, make, say } from "../front/words.js";
import { icon } from "./icons.js";
import { formatDay, nameOf, timeNow } from "./times.js";

const TIMES = ["", "1h", "24h", "7d", "30d"];

// `change(part)` merges the part into the state of the address; `counts` says how many there are of each.
export function buildFilters(state, { settings, communities, counts }, change) {
  return make("div", { class: "filters" }, buildScope(state, change), buildTimes(state, change), buildChoices("state", settings.workflow.states, "name", state, counts.state, change),
    settings.workflow.levels.length ? buildChoices("level", settings.workflow.levels, "name", state, counts.level, change) : null,
    buildChoices("category", settings.categories, "code", state, counts.category, change), buildAreas(state, communities, change), buildWords(state, change), buildClear(state, change));
}

// Open ones or all of them: what a duty officer changes most.
export function buildScope(state, change) {
  const scope = state.state.length ? "" : state.open || "open";
  const button = (value) => make("button", { type: "button", "aria-pressed": String(scope === value), click: () => change({ open: value === "open" ? "" : value, state: [] }) }, say(`scope.${value}`));
  return make("div", { class: "segments", role: "group", "aria-label": say("filter.scope") }, button("open"), button("overdue"), button("all"));
}

function buildTimes(state, change) {
  const chosen = TIMES.includes(state.since) ? state.since : "own";
  const select = make("select", { "aria-label": say("filter.time"), change: ({ target }) => change(target.value === "own" ? { since: formatDay(timeNow()) } : { since: target.value, until: "" }) });
  for (const value of [...TIMES, "own"]) select.append(make("option", { value, selected: value === chosen }, say(`time.since.${value || "all"}`)));
  const field = make("div", { class: "field" }, make("label", {}, say("filter.time")), select);
  if (chosen !== "own") return field;
  const date = (name, label) => make("input", { type: "date", value: state[name].slice(0, 10), "aria-label": say(label), change: ({ target }) => change({ [name]: target.value }) });
  return make("div", {}, field, make("div", { class: "dates" }, date("since", "filter.since"), "–", date("until", "filter.until")));
}

function buildChoices(name, entries, key, state, counts, change) {
  const chips = entries.filter((entry) => counts === null || counts?.get(entry[key]) || state[name].includes(entry[key])).map((entry) => {
    const on = state[name].includes(entry[key]);
    const next = on ? state[name].filter((other) => other !== entry[key]) : [...state[name], entry[key]];
    return make("button", { type: "button", class: "chip", "aria-pressed": String(on), click: () => change({ [name]: next }) }, nameOf(entry, entry[key]), make("b", {}, formatNumber(counts?.get(entry[key]) ?? 0)));
  });
  if (!chips.length) return null;
  return make("div", { class: "field" }, make("span", { class: "label" }, say(`filter.${name}`)), make("div", { class: "chips" }, ...chips));
}

function buildAreas(state, communities, change) {
  const select = make("select", { "aria-label": say("filter.area"), change: ({ target }) => change({ area: target.value, grid: "" }) }, make("option", { value: "" }, say("filter.everywhere")));
  for (const { code, name } of communities) select.append(make("option", { value: code, selected: code === state.area }, name || code));
  const field = make("div", { class: "field" }, make("label", {}, say("filter.area")), select);
  if (!state.grid) return field;
  const label = say("filter.grid.off", { grid: state.grid });
  const off = make("button", { type: "button", class: "chip", "aria-pressed": "true", "aria-label": label, click: () => change({ grid: "" }) }, `${say("search.grid")} ${state.grid}`, icon("close"));
  return make("div", {}, field, make("div", { class: "chips" }, off));
}

function buildWords(state, change) {
  const input = make("input", { type: "search", value: state.q, placeholder: say("filter.words.hint"), "aria-label": say("filter.words"), change: ({ target }) => change({ q: target.value.trim() }) });
  return make("div", { class: "field" }, make("label", {}, say("filter.words")), input);
}

function buildClear(state, change) {
  if (!countFilters(state)) return null;
  return make("button", { type: "button", class: "clear", click: () => change({ category: [], state: [], level: [], since: "", until: "", grid: "", area: "", q: "" }) }, icon("close"), say("filter.clear"));
}

// How many filters are set, for the closed fold.
export function countFilters({ category, state, level, since, until, grid, area, q }) {
  return category.length + state.length + level.length + [since, until, grid, area, q].filter(Boolean).length;
}
