// What the page shows stands in its address, so that a view can be sent to a colleague and survives a restart.

const LISTS = ["category", "state", "level", "off"];
const TEXTS = ["since", "until", "grid", "area", "q", "open", "card", "incident", "measure", "tab", "lang"];
const NUMBERS = ["lat", "lon", "z"];

export function readAddress(search = location.search) {
  const query = new URLSearchParams(search), state = {};
  for (const name of LISTS) state[name] = (query.get(name) || "").split(",").filter(Boolean);
  for (const name of TEXTS) state[name] = query.get(name) || "";
  for (const name of NUMBERS) state[name] = query.has(name) && Number.isFinite(Number(query.get(name))) ? Number(query.get(name)) : null;
  return state;
}

export function writeAddress(state) {
  const query = new URLSearchParams();
  for (const name of LISTS) if (state[name].length) query.set(name, state[name].join(","));
  for (const name of TEXTS) if (state[name]) query.set(name, state[name]);
  for (const name of NUMBERS) if (state[name] != null) query.set(name, String(state[name]));
  const text = query.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}
