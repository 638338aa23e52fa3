// Sends one write. It may be sent again when its answer was lost: the server knows a new activity by its
// key and its external id, and changes and deletes only the revision that was seen.

import { get, post, put, query, remove } from "./api.js";
import { commit } from "./copy.js";
import { Failure } from "./http.js";
import { asActivity, clashes, missing, news, summary, withTried } from "./merge.js";

/** @param {string} id */
export async function sendNew(id) {
  // Once sent, the body stays the same: if the answer is lost, it is sent again.
  const body = await commit(async ({ writes }) => {
    const write = await writes.get(id);
    if (write?.isGone && !write.isSent) writes.remove(id);
    else if (write) writes.put({ ...write, isSent: true });
    return write?.isGone && !write.isSent ? null : write?.body;
  });
  if (!body) return;
  const made = await posted(body, id);
  await commit((shelves) => arrived(shelves, id, made));
}

/** The server has a new activity, or another device has deleted it. What was edited since is left to send. @param {import("./db.js").Shelves} shelves @param {string} id @param {any} made */
export async function arrived(shelves, id, made) {
  const now = await shelves.writes.get(id);
  if (!now) return;
  shelves.writes.remove(id);
  const { body, isSent, ...left } = now;
  // Another device may have changed it already, so that what was sent is what this one knows.
  await met(shelves, { ...left, id: made?.id ?? id, base: asActivity({ ...now, set: {} }) }, made ?? null);
}

/** The new activity; `undefined` if it was sent before and deleted since. @param {any} body @param {string} id */
async function posted(body, id) {
  try {
    return await post("/activities", body, { "Idempotency-Key": id, "If-None-Match": "*" });
  } catch (error) {
    const code = error instanceof Failure && error.code;
    if (code === "already_deleted") return undefined;
    if (code !== "already_exists") throw error;
    return (await get(`/activities${query({ source: "manual", external_id: id })}`)).activities[0];
  }
}

/** @param {any} write */
export async function sendEdit({ id, base, set }) {
  // If the answer is lost and it is edited again, the server's version is still of this device.
  await commit(async ({ writes }) => {
    const now = await writes.get(id);
    if (now) writes.put({ ...now, tried: withTried(now.tried, set) });
  });
  let answer;
  try {
    answer = await put(path(id), set, { "If-Match": `"${base.revision}"` });
  } catch (error) {
    return meet(id, await theirs(id, error));
  }
  await commit(async ({ activities, opened, writes }) => {
    const now = await writes.get(id);
    if (!now) return;
    await keepNewer(activities, answer);
    const seen = await opened.get(id);
    if (seen) opened.put({ ...seen, activity: answer });
    // It may have been edited again meanwhile.
    const left = missing(now.set ?? {}, answer);
    if (now.isGone || Object.keys(left).length > 0) writes.put({ ...now, base: summary(answer), set: left, tried: undefined });
    else writes.remove(id);
  });
}

/** @param {any} write */
export async function sendGone({ id, base }) {
  try {
    await remove(path(id), undefined, { "If-Match": `"${base.revision}"` });
  } catch (error) {
    return meet(id, await theirs(id, error));
  }
  await meet(id, null);
}

/** The other device's version after a refused change; `null` if it is deleted. @param {string} id @param {unknown} error */
async function theirs(id, error) {
  const code = error instanceof Failure ? error.code : "";
  if (code === "not_found") return null;
  if (code !== "version_mismatch") throw error;
  return get(path(id)).catch((gone) => theirs(id, gone));
}

/** A change was refused because of the other device's version. @param {string} id @param {any} theirs */
const meet = (id, theirs) =>
  commit(async (shelves) => {
    const now = await shelves.writes.get(id);
    if (now) await met(shelves, now, theirs);
  });

/** Puts a write on top of the server's version, or leaves it for its owner to decide. @param {import("./db.js").Shelves} shelves @param {any} write @param {any} theirs `null` if it is deleted */
async function met({ activities, opened, writes }, write, theirs) {
  if (theirs) await keepNewer(activities, theirs);
  else for (const one of [activities, opened]) one.remove(write.id);
  const set = theirs ? missing(write.set ?? {}, theirs) : write.set ?? {};
  const isEdited = Object.keys(set).length > 0;
  const isDisputed = theirs ? (write.isGone ? news : clashes)(write, theirs).length > 0 : isEdited && !write.isGone;
  if (isDisputed) writes.put({ ...write, theirs: theirs && summary(theirs) });
  else if (theirs && (write.isGone || isEdited)) writes.put({ ...write, base: summary(theirs), set, tried: undefined });
  else writes.remove(write.id);
}

/** @param {import("./db.js").Shelf} activities @param {any} whole */
async function keepNewer(activities, whole) {
  const known = await activities.get(whole.id);
  if (!known || known.revision <= whole.revision) activities.put(summary(whole));
}

/** @param {string} id */
const path = (id) => `/activities/${encodeURIComponent(id)}`;
