// Talks to the routes of drafts and versions; opening and saving a city takes longer than a glance at the map.

import { ServiceError } from "../client.js";

const STROKE_MS = 20000;
const LONG_MS = 120000;

async function ask(method, path, body, patience) {
  const options = { method, credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(patience) };
  if (body) Object.assign(options, { body: JSON.stringify(body), headers: { ...options.headers, "Content-Type": "application/json" } });
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    throw new ServiceError(0, "unreachable", String(error.message || error));
  }
  if (answer.status === 204) return null;
  const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
  if (answer.ok) return told;
  const { kind = "http", message = answer.statusText } = told.error || {};
  throw new ServiceError(answer.status, kind, message, told);
}

export const listDrafts = () => ask("GET", "/api/v1/drafts", null, STROKE_MS);
export const createDraft = () => ask("POST", "/api/v1/drafts", {}, LONG_MS);
export const readDraft = (id, area) => ask("GET", `/api/v1/drafts/${id}?area=${encodeURIComponent(area)}`, null, LONG_MS);
export const readDraftAtoms = (id, area) => ask("GET", `/api/v1/drafts/${id}/atoms?area=${encodeURIComponent(area)}`, null, LONG_MS);
export const operate = (id, operation, expected) => ask("POST", `/api/v1/drafts/${id}/operations`, { ...operation, expected }, STROKE_MS);
export const preview = (id, operation) => ask("POST", `/api/v1/drafts/${id}/preview`, operation, STROKE_MS);
export const readSuggestions = (id, grid) => ask("GET", `/api/v1/drafts/${id}/suggestions?grid=${encodeURIComponent(grid)}`, null, LONG_MS);
export const discardDraft = (id) => ask("DELETE", `/api/v1/drafts/${id}`, null, STROKE_MS);
export const saveDraft = (id, told) => ask("POST", `/api/v1/drafts/${id}/save`, told, LONG_MS);
export const mergeDraft = (id) => ask("POST", `/api/v1/drafts/${id}/merge`, {}, LONG_MS);
export const listVersions = () => ask("GET", "/api/v1/versions", null, STROKE_MS);
export const publishVersion = (n) => ask("POST", `/api/v1/versions/${n}/publish`, {}, LONG_MS);
