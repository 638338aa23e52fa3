// This device's copy of the log, with the writes that wait to be sent. All tabs share it.

import { transact } from "./db.js";

/** Fires `changed` when the copy has changed. */
export const events = new EventTarget();

/**
 * What is in memory. A write has the id of its activity. A new activity has `body`, and an id of this
 * device until the server has given it one. `base` is an activity that was edited or deleted, and
 * `set` has its new values.
 */
export const kept = {
  activities: /** @type {Map<string, any>} */ (new Map()),
  writes: /** @type {Map<string, any>} */ (new Map()),
  facts: /** @type {Map<string, any>} */ (new Map()),
};
/** Why the log works online only. @type {"forbidden" | "full" | null} */
export let limit = null;
/** Grows with each change. */
export let version = 0;
/** @type {Promise<void> | undefined} */
let loading;

const tabs = new BroadcastChannel("copy");
tabs.addEventListener("message", async () => {
  version += 1;
  loading = read();
  await loading;
  tell();
});

/** Tells the views. */
export const tell = () => void events.dispatchEvent(new Event("changed"));

/** Reads the database, once. */
export const load = () => (loading ??= read());

async function read() {
  const before = version;
  try {
    const all = await transact("readonly", ({ activities, writes, facts }) =>
      Promise.all([activities.all(), writes.all(), facts.all()]));
    // A change in between is not in what was read.
    if (version !== before) return read();
    Object.values(kept).forEach((map, at) => {
      map.clear();
      for (const one of all[at]) map.set(one.id, one);
    });
  } catch {
    limit = "forbidden";
  }
}

/** Forgets what is in memory, as after a logout. */
export function forget() {
  for (const map of Object.values(kept)) map.clear();
  [loading, limit] = [undefined, null];
  tell();
}

/**
 * Changes the database, then the copy in memory, and notifies the other tabs. Without a database, it
 * changes only the copy in memory.
 * @template T
 * @param {(shelves: import("./db.js").Shelves) => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function commit(work) {
  /** @type {(() => void)[]} */
  let done = [];
  const both = (/** @type {Map<string, any>} */ map, /** @type {any} */ shelf) => ({
    ...shelf,
    get: shelf?.get ?? (async (/** @type {string} */ id) => map.get(id)),
    put: (/** @type {any} */ one) => (shelf?.put(one), done.push(() => map.set(one.id, one))),
    remove: (/** @type {string} */ id) => (shelf?.remove(id), done.push(() => map.delete(id))),
    clear: () => (shelf?.clear(), done.push(() => map.clear())),
  });
  const run = (/** @type {any} */ shelves = {}) => {
    done = [];
    const ours = Object.entries(kept).map(([name, map]) => [name, both(map, limit && name === "activities" ? undefined : shelves[name])]);
    return work({ opened: shelves.opened ?? both(new Map(), undefined), ...Object.fromEntries(ours) });
  };
  const result = await (limit === "forbidden" ? run() : transact("readwrite", run).catch((error) => withoutRoom(error, run)));
  for (const one of done) one();
  version += 1;
  tell();
  tabs.postMessage(null);
  return result;
}

/** The storage is full: writes need its room more than the copy does. @param {any} error @param {(shelves?: any) => any} run */
async function withoutRoom(error, run) {
  if (error?.name !== "QuotaExceededError") throw error;
  if (limit) return run();
  limit = "full";
  await transact("readwrite", ({ activities, opened, facts }) => {
    for (const one of [activities, opened]) one.clear();
    for (const name of ["since", "complete"]) facts.remove(name);
  }).then(read, () => (limit = "forbidden"));
  return transact("readwrite", run).catch(() => ((limit = "forbidden"), run()));
}

/** @param {string} name */
export const fact = (name) => kept.facts.get(name)?.value;

/** Whether the copy has the whole log. */
export const isComplete = () => limit === null && fact("complete") === true;

export const size = () => kept.activities.size;
export const waiting = () => [...kept.writes.values()].sort((one, other) => one.at - other.at);

/** The write of an activity. @param {string} id */
export const writeOf = (id) => kept.writes.get(id);
