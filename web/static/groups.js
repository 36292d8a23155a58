// Gathers points that would cover each other, as the service does for many; here each single one keeps what it is.

const CELL_PX = 60;
const ALONE_FROM = 17.5; // from this zoom on every incident stands alone
const WORLD_PX = 256;

// `late` holds the ids of overdue ones, which depend on the clock and not only on what happened.
export function groupPoints(points, late, zoom, size) {
  const side = WORLD_PX * 2 ** Math.round(zoom), cells = new Map(), marks = [], cell = CELL_PX * size;
  points.lon.forEach((lon, k) => {
    const lat = points.lat[k];
    const mark = { lon, lat, count: 1, incident_id: points.incident_id[k], category: points.categories[points.category[k]] ?? null, state: points.states[points.state[k]], overdue: late.has(points.incident_id[k]) };
    if (zoom >= ALONE_FROM) return marks.push(mark);
    const sine = Math.sin((lat * Math.PI) / 180);
    const column = Math.floor(((lon / 360 + 0.5) * side) / cell), line = Math.floor(((0.5 - Math.atanh(sine) / (2 * Math.PI)) * side) / cell);
    const key = `${column}/${line}`, there = cells.get(key);
    if (there) there.push(mark);
    else cells.set(key, [mark]);
    return undefined;
  });
  for (const members of cells.values()) marks.push(members.length === 1 ? members[0] : gather(members));
  return marks;
}

function gather(cell) {
  const mean = (name) => cell.reduce((sum, mark) => sum + mark[name], 0) / cell.length;
  return { lon: mean("lon"), lat: mean("lat"), count: cell.length, overdue: cell.every((mark) => mark.overdue) };
}
