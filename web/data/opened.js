// Activities that were opened on this device: all of their fields, and their pictures.

import { limit } from "./copy.js";
import { transact } from "./db.js";

/** Beyond this, what was opened before is dropped. */
const MOST = 500;

/** @param {string} id @returns {Promise<any>} */
export const opened = async (id) =>
  limit ? undefined : transact("readonly", ({ opened }) => opened.get(id)).catch(() => undefined);

/** Keeps a part of an activity, unless the user has logged out or there is no room. @param {string} id @param {object} part */
export async function keepOpened(id, part) {
  if (limit) return;
  await transact("readwrite", async ({ opened, facts }) => {
    if (!(await facts.get("me"))) return;
    const before = await opened.get(id);
    if (!before && (await opened.count()) >= MOST) opened.clear();
    opened.put({ ...before, ...part, id });
  }).catch(() => {});
}
