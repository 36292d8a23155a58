// The plan of one grid (网格平面图) on a sheet of paper: map, scale, north, legend, facts, where it lies.

import { formatArea, formatNumber, make, say } from "../front/words.js";
import { boundsOf } from "../front/division.js";
import { shortCode } from "../front/labels.js";
import { readJson } from "./client.js";
import { readDivision } from "./model.js";
import { buildInset } from "./inset.js";
import { find, readPage, useLanguage } from "./page.js";
import { openScene } from "./scene.js";
import { formatMoment, timeNow, useZone } from "./times.js";

const page = readPage();
useLanguage(page.words, page.lang);
useZone(page.timezone);
document.body.classList.add("sheet", "printing"); // tiles of the density of paper

const [settings, card, revision] = await Promise.all(["settings", `grids/${encodeURIComponent(page.grid)}`, "revision"].map((path) => readJson(`/api/v1/${path}`)));
const division = await readDivision();
const f = division.placeOf.get(page.grid);
const scene = openScene(find("map"), { settings, division, page, off: ["incidents", ...settings.layers.map(({ name }) => name).filter((name) => name !== "water")] });
scene.shown.grids.opacity = 0.55;
scene.measure = { name: "plan", classes: [{ colour: "#f6e7b4", hatch: "" }], of: division.grids.grid_code.map((code) => (code === page.grid ? 0 : -1)), values: division.grids.households };
scene.map.zoomControl?.remove();
scene.start((map) => map.fitBounds(boundsOf(division.grids, f), { padding: [46, 46], animate: false, maxZoom: 19 }));
scene.highlight.grid(division.grids, f);
for (const zoom of document.querySelectorAll(".leaflet-control-zoom")) zoom.remove();

find("sheet-title").textContent = [card.community?.name, card.grid.name ?? card.grid.grid_code, say("print.title")].filter(Boolean).join(" · ");
const facts = [
  ["community", card.community?.area_code],
  ...["households", "people", "n_buildings"].map((name) => [name, formatNumber(card.grid[name])]),
  ["area_m2", formatArea(card.grid.area_m2)],
  ["workers", (card.workers ?? []).map(({ post, phone }) => [post, phone].filter(Boolean).join(" ")).join("；") || say("card.no_workers")],
];
for (const [key, value] of facts) find("facts").append(make("dt", {}, say(`card.${key}`)), make("dd", {}, value || "–"));
const beside = (card.neighbours ?? []).map(({ grid_code: code }) => make("span", {}, shortCode(code, card.grid.area_code)));
find("facts").append(make("dt", {}, say("card.neighbours")), make("dd", { class: "codes" }, ...(beside.length ? beside : ["–"])));
for (const [kind, word] of [["grid", "print.border"], ["neighbour", "print.neighbour"], ["community", "print.community"], ["street", "print.street"], ["building", "print.building"], ["water", "print.water"]]) {
  if (kind !== "water" || scene.shown.water) find("legend").append(make("li", {}, make("span", { class: `key ${kind}` }), say(word)));
}
find("inset").append(buildInset(division, f));
find("made").textContent = say("print.made", { time: formatMoment(new Date(timeNow()).toISOString()), revision: revision.division.slice(0, 8) });
find("print").addEventListener("click", () => window.print());

await scene.ground.settled();
scene.parts.names.repaint();
document.body.classList.add("ready");
