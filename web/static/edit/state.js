// What the page says of the draft itself: saved or not, undo and redo, whether others have saved meanwhile.

import { formatNumber, make, say } from "../../front/words.js";
import { find } from "../page.js";

export function showState(draft) {
  const state = find("state"), word = draft.saving;
  state.className = `status ${word === "saved" ? "live" : word === "saving" ? "late" : "stale"}`;
  state.replaceChildren(make("span", { class: "lamp", "aria-hidden": "true" }), make("span", {}, say(`edit.state.${word}`, { n: formatNumber(draft.n) })));
  state.dataset.state = word;
  find("undo").disabled = !draft.nUndo;
  find("redo").disabled = !draft.nRedo;
  find("undo").dataset.n = draft.nUndo || "";
  find("redo").dataset.n = draft.nRedo || "";
  find("save").disabled = !draft.total.n_atoms;
  find("stale").hidden = draft.isCurrent;
}
