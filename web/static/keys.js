// Everything can be reached by keys; the help page lists them.

import { find } from "./page.js";

const TABS = { 1: "incidents", 2: "figures", 3: "layers" };

export function connectKeys(app) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "Escape" && !typing) app.cards.close();
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      find("query").focus();
    }
    if (event.key === "n" && find("report")) {
      event.preventDefault();
      app.cards.openReport(null);
    }
    if (event.key === "w") find("whole").click();
    if (event.key === "d") find("theme").click();
    if (event.key === "j" || event.key === "k") app.panel.step(event.key === "j" ? 1 : -1);
    if (TABS[event.key]) app.panel.choose(TABS[event.key]);
  });
}
