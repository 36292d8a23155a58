// What the map of the editor shows: atoms in the colours of their grids, streets and buildings; above them the borders,
// names, the grid that was chosen, what a stroke has touched so far, and what is cut off.

import { buildBuckets, findFeatures } from "../../front/buckets.js";
import { toWorld } from "../../front/division.js";
import { WORLD_ZOOM } from "../../front/decode.js";
import { shortCode } from "../../front/labels.js";
import { formatNumber } from "../../front/words.js";
import { addGround } from "../ground.js";
import { startLayers } from "../layers.js";
import { overlay } from "../overlay.js";
import { isDark, palette } from "../palette.js";
import { eachLine } from "./atoms.js";
import { measureOf } from "./colours.js";
import { padlock } from "./marks.js";

const TILE_PX = 512;
// A screen of four thousand pixels shows everything larger (edit.css).
const HUGE = window.matchMedia("(min-width: 2800px)"), LARGER = 1.6;
const ATOMS_FROM = 15.5; // below this zoom the lines between atoms are a haze
const HALO_FROM = 13;
const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif';
const CUT_OFF = "#d6123f";
const PADLOCK = padlock();

const NO_ATOMS = { shapes: { n: 0, first: new Uint32Array(1), start: new Uint32Array(1), xy: new Int32Array(0), box: new Int32Array(0) } };
NO_ATOMS.buckets = buildBuckets(NO_ATOMS.shapes);

// `app` has {map, draft, communities, tiles, chosen, mask, stroke, byTint}; its parts are read anew at every painting.
// As long as there is no draft, the ground below it is shown.
export function addPicture(app) {
  const model = { division: { communities: app.communities, grids: null, placeOf: new Map() }, measure: null, shown: { ...startLayers([], [], []), borders: { on: false, opacity: 1 } }, layers: app.tiles };
  let centres = null;
  model.shown.grids.opacity = 0.86;
  take();
  const ground = addGround(app.map, model).addTo(app.map);
  const lines = overlay("highlight", (context, size) => app.draft && paintLines(context, viewOf(app.map, size), app, centres)).addTo(app.map);
  function take() {
    const { shapes, buckets } = app.draft?.atoms ?? NO_ATOMS;
    model.division.grids = { shapes, buckets };
    model.measure = app.draft ? measureOf(app.draft, app.byTint) : { classes: [], of: [] };
    centres = app.draft ? findCentres(app.draft) : [];
  }

  return {
    ground,
    shown: model.shown,
    lines: () => lines.repaint(),
    // Paints the tiles again in which atoms changed, all of them without a list.
    repaint(members = null) {
      take();
      const touched = members && tilesOf(app.draft.atoms, members);
      ground.repaint(({ x, y, z }) => !touched || touched(x, y, z));
      lines.repaint();
    },
  };
}

function tilesOf({ shapes: { box } }, members) {
  return (x, y, z) => {
    const side = TILE_PX * 2 ** (WORLD_ZOOM - z), west = x * side, north = y * side;
    return members.some((f) => box[4 * f] <= west + side && box[4 * f + 2] >= west && box[4 * f + 1] <= north + side && box[4 * f + 3] >= north);
  };
}

function viewOf(map, size) {
  const corner = toWorld(map.containerPointToLatLng([0, 0]));
  return { x: corner.x, y: corner.y, zoom: map.getZoom(), unit: 2 ** (WORLD_ZOOM - map.getZoom()), width: size.x, height: size.y };
}

// The place of a grid's name: its atom that is nearest to the middle of all.
function findCentres({ atoms, label, codes }) {
  const sums = codes.map(() => [0, 0, 0]), best = codes.map(() => [-1, Infinity]);
  for (let f = 0; f < atoms.n; f++) {
    const sum = sums[label[f]];
    sum[0] += atoms.area[f] * atoms.middle[2 * f];
    sum[1] += atoms.area[f] * atoms.middle[2 * f + 1];
    sum[2] += atoms.area[f];
  }
  for (let f = 0; f < atoms.n; f++) {
    const [x, y, area] = sums[label[f]];
    const away = Math.hypot(atoms.middle[2 * f] - x / area, atoms.middle[2 * f + 1] - y / area);
    if (away < best[label[f]][1]) best[label[f]] = [f, away];
  }
  return codes.map((code, place) => ({ code, f: best[place][0], radius: 0.62 * Math.sqrt(sums[place][2] / Math.PI) })).filter(({ f }) => f >= 0).sort((a, b) => b.radius - a.radius);
}

function paintLines(context, view, app, centres) {
  const { draft } = app, { atoms, label } = draft;
  const seen = findFeatures(atoms.buckets, view.x, view.y, view.x + view.width * view.unit, view.y + view.height * view.unit);
  const colours = palette();
  context.lineJoin = context.lineCap = "round";
  const { within, between } = traceLines(view, atoms, label, seen);
  if (view.zoom >= ATOMS_FROM) strokePath(context, within, colours.kerb, 0.7);
  if (view.zoom >= HALO_FROM) strokePath(context, between, colours.halo, borderWidth(view.zoom) + 2);
  strokePath(context, between, isDark() ? "#ffffff" : colours.border, borderWidth(view.zoom));
  paintMembers(context, view, atoms, cutOff(draft), CUT_OFF);
  paintChosen(context, view, app, seen);
  paintStroke(context, view, app);
  paintNames(context, view, app, centres);
}

