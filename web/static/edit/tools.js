// The tools: what a pointer on the map means. Strokes gather atoms; what comes of them is told to the page.

import { toWorld } from "../../front/division.js";
import { WORLD_ZOOM } from "../../front/decode.js";
import { atomAt, atomsInside, atomsUnder } from "./atoms.js";
import { codeAt } from "./draft.js";

export const TOOLS = ["choose", "paint", "erase", "rectangle", "lasso", "merge", "split", "lock"];
const SHAPES = new Set(["rectangle", "lasso"]), BRUSHES = new Set(["paint", "erase"]);
const STEP_PX = 5; // between two looks under the brush
export const BRUSH_PX = [0, 14, 30, 60];

// `app` is the page; `on` has {choose, stroke, shape, merge, split, lock, hint}.
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

  // Atoms that a stroke may change: not those where it makes no difference, nor of other communities or locked grids.
  function mayTake(f) {
    const { draft } = app, code = codeAt(draft, f), row = draft.rows.get(code);
    if (row?.is_locked || (app.mask && code !== app.mask)) return false;
    if (app.stroke.kind === "erase") return draft.label[f] !== draft.opened[f];
    const target = draft.rows.get(app.chosen);
    return code !== app.chosen && draft.atoms.areaCodes[draft.atoms.home[f]] === target?.area_code;
  }

  function gather(found) {
    const before = app.stroke.atoms.size;
    for (const f of found) if (mayTake(f)) app.stroke.atoms.add(f);
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
    if (!stroke.atoms.size) return on.cancel();
    on.stroke(stroke);
  }

  container.addEventListener("pointerdown", begin);
  container.addEventListener("pointermove", go);
  container.addEventListener("pointerup", end);
  container.addEventListener("pointercancel", () => on.cancel());
  map.on("click", ({ originalEvent }) => app.tool === "choose" && !originalEvent.altKey && on.choose(gridAt(originalEvent)));

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
