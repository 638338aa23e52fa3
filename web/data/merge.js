// Compares the versions of an activity that this device and the server have.

/** Members that say nothing about what somebody did. */
const KEEPING = ["id", "revision", "created_at", "updated_at", "external_id", "source", "laps", "merged", "device_data"];
/** What a body of `POST /activities` may say of an activity that was deleted elsewhere. */
const WRITABLE = [
  "activity_type", "started_at", "duration_secs", "title", "notes", "distance_meters", "calories", "sets",
  "elapsed_secs", "moving_secs", "elevation_gain_meters", "elevation_loss_meters", "avg_heart_rate",
  "max_heart_rate", "avg_power_watts", "avg_cadence", "utc_offset_minutes",
];

/** Whether two values of a field are equal. Times can be written in several ways. @param {string} name @param {any} one @param {any} other */
export function isSame(name, one, other) {
  if (name === "started_at") return Date.parse(one) === Date.parse(other);
  if (name === "sets") [one, other] = [one ?? [], other ?? []];
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((part, at) => isSamePart(part, other[at]));
  }
  return (one ?? null) === (other ?? null);
}

/** Absent members are null. @param {any} one @param {any} other */
const isSamePart = (one, other) =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => (one[name] ?? null) === (other[name] ?? null));

/** The values of each field that were sent since the last answer. @param {Record<string, any[]>} tried @param {Record<string, any>} set */
export function withTried(tried = {}, set) {
  const others = (/** @type {string} */ name) => (tried[name] ?? []).filter((value) => !isSame(name, value, set[name]));
  return { ...tried, ...Object.fromEntries(Object.keys(set).map((name) => [name, [...others(name), set[name]]])) };
}

/** Whether another device has changed a field to something else. @param {any} write @param {any} theirs @param {string} name */
const isNews = ({ base, set = {}, tried = {} }, theirs, name) =>
  ![base[name], ...(name in set ? [set[name]] : []), ...(tried[name] ?? [])].some((value) => isSame(name, theirs[name], value));

/** The fields of an edit that another device changed to something else. @param {any} write @param {any} theirs */
export const clashes = (write, theirs) => Object.keys(write.set ?? {}).filter((name) => isNews(write, theirs, name));

/** The fields that are different from what this device knows. @param {any} write @param {any} theirs */
export const news = (write, theirs) =>
  Object.keys(write.base).filter((name) => !KEEPING.includes(name) && name in theirs && isNews(write, theirs, name));

/** The fields of `set` that `activity` does not have yet. @param {Record<string, any>} set @param {any} activity */
export const missing = (set, activity) =>
  Object.fromEntries(Object.entries(set).filter(([name, value]) => !isSame(name, value, activity[name])));

/** The body that creates an activity anew. @param {any} activity */
export const asBody = (activity) =>
  Object.fromEntries(WRITABLE.filter((name) => activity[name] !== null && activity[name] !== undefined).map((name) => [name, activity[name]]));

/** An activity that only this device has, as the server would list it. @param {any} write */
export function asActivity({ id, body, set }) {
  const empty = Object.fromEntries([...WRITABLE, "device", "sport_raw", "parent_id"].map((name) => [name, null]));
  const offset = /([+-])(\d\d):(\d\d)$/.exec(body.started_at);
  const minutes = offset ? Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3])) : null;
  return { ...empty, id, source: "manual", revision: 0, utc_offset_minutes: minutes, ...body, ...set };
}

/** What the copy has of an activity: everything that the change feed is asked for. @param {any} whole */
export function summary(whole) {
  const { laps, merged, device_data: data, ...rest } = whole;
  return rest;
}
