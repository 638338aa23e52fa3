// What this device changes. Each change is kept here first, and sent at once if that is possible.

import { call } from "./api.js";
import { commit, kept, limit } from "./copy.js";
import { Failure } from "./http.js";
import { summary } from "./merge.js";
import { push } from "./push.js";
import { named } from "./shown.js";
import { nudge } from "./sync.js";

/** How long a form waits for the server before the change waits by itself. */
const PATIENCE_MILLIS = 4000;
const UNDO_MILLIS = 8000;

/** @typedef {{state: "sent" | "waiting" | "disputed", id: string}} Outcome */

/** Creates an activity. @param {any} body @param {string} id of this device @returns {Promise<Outcome>} */
export async function create(body, id) {
  await commit(({ writes }) => writes.put({ id, body: { ...body, external_id: id }, at: Date.now() }));
  return sent(id);
}

/** Edits an activity as it was shown. @param {any} activity @param {any} changes @returns {Promise<Outcome>} */
export async function change(activity, changes) {
  const { id } = activity;
  const before = await commit(async ({ writes }) => {
    const write = await writes.get(id);
    writes.put({ at: Date.now(), id, ...write, ...edited(write, activity, changes), refusal: undefined, theirs: undefined });
    return write;
  });
  return sent(id, before);
}

/** @param {any} write @param {any} activity @param {any} changes */
function edited(write, activity, changes) {
  if (write?.body && !write.isSent) return { body: { ...write.body, ...changes } };
  const set = { ...write?.set, ...changes };
  if (write?.body) return { set };
  // The base of each field is what was shown when it was edited first.
  const { waiting, ...shown } = summary(activity);
  const seen = Object.keys(changes).filter((name) => !(name in (write?.set ?? {})));
  return { set, base: { ...shown, ...write?.base, ...Object.fromEntries(seen.map((name) => [name, shown[name]])) } };
}

/** Tries to send a write, and tells what became of it. @param {string} id @param {any} [before] the write that was there @returns {Promise<Outcome>} */
export async function sent(id, before) {
  let problem = new Failure({ code: "unreachable" });
  const done = push().catch((error) => (problem = error));
  await Promise.race([done, new Promise((wake) => setTimeout(wake, PATIENCE_MILLIS))]);
  const write = kept.writes.get(id);
  if (!write) return { state: "sent", id: named(id)?.id ?? id };
  if (write.theirs !== undefined) return { state: "disputed", id };
  if (!write.refusal && limit !== "forbidden") return nudge(), { state: "waiting", id };
  // The form still has it.
  await commit(({ writes }) => (before ? writes.put(before) : writes.remove(id)));
  throw write.refusal ? new Failure(write.refusal) : problem;
}

/** Deletions that can still be undone. @type {Map<string, any>} */
const held = new Map();

/** Deletes an activity after a few seconds, unless `undo` is called. @param {any} activity */
export async function remove(activity) {
  const { id } = activity;
  const { waiting, ...base } = summary(activity);
  const before = await commit(async ({ writes }) => {
    const write = await writes.get(id);
    const gone = { at: Date.now(), id, ...(!write && { base }), ...write, isGone: true, notBefore: Date.now() + UNDO_MILLIS };
    writes.put({ ...gone, refusal: undefined, theirs: undefined });
    return write;
  });
  const timer = setTimeout(() => (held.delete(id), push().catch(nudge)), UNDO_MILLIS + 50);
  if (!before?.body) held.set(id, before?.base ?? base);
  const undo = async () => {
    clearTimeout(timer);
    held.delete(id);
    await commit(async ({ writes }) => {
      if ((await writes.get(id))?.isGone) before ? writes.put(before) : writes.remove(id);
    });
  };
  return { undo, millis: UNDO_MILLIS };
}

// Leaving the page deletes immediately. It is deleted on the next visit if the browser does not send this.
addEventListener("pagehide", () => {
  for (const [id, { revision }] of held) {
    call("DELETE", `/activities/${id}`, { as: "none", keepalive: true, headers: { "If-Match": `"${revision}"` } }).catch(() => {});
  }
});
