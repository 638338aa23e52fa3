// Tables of laps and sets.

import { distance, duration, height, number, pace, weight } from "../text/format.js";
import { t } from "../text/words.js";
import { html } from "./html.js";

/** A table without empty columns. @param {string} title @param {[string, (row: any, at: number) => unknown][]} columns @param {any[]} rows */
function table(title, columns, rows) {
  const cells = columns.map(([, cell]) => rows.map(cell));
  const used = columns.map((column, at) => /** @type {const} */ ([column[0], cells[at]])).filter(([, all]) => all.some((one) => one !== "" && one !== null && one !== undefined));
  return html`<section class="block"><h2>${title}</h2>
    <div class="scrolling" tabindex="0" role="group" aria-label=${title}><table>
      <thead><tr>${used.map(([label]) => html`<th scope="col">${label}</th>`)}</tr></thead>
      <tbody>${rows.map((_, at) => html`<tr>${used.map(([, all]) => html`<td>${all[at]}</td>`)}</tr>`)}</tbody>
    </table></div></section>`;
}

/** @param {any} activity */
export function laps({ laps: all, activity_type: kind }) {
  if (!all || all.length < 2) return null;
  const is = (/** @type {unknown} */ value) => value !== null && value !== undefined;
  return table(t("laps.title"), [
    ["#", (_, at) => number(at + 1)],
    [t("field.distance_meters"), (lap) => (is(lap.distance_meters) ? distance(lap.distance_meters) : "")],
    [t("field.duration_secs"), (lap) => (is(lap.duration_secs) ? duration(lap.duration_secs) : "")],
    [pace(kind, 1, 1)?.label ?? "", (lap) => pace(kind, lap.distance_meters ?? 0, lap.duration_secs ?? 0)?.value ?? ""],
    [t("field.avg_heart_rate"), (lap) => (is(lap.avg_heart_rate) ? number(lap.avg_heart_rate) : "")],
    [t("field.avg_power_watts"), (lap) => (is(lap.avg_power_watts) ? number(lap.avg_power_watts) : "")],
    [t("field.elevation_gain_meters"), (lap) => (is(lap.elevation_gain_meters) ? height(lap.elevation_gain_meters) : "")],
  ], all);
}

/** @param {any} activity */
export function sets({ sets: all }) {
  if (!all || all.length === 0) return null;
  const is = (/** @type {unknown} */ value) => value !== null && value !== undefined;
  return table(t("sets.title"), [
    ["#", (_, at) => number(at + 1)],
    [t("sets.exercise"), (set) => html`<span class="words">${set.exercise}</span>`],
    [t("sets.reps"), (set) => (is(set.reps) ? number(set.reps) : "")],
    [t("sets.weight"), (set) => (is(set.weight_kg) ? weight(set.weight_kg) : "")],
    [t("sets.rpe"), (set) => (is(set.rpe) ? number(set.rpe) : "")],
    [t("field.duration_secs"), (set) => (is(set.duration_secs) ? duration(set.duration_secs) : "")],
    [t("sets.rest"), (set) => (is(set.rest_secs) ? duration(set.rest_secs) : "")],
  ], all);
}
