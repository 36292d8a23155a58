// Incidents on the map: one icon each where they are few, circles with a number where the service groups them.

import { formatNumber } from "../front/words.js";
import { iconFor, iconPath } from "./icons.js";
import { overlay } from "./overlay.js";
import { palette } from "./palette.js";

const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif';
const REACH_PX = 6; // a finger is no needle

// `model` has {marks, shown, size, kind, kindOf, selected}; groups take the colour of the kind that was asked for.
export function addDots(map, model) {
  let placed = [];

  const layer = overlay("incidents", (context, size, place) => {
    placed = [];
    if (!model.shown.incidents.on) return;
    context.globalAlpha = model.shown.incidents.opacity;
    const inView = ({ x, y }) => x > -40 && y > -40 && x < size.x + 40 && y < size.y + 40;
    for (const mark of model.marks) {
      const { x, y } = place(mark.lat, mark.lon);
      if (inView({ x, y })) placed.push({ mark, x, y, radius: radiusOf(mark) * model.size() });
    }
    placed.sort((a, b) => a.radius - b.radius || a.y - b.y);
    for (const entry of placed) (entry.mark.count > 1 ? paintGroup : paintOne)(context, entry, model);
  });

  // The topmost mark under a place of the view.
  layer.findAt = ({ x, y }) => {
    let best = null, nearest = Infinity;
    for (const entry of placed) {
      const distance = Math.hypot(entry.x - x, entry.y - y) - entry.radius;
      if (distance <= REACH_PX && distance < nearest + 0.01) [best, nearest] = [entry.mark, distance];
    }
    return best;
  };
  return layer.addTo(map);
}

function radiusOf({ count }) {
  return count > 1 ? 11 + 4 * Math.log10(count) : 9.5;
}

function paintGroup(context, { mark, x, y, radius }, model) {
  const { incident } = palette();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = incident[mark.overdue ? "overdue" : model.kind];
  context.fill();
  context.lineWidth = 2 * model.size();
  context.strokeStyle = incident.ring;
  context.stroke();
  context.fillStyle = incident.text;
  context.font = `700 ${Math.round(Math.min(13 * model.size(), radius * 0.82))}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(shorten(mark.count), x, y + 1);
}

function shorten(count) {
  return count < 10000 ? formatNumber(count) : `${formatNumber(count / 1000)}k`;
}

function paintOne(context, { mark, x, y, radius }, model) {
  const { incident, highlight } = palette();
  const { state, words } = model.kindOf(mark);
  context.beginPath();
  // Shape says what colour says: overdue is a square on its corner, closed a smaller circle.
  if (state === "overdue") diamond(context, x, y, radius * 1.25);
  else context.arc(x, y, state === "closed" ? radius * 0.72 : radius, 0, 2 * Math.PI);
  context.fillStyle = incident[state];
  context.fill();
  context.lineWidth = (mark.incident_id === model.selected ? 5 : 2) * model.size();
  context.strokeStyle = mark.incident_id === model.selected ? highlight : incident.ring;
  context.stroke();
  if (state === "closed") return;
  context.save();
  context.translate(x - radius * 0.62, y - radius * 0.62);
  context.scale((radius * 1.24) / 24, (radius * 1.24) / 24);
  context.lineWidth = 2.6;
  context.lineJoin = context.lineCap = "round";
  context.strokeStyle = incident.text;
  context.stroke(iconPath(iconFor(...words)));
  context.restore();
}

function diamond(context, x, y, reach) {
  context.moveTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  context.closePath();
}
