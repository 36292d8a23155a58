// The marks of the tools, drawn like the icons of the other pages on a square of 24.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  choose: "M5 3 L19 12 L12 13 L9 20 Z",
  paint: "M20 3 L10 13 M20 3 L13 15 L10 13 M10 13 C6 13 7 18 3 19 C7 22 12 20 13 15",
  erase: "M9 20 L3 14 L13 4 L21 12 L13 20 Z M8 9 L16 17 M9 20 H21",
  rectangle: "M4 5 H20 V19 H4 Z",
  lasso: "M12 4 C18 4 21 7 21 10 C21 14 17 16 12 16 C7 16 3 14 3 10 C3 7 6 4 12 4 M8 15 C6 17 8 19 7 22",
  swap: "M4 8 H19 L15 4 M20 16 H5 L9 20",
  merge: "M3 5 H10 V19 H3 M21 5 H14 V19 H21 M4 12 H8 M20 12 H16",
  split: "M3 5 H21 V19 H3 Z M12 2 V6 M12 9 V12 M12 15 V18 M12 21 V22",
  lock: "M6 11 H18 V20 H6 Z M8 11 V8 A4 4 0 0 1 16 8 V11",
  undo: "M9 5 L4 10 L9 15 M4 10 H14 A5 5 0 0 1 14 20 H10",
  redo: "M15 5 L20 10 L15 15 M20 10 H10 A5 5 0 0 0 10 20 H14",
  mask: "M3 4 H21 V20 H3 Z M8 9 H16 V15 H8 Z",
};

export function mark(name) {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export const padlock = () => new Path2D(PATHS.lock);
