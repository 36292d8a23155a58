// The map of the duty officer: reads the service, opens the map, keeps panel, card and address in step.

import { mayMove } from "../front/view.js";
import { say } from "../front/words.js";
import { readAddress, writeAddress } from "./address.js";
import { connectCards } from "./cards.js";
import { readJson } from "./client.js";
import { connectKeys } from "./keys.js";
import { followRevision } from "./live.js";
import { readDivision, wholeBounds } from "./model.js";
import { connectPanel } from "./panel.js";
import { find, isNarrow, otherLanguage, readPage, sayFault, useLanguage } from "./page.js";
import { openScene } from "./scene.js";
import { connectSearch } from "./search.js";
import { showStatus, tell } from "./status.js";
import { connectTheme } from "./themes.js";
import { useZone } from "./times.js";
import { connectTooltip } from "./tooltip.js";
import { toFilters } from "./incidents.js";
import { listOff } from "./layers.js";
import { goTo, goToPoint } from "./view.js";

const AGAIN_MS = 2000;
const page = readPage();
let again = 0;
const state = readAddress();
useLanguage(page.words, state.lang || page.lang);
useZone(page.timezone);
const complain = (error) => tell(find("told"), sayFault(error));

// The revision first: what is read after it is at least as new, so no change falls between the two.
let news = async () => {};
await followRevision({ told: (...revisions) => news(...revisions), shown: (fresh) => showStatus(find("status"), find("banner"), fresh) });
const [settings, division] = await Promise.all([readJson("/api/v1/settings"), readDivision()]);
const scene = openScene(find("map"), { settings, division, page, off: state.off, size: window.innerWidth >= 2800 ? 1.6 : 1 });
const app = { page, state, settings, scene, map: scene.map, filters: () => toFilters(state), complain, change, refresh, say: (text) => tell(find("told"), text) };
const whole = () => wholeBounds(division, settings);
const panel = connectPanel(app);
app.panel = panel;
await panel.refresh();
scene.start((map) => {
  if (state.lat == null || state.lon == null) map.fitBounds(whole(), { paddingTopLeft: [12, isNarrow() ? 112 : 12], paddingBottomRight: [12, 12], animate: false });
  else map.setView([state.lat, state.lon], state.z ?? 15, { animate: false });
  map.setMinZoom(Math.max(3, map.getBoundsZoom(whole()) - 2)).setMaxBounds(whole().pad(2)); // so wide that a phone can lift the southern edge above a card
});
const cards = connectCards(app);
app.cards = cards;
connectTooltip(app);
connectTheme(find("theme"), () => {
  scene.setMeasure(state.measure);
  scene.repaint();
  panel.show();
});
connectKeys(app);
connectSearch(find("query"), find("results"), openResult, complain);

// Merges a change into what is shown; the service is asked only when the filters changed.
function change(part) {
  Object.assign(state, part);
  keepAddress();
  panel.show();
  return refresh();
}

function keepAddress() {
  const { lat, lng } = app.map.getCenter();
  Object.assign(state, { lat: Number(lat.toFixed(5)), lon: Number(lng.toFixed(5)), z: Number(app.map.getZoom().toFixed(2)), off: listOff(scene.shown) });
  writeAddress(state);
}

// What could not be had now is asked for again in a moment, so no picture stays behind its filters.
async function refresh() {
  window.clearTimeout(again);
  try {
    await Promise.all([scene.showIncidents(app.filters()), panel.refresh()]);
  } catch (error) {
    complain(error);
    if (error.status === 0 || error.status === 429 || error.status >= 500) again = window.setTimeout(refresh, AGAIN_MS);
  }
}

async function openResult(result) {
  document.body.classList.remove("panel-open");
  if (result.kind === "grid" && result.grid_code) return cards.openGrid(result.grid_code, true);
  if (result.bounds) goTo(app.map, L.latLngBounds([result.bounds[1], result.bounds[0]], [result.bounds[3], result.bounds[2]]));
  else goToPoint(app.map, result.lat, result.lon);
  return cards.openPlace(result.lon, result.lat, result.title);
}

news = async ({ division: revision }) => {
  if (page.division !== revision) {
    page.division = revision;
    scene.setVersion(revision);
    Object.assign(division, await readDivision());
    scene.repaint();
    app.say(say("status.new_division"));
  }
  await refresh();
  await cards.renew();
};

app.map.on("moveend", () => {
  keepAddress();
  scene.showIncidents(app.filters()).catch(complain);
});
app.map.on("click", ({ latlng, containerPoint }) => {
  const mark = scene.parts.dots.findAt(containerPoint);
  if (mark?.count > 1) return app.map.setView([mark.lat, mark.lon], Math.min(20, app.map.getZoom() + 1.5), { animate: mayMove(), duration: 0.4 });
  if (mark?.incident_id) return cards.openIncident(mark.incident_id);
  return cards.touch(latlng);
});
find("language").addEventListener("click", () => {
  state.lang = otherLanguage();
  document.cookie = `lang=${state.lang}; path=/; max-age=31536000; samesite=lax`;
  useLanguage(page.words, state.lang);
  keepAddress();
  panel.show();
  cards.show();
  scene.repaint();
});
find("whole").addEventListener("click", () => goTo(app.map, whole()));
find("panel-toggle").addEventListener("click", () => document.body.classList.toggle("panel-open"));
if (page.user?.name && find("logout")) find("logout").title = page.user.name;

await scene.showIncidents(app.filters());
await cards.reopen();
document.body.classList.add("ready");
