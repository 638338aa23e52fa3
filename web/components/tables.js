// Tables of laps, sets and months.

import { monthOfYear } from "../text/days.js";
import { distance, duration, height, longDuration, number, pace, weight } from "../text/format.js";
import { t } from "../text/words.js";
import { html } from "./html.js";

const isEmpty = (/** @type {unknown} */ value) => value === "" || value === null || value === undefined;

/**
 * A table without empty columns. On narrow screens each row becomes a block: a column of kind `title`
 * fills a line, and `at` is the number of the row. Roles keep it a table for screen readers.
 * @param {string} title
 * @param {[string, (row: any, at: number) => unknown, ("at" | "title")?][]} columns
 * @param {any[]} rows
 */
function table(title, columns, rows) {
  const used = columns
    .map(([label, cell, kind]) => ({ label, kind, cells: rows.map(cell) }))
    .filter(({ cells }) => !cells.every(isEmpty));
  const cell = (/** @type {any} */ { label, kind, cells }, /** @type {number} */ at) =>
    html`<td role="cell" class=${kind} data-label=${kind ? null : label}>${cells[at]}</td>`;
  return html`<section class="block table"><h2>${title}</h2>
    <table role="table">
      <thead role="rowgroup"><tr role="row">${used.map(({ label, kind }) => html`<th role="columnheader" scope="col" class=${kind}>${label}</th>`)}</tr></thead>
      <tbody role="rowgroup">${rows.map((_, at) => html`<tr role="row">${used.map((column) => cell(column, at))}</tr>`)}</tbody>
    </table></section>`;
}

/** @param {any} activity */
export function laps({ laps: all, activity_type: kind }) {
  if (!all || all.length < 2) return null;
  const is = (/** @type {unknown} */ value) => value !== null && value !== undefined;
  return table(t("laps.title"), [
    ["#", (_, at) => number(at + 1), "at"],
    [t("field.distance_meters"), (lap) => (is(lap.distance_meters) ? distance(lap.distance_meters) : "")],
    [t("field.duration_secs"), (lap) => (is(lap.duration_secs) ? duration(lap.duration_secs) : "")],
    [pace(kind, 1, 1)?.label ?? "", (lap) => pace(kind, lap.distance_meters ?? 0, lap.duration_secs ?? 0)?.value ?? ""],
    [t("laps.heart-rate"), (lap) => (is(lap.avg_heart_rate) ? number(lap.avg_heart_rate) : "")],
    [t("laps.power"), (lap) => (is(lap.avg_power_watts) ? number(lap.avg_power_watts) : "")],
    [t("field.elevation_gain_meters"), (lap) => (is(lap.elevation_gain_meters) ? height(lap.elevation_gain_meters) : "")],
  ], all);
}

/** @param {any} activity */
export function sets({ sets: all }) {
  if (!all || all.length === 0) return null;
  const is = (/** @type {unknown} */ value) => value !== null && value !== undefined;
  return table(t("sets.title"), [
    ["#", (_, at) => number(at + 1), "at"],
    [t("sets.exercise"), (set) => set.exercise, "title"],
    [t("sets.reps"), (set) => (is(set.reps) ? number(set.reps) : "")],
    [t("sets.weight"), (set) => (is(set.weight_kg) ? weight(set.weight_kg) : "")],
    [t("sets.rpe"), (set) => (is(set.rpe) ? number(set.rpe) : "")],
    [t("field.duration_secs"), (set) => (is(set.duration_secs) ? duration(set.duration_secs) : "")],
    [t("sets.rest"), (set) => (is(set.rest_secs) ? duration(set.rest_secs) : "")],
  ], all);
}

/** @param {any[]} buckets totals by month */
export function months(buckets) {
  if (buckets.length === 0) return null;
  const some = (/** @type {number} */ value, /** @type {(value: number) => string} */ write) => (value > 0 ? write(value) : "");
  return table(t("months.title"), [
    [t("months.month"), (month) => monthOfYear(month.from), "title"],
    [t("sum.activities"), (month) => number(month.activities)],
    [t("sum.duration_secs"), (month) => longDuration(month.duration_secs)],
    [t("sum.distance_meters"), (month) => some(month.distance_meters, distance)],
    [t("sum.elevation_gain_meters"), (month) => some(month.elevation_gain_meters, height)],
  ], buckets);
}
