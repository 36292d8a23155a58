// How fresh the page is: "data as of", and a banner when the service is silent or has a problem.

import { make, say } from "../front/words.js";
import { icon } from "./icons.js";
import { formatClock } from "./times.js";

// What is wrong is told in the words of who looks at the map; the log and the doctor tell more to whoever runs the service.
export function showStatus(status, banner, { at, problems = [], failed, stale }) {
  const kind = stale ? "stale" : failed ? "late" : "live";
  status.className = `status ${kind}`;
  status.replaceChildren(make("span", { class: "lamp", "aria-hidden": "true" }), at ? say("status.as_of", { time: formatClock(at) }) : say("status.waiting"));
  const text = describe({ at, problems, failed, stale });
  if (banner.dataset.text === text) return; // a reader aloud hears it once
  banner.dataset.text = text;
  banner.hidden = !text;
  banner.replaceChildren(...(text ? [icon("alert"), make("span", {}, text)] : []));
  document.documentElement.style.setProperty("--banner", `${banner.offsetHeight}px`); // what lies under it on a phone makes room
}

function describe({ at, problems, failed, stale }) {
  if (failed?.status === 401 || failed?.status === 403) return say("status.signed_out");
  if (stale) return say("status.stale", { time: at ? formatClock(at) : "–" });
  return problems.map((name) => say(`problem.${name}`)).join(" ");
}

// A sentence at the foot of the page that goes away by itself.
export function tell(element, text) {
  element.textContent = text;
  element.hidden = false;
  window.clearTimeout(Number(element.dataset.timer));
  element.dataset.timer = String(window.setTimeout(() => (element.hidden = true), 6000));
}
