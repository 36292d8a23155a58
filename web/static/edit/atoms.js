// The atoms of a draft: shapes that never change, who lies beside whom, and which of them a stroke touches.

import { buildBuckets, findAt, findFeatures } from "../../front/buckets.js";
import { decodeShapes } from "../../front/decode.js";
import { toBounds } from "../../front/division.js";

export function readAtoms(told) {
  const shapes = decodeShapes(told.shapes);
  const atoms = { n: shapes.n, shapes, buckets: buildBuckets(shapes), ids: told.atom_id, households: told.households, home: told.area, areaCodes: told.area_codes };
  atoms.place = new Map(atoms.ids.map((id, f) => [id, f]));
  atoms.beside = findBeside(atoms);
  Object.assign(atoms, measureAll(shapes));
  return atoms;
}

// For each corner the atom on the other side of the line to the next corner, -1 for none. Atoms are a coverage, so a
// line that two of them share has one middle, and no other line has it. A city has 700,000 lines: they are looked up in
// a table of numbers with open places, since a Map of them takes a second.
function findBeside({ shapes: { n, first, start, xy } }) {
  const corners = xy.length / 2, beside = new Int32Array(corners).fill(-1), owner = new Int32Array(corners);
  const east = new Int32Array(corners), south = new Int32Array(corners);
  const mask = 2 ** Math.ceil(Math.log2(2 * corners + 2)) - 1, seen = new Int32Array(mask + 1).fill(-1);
  for (let f = 0; f < n; f++) {
    for (let part = first[f]; part < first[f + 1]; part++) {
      const begin = start[part], end = start[part + 1];
      for (let i = begin; i < end; i++) {
        const j = i + 1 < end ? i + 1 : begin;
        owner[i] = f;
        east[i] = xy[2 * i] + xy[2 * j];
        south[i] = xy[2 * i + 1] + xy[2 * j + 1];
        let place = mixed(east[i], south[i]) & mask;
        while (seen[place] >= 0 && (east[seen[place]] !== east[i] || south[seen[place]] !== south[i])) place = (place + 1) & mask;
        const other = seen[place];
        if (other < 0) seen[place] = i;
        else if (owner[other] !== f) {
          beside[i] = owner[other];
          beside[other] = f;
        }
      }
    }
  }
  return beside;
}

// A number in which every digit of two others counts.
function mixed(a, b) {
  const x = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  return Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 4;
}

export function eachLine({ first, start }, f, visit) {
  for (let part = first[f]; part < first[f + 1]; part++) {
    const begin = start[part], end = start[part + 1];
    for (let i = begin; i < end; i++) visit(i, i + 1 < end ? i + 1 : begin);
  }
}

// Area and middle of each atom, in steps of the web map's square.
function measureAll({ n, first, start, xy }) {
  const area = new Float64Array(n), middle = new Float64Array(2 * n);
  for (let f = 0; f < n; f++) {
    const at = 2 * (start[first[f]] ?? 0), ox = xy[at], oy = xy[at + 1];
    let sum = 0, mx = 0, my = 0;
    eachLine({ first, start }, f, (i, j) => {
      const ax = xy[2 * i] - ox, ay = xy[2 * i + 1] - oy, bx = xy[2 * j] - ox, by = xy[2 * j + 1] - oy;
      const cross = ax * by - bx * ay;
      sum += cross;
      mx += (ax + bx) * cross;
      my += (ay + by) * cross;
    });
    area[f] = Math.abs(sum) / 2;
    middle[2 * f] = sum ? ox + mx / (3 * sum) : ox;
    middle[2 * f + 1] = sum ? oy + my / (3 * sum) : oy;
  }
  return { area, middle };
}

export function atomAt(atoms, { x, y }) {
  return findAt(atoms, x, y);
}

// Atoms under a round brush: those at its middle and around its rim.
export function atomsUnder(atoms, { x, y }, radius) {
  const found = new Set([findAt(atoms, x, y)]);
  if (radius > 0) {
    for (const share of [0.5, 1]) {
      for (let k = 0; k < 12; k++) {
        const angle = (k * Math.PI) / 6;
        found.add(findAt(atoms, x + share * radius * Math.cos(angle), y + share * radius * Math.sin(angle)));
      }
    }
  }
  found.delete(-1);
  return found;
}

// Atoms whose middle lies in a ring of places; a rectangle is such a ring.
export function atomsInside(atoms, ring) {
  const xs = ring.map(({ x }) => x), ys = ring.map(({ y }) => y);
  const near = findFeatures(atoms.buckets, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  return new Set(near.filter((f) => isInside(ring, atoms.middle[2 * f], atoms.middle[2 * f + 1])));
}

function isInside(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i], b = ring[j];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

export function boundsOfAtoms({ shapes: { box } }, members) {
  let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
  for (const f of members) {
    west = Math.min(west, box[4 * f]);
    north = Math.min(north, box[4 * f + 1]);
    east = Math.max(east, box[4 * f + 2]);
    south = Math.max(south, box[4 * f + 3]);
  }
  return west <= east ? toBounds(west, north, east, south) : null;
}
