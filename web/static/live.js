// Keeps the page in step with the service: a cheap question every two seconds, a banner when nobody answers.

import { watcher } from "./client.js";

const EVERY_MS = 2000;
const SLOWEST_MS = 5000; // while the service is away; new incidents are never more than this late
const STALE_MS = 12000; // six questions without an answer

// Resolves after the first answer. `told` hears {division, incidents, problem} when something is new; `shown` hears how fresh the page is.
export function followRevision({ told, shown }) {
  const look = watcher("/api/v1/revision");
  const state = { heard: Date.now(), at: null, failed: null, untold: null, problem: null, problems: [] };
  let timer = 0, delay = EVERY_MS, asking = false;

  async function poll() {
    window.clearTimeout(timer);
    if (asking) return;
    asking = true;
    try {
      const { at, changed } = await look();
      Object.assign(state, { heard: Date.now(), at, failed: null });
      if (changed) Object.assign(state, { problem: changed.problem, problems: changed.problems ?? [], untold: changed });
      if (state.untold) {
        await told(state.untold);
        state.untold = null; // told again at the next question when it could not be shown
      }
      delay = EVERY_MS;
    } catch (error) {
      state.failed = error;
      delay = Math.min(SLOWEST_MS, delay * 1.5);
    } finally {
      asking = false;
      shown({ at: state.at, problem: state.problem, problems: state.problems, failed: state.failed, stale: Date.now() - state.heard > STALE_MS });
      timer = window.setTimeout(poll, delay);
    }
  }

  document.addEventListener("visibilitychange", () => document.hidden || poll());
  window.addEventListener("online", poll);
  return poll();
}
