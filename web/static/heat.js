// Where incidents are dense: soft spots added up, then coloured by their sum.

import { overlay } from "./overlay.js";

const SCALE = 0.25; // the spots are soft, so a sixteenth of the pixels shows the same
const SPOT_PX = 26;
// Dark violet to light yellow: the order of lightness holds for every eye.
const STOPS = [[0, 43, 12, 92], [0.35, 139, 31, 110], [0.6, 213, 68, 70], [0.8, 249, 142, 9], [1, 252, 255, 164]];

const ramp = buildRamp();

function buildRamp() {
  const colours = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const share = i / 255, k = Math.max(1, STOPS.findIndex(([end]) => end >= share));
    const [[low, ...from], [high, ...to]] = [STOPS[k - 1], STOPS[k]];
    const way = (share - low) / (high - low);
    colours.set([...from.map((value, c) => value + (to[c] - value) * way), Math.min(225, 30 + 900 * share)], 4 * i);
  }
  return colours;
}

// `model` has {marks, shown}; a mark of many incidents weighs as many.
export function addHeat(map, model) {
  const layer = overlay("heat", (context, size, place) => {
    if (!model.shown.heat.on || !model.marks.length) return;
    const spots = model.marks.map((mark) => ({ ...place(mark.lat, mark.lon), weight: mark.count })).filter(({ x, y }) => x > -SPOT_PX * 3 && y > -SPOT_PX * 3 && x < size.x + SPOT_PX * 3 && y < size.y + SPOT_PX * 3);
    const weights = spots.map(({ weight }) => weight).sort((a, b) => a - b);
    const full = Math.max(4, (weights[Math.floor(weights.length * 0.97)] ?? 1) * 1.5);
    for (const { x, y, weight } of spots) paintSpot(context, x, y, Math.min(1, Math.max(0.05, weight / full)));
    colour(context, model.shown.heat.opacity);
  }, SCALE);
  return layer.addTo(map);
}

function paintSpot(context, x, y, strength) {
  const spot = context.createRadialGradient(x, y, 0, x, y, SPOT_PX);
  spot.addColorStop(0, `rgba(0,0,0,${strength})`);
  spot.addColorStop(0.5, `rgba(0,0,0,${strength * 0.35})`);
  spot.addColorStop(1, "rgba(0,0,0,0)");
  context.fillStyle = spot;
  context.fillRect(x - SPOT_PX, y - SPOT_PX, 2 * SPOT_PX, 2 * SPOT_PX);
}

function colour(context, opacity) {
  const { width, height } = context.canvas;
  const picture = context.getImageData(0, 0, width, height), { data } = picture;
  for (let i = 0; i < data.length; i += 4) {
    const place = 4 * data[i + 3];
    if (!place) continue;
    data[i] = ramp[place];
    data[i + 1] = ramp[place + 1];
    data[i + 2] = ramp[place + 2];
    data[i + 3] = ramp[place + 3] * opacity;
  }
  context.putImageData(picture, 0, 0);
}
