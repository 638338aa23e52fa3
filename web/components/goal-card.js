// A goal and its progress in the current period.

import { rangeName } from "../text/days.js";
import { distance, distanceUnit, height, heightUnit, longDuration, number } from "../text/format.js";
import { sport, t } from "../text/words.js";
import { html } from "./html.js";
import { sportSign } from "./icons.js";
import { doing } from "./notice.js";

const HOUR = 3600;

/** The unit in which a target is typed, in the API's unit. @param {string} metric */
export function goalUnit(metric) {
  if (metric === "distance") return { name: distanceUnit().name, size: distanceUnit().meters, digits: 2 };
  if (metric === "elevation") return { name: heightUnit().name, size: heightUnit().meters, digits: 0 };
  if (metric === "duration") return { name: "h", size: HOUR, digits: 2 };
  return { name: t("goal.times"), size: 1, digits: 0 };
}

/** @param {string} metric @param {number} value */
function amount(metric, value) {
  if (metric === "distance") return distance(value);
  if (metric === "elevation") return t("goal.ascent", { height: height(value) });
  if (metric === "duration") return longDuration(value);
  return t("activities", { n: Math.round(value) });
}

/** Whether the target is reached, or how far an even pace is ahead. @param {any} goal */
function standing({ metric, target, progress, elapsed, is_reached: isReached }) {
  if (isReached) return t("goal.reached");
  const lack = target * elapsed - progress;
  // Less than half an activity does not count as one.
  const isBehind = metric === "activities" ? Math.round(lack) > 0 : lack > 0;
  return isBehind ? t("goal.behind", { amount: amount(metric, lack) }) : t("goal.on-course");
}

/** @param {any} goal @param {{change: () => Promise<void>, drop: () => Promise<void>}} acts */
export function goalCard(goal, { change, drop }) {
  const { metric, period, target, progress, part, activity_type: slug } = goal;
  const title = t(`goal-per.${period}`, { amount: amount(metric, target) });
  const about = [slug ? sport(slug) : t("log.all-sports"), rangeName(goal)].join(" · ");
  const reached = t("goal.progress", { progress: amount(metric, progress), part: number(part, { style: "percent" }) });
  return html`<li class="goal">${sportSign(slug ?? "")}
    <div class="about"><strong>${title}</strong><span class="quiet">${about}</span>
      <progress max="1" value=${Math.min(part, 1)} aria-label=${title}></progress>
      <span>${reached} · <span class="quiet">${standing(goal)}</span></span></div>
    <div class="buttons"><button type="button" aria-label="${t("goals.change")}: ${title}" @click=${doing(change)}>${t("change")}</button>
      <button type="button" aria-label="${t("goals.drop")}: ${title}" @click=${doing(drop)}>${t("goals.drop")}</button></div>
  </li>`;
}
