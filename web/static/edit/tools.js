// The tools: what a pointer on the map means. Strokes gather atoms; what comes of them is told to the page.

import { toWorld } from "../../front/division.js";
import { WORLD_ZOOM } from "../../front/decode.js";
import { atomAt, atomsInside, atomsUnder } from "./atoms.js";
import { codeAt } from "./draft.js";

export const TOOLS = ["choose", "paint", "erase", "rectangle", "lasso", "swap", "merge", "split", "lock"];
const SHAPES = new Set(["rectangle", "lasso"]), BRUSHES = new Set(["paint", "erase"]);
const STEP_PX = 5; // between two looks under the brush
export const BRUSH_PX = [0, 14, 30, 60];

// `app` is the page; `on` has {choose, stroke, growing, swap, merge, split, lock, cancel, explain}.
export function connectTools(app, on) {
  const { map } = app, container = map.getContainer();
  let last = null, held = false;

  function show() {
    const draws = app.tool !== "choose" && !held;
    map.dragging[draws ? "disable" : "enable"]();
    map.doubleClickZoom[draws ? "disable" : "enable"]();
    container.dataset.tool = held ? "choose" : app.tool;
  }

  const placeOf = (event) => toWorld(map.mouseEventToLatLng(event));
  const gridAt = (event) => codeAt(app.draft, atomAt(app.draft.atoms, placeOf(event)));

  // Why a stroke does not change an atom: it makes no difference (""), the grid is locked or masked, or it lies elsewhere.
  function reasonAgainst(f) {
    const { draft } = app, code = codeAt(draft, f), row = draft.rows.get(code);
    const isSame = app.stroke.kind === "erase" ? draft.label[f] === draft.opened[f] : code === app.chosen;
    if (isSame) return "";
    if (row?.is_locked) return "locked";
    if (app.mask && code !== app.mask) return "mask";
    if (app.stroke.kind === "move" && draft.atoms.areaCodes[draft.atoms.home[f]] !== draft.rows.get(app.chosen)?.area_code) return "community";
    return null;
  }

  function gather(found) {
    const before = app.stroke.atoms.size;
    for (const f of found) {
      const reason = reasonAgainst(f);
      if (reason === null) app.stroke.atoms.add(f);
      else app.stroke.why ||= reason;
    }
    return app.stroke.atoms.size > before;
  }

  function brush(event) {
    const radius = BRUSH_PX[app.brush] * 2 ** (WORLD_ZOOM - map.getZoom());
    const from = last ?? event, steps = Math.max(1, Math.ceil(Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) / STEP_PX));
    let grown = false;
    for (let k = 1; k <= steps; k++) {
      const clientX = from.clientX + ((event.clientX - from.clientX) * k) / steps, clientY = from.clientY + ((event.clientY - from.clientY) * k) / steps;
      grown = gather(atomsUnder(app.draft.atoms, placeOf({ clientX, clientY }), radius)) || grown;
    }
    last = { clientX: event.clientX, clientY: event.clientY };
    if (grown) on.growing(app.stroke);
  }

  function drawShape(event) {
    const { stroke } = app, place = placeOf(event);
    if (stroke.shape === "rectangle") {
      const [a] = stroke.ring;
      stroke.ring = [a, { x: place.x, y: a.y }, place, { x: a.x, y: place.y }];
    } else {
      stroke.ring.push(place);
    }
    stroke.atoms = new Set();
    if (stroke.ring.length > 2) gather(atomsInside(app.draft.atoms, stroke.ring));
  }

  function begin(event) {
    if (event.button !== 0 || held || event.target.closest(".leaflet-control") || !app.draft) return;
    if (event.altKey) return on.choose(gridAt(event));
    if (BRUSHES.has(app.tool) || SHAPES.has(app.tool)) return beginStroke(event);
    if (app.tool === "swap") return on.swap(atomAt(app.draft.atoms, placeOf(event)));
    if (app.tool !== "choose") on[app.tool](gridAt(event));
  }

  // A stroke without a chosen grid belongs to the grid that it begins in.
  function beginStroke(event) {
    on.cancel();
    if (app.tool !== "erase" && !app.draft.rows.has(app.chosen)) {
      on.choose(gridAt(event));
      if (!app.chosen || SHAPES.has(app.tool)) return;
    }
    app.stroke = { kind: app.tool === "erase" ? "erase" : "move", atoms: new Set(), ring: SHAPES.has(app.tool) ? [placeOf(event)] : null, shape: SHAPES.has(app.tool) ? app.tool : null, closed: app.tool === "rectangle", active: true };
    last = null;
    container.setPointerCapture(event.pointerId);
    if (BRUSHES.has(app.tool)) brush(event);
    app.picture.lines();
  }

  function go(event) {
    if (!app.stroke?.active) return;
    if (app.stroke.ring) drawShape(event);
    else brush(event);
    app.picture.lines();
  }

  function end() {
    const { stroke } = app;
    if (!stroke?.active) return;
    stroke.active = false;
    stroke.closed = true;
    if (!stroke.atoms.size) {
      on.cancel();
      if (stroke.why) on.explain(stroke.why);
      return;
    }
    on.stroke(stroke);
  }

  container.addEventListener("pointerdown", begin);
  container.addEventListener("pointermove", go);
  container.addEventListener("pointerup", end);
  container.addEventListener("pointercancel", () => on.cancel());
  map.on("click", ({ originalEvent }) => app.draft && app.tool === "choose" && !originalEvent.altKey && on.choose(gridAt(originalEvent)));

  return {
    use(tool) {
      app.tool = tool;
      on.cancel();
      show();
    },
    // The hand while the space bar is held.
    hold(on_) {
      held = on_;
      show();
    },
    gridUnder: gridAt,
    show,
  };
}
