// Personal records, by sport and by exercise, each with its history.

import { day } from "../text/dates.js";
import { distance, duration, height, number, weight } from "../text/format.js";
import { has, locale, sport, t } from "../text/words.js";
import { html } from "./html.js";
import { sportSign } from "./icons.js";

/** Kinds in the order in which they are shown; others follow. */
const KINDS = [
  "farthest", "longest", "highest", "fastest_400m", "fastest_1km", "fastest_mile", "fastest_5km", "fastest_10km",
  "fastest_half_marathon", "fastest_marathon", "power_1min", "power_5min", "power_10min", "power_20min", "power_30min",
  "power_60min", "one_rep_max", "heaviest", "most_volume",
];
const placeOf = (/** @type {{kind: string}} */ { kind }) => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);

/** @param {any} record @param {number} value */
function written({ kind, unit }, value) {
  if (unit === "seconds") return duration(value);
  if (unit === "watts") return `${number(value, { maximumFractionDigits: 0 })} W`;
  if (unit === "kilograms") return weight(value);
  return kind === "highest" ? height(value) : distance(value);
}

/** @param {string} kind */
const kindName = (kind) => (has(`record.${kind}`) ? t(`record.${kind}`) : kind.replaceAll("_", " "));

/** A value, and when it was. @param {any} record @param {any} one */
const line = (record, one) => html`<span class="figure">${written(record, one.value)}</span>
  <a href="#/activities/${one.activity_id}">${day(one.started_at)}</a>`;

/** @param {any} record */
function entry(record) {
  const former = record.history.slice(0, -1).reverse();
  return html`<li><p class="record"><span>${kindName(record.kind)}</span> ${line(record, record)}</p>
    ${former.length > 0 && html`<details><summary>${t("records.former", { n: former.length })}</summary>
      <ol class="plain-list">${former.map((/** @type {any} */ one) => html`<li class="record">${line(record, one)}</li>`)}</ol></details>`}</li>`;
}

/**
 * Records, the first sport opened.
 * @param {any[]} all
 * @param {string[]} order sports, the most frequent first
 */
export function records(all, order) {
  /** @type {Map<string, any[]>} */
  const groups = new Map();
  for (const record of all) {
    const key = record.exercise === undefined ? `sport ${record.activity_type}` : `exercise ${record.exercise}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  const place = (/** @type {any[]} */ [{ activity_type: slug, exercise }]) => (exercise === undefined ? order.indexOf(slug) : order.length);
  const name = (/** @type {any[]} */ [{ activity_type: slug, exercise }]) => exercise ?? sport(slug);
  const sorted = [...groups.values()].sort((one, other) => place(one) - place(other) || name(one).localeCompare(name(other), locale));
  const group = (/** @type {any[]} */ some, /** @type {number} */ at) => html`<details class="group" ?open=${at === 0}>
    <summary>${sportSign(some[0].activity_type ?? "lift")}<strong>${name(some)}</strong></summary>
    <ul class="records">${some.sort((one, other) => placeOf(one) - placeOf(other)).map(entry)}</ul></details>`;
  return html`<section class="block"><h2>${t("records.title")}</h2>
    ${sorted.length > 0 ? html`<div class="groups">${sorted.map(group)}</div>` : html`<p class="quiet">${t("records.none")}</p>`}
  </section>`;
}
