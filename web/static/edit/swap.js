// Swapping: some atoms of the chosen grid for some of another one, put together click by click.

import { codeAt } from "./draft.js";

// `on` has {choose, show, clear, explain}; what has been put together lives in `app.stroke` until it is applied.
export function connectSwap(app, on) {
  const partnerOf = (taken) => (taken.size ? codeAt(app.draft, taken.values().next().value) : null);

  function reasonAgainst(f, code, taken) {
    const { draft } = app, partner = partnerOf(taken);
    if (draft.rows.get(code)?.is_locked || draft.rows.get(app.chosen)?.is_locked) return "locked";
    if (code === app.chosen) return null;
    if (draft.rows.get(code)?.area_code !== draft.rows.get(app.chosen).area_code) return "community";
    if (app.mask && code !== app.mask) return "mask";
    return partner && partner !== code ? "swap" : null;
  }

  // A click puts an atom on the scales, a second one takes it off again.
  return (f) => {
    const code = codeAt(app.draft, f);
    if (!code) return;
    if (!app.draft.rows.has(app.chosen)) on.choose(code);
    const { given, taken } = app.stroke?.kind === "swap" ? app.stroke : { given: new Set(), taken: new Set() };
    const reason = reasonAgainst(f, code, taken);
    if (reason) return void on.explain(reason);
    const side = code === app.chosen ? given : taken;
    if (!side.delete(f)) side.add(f);
    app.stroke = { kind: "swap", given, taken, atoms: new Set([...given, ...taken]) };
    app.picture.lines();
    const ids = (atoms) => [...atoms].map((atom) => app.draft.atoms.ids[atom]);
    if (given.size && taken.size) on.show({ kind: "swap", atoms: ids(given), others: ids(taken), grid: app.chosen, other: partnerOf(taken) });
    else on.clear();
  };
}
