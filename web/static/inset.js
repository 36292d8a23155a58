// A small picture of all communities with one grid marked: where on earth is it?

import { palette } from "./palette.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 220;

export function buildInset({ communities, grids }, f) {
  const layer = communities.shapes.n ? communities : grids;
  const { west, north, east, south } = layer.buckets, unit = (east - west) / WIDE || 1;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${((south - north) / unit).toFixed(1)}`);
  svg.setAttribute("class", "inset");
  svg.setAttribute("aria-hidden", "true");
  const toPath = ({ shapes: { first, start, xy } }, of) => {
    let d = "";
    for (let part = first[of]; part < first[of + 1]; part++) {
      for (let i = start[part]; i < start[part + 1]; i++) d += `${i === start[part] ? "M" : "L"}${((xy[2 * i] - west) / unit).toFixed(1)} ${((xy[2 * i + 1] - north) / unit).toFixed(1)}`;
      d += "Z";
    }
    return d;
  };
  const add = (d, attributes) => {
    const path = document.createElementNS(SVG, "path");
    for (const [name, value] of Object.entries({ d, ...attributes })) path.setAttribute(name, value);
    svg.append(path);
  };
  for (let of = 0; of < layer.shapes.n; of++) add(toPath(layer, of), { fill: "#f1efe9", stroke: "#7b858e", "stroke-width": 0.7, "fill-rule": "evenodd" });
  add(toPath(grids, f), { fill: palette().highlight, stroke: palette().highlight, "stroke-width": 2 });
  return svg;
}
