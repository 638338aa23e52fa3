// The form fields of an activity, and their values in the API's units.

import { fieldDate, fromField, offsetInZone, withOffset } from "../text/dates.js";
import { distanceUnit, duration, heightUnit } from "../text/format.js";
import { parseDuration, parseNumber, typed } from "../text/typed.js";
import { sport, sports, t } from "../text/words.js";
import { fault, field, select } from "./form.js";
import { html } from "./html.js";

/** @param {string} name @param {unknown} [value] @param {string} [mode] */
const input = (name, value, mode = "text") =>
  html`<input name=${name} .value=${value ?? ""} inputmode=${mode} autocomplete="off">`;

/**
 * All fields, filled with what `activity` has.
 * @param {any} activity
 */
export function activityFields(activity) {
  const [far, high] = [distanceUnit(), heightUnit()];
  const size = (/** @type {number | null} */ value, /** @type {number} */ unit, /** @type {number} */ digits) =>
    value === null || value === undefined ? "" : typed(value / unit, digits);
  const known = sports();
  const slugs = known.includes(activity.activity_type) ? known : [activity.activity_type, ...known];
  const controls = {
    title: html`<input name="title" maxlength="200" .value=${activity.title ?? ""}>`,
    activity_type: select(slugs.map((slug) => [slug, sport(slug)]), "activity_type", activity.activity_type),
    started_at: html`<input name="started_at" type="datetime-local" required .value=${activity.started_at ? fieldDate(activity) : ""}>`,
    duration_secs: input("duration_secs", activity.duration_secs === undefined ? "" : duration(activity.duration_secs)),
    distance_meters: input("distance_meters", size(activity.distance_meters, far.meters, 3), "decimal"),
    elevation_gain_meters: input("elevation_gain_meters", size(activity.elevation_gain_meters, high.meters, 0), "decimal"),
    avg_heart_rate: input("avg_heart_rate", activity.avg_heart_rate, "numeric"),
    calories: input("calories", activity.calories, "numeric"),
    notes: html`<textarea name="notes" rows="4" maxlength="10000" .value=${activity.notes ?? ""}></textarea>`,
  };
  const before = values(controls);
  const options = {
    duration_secs: { hint: t("hint.duration") },
    distance_meters: { unit: far.name },
    elevation_gain_meters: { unit: high.name },
    avg_heart_rate: { unit: t("unit.bpm") },
    calories: { unit: "kcal" },
    title: { wide: true },
    notes: { wide: true },
  };
  const elements = Object.fromEntries(
    Object.entries(controls).map(([name, control]) => [name, field(t(`field.${name}`), control, options[/** @type {keyof typeof options} */ (name)])]),
  );
  /** Values of the fields that were edited. */
  const changed = () => {
    const now = values(controls);
    const names = Object.keys(controls).filter((name) => now[name] !== before[name]);
    return Object.fromEntries(names.map((name) => [name, parse(name, now[name], activity)]));
  };
  const all = () => {
    const now = values(controls);
    const said = Object.keys(controls).filter((name) => now[name] !== "" || name === "duration_secs" || name === "started_at");
    return Object.fromEntries(said.map((name) => [name, parse(name, now[name], activity)]));
  };
  return { controls, elements, changed, all };
}

/** @param {Record<string, any>} controls @returns {Record<string, string>} */
const values = (controls) =>
  Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value.trim()]));

/** Converts the text of a field to the API's value. @param {string} name @param {string} text @param {any} activity */
function parse(name, text, activity) {
  if (name === "activity_type") return text;
  if (name === "title" || name === "notes") return text || null;
  if (name === "started_at") return start(text, activity);
  if (name === "duration_secs") {
    const secs = parseDuration(text);
    if (secs === null) throw fault(name, t("fault.duration"));
    return secs;
  }
  if (text === "") return null;
  const number = parseNumber(text);
  if (number === null) throw fault(name, t("fault.number"));
  if (name === "distance_meters") return number * distanceUnit().meters;
  if (name === "elevation_gain_meters") return number * heightUnit().meters;
  return Math.round(number);
}

/** Local time at the activity's place, or at this device for a new activity. @param {string} text @param {any} activity */
function start(text, activity) {
  if (text === "") throw fault("started_at", t("fault.date"));
  if (activity.id === undefined) return fromField(text) ?? text;
  return withOffset(text, activity.utc_offset_minutes ?? offsetInZone(text));
}
