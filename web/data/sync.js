// Keeps the copy and the server the same, in one visible tab at a time: pulls what has changed, pushes
// the writes that wait, then waits for the next change.

import { limit, load, tell } from "./copy.js";
import { Failure } from "./http.js";
import { exclusively } from "./platform.js";
import { pull } from "./pull.js";
import { push, untilDue } from "./push.js";

const [SHORTEST_MILLIS, LONGEST_MILLIS] = [1000, 60_000];

/** Whether the server could not be reached. */
export let isAway = false;

let isOn = false;
let shown = new AbortController();
/** Ends a pause or a poll. */
let woken = new AbortController();

/** Starts for the logged-in user. */
export function start() {
  isOn = true;
  run();
}

export function stop() {
  isOn = false;
  shown.abort();
}

/** Looks at once, as after a change that could not be sent. */
export const nudge = () => woken.abort();

function run() {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  if (document.hidden || !isOn) return;
  exclusively("sync", () => loop(signal), signal).catch(() => {});
}

document.addEventListener("visibilitychange", run);
addEventListener("online", nudge);

/** @param {AbortSignal} signal */
async function loop(signal) {
  let pause = SHORTEST_MILLIS;
  await load();
  while (!signal.aborted) {
    woken = new AbortController();
    let either = AbortSignal.any([signal, woken.signal]);
    try {
      await pull(signal, false);
      await push();
      become(false);
      pause = SHORTEST_MILLIS;
      either = AbortSignal.any([either, AbortSignal.timeout(Math.min(untilDue(), LONGEST_MILLIS))]);
      if (limit) await rest(LONGEST_MILLIS, either);
      else await pull(either, true);
    } catch (error) {
      if (either.aborted) continue;
      become(error instanceof Failure);
      if (!(error instanceof Failure)) console.error(error);
      await rest(pause, either);
      pause = Math.min(2 * pause, LONGEST_MILLIS);
    }
  }
}

/** @param {boolean} is */
function become(is) {
  if (is !== isAway) queueMicrotask(tell);
  isAway = is;
}

/** @param {number} millis @param {AbortSignal} signal @returns {Promise<void>} */
const rest = (millis, signal) =>
  new Promise((wake) => {
    const timer = setTimeout(wake, millis);
    signal.addEventListener("abort", () => (clearTimeout(timer), wake()));
    if (signal.aborted) wake();
  });
