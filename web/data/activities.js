// Activities: list, read, change, delete, download.

import { call, file, get, post, put, query } from "./api.js";

/**
 * A page of the log.
 * @param {{q?: string, activity_type?: string, sort?: string, cursor?: string, limit?: number,
 *   include?: string}} filter
 * @param {AbortSignal} [signal]
 */
export const list = (filter, signal) => get(`/activities${query(filter)}`, signal);

/** @param {"month" | "activity_type"} by @param {string} [sport] @param {AbortSignal} [signal] */
export const totals = (by, sport, signal) =>
  get(`/stats/summary${query({ group_by: by, activity_type: sport })}`, signal);

/** @param {string} id @param {AbortSignal} [signal] */
export const read = (id, signal) => get(path(id), signal);

/** The recorded series at low resolution. @param {string} id @param {AbortSignal} [signal] */
export const series = async (id, signal) =>
  (await get(`${path(id)}/streams?resolution=low`, signal)).series;

/** A picture drawn by the server. @param {string} id @param {"route" | "chart"} picture @param {AbortSignal} [signal] */
export const picture = (id, picture, signal) => file(`${path(id)}/${picture}.svg`, signal);

/** @param {string} id @param {"gpx" | "tcx" | "original"} format */
export const download = async (id, format) => {
  const way = format === "original" ? "original" : `export?format=${format}`;
  const { body, headers } = await call("GET", `${path(id)}/${way}`, { as: "blob" });
  return { blob: body, name: nameIn(headers) ?? `${id}.${format}` };
};

/** The file name of Content-Disposition. @param {Headers} headers */
function nameIn(headers) {
  const text = headers.get("Content-Disposition") ?? "";
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(text);
  if (extended) return decodeURIComponent(extended[1]);
  return /filename="([^"]+)"/i.exec(text)?.[1];
}

/** Creates an activity. The key makes retries harmless. @param {object} activity @param {string} key */
export const create = (activity, key) => post("/activities", activity, { "Idempotency-Key": key });

/** Changes an activity; 412 if it is no longer at `revision`. @param {string} id @param {object} changes @param {number} revision */
export const change = (id, changes, revision) =>
  put(path(id), changes, { "If-Match": `"${revision}"` });

/** @param {string} id */
export const unmerge = (id) => call("POST", `${path(id)}/unmerge`);

const LATER_MILLIS = 8000;
/** Deletions that can still be undone, by activity id. @type {Map<string, () => void>} */
const pending = new Map();

/** Whether a deletion is pending. @param {string} id */
export const isGone = (id) => pending.has(id);

/**
 * Deletes after a few seconds, unless `undo` is called. Leaving the page deletes immediately.
 * @param {string} id
 * @param {(error: unknown) => void} failed
 */
export function deleteSoon(id, failed) {
  const done = () => pending.delete(id);
  const now = () => {
    clearTimeout(timer);
    if (!pending.has(id)) return;
    call("DELETE", path(id), { as: "none", keepalive: true }).catch(failed).finally(done);
  };
  const timer = setTimeout(now, LATER_MILLIS);
  pending.set(id, now);
  return { undo: () => (clearTimeout(timer), done()), millis: LATER_MILLIS };
}

addEventListener("pagehide", () => {
  for (const now of pending.values()) now();
});

/** @param {string} id */
const path = (id) => `/activities/${encodeURIComponent(id)}`;
