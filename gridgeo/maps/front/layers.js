// Which layers are drawn, and how strongly.

import { make, say } from "./words.js";

export const LAYERS = ["grids", "borders", "buildings", "streets", "communities", "names", "water"];

export function startLayers(division) {
  const shown = {};
  for (const name of LAYERS) shown[name] = { on: true, opacity: 1 };
  shown.grids.opacity = 0.9;
  if (!division.backdrop.water) delete shown.water;
  return shown;
}

export function buildSwitches(shown, changed) {
  const list = make("ul", { class: "layers" });
  for (const name of LAYERS.filter((entry) => shown[entry])) {
    const state = shown[name];
    const box = make("input", { type: "checkbox", checked: state.on, change: () => {
      state.on = box.checked;
      changed();
    } });
    const slider = make("input", { type: "range", min: 0.1, max: 1, step: 0.05, value: state.opacity, "aria-label": say("layers.opacity", { layer: say(`layer.${name}`) }), input: () => {
      state.opacity = Number(slider.value);
      changed();
    } });
    list.append(make("li", {}, make("label", {}, box, say(`layer.${name}`)), slider));
  }
  return list;
}
