// The colours of the map by day and by night; those of the classes stay the same, so that a legend is learnt once.

import { DAY } from "../front/paint.js";

export const PALETTES = {
  light: {
    ...DAY,
    inks: { halo: "rgba(255,255,255,.92)", community: "#101820", grid: "#13202c", street: "#37424f" },
    incident: { open: "#d1440c", overdue: "#9b0a3c", closed: "#5b6875", ring: "#ffffff", text: "#ffffff" },
    highlight: "#e8590c",
  },
  dark: {
    ground: "#1a232c",
    water: "#15364f",
    shore: "#2f6288",
    border: "#0b1015",
    community: "#f2f6f8",
    halo: "rgba(8,12,16,.85)",
    buildings: { light: ["rgba(10,16,24,.26)", "rgba(10,16,24,.62)"], dark: ["rgba(255,255,255,.14)", "rgba(255,255,255,.42)"] },
    street: "rgba(235,240,245,.62)",
    kerb: "rgba(4,8,12,.55)",
    rail: "#b9c2cb",
    inks: { halo: "rgba(8,12,16,.88)", community: "#ffffff", grid: "#eef3f6", street: "#c9d3db" },
    incident: { open: "#ff8a3d", overdue: "#ff3d7f", closed: "#93a1ad", ring: "#0b1015", text: "#0b1015" },
    highlight: "#ffd43b",
  },
};

export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || (theme !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
}

export function palette() {
  return PALETTES[isDark() && !document.body.classList.contains("sheet") ? "dark" : "light"];
}
