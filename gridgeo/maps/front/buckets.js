// Which features lie in this window? Equal buckets over the layer's box; a feature stands in each that it touches.

export function buildBuckets({ n, first, box }) {
  let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
  for (let f = 0; f < n; f++) {
    if (first[f] === first[f + 1]) continue;
    west = Math.min(west, box[4 * f]);
    north = Math.min(north, box[4 * f + 1]);
    east = Math.max(east, box[4 * f + 2]);
    south = Math.max(south, box[4 * f + 3]);
  }
  const side = Math.max(1, Math.ceil(Math.sqrt(n / 4)));
  const size = Math.max(1, Math.ceil((Math.max(east - west, south - north) + 1) / side)) || 1;
  const members = Array.from({ length: side * side }, () => []);
  const buckets = { west, north, east, south, side, size, members, box, seen: new Uint32Array(n), round: 0 };
  for (let f = 0; f < n; f++) {
    if (first[f] === first[f + 1]) continue;
    eachBucket(buckets, box[4 * f], box[4 * f + 1], box[4 * f + 2], box[4 * f + 3], (bucket) => bucket.push(f));
  }
  return buckets;
}

function eachBucket({ west, north, side, size, members }, x0, y0, x1, y1, visit) {
  const clamp = (value) => Math.min(side - 1, Math.max(0, Math.floor(value / size)));
  for (let row = clamp(y0 - north); row <= clamp(y1 - north); row++) {
    for (let column = clamp(x0 - west); column <= clamp(x1 - west); column++) visit(members[row * side + column]);
  }
}

// Features whose box meets the window, in the order of the layer.
export function findFeatures(buckets, x0, y0, x1, y1) {
  const { box, seen, west, north, east, south } = buckets;
  const found = [];
  if (!(x1 >= west && x0 <= east && y1 >= north && y0 <= south)) return found;
  const round = ++buckets.round;
  eachBucket(buckets, x0, y0, x1, y1, (bucket) => {
    for (const f of bucket) {
      if (seen[f] === round) continue;
      seen[f] = round;
      const b = 4 * f;
      if (box[b] <= x1 && box[b + 2] >= x0 && box[b + 1] <= y1 && box[b + 3] >= y0) found.push(f);
    }
  });
  return found.sort((a, b) => a - b);
}

// The first polygon that holds the point, -1 for none.
export function findAt(layer, x, y) {
  for (const f of findFeatures(layer.buckets, x, y, x, y)) if (holds(layer.shapes, f, x, y)) return f;
  return -1;
}

function holds({ first, start, xy }, f, x, y) {
  let inside = false;
  for (let part = first[f]; part < first[f + 1]; part++) {
    const begin = start[part], end = start[part + 1];
    for (let i = begin, j = end - 1; i < end; j = i++) {
      const xi = xy[2 * i], yi = xy[2 * i + 1], xj = xy[2 * j], yj = xy[2 * j + 1];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
