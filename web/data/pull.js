// Takes what has changed on the server into the copy.

import { get, query } from "./api.js";
import { commit, fact, isComplete, kept, limit, version } from "./copy.js";
import { Failure } from "./http.js";
import { summary } from "./merge.js";
import { arrived } from "./send.js";

const PAGE = 500;
/** Written together. */
const TOGETHER = 2000;
const WAIT_SECS = 30;

/** Pulls until nothing is left. With `waits`, the server answers when there is something. @param {AbortSignal} signal @param {boolean} waits */
export async function pull(signal, waits) {
  for (let hasMore = true; hasMore && !limit; ) {
    try {
      const before = version;
      const pages = await gathered(signal, waits);
      // What was pushed meanwhile may be newer than this.
      if (version !== before) continue;
      hasMore = pages.has_more;
      if (pages.changes.length > 0 || !isComplete()) await take(pages);
    } catch (error) {
      // The copy is too old. The writes that wait stay.
      if (!(error instanceof Failure) || !["resync_required", "invalid_cursor"].includes(error.code)) throw error;
      await commit(({ activities, facts }) => {
        activities.clear();
        for (const name of ["since", "complete"]) facts.remove(name);
      });
    }
  }
}

/** Some pages as one, which is faster to write. @param {AbortSignal} signal @param {boolean} waits */
async function gathered(signal, waits) {
  /** @type {{changes: any[], next: string | undefined, has_more: boolean}} */
  const all = { changes: [], next: fact("since"), has_more: true };
  while (all.has_more && all.changes.length < TOGETHER) {
    const asked = query({ limit: PAGE, include: "sets", since: all.next, wait: waits && all.next ? WAIT_SECS : undefined });
    const { changes, ...rest } = await get(`/activities/changes${asked}`, signal);
    all.changes.push(...changes);
    Object.assign(all, rest);
  }
  return all;
}

/** Applies pages to the copy. @param {{changes: any[], next: string | undefined, has_more: boolean}} page */
const take = (page) =>
  commit(async (shelves) => {
    const { activities, opened, facts } = shelves;
    if (limit) return;
    if (!(await facts.get("me"))) throw new DOMException("logged out meanwhile", "AbortError");
    for (const { type, id, activity } of page.changes) {
      const known = activity && kept.activities.get(activity.id);
      // The answer to its creation was lost, or is about to come.
      if (kept.writes.get(activity?.external_id)?.isSent) await arrived(shelves, activity.external_id, activity);
      if (type === "deleted") for (const one of [activities, opened]) one.remove(id);
      else if (!known || known.revision <= activity.revision) activities.put(summary(activity));
    }
    facts.put({ id: "since", value: page.next });
    if (!page.has_more) facts.put({ id: "complete", value: true });
  });
