// The list of activities, grouped by month.

import { dayInMonth, monthName, monthOf, shortDate, timeOfDay } from "../text/dates.js";
import { distance, duration, longDuration, pace } from "../text/format.js";
import { sport, t } from "../text/words.js";
import { html } from "./html.js";
import { sportSign } from "./icons.js";

/** @param {any} activity @param {boolean} isInMonth */
function row(activity, isInMonth) {
  const { day, weekday } = dayInMonth(activity);
  const name = sport(activity.activity_type);
  const quick = activity.distance_meters && pace(activity.activity_type, activity.distance_meters, activity.moving_secs ?? activity.duration_secs);
  const when = isInMonth ? timeOfDay(activity) : shortDate(activity);
  return html`<li><a class="row" href="#/activities/${activity.id}" data-id=${activity.id}>
    ${isInMonth && html`<span class="date"><span class="day">${day}</span><span class="weekday">${weekday}</span></span>`}
    ${sportSign(activity.activity_type)}
    <span class="what"><span class="title">${activity.title || name}</span>
      <span class="quiet">${activity.title ? `${name} · ${when}` : when}${activity.waiting && ` · ${t("waiting.mark")}`}</span></span>
    <span class="figures">
      <span class="figure">${activity.distance_meters ? distance(activity.distance_meters) : ""}</span>
      <span class="figure">${duration(activity.duration_secs)}</span>
      <span class="figure quiet">${quick?.value ?? ""}</span>
    </span>
  </a></li>`;
}

/** Totals of a month. @param {any} bucket */
function sums(bucket) {
  const parts = [t("activities", { n: bucket.activities })];
  if (bucket.distance_meters > 0) parts.push(distance(bucket.distance_meters));
  parts.push(longDuration(bucket.duration_secs));
  return parts.join(" · ");
}

/**
 * A list to which rows can be added. It has headings if there are `totals` by month.
 * @param {Map<string, any> | null} totals
 */
export function rows(totals) {
  const element = html`<div class="months"></div>`;
  let month = "";
  const begin = (/** @type {string} */ next) => {
    month = next;
    const bucket = totals?.get(next);
    element.append(html`<section class="month">
      ${totals && html`<header><h2>${monthName(next)}</h2>${bucket && html`<p class="quiet">${sums(bucket)}</p>`}</header>`}
      <ul class="rows"></ul>
    </section>`);
  };
  const add = (/** @type {any[]} */ activities) => {
    for (const activity of activities) {
      const next = totals ? monthOf(activity.started_at) : "all";
      if (next !== month) begin(next);
      element.lastElementChild.querySelector("ul").append(row(activity, totals !== null));
    }
  };
  return { element, add };
}
