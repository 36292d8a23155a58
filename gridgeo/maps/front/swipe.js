// A handle between two divisions: the first shows on its left, the second on its right.

import { make, say } from "./words.js";

const FAR = 1e5; // pixels; past every screen

// Returns a test whether a point lies on the right side.
export function addSwipe(map, leftPanes, rightPanes, titles) {
  const handle = make("input", { type: "range", class: "swipe", min: 0, max: 1, step: 0.001, value: 0.5, "aria-label": say("swipe") });
  const line = make("div", { class: "swipe-line" }, ...titles.map((title) => make("span", {}, title)));
  map.getContainer().append(line, handle);
  L.DomEvent.disableClickPropagation(handle);
  const place = () => Number(handle.value) * map.getSize().x;
  const cut = () => {
    line.style.left = `${place()}px`;
    const { x, y } = map.containerPointToLayerPoint([place(), 0]);
    for (const pane of leftPanes) pane.style.clipPath = stripe(-FAR, x, y);
    for (const pane of rightPanes) pane.style.clipPath = stripe(x, FAR, y);
  };
  handle.addEventListener("input", cut);
  handle.addEventListener("pointerdown", () => map.dragging.disable());
  handle.addEventListener("pointerup", () => map.dragging.enable());
  map.on("move zoomend resize viewreset", cut);
  cut();
  return (latlng) => map.latLngToContainerPoint(latlng).x > place();
}

function stripe(west, east, y) {
  return `polygon(${west}px ${y - FAR}px, ${east}px ${y - FAR}px, ${east}px ${y + FAR}px, ${west}px ${y + FAR}px)`;
}