// The lines between atoms of one grid, where one is near enough to see them, and those between grids.
function traceLines(view, { shapes, beside }, label, members) {
  const within = new Path2D(), between = new Path2D(), { first, start, xy } = shapes, isNear = view.zoom >= ATOMS_FROM;
  for (const f of members) {
    for (let part = first[f]; part < first[f + 1]; part++) {
      const begin = start[part], end = start[part + 1];
      for (let i = begin; i < end; i++) {
        const other = beside[i];
        if (other <= f || (!isNear && label[f] === label[other])) continue;
        const j = i + 1 < end ? i + 1 : begin, path = label[f] === label[other] ? within : between;
        path.moveTo((xy[2 * i] - view.x) / view.unit, (xy[2 * i + 1] - view.y) / view.unit);
        path.lineTo((xy[2 * j] - view.x) / view.unit, (xy[2 * j + 1] - view.y) / view.unit);
      }
    }
  }
  return { within, between };
}

function strokePath(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

function borderWidth(zoom) {
  return (HUGE.matches ? LARGER : 1) * (zoom < 13 ? 0.8 : zoom < 15 ? 1.4 : 2.2);
}

function strokeLines(context, view, { shapes, beside }, members, isWanted, colour, width) {
  const { xy } = shapes;
  context.beginPath();
  for (const f of members) {
    eachLine(shapes, f, (i, j) => {
      if (!isWanted(f, beside[i])) return;
      context.moveTo((xy[2 * i] - view.x) / view.unit, (xy[2 * i + 1] - view.y) / view.unit);
      context.lineTo((xy[2 * j] - view.x) / view.unit, (xy[2 * j + 1] - view.y) / view.unit);
    });
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

function traceAtom(context, view, { first, start, xy }, f) {
  for (let part = first[f]; part < first[f + 1]; part++) {
    for (let i = start[part]; i < start[part + 1]; i++) context[i === start[part] ? "moveTo" : "lineTo"]((xy[2 * i] - view.x) / view.unit, (xy[2 * i + 1] - view.y) / view.unit);
    context.closePath();
  }
}

function cutOff({ alarms, atoms }) {
  return alarms.flatMap((alarm) => alarm.atoms.map((id) => atoms.place.get(id)).filter((f) => f !== undefined));
}

// Some atoms tinted and outlined.
function paintMembers(context, view, atoms, members, colour) {
  if (!members.length) return;
  context.beginPath();
  for (const f of members) traceAtom(context, view, atoms.shapes, f);
  context.globalAlpha = 0.4;
  context.fillStyle = colour;
  context.fill("evenodd");
  context.globalAlpha = 1;
  const inside = new Set(members);
  strokeLines(context, view, atoms, members, (f, other) => !inside.has(other), colour, 3);
}

function paintChosen(context, view, { draft, chosen, mask }, seen) {
  for (const [code, colour, dash] of [[mask, palette().community, [7, 6]], [chosen, palette().highlight, []]]) {
    if (!code) continue;
    const place = draft.placeOf.get(code);
    const own = seen.filter((f) => draft.label[f] === place);
    const isOuter = (f, other) => other < 0 || draft.label[other] !== place;
    if (!dash.length) strokeLines(context, view, draft.atoms, own, isOuter, "#ffffff", 8);
    context.setLineDash(dash);
    strokeLines(context, view, draft.atoms, own, isOuter, colour, 4);
    context.setLineDash([]);
  }
}

function paintStroke(context, view, { draft, stroke }) {
  if (!stroke) return;
  paintMembers(context, view, draft.atoms, [...stroke.atoms], palette().highlight);
  if (!stroke.ring?.length) return;
  context.beginPath();
  for (const { x, y } of stroke.ring) context.lineTo((x - view.x) / view.unit, (y - view.y) / view.unit);
  if (stroke.closed) context.closePath();
  context.strokeStyle = palette().highlight;
  context.lineWidth = 2;
  context.setLineDash([6, 4]);
  context.stroke();
  context.setLineDash([]);
}

function paintNames(context, view, { draft }, centres) {
  const { halo, grid: ink } = palette().inks;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const taken = [], larger = HUGE.matches ? LARGER : 1;
  for (const { code, f, radius } of centres) {
    const room = radius / view.unit / larger, row = draft.rows.get(code);
    const x = (draft.atoms.middle[2 * f] - view.x) / view.unit, y = (draft.atoms.middle[2 * f + 1] - view.y) / view.unit;
    if (room < 13 || !row || x < 0 || y < 0 || x > view.width || y > view.height) continue;
    const size = larger * Math.min(16, Math.max(11, room / 2.2));
    if (taken.some((other) => Math.abs(other.x - x) < 1.2 * (other.size + size) && Math.abs(other.y - y) < 1.1 * (other.size + size))) continue;
    taken.push({ x, y, size });
    const name = shortCode(code, row.area_code);
    write(context, name, x, y - 0.55 * size, `700 ${size}px ${FONT}`, halo, ink);
    write(context, formatNumber(row.size), x, y + 0.6 * size, `${row.status === "in_range" ? 400 : 700} ${size}px ${FONT}`, halo, ink);
    if (row.is_locked) paintLock(context, x, y - 1.1 * size, size, halo, ink);
  }
}

// A padlock above the name.
function paintLock(context, x, y, size, halo, ink) {
  const scale = (1.1 * size) / 24;
  context.save();
  context.translate(x - 12 * scale, y - 24 * scale);
  context.scale(scale, scale);
  for (const [colour, width] of [[halo, 7], [ink, 2.4]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke(PADLOCK);
  }
  context.restore();
}

function write(context, text, x, y, font, halo, ink) {
  context.font = font;
  context.strokeStyle = halo;
  context.lineWidth = 3.5;
  context.strokeText(text, x, y);
  context.fillStyle = ink;
  context.fillText(text, x, y);
}
