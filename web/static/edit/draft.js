// The draft as the page works with it: the grid of each atom, the figures of each grid, and one change after another.

import { readAtoms } from "./atoms.js";
import { operate, readDraft, readDraftAtoms } from "./service.js";

const AGAIN_MS = 2000; // a service that does not answer is asked again

// `told` hears of {kind: "changed" | "state" | "refused" | "elsewhere", …}.
export async function openDraft(id, area, told) {
  const [state, shapes] = await Promise.all([readDraft(id, area), readDraftAtoms(id, area)]);
  const draft = { id, area, atoms: readAtoms(shapes), saving: "saved", waiting: 0 };
  draft.areas = new Set(draft.atoms.home.map((home) => draft.atoms.areaCodes[home]));
  takeState(draft, state);
  let queue = Promise.resolve();

  function mark(saving) {
    draft.saving = saving;
    told({ kind: "state" });
  }

  // Asks until there is an answer; what the service refuses is an answer.
  async function insist(operation) {
    for (;;) {
      try {
        return await operate(id, operation, draft.n);
      } catch (error) {
        if (error.status !== 0 && error.status !== 503) throw error;
        mark("waiting");
        await new Promise((done) => window.setTimeout(done, AGAIN_MS));
      }
    }
  }

  async function perform(operation) {
    mark("saving");
    try {
      const answer = await insist(operation);
      const change = takeChange(draft, answer);
      draft.waiting -= 1;
      mark(draft.waiting ? "saving" : "saved");
      told({ kind: "changed", operation, answer, ...change });
      return answer;
    } catch (error) {
      draft.waiting -= 1;
      mark(draft.waiting ? "saving" : "saved");
      if (error.status === 409) {
        if (!error.body?.error?.how) await reload(); // one that has ended cannot be read again
        told({ kind: "elsewhere", error });
      } else {
        told({ kind: "refused", error, operation });
      }
      return null;
    }
  }

  async function reload() {
    takeState(draft, await readDraft(id, area));
    told({ kind: "changed", operation: null, answer: null, touched: null });
  }

  // Changes are sent one after another, so that each builds on the last.
  draft.do = (operation) => {
    draft.waiting += 1;
    queue = queue.then(() => perform(operation));
    return queue;
  };
  draft.settled = () => queue;
  draft.reload = reload;
  return draft;
}

function takeState(draft, state) {
  draft.codes = state.atoms.codes.slice();
  draft.placeOf = new Map(draft.codes.map((code, place) => [code, place]));
  draft.label = Int32Array.from(state.atoms.grid);
  draft.opened = Int32Array.from(state.atoms.opened);
  draft.rows = new Map(state.grids.map((row) => [row.grid_code, row]));
  draft.range = state.range;
  draft.base = state.base;
  draft.isCurrent = state.is_current;
  draft.isServed = state.is_served;
  draft.known = new Set(draft.opened.length ? [...draft.opened].map((place) => draft.codes[place]) : []);
  takeHead(draft, state);
}

function takeHead(draft, { n, score, alarms, n_undo: nUndo, n_redo: nRedo, total }) {
  Object.assign(draft, { n, score, alarms, nUndo, nRedo, total });
}

// Takes over what changed; returns the codes of the grids and the atoms that did.
function takeChange(draft, answer) {
  const moved = [];
  for (const [code, ids] of Object.entries(answer.moved)) {
    const place = placeOf(draft, code);
    for (const id of ids) {
      const f = draft.atoms.place.get(id);
      if (f === undefined) continue; // of a community that is not shown
      draft.label[f] = place;
      moved.push(f);
    }
  }
  for (const code of answer.gone) draft.rows.delete(code);
  for (const row of answer.grids) if (draft.areas.has(row.area_code)) draft.rows.set(row.grid_code, row);
  takeHead(draft, answer);
  return { moved, touched: new Set([...answer.gone, ...answer.grids.map((row) => row.grid_code)]) };
}

function placeOf(draft, code) {
  if (!draft.placeOf.has(code)) {
    draft.placeOf.set(code, draft.codes.length);
    draft.codes.push(code);
  }
  return draft.placeOf.get(code);
}

export function codeAt(draft, f) {
  return f < 0 ? null : draft.codes[draft.label[f]];
}

export function membersOf(draft, codes) {
  const places = new Set([...codes].map((code) => draft.placeOf.get(code)));
  const members = [];
  draft.label.forEach((place, f) => places.has(place) && members.push(f));
  return members;
}

// How far a grid is from the range: 0 inside, else the share of the limit by which it is beyond it.
export function strayOf({ low, high }, size) {
  if (size < low) return size / low - 1;
  return size > high ? size / high - 1 : 0;
}
