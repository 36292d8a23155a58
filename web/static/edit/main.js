// The editor: opens the own draft, connects map, tools, panel and keys, and keeps them in step with each change.

import { shortCode } from "../../front/labels.js";
import { formatNumber, make, say, sayReason } from "../../front/words.js";
import { icon } from "../icons.js";
import { find, oncePerFrame, otherLanguage, readPage, sayFault, useLanguage } from "../page.js";
import { readCollection } from "../geojson.js";
import { readJson } from "../client.js";
import { tell } from "../status.js";
import { connectTheme } from "../themes.js";
import { goTo, openMap } from "../view.js";
import { connectAdvice } from "./advice.js";
import { boundsOfAtoms } from "./atoms.js";
import { connectDialogs } from "./dialogs.js";
import { membersOf, openDraft } from "./draft.js";
import { connectKeys } from "./keys.js";
import { mark } from "./marks.js";
import { connectPanel } from "./panel.js";
import { connectPending } from "./pending.js";
import { addPicture } from "./picture.js";
import { nameAreas } from "./rows.js";
import { createDraft, discardDraft, listDrafts } from "./service.js";
import { showState } from "./state.js";
import { connectSwap } from "./swap.js";
import { BRUSH_PX, connectTools } from "./tools.js";

const LOOK_MS = 20000;
const page = readPage();
const address = new URLSearchParams(window.location.search);
useLanguage(page.words, address.get("lang") || page.lang);
const complain = (error) => tell(find("told"), sayFault(error));
const app = { page, user: page.user, tiles: page.tiles, tool: "choose", chosen: null, mask: null, stroke: null, brush: 1, byTint: false, cancel, reopen };

find("hint").textContent = say("edit.opening");
const communities = readCollection(await readJson("/api/v1/communities"), ["area_code", "name"]);
app.communities = communities;
const known = communities.area_code.map((code, f) => ({ code, name: communities.name[f] ?? code })).sort((a, b) => (a.code < b.code ? -1 : 1));
app.map = openMap(find("map"));
app.map.keyboard.enable();
showPlace(address.get("area") ?? firstArea());
app.picture = addPicture(app);

const pending = connectPending(app, { apply: (operation) => app.draft.do(operation), mark: markMoving, complain });
const panel = connectPanel(app, { choose, zoomTo });
const explain = (why) => tell(find("told"), say(`edit.why.${why}`));
const swap = connectSwap(app, { choose, show: pending.show, clear: pending.clear, explain });
const tools = connectTools(app, { choose, stroke: offerStroke, growing: () => showGrowing(), swap, merge: offerMerge, split: offerSplit, lock: toggleLock, cancel, explain });
const dialogs = connectDialogs(app, { reopen, complain });
const advice = connectAdvice(app, { offer: (operation) => pending.show(operation), complain });

// What the draft tells: an answer to a change, a refusal, or that it is saved.
function hear(event) {
  if (event.kind === "changed") {
    app.stroke = null;
    if (app.chosen && !app.draft.rows.has(app.chosen)) app.chosen = event.operation?.kind === "merge" ? (event.operation.grid === app.chosen ? event.operation.other : event.operation.grid) : null;
    if (app.mask && !app.draft.rows.has(app.mask)) app.mask = null;
    app.picture.repaint(event.touched && !app.byTint ? [...event.moved, ...membersOf(app.draft, event.touched)] : null);
    panel.show(event.touched);
    panel.choose(app.chosen);
    showTools();
  }
  if (event.kind === "refused") {
    cancel();
    tell(find("told"), say("edit.refused", { why: sayReason(event.error.message, "refusals") }));
  }
  if (event.kind === "elsewhere") {
    const how = event.error.body?.error?.how;
    if (how) return reopen(null).then(() => tell(find("told"), say(`edit.ended.${how}`))).catch(complain);
    tell(find("told"), say("edit.elsewhere"));
  }
  showState(app.draft);
  return null;
}

