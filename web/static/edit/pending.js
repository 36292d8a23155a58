// What a change would do before it is done: figures before and after, new alarms, and the choice.

import { make, say } from "../../front/words.js";
import { find, sayFault } from "../page.js";
import { figureOf, nameOf, sayCount } from "./rows.js";
import { preview } from "./service.js";

const MOST = 4; // grids that the bar has room for
const MOST_PARTS = 9; // into which a grid is split by hand

// Asks for one preview at a time; of what is asked meanwhile only the last counts.
export function connectPending(app, { apply, mark, complain }) {
  const bar = find("pending");
  let wanted = null, asking = false, shown = null;

  async function ask() {
    if (asking || !wanted) return;
    asking = true;
    const { operation, decided } = wanted;
    wanted = null;
    try {
      const answer = await preview(app.draft.id, operation);
      if (shown?.operation === operation) paint(operation, answer, decided);
    } catch (error) {
      if (shown?.operation === operation) refuse(error);
    } finally {
      asking = false;
    }
    await ask();
  }

  // What is to be done and the choice stand there at once, what comes of it as soon as the service has told.
  function sketch(operation, decided) {
    bar.replaceChildren(make("p", { class: "what" }, sayOperation(operation, app)));
    if (operation.kind === "split") bar.append(partsOf(operation));
    if (!decided) bar.append(choice(true));
    present(decided);
  }

  // Enter applies: the button has the focus, unless the reader is choosing into how many.
  function present(decided) {
    bar.hidden = false;
    if (!decided && document.activeElement?.id !== "parts-wanted") find("apply").focus({ preventScroll: true });
  }

  function paint(operation, answer, decided) {
    const before = new Map(answer.before.map((row) => [row.grid_code, row]));
    const alarms = answer.alarms.length - app.draft.alarms.length;
    const rows = [...answer.grids, ...answer.gone.map((code) => ({ ...before.get(code), gone: true }))];
    const list = make("ul", { class: "effects" }, ...rows.slice(0, MOST).map((row) => describe(row, before.get(row.grid_code), app.draft.range)));
    if (rows.length > MOST) list.append(make("li", {}, say("edit.more", { n: rows.length - MOST })));
    const words = answer.changed ? sayOperation(operation, app) : say("edit.nothing");
    const isChoosing = document.activeElement?.id === "parts-wanted";
    bar.replaceChildren(make("p", { class: "what" }, words), ...(operation.kind === "split" ? [partsOf(operation)] : []), list);
    if (alarms > 0) bar.append(make("p", { class: "fault" }, sayCount("edit.preview.alarms", { n: alarms })));
    if (!decided) {
      mark(answer.moved);
      bar.append(choice(answer.changed));
    }
    if (isChoosing) find("parts-wanted").focus();
    present(decided);
  }

  function partsOf(operation) {
    const options = Array.from({ length: MOST_PARTS - 1 }, (_, n) => make("option", { value: n + 2, selected: n + 2 === operation.k }, String(n + 2)));
    const select = make("select", { id: "parts-wanted", change: () => show({ ...operation, k: Number(select.value) }) }, ...options);
    return make("label", { class: "inline" }, say("edit.into"), select);
  }

  function choice(canApply) {
    const yes = make("button", { type: "button", class: "main", id: "apply", disabled: !canApply, click: () => finish(true) }, say("edit.apply"), make("kbd", {}, "Enter"));
    return make("div", { class: "buttons" }, yes, make("button", { type: "button", id: "cancel", click: () => finish(false) }, say("edit.cancel"), make("kbd", {}, "Esc")));
  }

  function refuse(error) {
    bar.replaceChildren(make("p", { class: "fault" }, sayFault(error)), make("div", { class: "buttons" }, make("button", { type: "button", click: () => finish(false) }, say("edit.cancel"))));
    bar.hidden = false;
  }

  function finish(yes) {
    const operation = shown?.operation;
    clear();
    if (yes && operation) apply(operation);
    else app.cancel();
  }

  function clear() {
    shown = wanted = null;
    bar.hidden = true;
    bar.replaceChildren();
  }

  // Shows what an operation would do; one that is decided already is only shown while it is drawn.
  function show(operation, decided = false) {
    if (!decided || !shown) sketch(operation, decided);
    shown = { operation, decided };
    wanted = shown;
    ask().catch(complain);
  }

  return {
    show,
    clear,
    isOpen: () => Boolean(shown && !shown.decided),
    accept: () => !find("apply")?.disabled && shown && !shown.decided && finish(true),
    operation: () => shown?.operation ?? null,
  };
}

function describe(row, before, range) {
  const figures = row.gone ? `${figureOf(row, range)} → ${say("edit.gone")}` : `${before ? figureOf(before, range) : "–"} → ${figureOf(row, range)}`;
  const pieces = !row.gone && row.n_pieces > 1 ? make("span", { class: "fault" }, ` ${say("edit.pieces", { n: row.n_pieces })}`) : null;
  return make("li", { class: row.gone ? "gone" : row.status }, make("b", {}, nameOf(row)), " ", figures, pieces);
}

export function sayOperation(operation, { draft }) {
  const named = (code) => (draft.rows.has(code) ? nameOf(draft.rows.get(code)) : code);
  const n = operation.atoms?.length ?? Object.keys(operation.table ?? {}).length, m = operation.others?.length;
  const isOne = n === 1 && ["move", "erase", "assign"].includes(operation.kind);
  const places = { n, m, grid: operation.grid && named(operation.grid), other: operation.other && named(operation.other), k: operation.k };
  return say(`edit.do.${operation.kind}${isOne ? ".one" : ""}`, places);
}
