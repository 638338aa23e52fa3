// Logs an activity by hand.

import { list, totals } from "../data/activities.js";
import { newId } from "../data/platform.js";
import { create } from "../data/writes.js";
import { activityFields } from "../components/activity-fields.js";
import { form } from "../components/form.js";
import { html } from "../components/html.js";
import { sportSign } from "../components/icons.js";
import { doing, say } from "../components/notice.js";
import { setsEditor } from "../components/sets.js";
import { shortDate } from "../text/dates.js";
import { sport, t } from "../text/words.js";

const STRENGTH = ["lift", "core"];
const FIRST = ["run", "cycle", "walk", "swim", "lift", "yoga"];

export async function newActivity() {
  const recent = await recentSports();
  const now = new Date(Date.now() - 60 * 60_000);
  const fields = activityFields({
    activity_type: recent[0],
    started_at: now.toISOString(),
    utc_offset_minutes: -now.getTimezoneOffset(),
  });
  const { controls, elements } = fields;
  controls.duration_secs.autofocus = true;
  const sets = setsEditor([], []);
  const strength = html`<div class="wide" hidden>${sets.element}</div>`;
  const buttons = recent.map((slug) => choice(slug, controls.activity_type));

  const reflect = () => {
    const slug = controls.activity_type.value;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.sport === slug));
    strength.hidden = !STRENGTH.includes(slug);
    elements.distance_meters.hidden = STRENGTH.includes(slug);
    if (!strength.hidden) offerLast(strength, slug, sets);
  };
  controls.activity_type.addEventListener("change", reflect);
  reflect();

  // One id per form, so that submitting twice creates one activity.
  const id = newId();
  const send = async () => {
    const activity = fields.all();
    if (!strength.hidden) activity.sets = sets.read();
    const made = await create(activity, id);
    say(t(made.state === "sent" ? "new.done" : "saved.waiting"));
    location.hash = `#/activities/${made.id}`;
  };
  const more = html`<details class="wide"><summary>${t("new.more")}</summary><div class="grid">
    ${elements.elevation_gain_meters}${elements.avg_heart_rate}${elements.calories}</div></details>`;
  const back = html`<a class="button" href="#/">${t("cancel")}</a>`;
  return html`<section class="page narrow">
    <h1>${t("new.title")}</h1>
    <div class="chips" role="group" aria-label=${t("field.activity_type")}>${buttons}</div>
    ${form({
      kind: "grid",
      fields: [elements.activity_type, elements.started_at, elements.duration_secs, elements.distance_meters, strength, elements.title, elements.notes, more],
      submit: t("new.submit"),
      send,
      extra: back,
    })}
  </section>`;
}

/** The user's sports, the latest first. */
async function recentSports() {
  const page = await list({ limit: 40 });
  const often = page.activities.length > 0 ? (await totals("activity_type")).buckets : [];
  const lately = page.activities.map((/** @type {any} */ one) => one.activity_type);
  const all = [...lately, ...often.map((/** @type {any} */ one) => one.activity_type), ...FIRST];
  return [...new Set(all)].slice(0, 6);
}

/** @param {string} slug @param {HTMLSelectElement} field */
function choice(slug, field) {
  const choose = () => {
    field.value = slug;
    field.dispatchEvent(new Event("change"));
  };
  return html`<button type="button" class="chip" data-sport=${slug} @click=${choose}>${sportSign(slug)}${sport(slug)}</button>`;
}

/** Offers the sets of the last session. @param {HTMLElement} place @param {string} slug @param {ReturnType<typeof setsEditor>} editor */
async function offerLast(place, slug, editor) {
  if (place.dataset.offered === slug) return;
  place.dataset.offered = slug;
  place.querySelector(".as-last")?.remove();
  const found = await list({ activity_type: slug, limit: 1 }).catch(() => null);
  const last = found?.activities[0];
  if (!last?.sets?.length || place.dataset.offered !== slug) return;
  const fill = async () => editor.replace(last.sets);
  place.querySelector("legend")?.after(html`<button type="button" class="plain as-last" @click=${doing(fill)}>${t("sets.as-last", { date: shortDate(last) })}</button>`);
}
