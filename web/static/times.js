// Moments in the reader's words.

import { getLanguage, say } from "../front/words.js";

const TOLERATED_MS = 3000; // the header of an answer tells whole seconds, and a slow network some more
const FIELDS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
let ahead = 0; // by how much the service's clock is ahead of this machine's
const thisYear = { minute: -1, text: "" };
let zone; // the service counts days in it, so all read the same hours wherever their machine thinks it is
let clock = new Intl.DateTimeFormat("en-GB", FIELDS);

export function useZone(name) {
  try {
    clock = new Intl.DateTimeFormat("en-GB", { ...FIELDS, timeZone: name });
    zone = name;
  } catch (error) {
    console.info(`this browser does not know ${name}, its own time zone is shown: ${error.message}`);
  }
}

// The service says what time it is; a machine whose clock is off must not make incidents younger or late.
export function keepTime(at, received = Date.now()) {
  const by = at - received;
  ahead = Math.abs(by) > TOLERATED_MS ? by : 0;
}

export const timeNow = () => Date.now() + ahead;

function partsOf(date) {
  return Object.fromEntries(clock.formatToParts(date).map(({ type, value }) => [type, value]));
}

// A list asks for it a hundred times over, and it is dear.
function yearNow() {
  const minute = Math.floor(timeNow() / 60000);
  if (minute !== thisYear.minute) Object.assign(thisYear, { minute, text: partsOf(timeNow()).year });
  return thisYear.text;
}

export function formatClock(date) {
  const { hour, minute, second } = partsOf(date);
  return `${hour}:${minute}:${second}`;
}

// A day as the service writes it in addresses: 2026-11-28.
export function formatDay(date) {
  const { year, month, day } = partsOf(date);
  return `${year}-${month}-${day}`;
}

// A day as people say it: 11月28日星期六.
export function sayDay(date) {
  return new Intl.DateTimeFormat(getLanguage() === "zh" ? "zh-CN" : "en-GB", { month: "long", day: "numeric", weekday: "long", timeZone: zone }).format(date);
}

// A moment within the last day as the time that has passed, else as a date.
export function formatAgo(text, now = timeNow()) {
  const date = new Date(text), minutes = Math.round((now - date) / 60000);
  if (Number.isNaN(date.getTime())) return "–";
  if (minutes < 0 || minutes >= 24 * 60) return formatMoment(text);
  if (minutes < 1) return say("time.now");
  return minutes < 60 ? say("time.minutes", { n: minutes }) : say("time.hours", { n: Math.floor(minutes / 60) });
}

export function formatMoment(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return "–";
  const { year, month, day, hour, minute } = partsOf(date);
  const told = year === yearNow() ? "" : `${year}-`;
  return `${told}${month}-${day} ${hour}:${minute}`;
}

// How long until, or since, a limit.
export function formatDue(text, now = timeNow()) {
  const minutes = (new Date(text) - now) / 60000, size = Math.max(1, Math.round(Math.abs(minutes)));
  const n = size < 120 ? say("time.n_minutes", { n: size }) : size < 48 * 60 ? say("time.n_hours", { n: Math.round(size / 60) }) : say("time.n_days", { n: Math.round(size / 1440) });
  return say(minutes < 0 ? "time.late" : "time.left", { n });
}

// The word of a table (categories, states, actions) in the page's language.
export function nameOf(entry, fallback = "–") {
  return entry?.[getLanguage()] || entry?.zh || entry?.en || fallback;
}
