// Goes from one unusual grid to the next, with a look at the whole in between.

import { mayMove } from "../front/view.js";

const CLOSEST_ZOOM = 16.5; // some of the neighbourhood has to be seen, or nobody knows where it is

// `stops()` gives what to visit now; `show(stop)` hears where the tour is, null for the whole.
export function startTour({ scene, whole, clearOf, stops, show }) {
  const { map, highlight } = scene;
  let place = -1, stop = null;

  function next() {
    const list = stops();
    place = list.length ? place + 1 : -1;
    stop = place >= 0 && place < list.length ? list[place] : null;
    if (!stop) place = -1;
    const f = stop ? scene.division.placeOf.get(stop.code) : -1;
    const bounds = highlight.grid(scene.division.grids, f ?? -1);
    show(stop && bounds ? stop : null);
    const room = { ...clearOf(), maxZoom: CLOSEST_ZOOM + Math.max(0, Math.log2(window.innerHeight / 1080)) };
    // A short flight; on a screen that asks for stillness, none.
    if (mayMove()) map.flyToBounds(bounds ?? whole(), { ...room, duration: 1.5 });
    else map.fitBounds(bounds ?? whole(), { ...room, animate: false });
  }

  return { begin: (seconds) => window.setInterval(next, seconds * 1000), next, code: () => stop?.code ?? "" };
}