// Opens a draft, by default the own one that was changed last, or a new one.
async function reopen(id, area = app.draft?.area ?? address.get("area") ?? firstArea()) {
  find("hint").textContent = say("edit.opening");
  const fresh = id ?? (await findDraft());
  const isFirst = !app.draft, moved = !isFirst && app.draft.area !== area;
  app.draft = await openDraft(fresh, area, hear);
  Object.assign(app, { chosen: app.draft.rows.has(app.chosen) ? app.chosen : null, mask: null, stroke: null });
  app.areaNames = new Map(area || known.length < 2 ? [] : known.map(({ code, name }) => [code, name]));
  nameAreas(app.areaNames);
  if (moved) showPlace(area);
  app.picture.repaint();
  panel.show();
  showTools();
  showState(app.draft);
  if (isFirst && app.draft.n) tell(find("told"), say("edit.restored", { n: formatNumber(app.draft.n) }));
  const query = new URLSearchParams({ ...(area && { area }), ...(address.get("lang") && { lang: address.get("lang") }) });
  window.history.replaceState(null, "", `?${query}`);
}

// Looks at the communities of an area, all of them where there is none of this code.
function showPlace(area) {
  const places = communities.area_code.map((_, f) => f);
  const own = places.filter((f) => communities.area_code[f].startsWith(area));
  app.map.fitBounds(boundsOfAtoms(communities, own.length ? own : places), { animate: false, padding: [16, 16] });
}

// The own draft that was changed last; one in which nothing was done and which others have overtaken is let go.
async function findDraft() {
  const [last] = (await listDrafts()).drafts;
  if (last && (last.n_steps || last.is_current)) return last.draft_id;
  if (last) await discardDraft(last.draft_id);
  return (await createDraft()).draft_id;
}

function firstArea() {
  return known.length > 3 ? known[0].code : "";
}

function choose(code, go = false) {
  app.chosen = code && app.draft.rows.has(code) ? code : null;
  panel.choose(app.chosen);
  advice.clear();
  showTools();
  app.picture.lines();
  if (go && app.chosen) app.map.panInside(boundsOfAtoms(app.draft.atoms, membersOf(app.draft, [app.chosen])).getCenter(), { padding: [120, 120] });
}

function zoomTo({ atoms, grid }) {
  const members = atoms.map((id) => app.draft.atoms.place.get(id)).filter((f) => f !== undefined);
  choose(grid);
  const bounds = boundsOfAtoms(app.draft.atoms, members);
  if (bounds) goTo(app.map, bounds);
}

function operationOf(stroke) {
  const atoms = [...stroke.atoms].map((f) => app.draft.atoms.ids[f]);
  return { kind: stroke.kind, atoms, ...(stroke.kind === "move" && { grid: app.chosen }), ...(app.mask && { mask: app.mask }) };
}

// The atoms that a pending change would move are shown on the map.
function markMoving(moved) {
  const atoms = Object.values(moved).flat().map((id) => app.draft.atoms.place.get(id)).filter((f) => f !== undefined);
  app.stroke = { ...app.stroke, atoms: new Set(atoms) };
  app.picture.lines();
}

// While the brush moves, the bar shows what has come together so far.
const showGrowing = oncePerFrame(() => app.stroke?.active && pending.show(operationOf(app.stroke), true));

// A brush has done what it did when it is lifted; a shape is looked at first.
function offerStroke(stroke) {
  if (stroke.shape) return pending.show(operationOf(stroke));
  pending.clear();
  return app.draft.do(operationOf(stroke));
}

function offerMerge(code) {
  if (!code) return;
  if (!app.chosen || app.chosen === code) choose(code);
  else pending.show({ kind: "merge", grid: app.chosen, other: code });
}

function offerSplit(code) {
  if (!code) return;
  choose(code);
  const { size } = app.draft.rows.get(code), { target } = app.draft.range;
  pending.show({ kind: "split", grid: code, k: Math.min(9, Math.max(2, Math.round(size / target))) });
}

function toggleLock(code) {
  const row = app.draft.rows.get(code);
  if (row) app.draft.do({ kind: row.is_locked ? "unlock" : "lock", grid: code });
}

function cancel() {
  pending.clear();
  if (!app.stroke) return;
  app.stroke = null;
  app.picture.lines();
}

function setMask(code) {
  app.mask = app.mask || !app.draft.rows.has(code) ? null : code;
  showTools();
  app.picture.lines();
}

function nameOf(code) {
  return code ? shortCode(code, app.draft.rows.get(code)?.area_code) : "";
}

function showTools() {
  for (const button of document.querySelectorAll("[data-tool]")) if (button.id !== "map") button.setAttribute("aria-pressed", String(button.dataset.tool === app.tool));
  find("mask").setAttribute("aria-pressed", String(Boolean(app.mask)));
  find("mask-name").textContent = app.mask ? say("edit.mask", { grid: nameOf(app.mask) }) : say("edit.mask.none");
  const needs = ["paint", "rectangle", "lasso", "swap", "merge"].includes(app.tool) && !app.chosen;
  find("hint").textContent = say(`edit.hint.${app.tool}${needs ? ".none" : ""}`, { grid: nameOf(app.chosen) });
}

