// This browser's database (IndexedDB). Private windows may have none: then nothing is kept.

const NAME = "sports-log";
const VERSION = 1;
/** Keys are the members `id`. `facts` has a `value` for each name. */
const STORES = /** @type {const} */ (["activities", "opened", "writes", "facts"]);

/** @typedef {ReturnType<typeof shelf>} Shelf */
/** @typedef {Record<typeof STORES[number], Shelf>} Shelves */

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

/** @returns {Promise<IDBDatabase>} */
function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const name of STORES) request.result.createObjectStore(name, { keyPath: "id" });
    };
    request.onsuccess = () => {
      // A newer version of this client, in another tab, may need to change the database.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {IDBObjectStore} store */
const shelf = (store) => ({
  get: (/** @type {string} */ key) => answer(store.get(key)),
  all: () => answer(store.getAll()),
  count: () => answer(store.count()),
  put: (/** @type {any} */ one) => void store.put(one),
  remove: (/** @type {string} */ key) => void store.delete(key),
  clear: () => void store.clear(),
});

/** Like `shelf`, with several values in each record, because it is slow to read many records. @param {IDBObjectStore} store */
function dense(store) {
  /** New values by record and id; `null` removes one. @type {Map<string, Map<string, any>>} */
  const edits = new Map();
  const record = (/** @type {string} */ id) => id.slice(-2);
  const edit = (/** @type {string} */ id, /** @type {any} */ one) => {
    const [name, others] = [record(id), edits.get(record(id)) ?? new Map()];
    edits.set(name, others.set(id, one));
  };
  const read = async (/** @type {string} */ name) => (await answer(store.get(name)))?.list ?? [];
  return {
    ...shelf(store),
    get: async (/** @type {string} */ id) => {
      const edited = edits.get(record(id))?.get(id);
      return edited !== undefined ? edited : (await read(record(id))).find((/** @type {any} */ one) => one.id === id);
    },
    all: async () => (await answer(store.getAll())).flatMap(({ list }) => list),
    put: (/** @type {any} */ one) => edit(one.id, one),
    remove: (/** @type {string} */ id) => edit(id, null),
    clear: () => (edits.clear(), void store.clear()),
    /** Writes what has changed. */
    flush: () =>
      Promise.all([...edits].map(async ([name, changed]) => {
        const others = (await read(name)).filter((/** @type {any} */ one) => !changed.has(one.id));
        store.put({ id: name, list: [...others, ...[...changed.values()].filter(Boolean)] });
      })),
  };
}

/**
 * Runs `work` in a transaction, and returns its result when the transaction is committed. `work`
 * awaits nothing except what it reads.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(shelves: Shelves) => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function transact(mode, work) {
  const transaction = (await open()).transaction(STORES, mode, { durability: "strict" });
  const activities = dense(transaction.objectStore("activities"));
  const shelves = { ...Object.fromEntries(STORES.map((name) => [name, shelf(transaction.objectStore(name))])), activities };
  const committed = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  committed.catch(() => {});
  try {
    const result = await work(/** @type {Shelves} */ (shelves));
    await activities.flush();
    await committed;
    return result;
  } catch (error) {
    if (transaction.error) throw transaction.error;
    // A transaction that has ended cannot be aborted.
    try { transaction.abort(); } catch {}
    throw error;
  }
}

/** Deletes everything. Unsent writes may be kept for their owner. @param {boolean} keepsWrites */
export const wipe = (keepsWrites) =>
  transact("readwrite", async ({ activities, opened, writes, facts }) => {
    const owner = keepsWrites && (await writes.count()) > 0 ? await facts.get("owner") : null;
    for (const one of [activities, opened, facts]) one.clear();
    if (owner) facts.put(owner);
    else writes.clear();
  }).catch(() => {});
