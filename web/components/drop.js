// Files dropped anywhere on the page.

import { t } from "../text/words.js";
import { html } from "./html.js";

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
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 1;
    cover(false);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}
