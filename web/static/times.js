// Moments in the reader's words.

import { getLanguage, say } from "../front/words.js";

const pad = (value) => String(value).padStart(2, "0");

export function formatClock(date) {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

// A moment within the last day as the time that has passed, else as a date.
export function formatAgo(text, now = Date.now()) {
  const date = new Date(text), minutes = Math.round((now - date) / 60000);
  if (Number.isNaN(date.getTime())) return "–";
  if (minutes < 0 || minutes >= 24 * 60) return formatMoment(text);
  if (minutes < 1) return say("time.now");
  return minutes < 60 ? say("time.minutes", { n: minutes }) : say("time.hours", { n: Math.floor(minutes / 60) });
}

export function formatMoment(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return "–";
  const day = `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const year = date.getFullYear() === new Date().getFullYear() ? "" : `${date.getFullYear()}-`;
  return `${year}${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

// How long until, or since, a limit.
export function formatDue(text, now = Date.now()) {
  const minutes = Math.round((new Date(text) - now) / 60000), size = Math.abs(minutes);
  const n = size < 120 ? say("time.n_minutes", { n: size }) : size < 48 * 60 ? say("time.n_hours", { n: Math.round(size / 60) }) : say("time.n_days", { n: Math.round(size / 1440) });
  return say(minutes < 0 ? "time.late" : "time.left", { n });
}

// The word of a table (categories, states, actions) in the page's language.
export function nameOf(entry, fallback = "–") {
  return entry?.[getLanguage()] || entry?.zh || entry?.en || fallback;
}
