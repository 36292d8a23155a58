// One key for each tool; the help of the editor lists them.

import { find } from "../page.js";
import { TOOLS } from "./tools.js";

export const TOOL_KEYS = { v: "choose", b: "paint", e: "erase", r: "rectangle", l: "lasso", t: "swap", m: "merge", s: "split", k: "lock" };

// `on` has {use, undo, redo, accept, cancel, mask, hold, brush, save, help, whole}.
export function connectKeys(on) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || document.querySelector("[inert]")) return; // not yet, or not here
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) return withControl(event, key, on);
    if (event.key === "Escape") return on.cancel();
    if (event.key === "Enter" && event.target.id === "parts-wanted") return on.accept();
    if (typing || event.altKey) return;
    if (event.key === "Enter" && !event.target.closest("button, a")) on.accept();
    if (event.key === " " && !event.target.closest("button")) {
      event.preventDefault();
      on.hold(true);
    }
    if (TOOLS.includes(TOOL_KEYS[key])) on.use(TOOL_KEYS[key]);
    if (key === "x") on.mask();
    if (key === "w") on.whole();
    if (key === "[" || key === "]") on.brush(key === "]" ? 1 : -1);
    if (event.key === "?") on.help();
  });
  document.addEventListener("keyup", (event) => event.key === " " && on.hold(false));
}

function withControl(event, key, on) {
  const actions = { z: event.shiftKey ? on.redo : on.undo, y: on.redo, s: on.save };
  if (!actions[key] || (key !== "s" && event.target.closest("textarea, input:not([type=checkbox])"))) return;
  event.preventDefault();
  if (key !== "s" || !find("save").disabled) actions[key]();
}
