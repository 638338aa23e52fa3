// One year: totals, calendar, months, streaks, goals and records.

import { drawn, records as best, streaks as rows, summary } from "../data/stats.js";
import { select } from "../components/form.js";
import { html } from "../components/html.js";
import { complain } from "../components/notice.js";
import { picture } from "../components/picture.js";
import { records } from "../components/records.js";
import { months } from "../components/tables.js";
import { streaks, totals } from "../components/totals.js";
import { today, yearBefore } from "../text/days.js";
import { addWords, sport, t } from "../text/words.js";
import { goals } from "./year-goals.js";

const METRICS = ["duration", "distance", "activities"];
const WEEKS = 26;

/** @typedef {{year: string, sport: string, metric: string}} Filter */

/** @param {import("../components/shell.js").Place} place */
export async function year({ id, query, signal }) {
  await addWords("year");
  const [years, sports] = await Promise.all([
    summary({ group_by: "year" }, signal),
    summary({ group_by: "activity_type" }, signal),
  ]);
  const kinds = sports.buckets.sort((/** @type {any} */ one, /** @type {any} */ other) => other.activities - one.activities);
  const metric = query.get("by") ?? "";
  const filter = { year: id || today().slice(0, 4), sport: query.get("sport") ?? "", metric: METRICS.includes(metric) ? metric : METRICS[0] };
  const [results, bests] = [html`<div class="results stack"></div>`, html`<div class="results"></div>`];
  let shown = new AbortController();
  signal.addEventListener("abort", () => shown.abort());
  const fill = async () => {
    shown.abort();
    shown = new AbortController();
    const [content, found] = await Promise.all([overview(filter, shown.signal), best(filter.sport, shown.signal)]);
    results.replaceChildren(content);
    bests.replaceChildren(records(found, kinds.map((/** @type {any} */ kind) => kind.activity_type)));
  };
  const change = async (/** @type {object} */ changes) => {
    Object.assign(filter, changes);
    history.replaceState(null, "", address(filter));
    await fill().catch(complain);
  };
  await fill();
  return html`<section class="page year">
    <h1>${t("nav.year")}</h1>
    ${tools(years, kinds, filter, change)}
    ${results}${await goals(kinds)}${bests}
  </section>`;
}

/** @param {Filter} filter */
function address({ year, sport, metric }) {
  const parameters = new URLSearchParams();
  if (sport) parameters.set("sport", sport);
  if (metric !== METRICS[0]) parameters.set("by", metric);
  return `#/year/${year}${parameters.size > 0 ? `?${parameters}` : ""}`;
}

/** @param {any} years @param {any[]} kinds @param {Filter} filter @param {(changes: object) => void} change */
function tools(years, kinds, filter, change) {
  const now = Number(today().slice(0, 4));
  const first = Math.min(Number((years.from ?? today()).slice(0, 4)), Number(filter.year));
  const last = Math.max(now, Number(filter.year));
  const all = Array.from({ length: last - first + 1 }, (_, at) => String(last - at).padStart(4, "0"));
  const choice = (/** @type {keyof Filter} */ name, /** @type {[string, string][]} */ options) => {
    const control = select(options, name, filter[name]);
    control.setAttribute("aria-label", t(`year.${name}`));
    control.addEventListener("change", () => change({ [name]: control.value }));
    return control;
  };
  return html`<search class="tools three">
    ${choice("year", all.map((one) => [one, one]))}
    ${choice("metric", METRICS.map((one) => [one, t(`metric.${one}`)]))}
    ${choice("sport", [["", t("log.all-sports")], ...kinds.map((kind) => /** @type {[string, string]} */ ([kind.activity_type, sport(kind.activity_type)]))])}
  </search>`;
}

/** @param {Filter} filter @param {AbortSignal} signal */
async function overview({ year, sport, metric }, signal) {
  const isNow = today().startsWith(year);
  const range = { from: `${year}-01-01`, to: isNow ? today() : `${year}-12-31` };
  const former = { from: yearBefore(range.from), to: yearBefore(range.to) };
  const totalsOf = (/** @type {{from: string, to: string}} */ some) =>
    summary({ ...some, group_by: "month", activity_type: sport }, signal);
  const [now, before, inRow] = await Promise.all([totalsOf(range), totalsOf(former), rows(sport, signal)]);
  const parameters = { metric, activity_type: sport };
  const days = t("year.heatmap", { year, n: now.totals.active_days });
  return html`<div class="stack">
    ${totals(now, before)}
    ${picture(days, (appearance) => drawn("heatmap", { ...parameters, ...appearance, year }, signal), signal)}
    ${isNow && picture(t("year.weekly", { n: WEEKS }), (appearance) => drawn("weekly", { ...parameters, ...appearance, weeks: WEEKS }, signal), signal)}
    ${months(now.buckets)}
    ${streaks(inRow)}
  </div>`;
}
