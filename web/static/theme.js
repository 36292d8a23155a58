// Day or night, before the first pixel; a plain script because modules run after the page is drawn.
"use strict";
(() => {
  const root = document.documentElement;
  try {
    const kept = window.localStorage.getItem("theme");
    if (root.dataset.theme !== "dark" && (kept === "light" || kept === "dark")) root.dataset.theme = kept;
  } catch (error) {
    root.dataset.themeFault = error.name; // storage is switched off in this browser: the system's choice stays
  }
})();
