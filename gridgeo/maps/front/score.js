// The score of the division, in the order in which a planner asks for it.

import { formatNumber, formatShare, make, say } from "./words.js";

const FORMATS = {
  n_grids: formatNumber,
  in_range_share: formatShare,
  feasible_in_range_share: formatShare,
  exceptions: formatNumber,
  exceptions_unproved: formatNumber,
  street_share: formatShare,
  compounds_whole_share: formatShare,
  hamlets_whole_share: formatShare,
  main_road_inside_share: formatShare,
  mean_deviation: formatShare,
  mean_polsby_popper: (value) => formatNumber(value, 2),
  polsby_popper_p10: (value) => formatNumber(value, 2),
  thin_share: formatShare,
  cut_cost_km: (value) => `${formatNumber(value, 1)} km`,
  n_multipart: formatNumber,
  n_buildings_cut: formatNumber,
  n_buildings_across_communities: formatNumber,
  gap_area_m2: (value) => `${formatNumber(value, 1)} m²`,
  overlap_area_m2: (value) => `${formatNumber(value, 1)} m²`,
};
const FIRST = 3; // the head figures, shown large

export function buildHeadline(division) {
  const households = division.grids.households.reduce((sum, n) => sum + (n || 0), 0);
  const figures = [
    [formatNumber(division.grids.shapes.n), say("score.n_grids")],
    [formatNumber(households), say("measure.households")],
    [formatShare(division.score.feasible_in_range_share ?? division.score.in_range_share), say("headline.in_range")],
  ];
  return make("div", { class: "headline" }, ...figures.slice(0, FIRST).map(([figure, word]) => make("div", {}, make("b", {}, figure), make("span", {}, word))));
}

export function buildScore({ score }) {
  const table = make("table", { class: "score" });
  for (const [name, format] of Object.entries(FORMATS)) {
    if (score[name] === undefined || score[name] === null) continue;
    table.append(make("tr", {}, make("th", { scope: "row" }, say(`score.${name}`)), make("td", {}, format(score[name]))));
  }
  return table;
}
