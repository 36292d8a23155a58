// Find by grid code, grid or community name, street or building number.

import { make, say } from "./words.js";

const SHOWN = 12;
const EACH = 3; // so many of a kind before the next kind has its turn
const KINDS = ["community", "street", "grid", "building"];

// Every place that can be found: its words, what it is, and which feature.
export function listPlaces({ grids, communities, streets, buildings }) {
  const places = [];
  grids.grid_code.forEach((code, f) => places.push({ kind: "grid", f, text: grids.name?.[f] || code, more: code }));
  communities.area_code.forEach((code, f) => places.push({ kind: "community", f, text: communities.name[f] || code, more: code }));
  const pieces = new Map();
  streets.name.forEach((name, f) => name && pieces.set(name, [...(pieces.get(name) || []), f]));
  for (const [name, members] of pieces) places.push({ kind: "street", members, text: name, more: "" });
  buildings.building_id.forEach((id, f) => id && places.push({ kind: "building", f, text: id, more: "" }));
  for (const place of places) place.words = [place.text.toLowerCase(), place.more.toLowerCase()];
  return places;
}

// Whole words first, then beginnings, then any part; in each grade some of every kind.
export function findPlaces(places, query) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  const counts = new Map();
  for (const place of places) {
    const grade = gradeOf(place, wanted);
    if (grade < 0) continue;
    const group = `${grade}${place.kind}`, count = counts.get(group) || 0;
    counts.set(group, count + 1);
    if (count < SHOWN) found.push({ place, grade, turn: Math.floor(count / EACH) });
  }
  const before = (a, b) => a.grade - b.grade || a.turn - b.turn || KINDS.indexOf(a.place.kind) - KINDS.indexOf(b.place.kind);
  return found.sort(before).slice(0, SHOWN).map(({ place }) => place);
}

function gradeOf({ kind, words }, wanted) {
  if (words.some((word) => word === wanted)) return 0;
  if (words.some((word) => word.startsWith(wanted))) return 1;
  return kind !== "building" && words.some((word) => word.includes(wanted)) ? 2 : -1;
}

export function connectSearch(input, list, getPlaces, choose) {
  const clear = () => list.replaceChildren();
  const pick = (place) => {
    input.value = place.text;
    clear();
    choose(place);
  };
  input.addEventListener("input", () => {
    const found = findPlaces(getPlaces(), input.value);
    list.replaceChildren(...found.map((place) => buildResult(place, pick)));
    if (!found.length && input.value.trim()) list.append(make("li", { class: "nothing" }, say("search.nothing")));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("button")?.click();
    if (event.key === "ArrowDown") list.querySelector("button")?.focus();
    if (event.key === "Escape") clear();
  });
}

function buildResult(place, pick) {
  const button = make("button", { type: "button", click: () => pick(place) },
    make("span", { class: "kind" }, say(`search.${place.kind}`)),
    make("span", {}, place.text),
    make("span", { class: "code" }, place.more === place.text ? "" : place.more));
  return make("li", {}, button);
}
