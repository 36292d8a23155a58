// Tabs of the panel: arrows move between them, as readers of the screen expect.

export function connectTabs(nav, chosen, changed) {
  const tabs = [...nav.querySelectorAll("[role=tab]")];
  const choose = (name, focus = false) => {
    for (const tab of tabs) {
      const on = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
      if (on && focus) tab.focus();
    }
    changed(name);
  };
  tabs.forEach((tab, k) => {
    tab.addEventListener("click", () => choose(tab.dataset.tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) choose(tabs[(k + step + tabs.length) % tabs.length].dataset.tab, true);
    });
  });
  choose(tabs.some((tab) => tab.dataset.tab === chosen) ? chosen : tabs[0].dataset.tab);
  return choose;
}
