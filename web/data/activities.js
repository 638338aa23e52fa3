// Activities: list, read, download. This device's copy answers if it can, otherwise the server does.

import { call, file, get, query } from "./api.js";
import { isComplete, kept, size } from "./copy.js";
import { Failure } from "./http.js";
import { keepOpened, opened } from "./opened.js";
import * as copy from "./shown.js";

/** Whether the server gave no answer that means anything. @param {unknown} error */
const isAway = (error) => error instanceof Failure && (error.status === 0 || error.status >= 500 || error.code === "garbage");

/** Asks the server, or the copy if that gives no answer. @template T @param {() => Promise<T>} ask @param {() => T} instead */
const orCopy = (ask, instead) =>
  ask().catch((error) => {
    if (!isAway(error) || size() === 0) throw error;
    return instead();
  });

/**
 * A page of the log. The server finds words better than the copy does.
 * @param {{q?: string, activity_type?: string, sort?: string, cursor?: string, limit?: number}} filter
 * @param {AbortSignal} [signal]
 * @returns {Promise<{activities: any[], next_cursor: string | null}>}
 */
export async function list(filter, signal) {
  const isBegun = filter.cursor !== undefined;
  const isOfCopy = isBegun ? copy.CURSOR.test(filter.cursor ?? "") : isComplete() && !filter.q;
  if (isOfCopy) return copy.list(filter);
  const ask = async () => {
    const page = await get(`/activities${query({ ...filter, include: "sets" })}`, signal);
    const withWrites = page.activities.map((/** @type {any} */ one) => copy.withWrite(one, kept.writes.get(one.id)));
    return { ...page, activities: withWrites.filter(Boolean) };
  };
  // A list that the server has begun is not continued by the copy.
  return isBegun ? ask() : orCopy(ask, () => copy.list(filter));
}

/** @param {"month" | "activity_type"} by @param {string} [sport] @param {AbortSignal} [signal] */
export async function totals(by, sport, signal) {
  if (isComplete()) return copy.totals(by, sport);
  return orCopy(() => get(`/stats/summary${query({ group_by: by, activity_type: sport })}`, signal), () => copy.totals(by, sport));
}

/** A whole activity. Without a network, one that was never opened lacks its laps. @param {string} id @param {AbortSignal} [signal] */
export async function read(id, signal) {
  const known = copy.named(id);
  const write = kept.writes.get(known?.id ?? id);
  if (write?.isGone) throw new Failure({ status: 404, code: "not_found" });
  if (write?.body) return known;
  const seen = (await opened(known?.id ?? id))?.activity;
  if (known && seen && isComplete() && seen.revision === kept.activities.get(known.id)?.revision) return { ...seen, ...known };
  const ask = async () => {
    const whole = await get(path(known?.id ?? id), signal);
    await keepOpened(whole.id, { activity: whole });
    return copy.withWrite(whole, write);
  };
  return orCopy(ask, () => {
    if (!known) throw new Failure({ code: "unreachable" });
    return { ...seen, ...known };
  });
}

/** The names of the recorded series. @param {string} id @param {AbortSignal} [signal] @returns {Promise<string[]>} */
export async function series(id, signal) {
  const seen = await opened(id);
  if (seen?.series) return seen.series;
  const names = Object.keys((await get(`${path(id)}/streams?resolution=low`, signal)).series);
  await keepOpened(id, { series: names });
  return names;
}

/** A picture drawn by the server. @param {string} id @param {"route" | "chart"} picture @param {object} appearance @param {AbortSignal} [signal] */
export async function picture(id, picture, appearance, signal) {
  try {
    const drawn = await file(`${path(id)}/${picture}.svg${query({ ...appearance })}`, signal);
    await keepOpened(id, { [picture]: drawn });
    return drawn;
  } catch (error) {
    const seen = isAway(error) && (await opened(id))?.[picture];
    if (!seen) throw error;
    return seen;
  }
}

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

/** @param {string} id */
export const unmerge = (id) => call("POST", `${path(id)}/unmerge`);

/** @param {string} id */
const path = (id) => `/activities/${encodeURIComponent(id)}`;
