// Imports of files.

import { call, get, remove } from "./api.js";

const LOOK_EVERY_MILLIS = 700;

/**
 * Uploads files. Continues when the user opens another page.
 * @param {Iterable<File>} files
 * @param {(bytes: number, all: number) => void} sent
 * @param {AbortSignal} signal
 */
export async function upload(files, sent, signal) {
  const form = new FormData();
  for (const one of files) form.append("file", one, one.name);
  return (await call("POST", "/imports", { form, sent, signal })).body;
}

export const recent = async () => (await get("/imports")).imports;

/** An import with all pages of its files. @param {string} id @param {AbortSignal} [signal] */
export async function read(id, signal) {
  const found = await get(`/imports/${id}?limit=1000`, signal);
  // Further files are only counted.
  for (let pages = 0; found.next !== null && pages < 20; pages += 1) {
    const more = await get(`/imports/${id}?limit=1000&after=${found.next}`, signal);
    found.files.push(...more.files);
    found.next = more.next;
  }
  return found;
}

/** @param {{status: string}} one */
export const isOver = (one) => ["done", "cancelled", "failed"].includes(one.status);

/** Reports the progress until the import has ended. @param {string} id @param {(state: any) => void} tell @param {AbortSignal} signal */
export async function follow(id, tell, signal) {
  for (;;) {
    const state = await read(id, signal);
    tell(state);
    if (isOver(state) || signal.aborted) return;
    await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MILLIS));
  }
}

/** @param {string} id */
export const cancel = (id) => remove(`/imports/${id}`);
