// The log as this device sees it: its copy with the writes that wait. Answers like the server.

import { events, fact, kept } from "./copy.js";
import { asActivity } from "./merge.js";

/** @type {any[] | null} */
let visible = null;
events.addEventListener("changed", () => (visible = null));

/** @param {any} activity @param {any} write */
export function withWrite(activity, write) {
  if (!write) return activity;
  if (write.isGone) return undefined;
  if (write.body) return { ...asActivity(write), waiting: "new" };
  return { ...(activity ?? write.base), ...write.set, waiting: "edited" };
}

/** An activity with its write; `undefined` if it is deleted. @param {string} id */
export const find = (id) => withWrite(kept.activities.get(id), kept.writes.get(id));

/** An activity by its id, or by the one that this device gave it. @param {string} id */
export const named = (id) => find(id) ?? all().find((one) => one.external_id === id);

/** In no order. @returns {any[]} */
export function all() {
  const ids = kept.writes.size === 0 ? null : new Set([...kept.activities.keys(), ...kept.writes.keys()]);
  visible ??= ids ? [...ids].map(find).filter(Boolean) : [...kept.activities.values()];
  return visible;
}

/** Without accents and case. @param {string | null} text */
const plain = (text) => (text ?? "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The value to sort by. @type {Record<string, (one: any) => number>} */
const KEYS = {
  started_at: (one) => Date.parse(one.started_at),
  distance_meters: (one) => one.distance_meters ?? -1,
  duration_secs: (one) => one.duration_secs,
};

/** Cursors of the copy: the number of activities before. */
export const CURSOR = /^copy:(\d+)$/;

/** A page of the log. @param {any} filter */
export function list({ q = "", activity_type: sport, sort = "-started_at", cursor, limit = 20 }) {
  const words = plain(q).split(/\s+/).filter(Boolean);
  const fits = (/** @type {any} */ one) => {
    if (sport && one.activity_type !== sport) return false;
    const text = words.length > 0 ? plain(`${one.title ?? ""} ${one.notes ?? ""}`) : "";
    return words.every((word) => text.includes(word));
  };
  const key = KEYS[sort.replace("-", "")];
  const sign = sort.startsWith("-") ? -1 : 1;
  const keyed = all().filter(fits).map((one) => ({ one, at: key(one) }));
  keyed.sort((left, right) => sign * (left.at - right.at) || (left.one.id < right.one.id ? -1 : 1));
  const from = Number(CURSOR.exec(cursor ?? "")?.[1] ?? 0);
  const activities = keyed.slice(from, from + limit).map(({ one }) => one);
  return { activities, next_cursor: from + limit < keyed.length ? `copy:${from + limit}` : null };
}

/** Totals by month or sport. @param {"month" | "activity_type"} by @param {string} [sport] */
export function totals(by, sport) {
  /** @type {Map<string, any>} */
  const buckets = new Map();
  for (const one of all()) {
    if (sport && one.activity_type !== sport) continue;
    const name = by === "month" ? month(one.started_at) : one.activity_type;
    const bucket = buckets.get(name) ?? { from: name, activity_type: name, activities: 0, distance_meters: 0, duration_secs: 0 };
    bucket.activities += 1;
    bucket.distance_meters += one.distance_meters ?? 0;
    bucket.duration_secs += one.duration_secs;
    buckets.set(name, bucket);
  }
  return { buckets: [...buckets.values()] };
}

/** @type {{zone: string, format: Intl.DateTimeFormat} | undefined} */
let calendar;

/** The month in the profile's time zone: 2026-05. @param {string} startedAt */
function month(startedAt) {
  // No zone is further from UTC than a day, and asking for the zone is slow.
  const day = Number(startedAt.slice(8, 10));
  if (day > 2 && day < 27) return startedAt.slice(0, 7);
  const zone = fact("me")?.profile.time_zone ?? "UTC";
  if (calendar?.zone !== zone) {
    calendar = { zone, format: new Intl.DateTimeFormat("sv", { year: "numeric", month: "2-digit", timeZone: zone }) };
  }
  return calendar.format.format(new Date(startedAt));
}
