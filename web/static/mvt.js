// Reads a vector tile straight into the typed shapes that the painter walks.
//
// A decoder of our own, because the packages of npm name each other without a path: they need a bundler or an inline
// import map, and the page's policy allows no inline script. This one also makes no object per point.

import { WORLD_BITS } from "../front/decode.js";
import { buildBuckets } from "../front/buckets.js";

const MOVE = 1, LINE = 2;
export const POLYGON = 3; // the type of a feature
const texts = new TextDecoder();

class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  // Beyond 32 bits the shifts of JavaScript wrap, so the number grows by multiplication.
  varint() {
    let value = 0, scale = 1, octet;
    do {
      if (this.at >= this.end) throw new RangeError("a vector tile ends inside a number");
      octet = this.bytes[this.at++];
      value += (octet & 127) * scale;
      scale *= 128;
    } while (octet > 127);
    return value;
  }

  message() {
    const size = this.varint();
    if (this.at + size > this.end) throw new RangeError("a vector tile ends inside a message");
    this.at += size;
    return new Reader(this.bytes, this.at - size, this.at);
  }

  text() {
    const { at, end } = this.message();
    return texts.decode(this.bytes.subarray(at, end));
  }

  number(size) {
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, size);
    this.at += size;
    return size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }

  skip(wire) {
    if (wire === 0) this.varint();
    else if (wire === 1) this.at += 8;
    else if (wire === 5) this.at += 4;
    else this.message();
  }

  // Calls `read[field]` for every field that it knows; the others are passed over.
  each(read) {
    while (this.at < this.end) {
      const key = this.varint(), field = key >>> 3;
      if (read[field]) read[field](this);
      else this.skip(key & 7);
    }
  }
}

const unfold = (value) => (value % 2 ? -(value + 1) / 2 : value / 2);

function readValue(reader) {
  let value = null;
  reader.each({
    1: (r) => (value = r.text()),
    2: (r) => (value = r.number(4)),
    3: (r) => (value = r.number(8)),
    4: (r) => (value = r.varint()),
    5: (r) => (value = r.varint()),
    6: (r) => (value = unfold(r.varint())),
    7: (r) => (value = r.varint() === 1),
  });
  return value;
}

function readNumbers(reader) {
  const numbers = [];
  while (reader.at < reader.end) numbers.push(reader.varint());
  return numbers;
}

function readFeature(reader) {
  const feature = { tags: [], commands: [], type: 0 };
  reader.each({ 3: (r) => (feature.type = r.varint()), 2: (r) => (feature.tags = readNumbers(r.message())), 4: (r) => (feature.commands = readNumbers(r.message())) });
  return feature;
}

// The layers of a tile by name, each as `{shapes, buckets, columns, types}` on the web map's square.
export function decodeTile(bytes, { z, x, y }) {
  const layers = {};
  new Reader(bytes).each({
    3: (reader) => {
      const layer = readLayer(reader.message());
      layers[layer.name] = toShapes(layer, z, x, y);
    },
  });
  return layers;
}

function readLayer(reader) {
  const layer = { name: "", extent: 4096, features: [], keys: [], values: [] };
  reader.each({
    1: (r) => (layer.name = r.text()),
    2: (r) => layer.features.push(readFeature(r.message())),
    3: (r) => layer.keys.push(r.text()),
    4: (r) => layer.values.push(readValue(r.message())),
    5: (r) => (layer.extent = r.varint()),
  });
  return layer;
}

function toShapes({ features, keys, values, extent }, z, x, y) {
  const n = features.length, size = 2 ** (WORLD_BITS - z), step = size / extent;
  const first = new Uint32Array(n + 1), start = [0], xy = [];
  const columns = Object.fromEntries(keys.map((key) => [key, new Array(n).fill(null)]));
  features.forEach(({ tags, commands }, f) => {
    for (let i = 0; i + 1 < tags.length; i += 2) columns[keys[tags[i]]][f] = values[tags[i + 1]];
    walk(commands, start, xy, x * size, y * size, step);
    first[f + 1] = start.length - 1;
  });
  const shapes = { n, first, start: Uint32Array.from(start), xy: Int32Array.from(xy), box: new Int32Array(4 * n) };
  for (let f = 0; f < n; f++) shapes.box.set(boxOf(shapes, f), 4 * f);
  return { shapes, buckets: buildBuckets(shapes), columns, types: features.map(({ type }) => type) };
}

function walk(commands, start, xy, west, north, step) {
  let px = 0, py = 0, open = false;
  const close = () => {
    if (open) start.push(xy.length / 2);
    open = false;
  };
  for (let i = 0; i < commands.length;) {
    const command = commands[i] & 7, count = commands[i++] >>> 3;
    if (command !== MOVE && command !== LINE) continue;
    for (let k = 0; k < count; k++, i += 2) {
      if (command === MOVE) close();
      px += unfold(commands[i]);
      py += unfold(commands[i + 1]);
      xy.push(Math.round(west + px * step), Math.round(north + py * step));
      open = true;
    }
  }
  close();
}

export function boxOf({ first, start, xy }, f) {
  let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
  for (let i = 2 * start[first[f]]; i < 2 * start[first[f + 1]]; i += 2) {
    west = Math.min(west, xy[i]);
    east = Math.max(east, xy[i]);
    north = Math.min(north, xy[i + 1]);
    south = Math.max(south, xy[i + 1]);
  }
  return [west, north, east, south];
}
