// Dates and times, at the activity's place or in the profile's time zone.

import { zone } from "./format.js";
import { dates } from "./intl.js";
import { locale, t } from "./words.js";

/** The start of an activity and the time zone to show it in. @param {{started_at: string, utc_offset_minutes: number | null}} activity */
function local({ started_at, utc_offset_minutes: offset }) {
  const at = new Date(started_at);
  if (offset === null) return { at, timeZone: zone() };
  return { at: new Date(at.getTime() + offset * 60_000), timeZone: "UTC" };
}

/** @param {Date} at @param {Intl.DateTimeFormatOptions} options */
const format = (at, options) => dates(options).format(at);

/** Saturday, 2 May 2026, 08:00. @param {any} activity */
export function longDate(activity) {
  const { at, timeZone } = local(activity);
  return format(at, { dateStyle: "full", timeStyle: "short", timeZone });
}

/** Sat 2, for lists grouped by month. @param {any} activity */
export function dayInMonth(activity) {
  const { at, timeZone } = local(activity);
  return { day: format(at, { day: "numeric", timeZone }), weekday: format(at, { weekday: "short", timeZone }) };
}

/** 2 May 2026. @param {any} activity */
export function shortDate(activity) {
  const { at, timeZone } = local(activity);
  return format(at, { dateStyle: "medium", timeZone });
}

/** @param {any} activity */
export function timeOfDay(activity) {
  const { at, timeZone } = local(activity);
  return format(at, { timeStyle: "short", timeZone });
}

/** The month in the profile's time zone: 2026-05. @param {string} startedAt */
export function monthOf(startedAt) {
  const parts = dates({ year: "numeric", month: "2-digit", timeZone: zone() }, "en");
  const part = Object.fromEntries(parts.formatToParts(new Date(startedAt)).map((one) => [one.type, one.value]));
  return `${part.year.padStart(4, "0")}-${part.month}`;
}

/** May 2026. @param {string} month */
export const monthName = (month) =>
  format(new Date(`${month}-15T12:00:00Z`), { month: "long", year: "numeric", timeZone: "UTC" });

/** A time in the profile's time zone. @param {string} text */
export const moment = (text) =>
  format(new Date(text), { dateStyle: "medium", timeStyle: "short", timeZone: zone() });

/** @param {string} text */
export const day = (text) => format(new Date(text), { dateStyle: "medium", timeZone: zone() });

/** The value of a `datetime-local` field, at the activity's place. @param {any} activity */
export function fieldDate(activity) {
  const { at, timeZone } = local(activity);
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  const parts = dates(/** @type {any} */ ({ ...fields, timeZone }), "sv").formatToParts(at);
  const part = Object.fromEntries(parts.map((one) => [one.type, one.value]));
  return `${part.year.padStart(4, "0")}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

/** The value of a `datetime-local` field with this device's UTC offset. @param {string} text */
export function fromField(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return null;
  return withOffset(text, -at.getTimezoneOffset());
}

/** A local time with its UTC offset: 2026-05-04T08:00:00+02:00. @param {string} text @param {number} minutes */
export function withOffset(text, minutes) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${text}:00${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The UTC offset of the profile's time zone at a local time. @param {string} text */
export function offsetInZone(text) {
  const guess = new Date(`${text}:00Z`);
  const shown = new Date(`${fieldDate({ started_at: guess.toISOString(), utc_offset_minutes: null })}:00Z`);
  return Math.round((shown.getTime() - guess.getTime()) / 60_000);
}

/** A relative time such as "2 days ago". @param {string | null} text */
export function ago(text) {
  if (!text) return t("never");
  const secs = (Date.parse(text) - Date.now()) / 1000;
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, size]) => Math.abs(secs) >= size) ?? ["minute", 60];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(secs / size), unit);
}
