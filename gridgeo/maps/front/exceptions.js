// Grids that are not in range, the farthest off first; a touch goes there.

import { formatNumber, make, say, sayReason, sayValue } from "./words.js";

export function listExceptions({ grids, range }) {
  const off = (f) => (range ? Math.max(range.low - grids[range.measure][f], grids[range.measure][f] - range.high) : 0);
  const members = grids.grid_code.map((_, f) => f).filter((f) => grids.exception[f]);
  return members.sort((a, b) => off(b) - off(a) || a - b);
}

export function buildExceptions(division, members, go) {
  const { grids } = division;
  if (!members.length) return make("p", { class: "none" }, say("exceptions.none"));
  const list = make("ul", { class: "exceptions" });
  for (const f of members) {
    const button = make("button", { type: "button", click: () => go(f) },
      make("span", { class: "code" }, grids.grid_code[f]),
      make("span", { class: "households" }, say("tip.households", { n: formatNumber(grids.households[f]) })),
      make("span", { class: "status off" }, sayValue("status", grids.status[f])),
      make("span", { class: "reason" }, grids.reason[f] ? sayReason(grids.reason[f]) : say("exceptions.unexplained")));
    list.append(make("li", {}, button));
  }
  return list;
}
