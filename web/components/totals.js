// Totals of a year next to those of the year before, and streaks.

import { dayName, rangeName } from "../text/days.js";
import { distance, height, longDuration, number } from "../text/format.js";
import { t } from "../text/words.js";
import { html } from "./html.js";

const plain = (/** @type {number} */ value) => number(value);

/** What is counted, and how it is written. @type {[string, (value: number) => string][]} */
const SUMS = [
  ["activities", plain],
  ["duration_secs", longDuration],
  ["distance_meters", distance],
  ["elevation_gain_meters", height],
  ["active_days", plain],
  ["calories", (value) => `${number(value)} kcal`],
];

/** With its sign: +5 km. @param {number} change @param {(value: number) => string} write */
const signed = (change, write) => `${change < 0 ? "−" : change > 0 ? "+" : "±"}${write(Math.abs(change))}`;

/**
 * Totals and how they differ from those of the year before.
 * @param {any} now
 * @param {any} before
 */
export function totals(now, before) {
  const hasBefore = before.totals.activities > 0;
  const item = (/** @type {[string, (value: number) => string]} */ [name, write]) => {
    const [value, former] = [now.totals[name], before.totals[name]];
    // The number of activities is said even if there are none.
    if (!value && !former && name !== "activities") return null;
    return html`<div><dt>${t(`sum.${name}`)}</dt><dd>${write(value)}</dd>
      ${hasBefore && html`<dd class="change">${signed(value - former, write)}</dd>`}</div>`;
  };
  return html`<section class="numbers sums" aria-label=${t("year.totals")}>
    <dl class="large">${SUMS.map(item)}</dl>
    <p class="caption">${t(hasBefore ? "year.compared" : "year.not-compared", { range: rangeName(before) })}</p>
  </section>`;
}

/** @param {{days: any, weeks: any}} found */
export function streaks({ days, weeks }) {
  const item = (/** @type {string} */ name, /** @type {string} */ unit, /** @type {any} */ streak) => html`<div>
    <dt>${t(`streak.${name}`)}</dt>
    <dd>${t(`streak.${unit}`, { n: streak?.length ?? 0 })}</dd>
    ${streak && html`<dd class="change">${name === "longest" ? rangeName(streak) : t("streak.since", { day: dayName(streak.from) })}</dd>`}
  </div>`;
  if (!days.longest) return null;
  return html`<section class="stack"><h2>${t("streak.title")}</h2>
    <div class="numbers"><dl class="large">
      ${item("current", "days", days.current)}${item("longest", "days", days.longest)}
      ${item("current", "weeks", weeks.current)}${item("longest", "weeks", weeks.longest)}
    </dl></div></section>`;
}
