// Numbers, units and durations, by profile and language.

import { me } from "../data/account.js";
import { numbers } from "./intl.js";
import { t } from "./words.js";

const KM = 1000;
const MILE = 1609.344;
const FOOT = 0.3048;
const YARD = 0.9144;
const POUND = 0.45359237;

export const isImperial = () => me?.profile.preferred_units === "imperial";
export const zone = () => me?.profile.time_zone ?? "UTC";
/** The units of form fields. */
export const distanceUnit = () => (isImperial() ? { name: "mi", meters: MILE } : { name: "km", meters: KM });
export const weightUnit = () => (isImperial() ? { name: "lb", kg: POUND } : { name: "kg", kg: 1 });
export const heightUnit = () => (isImperial() ? { name: "ft", meters: FOOT } : { name: "m", meters: 1 });

/** @param {number} value @param {string} unit @param {number} digits */
const withUnit = (value, unit, digits) =>
  number(value, { style: "unit", unit, maximumFractionDigits: digits, minimumFractionDigits: digits });

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export const number = (value, options) => numbers(options).format(value);

/** @param {number} meters */
export function distance(meters) {
  const { meters: size } = distanceUnit();
  const far = meters / size;
  return withUnit(far, isImperial() ? "mile" : "kilometer", far >= 100 ? 0 : far >= 10 ? 1 : 2);
}

/** @param {number} meters */
export const height = (meters) =>
  isImperial() ? withUnit(meters / FOOT, "foot", 0) : withUnit(meters, "meter", 0);

/** @param {number} value */
export function bytes(value) {
  if (value < 1e6) return withUnit(value / 1e3, "kilobyte", 0);
  return value < 1e9 ? withUnit(value / 1e6, "megabyte", 1) : withUnit(value / 1e9, "gigabyte", 2);
}

/** @param {number} kg */
export function weight(kg) {
  const { kg: size } = weightUnit();
  return number(kg / size, { style: "unit", unit: isImperial() ? "pound" : "kilogram", maximumFractionDigits: 1 });
}

/** As on a clock: 1:05:00, 32:10. @param {number} secs */
export function duration(secs) {
  const all = Math.round(secs);
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** In words: 12 h 30 min. @param {number} secs */
export function longDuration(secs) {
  const minutes = Math.round(secs / 60);
  const part = (/** @type {number} */ value, /** @type {string} */ unit) =>
    number(value, { style: "unit", unit, unitDisplay: "short" });
  const hours = Math.floor(minutes / 60);
  if (hours >= 100) return part(hours, "hour");
  const rest = part(minutes % 60, "minute");
  return hours === 0 ? rest : minutes % 60 === 0 ? part(hours, "hour") : `${part(hours, "hour")} ${rest}`;
}

const SWIMS = ["swim", "open_water_swim"];
const ON_FOOT = ["run", "trail_run", "treadmill_run", "virtual_run", "walk", "hike", "snowshoe"];

/** Pace or speed, whichever the sport uses. @param {string} sport @param {number} meters @param {number} secs */
export function pace(sport, meters, secs) {
  if (!(meters > 0 && secs > 0)) return null;
  if (SWIMS.includes(sport)) {
    const [size, unit] = isImperial() ? [100 * YARD, "100 yd"] : [100, "100 m"];
    return { label: t("field.pace"), value: `${duration((secs / meters) * size)} /${unit}` };
  }
  const { meters: size, name } = distanceUnit();
  if (ON_FOOT.includes(sport)) {
    return { label: t("field.pace"), value: `${duration((secs / meters) * size)} /${name}` };
  }
  const unit = isImperial() ? "mile-per-hour" : "kilometer-per-hour";
  return { label: t("field.speed"), value: withUnit((meters / size / secs) * 3600, unit, 1) };
}
