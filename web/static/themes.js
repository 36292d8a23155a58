// The switch between day and night; until it is used the system's choice holds.

import { say } from "../front/words.js";
import { icon } from "./icons.js";
import { isDark } from "./palette.js";

export function connectTheme(button, changed) {
  const show = () => {
    button.replaceChildren(icon(isDark() ? "sun" : "moon"));
    button.setAttribute("aria-label", say(isDark() ? "theme.light" : "theme.dark"));
  };
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      window.localStorage.setItem("theme", next);
    } catch (error) {
      console.info(`the choice of day or night is not kept: ${error.message}`);
    }
    show();
    changed();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    show();
    changed();
  });
  show();
}