function use(tool) {
  tools.use(tool);
  showTools();
}

function setBrush(step) {
  app.brush = Math.min(BRUSH_PX.length - 1, Math.max(0, app.brush + step));
  find("brush").value = app.brush;
}

function fillChoices() {
  const areas = [...(known.length > 1 ? [make("option", { value: "" }, say("edit.area.all"))] : []), ...known.map(({ code, name }) => make("option", { value: code }, `${name} ${code}`))];
  find("area").replaceChildren(...areas);
  find("area").value = app.draft?.area ?? "";
  find("brush").replaceChildren(...BRUSH_PX.map((_, k) => make("option", { value: k }, say(`edit.brush.${k}`))));
  find("brush").value = app.brush;
  find("colour").replaceChildren(...["range", "tint"].map((name) => make("option", { value: name }, say(`edit.colour.${name}`))));
  find("colour").value = app.byTint ? "tint" : "range";
}

for (const button of document.querySelectorAll("button[data-tool]")) {
  button.querySelector(".mark").replaceChildren(mark(button.dataset.tool));
  button.addEventListener("click", () => use(button.dataset.tool));
}
let under = null;
find("map").addEventListener("pointermove", (event) => (under = event));
for (const name of ["undo", "redo"]) find(name).replaceChildren(mark(name));
find("mask").prepend(mark("mask"));
find("undo").addEventListener("click", () => app.draft.do({ kind: "undo" }));
find("redo").addEventListener("click", () => app.draft.do({ kind: "redo" }));
find("mask").addEventListener("click", () => setMask(app.chosen));
find("split").addEventListener("click", () => offerSplit(app.chosen));
find("lock").addEventListener("click", () => toggleLock(app.chosen));
find("brush").addEventListener("change", () => setBrush(Number(find("brush").value) - app.brush));
find("colour").addEventListener("change", () => {
  app.byTint = find("colour").value === "tint";
  app.picture.repaint();
});
find("area").addEventListener("change", () => reopen(app.draft.id, find("area").value).catch(complain));
find("language").addEventListener("click", () => {
  const lang = otherLanguage();
  document.cookie = `lang=${lang}; path=/; max-age=31536000; samesite=lax`;
  useLanguage(page.words, lang);
  address.set("lang", lang);
  if (!app.draft) return;
  fillChoices();
  cancel();
  advice.clear();
  panel.show();
  showTools();
  showState(app.draft);
  app.picture.repaint();
});
// Others may have saved a version meanwhile.
async function lookAround() {
  const row = (await listDrafts()).drafts.find(({ draft_id: id }) => id === app.draft?.id);
  if (!row || row.is_current === app.draft.isCurrent) return;
  app.draft.isCurrent = row.is_current;
  showState(app.draft);
}

window.setInterval(() => lookAround().catch((error) => console.info(`the service is silent: ${error.message}`)), LOOK_MS);
window.addEventListener("beforeunload", (event) => app.draft?.waiting && event.preventDefault());
// Paper is white, whatever the screen is.
const screenTheme = document.documentElement.dataset;
let themeBefore = screenTheme.theme;
const dress = (theme) => {
  screenTheme.theme = theme;
  app.picture?.repaint();
};
window.addEventListener("beforeprint", () => {
  themeBefore = screenTheme.theme;
  dress("light");
});
window.addEventListener("afterprint", () => dress(themeBefore));
connectTheme(find("theme"), () => app.picture?.repaint());
connectKeys({
  use,
  undo: () => app.draft.do({ kind: "undo" }),
  redo: () => app.draft.do({ kind: "redo" }),
  accept: pending.accept,
  cancel,
  mask: () => setMask(app.chosen ?? (under && tools.gridUnder(under))),
  hold: tools.hold,
  brush: setBrush,
  save: dialogs.save,
  help: dialogs.help,
  whole: () => showPlace(app.draft.area),
});

try {
  await reopen(null);
  fillChoices();
  use("choose");
  for (const part of document.querySelectorAll("[inert]")) part.inert = false;
  document.body.classList.add("ready");
} catch (error) {
  find("hint").textContent = "";
  complain(error);
  find("state").replaceChildren(icon("alert"), error.message);
}

export { app }; // for the console and the tests
