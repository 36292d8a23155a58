// Reads what gridgeo/maps/shapes.py wrote: whole numbers on the web map's square, as steps from point to point.

export const WORLD_BITS = 28; // the square is 2 ** 28 steps wide
export const WORLD_ZOOM = WORLD_BITS - 8; // at this zoom a pixel is a step

export function readNumbers(text) {
  const octets = atob(text);
  let n = 0;
  for (let i = 0; i < octets.length; i++) if (octets.charCodeAt(i) < 128) n++;
  const numbers = new Uint32Array(n);
  let value = 0, shift = 0;
  for (let i = 0, k = 0; i < octets.length; i++) {
    const octet = octets.charCodeAt(i);
    value |= (octet & 127) << shift;
    if (octet < 128) {
      numbers[k++] = value;
      value = shift = 0;
    } else {
      shift += 7;
    }
  }
  return numbers;
}

// Features own parts (rings, lines, points), parts own points: `first` and `start` say where each begins.
export function decodeShapes({ n, parts, points, steps }) {
  const first = toOffsets(readNumbers(parts), n);
  const sizes = readNumbers(points);
  const start = toOffsets(sizes, sizes.length);
  const folded = readNumbers(steps);
  const xy = new Int32Array(folded.length);
  let x = 0, y = 0;
  for (let i = 0; i < folded.length; i += 2) {
    xy[i] = x += (folded[i] >>> 1) ^ -(folded[i] & 1);
    xy[i + 1] = y += (folded[i + 1] >>> 1) ^ -(folded[i + 1] & 1);
  }
  return { n, first, start, xy, box: findBoxes(n, first, start, xy) };
}

function toOffsets(counts, n) {
  const offsets = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++) offsets[i + 1] = offsets[i] + counts[i];
  return offsets;
}

function findBoxes(n, first, start, xy) {
  const box = new Int32Array(4 * n);
  for (let f = 0; f < n; f++) {
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (let i = 2 * start[first[f]]; i < 2 * start[first[f + 1]]; i += 2) {
      if (xy[i] < west) west = xy[i];
      if (xy[i] > east) east = xy[i];
      if (xy[i + 1] < north) north = xy[i + 1];
      if (xy[i + 1] > south) south = xy[i + 1];
    }
    box.set([west, north, east, south], 4 * f);
  }
  return box;
}

// A column of texts that says each word once.
export function readTexts({ words, of }) {
  return of ? of.map((place) => (place < 0 ? null : words[place])) : words.map((word) => word || null);
}
