// Suggestions for the grid that was chosen: each is looked at as a pending change before it is done.

import { formatNumber, make, say } from "../../front/words.js";
import { find } from "../page.js";
import { sayOperation } from "./pending.js";
import { readSuggestions } from "./service.js";

export function connectAdvice(app, { offer, complain }) {
  const list = find("advice-list");

  async function ask() {
    const grid = app.chosen;
    find("advice").disabled = true;
    list.replaceChildren(make("li", { class: "soft" }, say("edit.searching")));
    try {
      const { suggestions } = await readSuggestions(app.draft.id, grid);
      if (app.chosen === grid) show(suggestions);
    } finally {
      find("advice").disabled = false;
    }
  }

  function show(suggestions) {
    const before = app.draft.score.n_in_range;
    if (!suggestions.length) list.replaceChildren(make("li", {}, make("span", { class: "soft" }, say("edit.advice.none"))));
    else list.replaceChildren(...suggestions.map((one) => describe(one, before)));
  }

  function describe({ operation, households_moved: n, score }, before) {
    const effect = say("edit.advice.effect", { n: formatNumber(n), before: formatNumber(before), after: formatNumber(score.n_in_range) });
    return make("li", {}, make("span", {}, sayOperation(operation, app)), make("button", { type: "button", class: "suggestion", click: () => offer(operation) }, say("edit.advice.try")), make("span", { class: "soft" }, effect));
  }

  find("advice").addEventListener("click", () => ask().catch((error) => {
    list.replaceChildren();
    complain(error);
  }));
  return { clear: () => list.replaceChildren() };
}
