// Sends the writes that wait, until all are sent, refused or disputed.

import { commit, waiting } from "./copy.js";
import { Failure } from "./http.js";
import { exclusively } from "./platform.js";
import { sendEdit, sendGone, sendNew } from "./send.js";

/** How often a write is tried again at once because another device was faster. */
const TRIES = 5;

/** Sends all writes that are due, in one tab at a time. Throws if the server cannot be reached. */
export const push = () => exclusively("push", run);

/** Milliseconds until a write is due that waits for its time. */
export function untilDue() {
  const later = waiting().map(({ notBefore = 0 }) => notBefore - Date.now()).filter((millis) => millis > 0);
  return Math.min(Infinity, ...later) + 50;
}

/** Whether the same request may succeed later. @param {unknown} error */
export const isPassing = (error) =>
  !(error instanceof Failure) || error.status < 400 || error.status >= 500 || [401, 408, 429].includes(error.status);

async function run() {
  /** @type {Map<string, number>} */
  const tries = new Map();
  const isDue = (/** @type {any} */ one) =>
    !one.refusal && one.theirs === undefined && !(one.notBefore > Date.now()) && (tries.get(one.id) ?? 0) < TRIES;
  for (;;) {
    const write = waiting().find(isDue);
    if (!write) return;
    tries.set(write.id, (tries.get(write.id) ?? 0) + 1);
    try {
      await (write.body ? sendNew(write.id) : write.isGone ? sendGone(write) : sendEdit(write));
    } catch (error) {
      if (isPassing(error)) throw error;
      await refuse(write.id, /** @type {Failure} */ (error));
    }
  }
}

/** @param {string} id @param {Failure} error */
const refuse = (id, error) =>
  commit(async ({ writes }) => {
    const now = await writes.get(id);
    if (!now) return;
    const { status, code, message, fields } = /** @type {any} */ (error);
    const edited = now.body && { body: { ...now.body, ...now.set }, set: undefined, isSent: undefined };
    writes.put({ ...now, ...edited, refusal: { status, code, error: message, fields } });
  });
