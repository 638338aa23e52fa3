// Files and folders dropped anywhere on the page.

import { t } from "../text/words.js";
import { html } from "./html.js";
import { complain } from "./notice.js";

/** Calls `take` with dropped files. @param {(files: File[]) => void} take */
export function takeDroppedFiles(take) {
  const curtain = html`<div class="curtain" hidden><p>${t("import.drop-here")}</p></div>`;
  let depth = 0;
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  const cover = (/** @type {boolean} */ isOver) => {
    depth = isOver ? depth + 1 : Math.max(0, depth - 1);
    curtain.hidden = depth === 0;
    if (depth > 0) document.body.append(curtain);
  };
  addEventListener("dragenter", (event) => hasFiles(event) && cover(true));
  addEventListener("dragleave", (event) => hasFiles(event) && cover(false));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    depth = 1;
    cover(false);
    filesOf(event.dataTransfer).then(take).catch(complain);
  });
}

/** The dropped files, also those in folders. @param {DataTransfer} transfer @returns {Promise<File[]>} */
async function filesOf(transfer) {
  // The items are gone when the event has ended, so all of them are read first.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const found = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files = found.map(({ entry, file }) => (entry?.isDirectory ? inFolder(entry) : file ? [file] : []));
  return (await Promise.all(files)).flat();
}

/** Files of a folder and of its folders, without hidden ones. @param {any} folder @returns {Promise<File[]>} */
async function inFolder(folder) {
  const reader = folder.createReader();
  const files = [];
  for (;;) {
    // A folder is read in portions; the last one is empty.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    for (const entry of entries) {
      if (entry.isDirectory) files.push(...(await inFolder(entry)));
      else if (!entry.name.startsWith(".")) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    }
  }
}
