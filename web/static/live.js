// Keeps the page in step with the service: a cheap question every two seconds, a banner when nobody answers.

import { watcher } from "./client.js";
import { keepTime } from "./times.js";

const EVERY_MS = 2000;
const SLOWEST_MS = 5000; // while the service is away; new incidents are never more than this late
const STALE_MS = 12000; // six questions without an answer
const RENEW_MS = 60000; // "3 minutes ago" grows old although nothing happens

// Resolves after the first answer. `told` hears {division, incidents, assets} when something is new, and once a minute; nobody looks at a hidden page, so it asks nothing. `shown` hears how fresh the page is.
export function followRevision({ told, shown }) {
  const look = watcher("/api/v1/revision");
  const state = { heard: Date.now(), at: null, failed: null, untold: null, last: null, toldAt: Date.now(), problems: [] };
  let timer = 0, delay = EVERY_MS, asking = false;

  async function poll() {
    window.clearTimeout(timer);
    if (asking) return;
    asking = true;
    try {
      const { at, changed } = await look();
      Object.assign(state, { heard: Date.now(), at, failed: null });
      keepTime(at);
      if (changed) Object.assign(state, { problems: changed.problems ?? [], untold: changed, last: changed });
      if (Date.now() - state.toldAt > RENEW_MS) state.untold = state.last;
      if (state.untold) {
        await told(state.untold);
        Object.assign(state, { untold: null, toldAt: Date.now() }); // told again at the next question when it could not be shown
      }
      delay = EVERY_MS;
    } catch (error) {
      state.failed = error;
      delay = Math.min(SLOWEST_MS, delay * 1.5);
    } finally {
      asking = false;
      shown({ at: state.at, problems: state.problems, failed: state.failed, stale: Date.now() - state.heard > STALE_MS });
      if (!document.hidden) timer = window.setTimeout(poll, delay);
    }
  }

  document.addEventListener("visibilitychange", () => document.hidden || poll());
  window.addEventListener("online", poll);
  return poll();
}
