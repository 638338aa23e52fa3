// The progress of an upload.

import { bytes } from "../text/format.js";
import { t } from "../text/words.js";
import { html } from "./html.js";

/** Only this many files are listed. */
const SHOWN = 20;

/** A card, and a function that shows how many bytes were sent. @param {File[]} files @param {() => void} stop */
export function uploadCard(files, stop) {
  const title = t("import.uploading", { n: files.length });
  const bar = html`<progress aria-label=${title}></progress>`;
  const size = html`<p class="quiet"></p>`;
  const sent = (/** @type {number} */ some, /** @type {number} */ all) => {
    Object.assign(bar, { max: all, value: some });
    size.textContent = some < all ? t("import.sent", { some: bytes(some), all: bytes(all) }) : t("import.sent-all");
  };
  const element = html`<section class="card"><h2 role="status">${title}</h2>${bar}${size}
    <button type="button" @click=${stop}>${t("import.stop")}</button>
    <ul class="files">${files.slice(0, SHOWN).map((file) => html`<li class="file-name">${file.name}</li>`)}</ul></section>`;
  return { element, sent };
}
