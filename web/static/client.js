// Talks to the service: JSON in, JSON out, and every refusal as one kind of error.

const TIMEOUT_MS = 10000;

// A refusal of the service, or no answer at all (status 0); `body` is what the service said.
export class ServiceError extends Error {
  constructor(status, kind, message, body = null) {
    super(message);
    Object.assign(this, { status, kind, body });
  }
}

async function ask(path, options) {
  const { signal, ...others } = options;
  const clock = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(path, { credentials: "same-origin", ...others, signal: signal ? AbortSignal.any([signal, clock]) : clock });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ServiceError(0, "unreachable", String(error.message || error));
  }
}

async function refuse(answer) {
  const type = answer.headers.get("Content-Type") || "";
  const body = type.includes("json") ? await answer.json() : {};
  const { kind = "http", message = answer.statusText } = body.error || {};
  throw new ServiceError(answer.status, kind, message, body);
}

export async function readJson(path, { signal } = {}) {
  const answer = await ask(path, { signal, headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : refuse(answer);
}

export async function readBytes(path, { signal } = {}) {
  const answer = await ask(path, { signal, priority: "low" }); // what is known of incidents goes first
  if (answer.status === 204 || answer.status === 404) return null;
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : refuse(answer);
}

export async function sendJson(path, body) {
  const answer = await ask(path, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  return answer.ok ? answer.json() : refuse(answer);
}

// Asks for a path again and again at the price of a 304; `changed` is null when nothing is new.
export function watcher(path) {
  let tag = null;
  return async () => {
    const headers = { Accept: "application/json", ...(tag ? { "If-None-Match": tag } : {}) };
    const answer = await ask(path, { headers, cache: "no-store" });
    const at = new Date(answer.headers.get("Date") || Date.now());
    if (answer.status === 304) return { at, changed: null };
    if (!answer.ok) await refuse(answer);
    const changed = await answer.json();
    tag = answer.headers.get("ETag");
    return { at, changed };
  };
}

export function toQuery(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value) ? value.length : value != null && value !== "") query.set(name, Array.isArray(value) ? value.join(",") : value);
  }
  const text = query.toString();
  return text && `?${text}`;
}
