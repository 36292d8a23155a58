// The card of an incident: what was reported, what has happened since, and what may be done next.

import { make, say } from "../front/words.js";
import { buildHead, tool } from "./gridcard.js";
import { icon, iconFor } from "./icons.js";
import { categoryOf, stateOf } from "./list.js";
import { sayFault } from "./page.js";
import { formatDue, formatMoment, nameOf } from "./times.js";

// `draft` keeps the note that is being written, and what went wrong, when the card is built anew.
export function buildIncidentCard(incident, settings, actions, draft) {
  const category = categoryOf(settings, incident.category), state = stateOf(settings, incident.state);
  const kind = incident.overdue ? "overdue" : state?.open === false ? "closed" : "open";
  const table = make("dl");
  const row = (key, ...value) => table.append(make("dt", {}, say(`incident.${key}`)), make("dd", {}, ...value));
  row("state", make("span", { class: `state ${kind}` }, nameOf(state, incident.state)), incident.due_at && kind !== "closed" ? ` ${formatDue(incident.due_at)}` : "");
  if (incident.level && settings.workflow.levels.length) row("level", buildLevels(incident.level, settings));
  row("reported_at", formatMoment(incident.reported_at));
  if (incident.address) row("address", incident.address);
  row("grid", incident.grid_code ? make("button", { type: "button", class: "link", click: () => actions.openGrid(incident.grid_code) }, incident.grid_code) : say("list.no_grid"));
  if (incident.contact) row("contact", incident.contact);
  return make("div", { class: "incident-card" },
    buildHead(nameOf(category, incident.category), incident.incident_id, actions.close, make("span", { class: `badge ${kind}` }, icon(iconFor(category?.zh, category?.en, incident.category)))),
    incident.description ? make("p", { class: "description" }, incident.description) : null,
    table,
    buildSteps(incident, settings, actions, draft),
    buildHistory(incident.events ?? [], settings),
    incident.lon == null ? null : make("div", { class: "buttons" }, tool("locate", "card.zoom", actions.zoom), tool("pin", "card.nearest", actions.nearest)));
}

// The way up, with the one who has it in hand marked.
function buildLevels(name, { workflow }) {
  const mark = (entry) => make("li", entry.name === name ? { "aria-current": "step" } : {}, nameOf(entry));
  return make("ol", { class: "levels" }, ...workflow.levels.map(mark));
}

function allowedSteps({ state, level }, { workflow, user }) {
  if (!user) return [];
  const at = Math.max(0, workflow.levels.findIndex(({ name }) => name === level));
  const last = { up: workflow.levels.length - 1, down: 0 };
  return workflow.actions.filter((action) => action.from.includes(state) && action.mine && !(action.level && at === last[action.level]));
}

// One button for each step that the workflow allows; a step that needs a note asks for it first.
function buildSteps(incident, settings, { step, again }, draft) {
  const steps = allowedSteps(incident, settings);
  const fault = make("p", { class: "fault", role: "alert" }, draft.fault);
  if (!steps.length) return fault;
  const note = make("textarea", { rows: "2", maxlength: "2000", placeholder: say("incident.note"), "aria-label": say("incident.note"), input: () => (draft.note = note.value) });
  note.value = draft.note;
  const buttons = steps.map((action) => make("button", { type: "button", class: action.to && action.to !== incident.state ? "step" : "", click: () => take(action) }, nameOf(action, action.name), action.note ? " …" : ""));
  async function take(action) {
    if (action.note && !note.value.trim()) {
      fault.textContent = say("incident.note.needed");
      note.focus();
      return;
    }
    for (const button of buttons) button.disabled = true;
    try {
      await step({ action: action.name, ...(note.value.trim() ? { note: note.value.trim() } : {}), ...(incident.event_id ? { expected_event_id: incident.event_id } : {}) });
    } catch (error) {
      if (error.status === 409) {
        draft.fault = say("incident.conflict");
        await again(); // as it is by now, with the steps that are left; the note stays
        return;
      }
      fault.textContent = sayFault(error);
      for (const button of buttons) button.disabled = false;
    }
  }
  return make("div", { class: "steps" }, note, make("div", { class: "buttons" }, ...buttons), fault);
}

function buildHistory(events, { workflow }) {
  if (!events.length) return null;
  const line = ({ at, by, action, state, level, note }) => make("li", {},
    make("time", { datetime: at }, formatMoment(at)),
    make("b", {}, nameOf(workflow.actions.find(({ name }) => name === action), say(`event.${action}`))),
    make("span", { class: "soft" }, [by, nameOf(workflow.states.find(({ name }) => name === state), state), nameOf(workflow.levels.find((entry) => entry.name === level), level ?? "")].filter(Boolean).join(" · ")),
    note ? make("p", {}, note) : null);
  return make("details", { class: "history", open: events.length < 6 }, make("summary", {}, say("incident.history")), make("ol", {}, ...events.map(line)));
}
