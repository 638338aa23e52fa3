// The key figures of an activity in large type, and the others in small type.

import { distance, duration, height, number, pace } from "../text/format.js";
import { t } from "../text/words.js";
import { html } from "./html.js";

/** @param {any} activity */
function figures(activity) {
  const { activity_type: kind, distance_meters: meters, duration_secs: secs, moving_secs: moving } = activity;
  const quick = pace(kind, meters ?? 0, moving ?? secs);
  const up = activity.elevation_gain_meters;
  const bpm = (/** @type {number} */ value) => `${number(value)} ${t("unit.bpm")}`;
  /** @type {[string, string | null | undefined | false][]} */
  const all = [
    [t("field.distance_meters"), meters > 0 && distance(meters)],
    [t("field.duration_secs"), duration(secs)],
    [quick?.label ?? "", quick?.value],
    [t("field.elevation_gain_meters"), up !== null && height(up)],
    [t("field.avg_heart_rate"), activity.avg_heart_rate && bpm(activity.avg_heart_rate)],
    [t("field.avg_power_watts"), activity.avg_power_watts && `${number(activity.avg_power_watts)} W`],
    [t("field.calories"), activity.calories !== null && `${number(activity.calories)} kcal`],
    [t("field.max_heart_rate"), activity.max_heart_rate && bpm(activity.max_heart_rate)],
    [t("field.avg_cadence"), activity.avg_cadence && `${number(activity.avg_cadence, { maximumFractionDigits: 0 })} ${t("unit.rpm")}`],
    [t("field.moving_secs"), moving !== null && moving !== secs && duration(moving)],
    [t("field.elapsed_secs"), activity.elapsed_secs !== null && activity.elapsed_secs !== secs && duration(activity.elapsed_secs)],
    [t("field.elevation_loss_meters"), activity.elevation_loss_meters !== null && height(activity.elevation_loss_meters)],
  ];
  return /** @type {[string, string][]} */ (all.filter(([, value]) => value));
}

/** @param {any} activity */
export function numbers(activity) {
  const item = ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
  const all = figures(activity);
  return html`<div class="numbers">
    <dl class="large">${all.slice(0, 4).map(item)}</dl>
    ${all.length > 4 && html`<dl class="small">${all.slice(4).map(item)}</dl>`}
  </div>`;
}
