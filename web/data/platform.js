// What browsers have only in secure contexts (https, or this machine). A server in a home network is
// often neither.

/** A random UUID (version 4, RFC 9562). */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** What runs, by its name, where the browser has no locks. @type {Map<string, Promise<unknown>>} */
const running = new Map();

/**
 * Runs `act` when nothing of this name runs: in all tabs, or in this one where the browser has no
 * locks. Two tabs may then send the same write, which the server takes once.
 * @template T
 * @param {string} name @param {() => Promise<T>} act @param {AbortSignal} [signal] ends the waiting
 * @returns {Promise<T>}
 */
export function exclusively(name, act, signal) {
  if (navigator.locks) return navigator.locks.request(name, { signal }, act);
  const before = running.get(name) ?? Promise.resolve();
  const run = before.catch(() => {}).then(() => (signal?.throwIfAborted(), act()));
  running.set(name, run);
  return run;
}
