// Which layers are drawn, and how strongly.

import { make, say } from "../front/words.js";

export const BASE = ["grids", "borders", "communities", "names", "streets", "buildings", "water"];
export const LIVING = ["incidents", "heat"];
const START = { grids: 0.75, heat: 0.8 };

// What stands in `off` was taken away; heat and further layers are asked for with `+name`.
export function startLayers(points, backdrops, off) {
  const shown = {};
  for (const name of [...BASE, ...LIVING, ...backdrops, ...points.map((entry) => entry.name)]) {
    const usual = name !== "heat";
    shown[name] = { on: off.includes(name) ? false : usual || off.includes(`+${name}`), opacity: START[name] ?? 1 };
  }
  return shown;
}

export function listOff(shown) {
  return Object.entries(shown).flatMap(([name, { on }]) => (name === "heat" ? (on ? ["+heat"] : []) : on ? [] : [name]));
}

export function buildSwitches(shown, titles, changed) {
  const list = make("ul", { class: "layers" });
  for (const [name, state] of Object.entries(shown)) {
    const title = titles[name] ?? say(`layer.${name}`);
    const box = make("input", { type: "checkbox", "data-layer": name, checked: state.on, change: () => {
      state.on = box.checked;
      changed(name);
    } });
    const slider = make("input", { type: "range", min: 0.1, max: 1, step: 0.05, value: state.opacity, "aria-label": say("layers.opacity", { layer: title }), input: () => {
      state.opacity = Number(slider.value);
      changed(name);
    } });
    list.append(make("li", {}, make("label", {}, box, title), slider));
  }
  return list;
}
