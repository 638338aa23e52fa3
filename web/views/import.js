// Imports files and shows the outcome of each.

import { follow, recent, upload } from "../data/imports.js";
import { dropShared, sharedFiles } from "../data/shared.js";
import { html } from "../components/html.js";
import { sign } from "../components/icons.js";
import { importCard } from "../components/import-card.js";
import { complain, doing, say } from "../components/notice.js";
import { uploadCard } from "../components/upload-card.js";
import { moment } from "../text/dates.js";
import { words } from "../text/failures.js";
import { t } from "../text/words.js";

/** Files for the import page that is about to open. @type {File[]} */
let waiting = [];

/** Opens the import page with these files. @param {Iterable<File>} files */
export function takeFiles(files) {
  waiting.push(...files);
  if (waiting.length === 0) return;
  if (location.hash === "#/import") dispatchEvent(new Event("hashchange"));
  else location.hash = "#/import";
}

/** Opens the file picker. */
export function chooseFiles() {
  const input = html`<input type="file" multiple accept=".fit,.gpx,.tcx,.kml,.gz,.zip,.csv,.json,.xml,.ndjson">`;
  input.addEventListener("change", () => takeFiles(input.files));
  input.click();
}

/** @param {import("../components/shell.js").Place} place */
export async function importFiles({ id, signal }) {
  const files = waiting;
  waiting = [];
  const state = html`<div class="import-state"></div>`;
  const earlier = html`<div></div>`;
  if (files.length > 0) begin(files, state, signal);
  else if (id) watch(id, state, signal).catch((error) => tell(error, state));
  else earlier.append(await shared(), await before());
  return html`<section class="page narrow import">
    <h1>${t("nav.import")}</h1>
    <button type="button" class="drop" @click=${chooseFiles}>${sign("upload")}
      <strong>${t("import.choose")}</strong><span>${t("import.or-drop")}</span></button>
    <p class="quiet">${t("import.formats")}</p>
    ${state}${earlier}
  </section>`;
}

/** @param {File[]} files @param {HTMLElement} place @param {AbortSignal} signal */
async function begin(files, place, signal) {
  const stopped = new AbortController();
  const stop = () => {
    stopped.abort();
    dispatchEvent(new Event("hashchange"));
  };
  const { element, sent } = uploadCard(files, stop);
  place.replaceChildren(element);
  try {
    const { id } = await upload(files, sent, stopped.signal);
    if (signal.aborted) return uploaded(id);
    history.replaceState(null, "", `#/import/${id}`);
    await watch(id, place, signal);
  } catch (error) {
    tell(error, place, () => begin(files, place, signal));
  }
}

/** Notifies the user, who has opened another page. @param {string} id */
function uploaded(id) {
  const look = () => (location.hash = `#/import/${id}`);
  say(t("import.uploaded"), { action: { label: t("import.look"), act: look } });
}

/** @param {unknown} error @param {HTMLElement} place @param {() => void} [again] */
function tell(error, place, again) {
  if (error instanceof DOMException && error.name === "AbortError") return;
  console.error(error);
  place.replaceChildren(html`<section class="card bad" role="alert"><h2>${t("import.failed")}</h2><p>${words(error)}</p>
    ${again && html`<button type="button" @click=${again}>${t("again")}</button>`}</section>`);
}

/** @param {string} id @param {HTMLElement} place @param {AbortSignal} signal */
const watch = (id, place, signal) =>
  follow(id, (state) => {
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren(importCard(state));
    if (hadFocus) /** @type {HTMLElement | null} */ (place.querySelector("button, a"))?.focus();
  }, signal);

/** Files from another app. Any page could send them, so the user decides. */
async function shared() {
  const files = await sharedFiles();
  if (files.length === 0) return "";
  const take = async () => {
    await dropShared();
    takeFiles(files);
  };
  const drop = async () => {
    await dropShared();
    card.remove();
  };
  const card = html`<section class="card"><h2>${t("shared.text", { n: files.length })}</h2>
    <ul class="files">${files.map((file) => html`<li><span class="file-name">${file.name}</span></li>`)}</ul>
    <div class="buttons"><button type="button" class="primary" @click=${doing(take)}>${t("nav.import")}</button>
      <button type="button" @click=${doing(drop)}>${t("waiting.discard")}</button></div></section>`;
  return card;
}

/** Earlier imports. */
async function before() {
  const all = await recent().catch((error) => (complain(error), []));
  if (all.length === 0) return "";
  const line = (/** @type {any} */ one) => html`<li><a href="#/import/${one.id}">${moment(one.created_at)}</a>
    <span class="quiet">${t("import.activities", { n: one.counts.activities })}${one.counts.refused > 0 && ` · ${t("import.refused", { n: one.counts.refused })}`}</span></li>`;
  return html`<section><h2>${t("import.earlier")}</h2><ul class="plain-list spread">${all.slice(0, 10).map(line)}</ul></section>`;
}
