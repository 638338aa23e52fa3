// Writes that the server has refused, or that another device was faster with: their owner decides.

import { commit } from "./copy.js";
import { asBody } from "./merge.js";
import { newId } from "./platform.js";
import { sent } from "./writes.js";

/** Decides a dispute: `chosen` fields over the other device's version. @param {any} write @param {any} chosen */
export async function settle({ id }, chosen) {
  await commit(async ({ writes }) => {
    const now = await writes.get(id);
    if (!now?.theirs) return;
    if (Object.keys(chosen).length > 0) writes.put({ ...now, base: now.theirs, set: chosen, theirs: undefined, tried: undefined });
    else writes.remove(id);
  });
  return sent(id);
}

/** Deletes what another device has changed, or logs again what another device has deleted. @param {any} write */
export async function insist({ id }) {
  const again = newId();
  const isLost = await commit(async ({ writes }) => {
    const now = await writes.get(id);
    if (now?.theirs) writes.put({ ...now, base: now.theirs, theirs: undefined });
    if (now?.theirs !== null) return false;
    writes.remove(id);
    writes.put({ id: again, at: now.at, body: { ...asBody({ ...now.base, ...now.set }), external_id: again } });
    return true;
  });
  return sent(isLost ? again : id);
}

/** Gives a write up. An activity that is deleted no more keeps its earlier edit. @param {any} write */
export const discard = ({ id }) =>
  commit(async ({ writes }) => {
    const now = await writes.get(id);
    const { isGone, notBefore, theirs, refusal, ...rest } = now ?? {};
    if (isGone && (rest.body || Object.keys(rest.set ?? {}).length > 0)) writes.put(rest);
    // What has been sent may have arrived.
    else if (rest.isSent) writes.put({ ...rest, isGone: true });
    else writes.remove(id);
  });
