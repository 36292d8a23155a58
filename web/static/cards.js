// The card over the map: a grid, an incident, a place or a new report; one at a time.

import { formatNumber, make, say } from "../front/words.js";
import { readJson, sendJson, toQuery } from "./client.js";
import { buildGridCard, buildHead } from "./gridcard.js";
import { icon } from "./icons.js";
import { buildIncidentCard } from "./incidentcard.js";
import { buildList } from "./list.js";
import { find, isTouched } from "./page.js";
import { buildPlaceCard } from "./placecard.js";
import { buildReport } from "./report.js";
import { buildResources, findResources } from "./resources.js";
import { clearOfCard, goTo, goToPoint } from "./view.js";

const NEAREST = 10;

export function connectCards(app) {
  const { scene, state, settings, map } = app;
  const element = find("card");
  const mayReport = Boolean(settings.user) && settings.user.role !== "viewer";
  let open = null; // {kind, draw, renew?}
  let reporting = null;

  function put(kind, draw, renew = null) {
    open = { kind, draw, renew };
    reporting = kind === "report" ? reporting : null;
    const focused = element.contains(document.activeElement);
    element.replaceChildren(draw());
    element.hidden = false;
    element.scrollTop = 0;
    document.body.classList.add("has-card");
    if (focused) element.querySelector("h2")?.focus({ preventScroll: true });
  }

  function close() {
    open = reporting = null;
    element.hidden = true;
    element.replaceChildren();
    document.body.classList.remove("has-card");
    select({ card: "", incident: "" });
    scene.highlight.grid(null, -1);
    scene.highlight.place(null);
  }

  function select(part) {
    Object.assign(state, { card: "", incident: "" }, part);
    scene.dots.selected = state.incident;
    scene.parts.dots.repaint();
    app.panel?.mark(state.incident);
    map.fire("moveend");
  }

  // What a card tells of must not lie below it.
  function showUnderCard({ lat, lon }) {
    map.panInside([lat, lon], { ...clearOfCard(40), animate: false });
  }

  async function attempt(action) {
    try {
      return await action();
    } catch (error) {
      return app.complain(error);
    }
  }

  // `place` is what was touched or found inside the grid: {title, found}.
  const openGrid = (code, travel = false, place = null) => attempt(async () => {
    const card = await readJson(`/api/v1/grids/${encodeURIComponent(code)}`);
    const bounds = scene.highlight.grid(scene.division.grids, scene.division.placeOf.get(code)), spot = place?.found ?? null;
    scene.highlight.place(spot?.lat ?? null, spot?.lon);
    const middle = () => spot ?? { lon: bounds.getCenter().lng, lat: bounds.getCenter().lat };
    const actions = {
      close, open: (other) => openGrid(other, true), zoom: () => bounds && goTo(map, bounds),
      only: () => app.change({ grid: code, area: "" }).then(() => app.panel.choose("incidents")),
      print: () => window.open(`/print${toQuery({ grid: code, paper: "A4", lang: state.lang })}`, "_blank", "noopener"),
      nearest: () => openNearest(middle().lon, middle().lat),
      report: mayReport && spot ? () => openReport(spot) : null,
    };
    put("grid", () => buildGridCard(card, settings, actions, place), async () => Object.assign(card, await readJson(`/api/v1/grids/${encodeURIComponent(code)}`)));
    if (spot) showUnderCard(spot);
    select({ card: code });
    if (travel && bounds) goTo(map, bounds);
  });

  const openIncident = (id, travel = false) => attempt(async () => {
    const incident = await scene.reader.one(id);
    if (!incident) return;
    const draft = { note: "", fault: "" };
    const again = async () => Object.assign(incident, await scene.reader.one(id));
    const actions = {
      close, openGrid: (code) => openGrid(code, true), zoom: () => goToPoint(map, incident.lat, incident.lon),
      nearest: () => openNearest(incident.lon, incident.lat),
      again: () => attempt(async () => {
        await again();
        if (open?.draw === draw) element.replaceChildren(draw());
        await app.refresh();
      }),
      step: async (event) => {
        await sendJson(`/api/v1/incidents/${encodeURIComponent(id)}/events`, event);
        app.say(say("incident.saved"));
        await Promise.all([openIncident(id), app.refresh()]);
      },
    };
    const draw = () => buildIncidentCard(incident, settings, actions, draft);
    put("incident", draw, again);
    scene.highlight.grid(scene.division.grids, scene.division.placeOf.get(incident.grid_code) ?? -1);
    scene.highlight.place(incident.lat, incident.lon);
    if (incident.lat != null) showUnderCard(incident);
    select({ incident: id });
    if (travel && incident.lat != null && !map.getBounds().pad(-0.1).contains([incident.lat, incident.lon])) goToPoint(map, incident.lat, incident.lon, 16);
  });

  const openPlace = (lon, lat, title) => attempt(async () => {
    const found = await readJson(`/api/v1/locate${toQuery({ lon, lat })}`);
    if (found.grid_code) {
      await openGrid(found.grid_code, false, { title, found });
      return;
    }
    const actions = { close, nearest: () => openNearest(lon, lat), report: mayReport ? () => openReport({ lon, lat }) : null };
    put("place", () => buildPlaceCard({ title, found }, actions));
    select({});
    scene.highlight.grid(null, -1);
    scene.highlight.place(lat, lon);
  });

  const openNearest = (lon, lat) => attempt(async () => {
    const [answer, resources] = await Promise.all([scene.reader.nearest(lon, lat, NEAREST), findResources(scene.points, lon, lat, NEAREST)]);
    if (!answer) return;
    const shown = { rows: answer.incidents, total: answer.incidents.length, next: null, selected: "", fresh: new Set() };
    const hover = (row) => scene.highlight.place(row?.lat ?? lat, row?.lon ?? lon);
    const choose = (row) => openIncident(row.incident_id, true);
    put("nearest", () => make("div", { class: "nearest" },
      buildHead(say("nearest.title", { n: formatNumber(shown.rows.length) }), "", close, icon("pin")),
      buildList(shown, settings, { choose, hover, more: () => {} }),
      buildResources(resources, { choose: (one) => goToPoint(map, one.lat, one.lon), hover })));
    scene.highlight.place(lat, lon);
  });

  function openReport(start) {
    if (!mayReport) return;
    document.body.classList.remove("panel-open");
    const form = buildReport(settings, start, {
      close, mark: ({ lon, lat }) => {
        scene.highlight.place(lat, lon);
        if (map.getBounds().contains([lat, lon])) showUnderCard({ lat, lon });
        else goToPoint(map, lat, lon);
      },
      done: (row) => {
        app.say(say("report.done", { id: row.incident_id, grid: row.grid_code ?? say("list.no_grid") }));
        return Promise.all([openIncident(row.incident_id), app.refresh()]);
      },
    });
    put("report", () => form.element);
    reporting = form;
    select({});
    form.element.querySelector(isTouched() ? "h2" : "input").focus({ preventScroll: true });
  }

  // While a report is being written a touch says where; else it opens the grid, or the place beside all grids.
  const touch = ({ lat, lng }) => {
    if (reporting) return reporting.setPlace(lng, lat);
    document.body.classList.remove("panel-open");
    return openPlace(lng, lat, "");
  };

  // What the card says may have changed on the service; a half-written note or report is left alone.
  async function renew() {
    if (!open?.renew || element.querySelector("textarea")?.value || element.contains(document.activeElement)) return;
    const { renew: again, draw } = open;
    await attempt(async () => {
      await again();
      if (open?.draw === draw) element.replaceChildren(draw());
    });
  }

  find("report")?.addEventListener("click", () => openReport(null));
  if (!mayReport) find("report")?.remove();
  return {
    openGrid, openIncident, openPlace, openReport, close, touch, renew,
    show: () => open && open.kind !== "report" && element.replaceChildren(open.draw()),
    reopen: async () => (state.incident ? openIncident(state.incident, state.lat == null) : state.card ? openGrid(state.card, state.lat == null) : null),
  };
}
