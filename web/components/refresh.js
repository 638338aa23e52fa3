// Lists that follow the copy of the log.

import { list } from "../data/activities.js";
import { events, isComplete } from "../data/copy.js";

/** Changes often come in groups. */
const PATIENCE_MILLIS = 200;

/** What the copy has of a list, to see whether that has changed. @param {any} filter @param {number} limit */
export async function versionOf(filter, limit) {
  if (!isComplete() || filter.q) return "";
  const { activities } = await list({ ...filter, limit });
  return activities.map(({ id, revision, waiting }) => `${id} ${revision} ${waiting}`).join();
}

/** Calls `refresh` with the number of rows when the copy has changed. The focus stays on its row. @param {HTMLElement} results @param {AbortSignal} signal @param {(count: number) => Promise<void>} refresh */
export function refreshOnChange(results, signal, refresh) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const act = async () => {
    const focused = document.activeElement?.closest("a.row")?.getAttribute("data-id");
    await refresh(results.querySelectorAll("a.row").length).catch(() => {});
    if (focused) /** @type {HTMLElement | null} */ (results.querySelector(`[data-id="${focused}"]`))?.focus({ preventScroll: true });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => signal.aborted || act(), PATIENCE_MILLIS);
  };
  events.addEventListener("changed", soon, { signal });
}
