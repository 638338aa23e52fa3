// The progress of an import, and the outcome of each file.

import { cancel, isOver } from "../data/imports.js";
import { refusalWords } from "../text/failures.js";
import { sentence, t } from "../text/words.js";
import { html } from "./html.js";
import { doing } from "./notice.js";

const MARKS = { imported: "✓", merged: "✓", updated: "✓", duplicate: "=", refused: "!" };
/** Only this many files are listed. */
const SHOWN = 300;

/** @param {any} state */
export function importCard(state) {
  const over = isOver(state);
  const { counts, files } = state;
  const said = ["activities", "merged", "duplicate", "refused"].filter((name) => counts[name] > 0 || name === "activities");
  const stop = () => cancel(state.id);
  const result = state.status === "done" ? "import.done" : `import.${state.status}`;
  return html`<section class="card ${over && state.status !== "done" ? "bad" : ""}">
    <div role="status"><h2>${over ? t(result) : t("import.running", { n: state.found })}</h2></div>
    ${state.message && html`<p>${sentence(state.message)}</p>`}
    ${!over && html`<progress value=${state.progress} max="1" aria-label=${t("import.running", { n: state.found })}></progress>`}
    <p class="counts">${said.map((name) => html`<span>${t(`import.${name}`, { n: counts[name] })}</span>`)}
      ${state.ignored > 0 && html`<span>${t("import.ignored", { n: state.ignored })}</span>`}</p>
    ${over ? html`<a class="button primary" href="#/">${t("import.to-log")}</a>` : html`<button type="button" @click=${doing(stop)}>${t("import.stop")}</button>`}
    <ul class="files">${inOrder(files).slice(0, SHOWN).map(outcome)}</ul>
    ${state.ignored_files.length > 0 && html`<details><summary>${t("import.ignored", { n: state.ignored })}</summary>
      <ul class="plain-list">${state.ignored_files.map((/** @type {any} */ one) => html`<li><span class="file-name">${one.name}</span> ${one.message && sentence(one.message)}</li>`)}</ul></details>`}
  </section>`;
}

/** Refused files first. @param {any[]} files */
const inOrder = (files) => [...files].sort((one, other) => Number(other.outcome === "refused") - Number(one.outcome === "refused"));

/** @param {any} file */
function outcome(file) {
  const reasons = file.outcome === "refused" ? refusalWords(file) : [];
  const [first] = file.activity_ids;
  const name = file.files > 1 ? t("import.and-more", { name: file.name, n: file.files - 1 }) : file.name;
  return html`<li class="outcome ${file.outcome}"><span class="mark" aria-hidden="true">${MARKS[/** @type {keyof typeof MARKS} */ (file.outcome)] ?? "?"}</span>
    <span class="file"><span class="file-name">${name}</span>
      <span class="quiet">${first ? html`<a href="#/activities/${first}">${t(`outcome.${file.outcome}`)}</a>` : t(`outcome.${file.outcome}`)}</span>
      ${reasons.map((reason) => html`<span class="reason">${reason}</span>`)}
      ${file.warning && html`<span class="reason">${sentence(file.warning)}</span>`}</span></li>`;
}
