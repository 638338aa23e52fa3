// Goals: their progress; adding, changing and giving them up.

import { newId } from "../data/platform.js";
import { addGoal, changeGoal, dropGoal, goals as all } from "../data/stats.js";
import { confirmed, open } from "../components/dialog.js";
import { fault, field, form, select } from "../components/form.js";
import { goalCard, goalUnit } from "../components/goal-card.js";
import { html } from "../components/html.js";
import { say } from "../components/notice.js";
import { parseNumber, typed } from "../text/typed.js";
import { sport, sports, t } from "../text/words.js";

const METRICS = ["distance", "duration", "elevation", "activities"];
const PERIODS = ["week", "month", "year"];

/** @param {any[]} kinds the sports of the log, the most frequent first */
export async function goals(kinds) {
  const list = html`<div></div>`;
  const heading = html`<h2 tabindex="-1">${t("goals.title")}</h2>`;
  const draw = async () => {
    const found = await all();
    const card = (/** @type {any} */ goal) => goalCard(goal, { change: () => change(goal, again), drop: () => drop(goal, again) });
    list.replaceChildren(found.length > 0 ? html`<ul class="goals">${found.map(card)}</ul>` : html`<p class="quiet">${t("goals.none")}</p>`);
  };
  const again = async () => {
    await draw();
    heading.focus();
  };
  await draw();
  return html`<section class="block">${heading}${list}
    <details class="wide"><summary>${t("goals.add")}</summary>${newGoal(kinds, again)}</details></section>`;
}

/** The target in the API's unit. @param {string} metric @param {string} text */
function target(metric, text) {
  const value = parseNumber(text);
  if (!value) throw fault("target", t("fault.number"));
  return value * goalUnit(metric).size;
}

/** @param {any[]} kinds @param {() => Promise<void>} added */
function newGoal(kinds, added) {
  let key = newId();
  const often = kinds.map((kind) => kind.activity_type);
  const known = [...often, ...sports().filter((slug) => !often.includes(slug))];
  const metric = select(METRICS.map((one) => [one, t(`goal-metric.${one}`)]), "metric");
  const amount = field(t("goals.target"), html`<input name="target" inputmode="decimal" autocomplete="off">`, { unit: goalUnit(METRICS[0]).name });
  metric.addEventListener("change", () => (amount.querySelector(".unit").textContent = goalUnit(metric.value).name));
  const send = async (/** @type {any} */ values, /** @type {HTMLFormElement} */ element) => {
    const { metric: what, period, sport: slug } = values;
    await addGoal({ metric: what, period, target: target(what, values.target), activity_type: slug || null }, key);
    key = newId();
    element.reset();
    metric.dispatchEvent(new Event("change"));
    say(t("goals.added"));
    await added();
  };
  const fields = [
    field(t("goals.metric"), metric),
    amount,
    field(t("goals.period"), select(PERIODS.map((one) => [one, t(`goal-period.${one}`)]), "period", "month")),
    field(t("log.sport"), select([["", t("log.all-sports")], ...known.map((slug) => /** @type {[string, string]} */ ([slug, sport(slug)]))], "sport")),
  ];
  return form({ kind: "grid", fields, submit: t("goals.add"), send });
}

/** @param {any} goal @param {() => Promise<void>} changed */
async function change(goal, changed) {
  const { name, size, digits } = goalUnit(goal.metric);
  const input = html`<input name="target" inputmode="decimal" autocomplete="off" autofocus .value=${typed(goal.target / size, digits)}>`;
  const done = await open(t("goals.change"), (close) => {
    const send = async (/** @type {any} */ values) => {
      await changeGoal(goal.id, target(goal.metric, values.target));
      close(true);
    };
    return form({ fields: field(t("goals.target"), input, { unit: name }), submit: t("save"), send });
  });
  if (!done) return;
  say(t("saved"));
  await changed();
}

/** @param {any} goal @param {() => Promise<void>} dropped */
async function drop(goal, dropped) {
  if (!(await confirmed(t("goals.drop"), t("goals.drop-text"), t("goals.drop")))) return;
  await dropGoal(goal.id);
  say(t("goals.dropped"));
  await dropped();
}
