// Report an incident: where (touch, address or this phone's position), what, and near a border in which grid.

import { make, say } from "../front/words.js";
import { readJson, sendJson, toQuery } from "./client.js";
import { buildHead, tool } from "./gridcard.js";
import { icon } from "./icons.js";
import { sayFault } from "./page.js";
import { formatDay, nameOf, timeNow } from "./times.js";

const WAIT_FOR_POSITION_MS = 15000;
const POSITION_FAULTS = { 1: "report.position.denied", 3: "report.position.timeout" };

// `actions` has {close, mark(place), done(row)}; `start` is a place that was touched already, or null.
export function buildReport(settings, start, actions) {
  const form = { id: newId(), place: null, grid: null, address: "" };
  const where = make("div", { class: "where", "aria-live": "polite" }), fault = make("p", { class: "fault", role: "alert" });
  const category = make("select", { required: true, name: "category" }, make("option", { value: "" }, say("report.choose")), ...settings.categories.map((entry) => make("option", { value: entry.code }, nameOf(entry))));
  const description = make("textarea", { rows: "3", required: true, maxlength: "2000", name: "description", placeholder: say("report.description.hint") });
  const address = make("input", { type: "search", name: "address", "aria-label": say("report.address.hint"), autocomplete: "off", placeholder: say("report.address.hint") });
  const contact = make("input", { type: "text", name: "contact", maxlength: "200", autocomplete: "off" });
  const send = make("button", { type: "submit", class: "main" }, icon("check"), say("report.send"));

  // Looks up the grid of a place; near a border the officer says which one it is.
  async function setPlace(lon, lat, words = "") {
    fault.textContent = "";
    try {
      const found = await readJson(`/api/v1/locate${toQuery({ lon, lat })}`);
      Object.assign(form, { place: found, grid: found.near_border ? null : found.grid_code, address: words });
      actions.mark(found);
      where.replaceChildren(describePlace(found, words, (code) => (form.grid = code)));
    } catch (error) {
      fault.textContent = sayFault(error);
    }
  }

  function buildChoice({ lon, lat, address: found, matched, grid_code: code }) {
    const choose = () => setPlace(lon, lat, address.value.trim());
    return make("button", { type: "button", class: "choice", click: choose }, found || matched, make("small", {}, ` ${code ?? ""}`));
  }

  async function findAddress() {
    if (!address.value.trim()) return;
    fault.textContent = "";
    try {
      const { results } = await readJson(`/api/v1/geocode${toQuery({ q: address.value.trim(), limit: 5 })}`);
      const placed = results.filter(({ lon }) => lon != null);
      if (!placed.length) fault.textContent = say("report.address.nothing");
      else if (placed.length === 1 || placed[0].score >= 0.9) await setPlace(placed[0].lon, placed[0].lat, address.value.trim());
      else where.replaceChildren(make("p", {}, say("report.address.which")), ...placed.map(buildChoice));
    } catch (error) {
      fault.textContent = error.status === 404 ? say("report.address.none") : sayFault(error);
    }
  }

  function usePosition() {
    if (!navigator.geolocation || !window.isSecureContext) {
      fault.textContent = say("report.position.none");
      return;
    }
    where.replaceChildren(make("p", { class: "soft" }, say("report.position.waiting")));
    navigator.geolocation.getCurrentPosition(({ coords }) => setPlace(coords.longitude, coords.latitude), (error) => {
      where.replaceChildren();
      fault.textContent = say(POSITION_FAULTS[error.code] ?? "report.position.unavailable");
    }, { enableHighAccuracy: true, timeout: WAIT_FOR_POSITION_MS });
  }

  function readForm() {
    const { lon, lat, near_border: asked } = form.place, phone = contact.value.trim();
    const told = { incident_id: form.id, lon, lat, category: category.value, description: description.value.trim() };
    if (form.address) told.address = form.address;
    if (phone) told.contact = phone;
    if (asked) told.grid_code = form.grid;
    return told;
  }

  function findMissing() {
    if (!form.place) return "report.no_place";
    if (form.place.near_border && !form.grid) return "report.no_grid_chosen";
    if (!category.value) return "report.no_category";
    return description.value.trim() ? "" : "report.no_description";
  }

  async function submit(event) {
    event.preventDefault();
    const missing = findMissing();
    fault.textContent = missing && say(missing);
    if (missing) return;
    send.disabled = true;
    try {
      await actions.done(await sendOnce(readForm()));
    } catch (error) {
      fault.textContent = sayFault(error);
      send.disabled = false;
    }
  }

  address.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    findAddress();
  });
  const field = (word, input) => make("label", { class: "field" }, make("span", {}, say(word)), input);
  const element = make("form", { class: "report", submit, novalidate: true },
    buildHead(say("report.title"), "", actions.close, icon("plus")),
    make("p", { class: "soft" }, say("report.where")),
    make("div", { class: "finder" }, address, make("button", { type: "button", "aria-label": say("report.find"), click: findAddress }, icon("search"))),
    make("div", { class: "buttons" }, tool("locate", "report.position", usePosition)),
    where,
    field("report.category", category), field("report.description", description), field("report.contact", contact),
    fault, make("div", { class: "buttons" }, send));
  if (start) setPlace(start.lon, start.lat, start.address ?? "");
  return { element, setPlace };
}

// Made here, so that a report whose answer got lost on the way may be sent again and is there once.
function newId() {
  const chance = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `R${formatDay(timeNow()).replaceAll("-", "")}-${chance.toUpperCase()}`;
}

async function sendOnce(told) {
  try {
    return await sendJson("/api/v1/incidents", told);
  } catch (error) {
    if (error.status !== 409 || error.body?.error?.where !== "incident_id") throw error;
    return readJson(`/api/v1/incidents/${encodeURIComponent(told.incident_id)}`); // it had arrived before
  }
}

function describePlace(found, words, choose) {
  const lines = [make("p", {}, make("b", {}, found.grid_code ? `${say("place.grid")} ${found.grid_code}` : say("place.no_grid")), words ? ` · ${words}` : "")];
  if (!found.near_border) return make("div", {}, ...lines);
  const codes = [...new Set([found.grid_code, ...(found.neighbours ?? [])].filter(Boolean))];
  const options = codes.map((code) => make("label", { class: "choice" }, make("input", { type: "radio", name: "grid", value: code, change: () => choose(code) }), code));
  return make("fieldset", { class: "border-question" }, make("legend", {}, icon("alert"), say("report.which_grid", { m: Math.round(found.border_m) })), ...options);
}
