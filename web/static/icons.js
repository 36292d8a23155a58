// Our own icons, drawn on a square of 24: for buttons as SVG, for the map as paths of a canvas.

const SVG = "http://www.w3.org/2000/svg";

// Lines of two units' width unless the name stands in FILLED.
const PATHS = {
  alert: "M12 3 L22 20 H2 Z M12 9 V14 M12 17 V17.5",
  bulb: "M9 18 H15 M10 21 H14 M8 14 A6 6 0 1 1 16 14 C15 15 15 16 15 17 H9 C9 16 9 15 8 14 Z",
  building: "M5 21 V4 H15 V21 M15 10 H20 V21 M3 21 H22 M8 8 H12 M8 12 H12 M8 16 H12",
  camera: "M3 8 L16 4 L18 10 L5 14 Z M9 13 V20 M4 20 H14 M18 6 L21 5 V10 L18 9",
  car: "M3 16 V12 L6 6 H18 L21 12 V16 Z M3 12 H21 M6 16 V19 M18 16 V19",
  chart: "M4 20 H21 M6 17 V11 M11 17 V5 M16 17 V9",
  chat: "M3 5 H21 V17 H11 L6 21 V17 H3 Z M7 9 H17 M7 13 H13",
  check: "M4 13 L10 19 L21 6",
  clock: "M12 3 A9 9 0 1 1 11.9 3 Z M12 7 V12 L16 14",
  close: "M5 5 L19 19 M19 5 L5 19",
  component: "M12 3 L20 7.5 V16.5 L12 21 L4 16.5 V7.5 Z M4 7.5 L12 12 L20 7.5 M12 12 V21",
  copy: "M8 8 H20 V20 H8 Z M8 16 H4 V4 H16 V8",
  crane: "M5 21 V4 M5 6 H20 M5 4 L20 6 M17 6 V12 M15 12 H19 V15 H15 Z M2 21 H9",
  dot: "M12 8 A4 4 0 1 1 11.9 8 Z",
  flame: "M12 3 C14 8 19 9 18 15 A6 6 0 0 1 6 15 C6 12 8 11 9 8 C10 10 11 10 12 3 Z",
  grid: "M3 5 L11 3 V11 L4 12 Z M13 3 L21 5 L20 12 L13 11 Z M4 14 L11 13 V21 L3 19 Z M13 13 L20 14 L21 19 L13 21 Z",
  help: "M12 3 A9 9 0 1 1 11.9 3 Z M9 9.5 A3 3 0 1 1 12 12.5 V14 M12 17 V17.5",
  hydrant: "M8 21 V9 A4 4 0 0 1 16 9 V21 M6 21 H18 M5 13 H8 M16 13 H19 M12 5 V3 M12 12 V16",
  layers: "M12 3 L22 9 L12 15 L2 9 Z M4 13 L12 18 L20 13 M4 17 L12 22 L20 17",
  leaf: "M5 19 C4 9 10 4 20 4 C20 14 15 20 7 18 M5 19 L14 10",
  list: "M8 6 H21 M8 12 H21 M8 18 H21 M3 6 H4 M3 12 H4 M3 18 H4",
  locate: "M12 6 A6 6 0 1 1 11.9 6 Z M12 1 V6 M12 18 V23 M1 12 H6 M18 12 H23",
  moon: "M20 14 A9 9 0 1 1 10 4 A7 7 0 0 0 20 14 Z",
  more: "M5 12 V12.5 M12 12 V12.5 M19 12 V12.5",
  pin: "M12 22 C7 15 5 12 5 9 A7 7 0 0 1 19 9 C19 12 17 15 12 22 Z M12 7 A2.5 2.5 0 1 1 11.9 7 Z",
  plus: "M12 4 V20 M4 12 H20",
  print: "M7 9 V3 H17 V9 M7 17 H3 V9 H21 V17 H17 M7 14 H17 V21 H7 Z",
  road: "M9 3 L4 21 M15 3 L20 21 M12 4 V8 M12 11 V14 M12 17 V20",
  screen: "M2 4 H22 V17 H2 Z M8 21 H16 M12 17 V21",
  search: "M10 4 A6 6 0 1 1 9.9 4 Z M14.5 14.5 L21 21",
  shield: "M12 2 L20 5 V11 C20 17 16 20 12 22 C8 20 4 17 4 11 V5 Z M8 12 L11 15 L16 9",
  sign: "M3 4 H21 V13 H3 Z M12 13 V21 M8 21 H16 M7 8.5 H17",
  sun: "M12 7 A5 5 0 1 1 11.9 7 Z M12 1 V4 M12 20 V23 M1 12 H4 M20 12 H23 M4 4 L6 6 M18 18 L20 20 M20 4 L18 6 M4 20 L6 18",
  trash: "M4 6 H20 M9 6 V3 H15 V6 M6 6 L7 21 H17 L18 6 M10 10 V17 M14 10 V17",
  user: "M12 3 A4.5 4.5 0 1 1 11.9 3 Z M4 21 C4 15 8 14 12 14 C16 14 20 15 20 21",
};

export function icon(name, title = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", title ? "false" : "true");
  if (title) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", title);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] || PATHS.dot);
  svg.append(path);
  return svg;
}

const drawn = new Map();

export function iconPath(name) {
  if (!drawn.has(name)) drawn.set(name, new Path2D(PATHS[name] || PATHS.dot));
  return drawn.get(name);
}

// Which words of a kind of incident or of a layer's name ask for which icon; the first that fits.
const MEANINGS = [
  [/摄像|camera|监控/i, "camera"],
  [/消防|消火|hydrant|火灾|fire/i, "hydrant"],
  [/纠纷|矛盾|dispute|mediat/i, "chat"],
  [/治安|秩序|order|public.?security/i, "shield"],
  [/隐患|安全|hazard|safety/i, "alert"],
  [/宣传|广告|advert|\bsigns?\b/i, "sign"],
  [/施工|建筑工地|construction/i, "crane"],
  [/园林|绿化|\bgreen|\btree|\bparks?\b/i, "leaf"],
  [/交通|道路|\broad|traffic/i, "road"],
  [/停车|车辆|vehicle|parking/i, "car"],
  [/市容|环境|环卫|垃圾|sanitation|clean|environment|waste/i, "trash"],
  [/民生|诉求|服务|resident|service|request/i, "user"],
  [/市政|公用|城市管理|照明|utility|utilities|city|lamp/i, "bulb"],
  [/部件|component|设施|facilit/i, "component"],
];

export function iconFor(...words) {
  const text = words.filter(Boolean).join(" ");
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? "dot";
}
