// Calendar days, such as the API's `2026-05-04`.

import { fieldDate } from "./dates.js";
import { dates } from "./intl.js";

const noon = (/** @type {string} */ day) => new Date(`${day}T12:00:00Z`);
const format = (/** @type {Intl.DateTimeFormatOptions} */ options) => dates({ ...options, timeZone: "UTC" });

/** Today in the profile's time zone. */
export const today = () =>
  fieldDate({ started_at: new Date().toISOString(), utc_offset_minutes: null }).slice(0, 10);

/** The same day of the year before, or 28 February. @param {string} day */
export function yearBefore(day) {
  const year = String(Number(day.slice(0, 4)) - 1).padStart(4, "0");
  return `${year}${day.slice(4) === "-02-29" ? "-02-28" : day.slice(4)}`;
}

/** 4 May 2026. @param {string} day */
export const dayName = (day) => format({ dateStyle: "medium" }).format(noon(day));

/** 1 Jan – 4 May 2026. @param {{from: string, to: string}} range */
export const rangeName = ({ from, to }) => format({ dateStyle: "medium" }).formatRange(noon(from), noon(to));

/** May. @param {string} day */
export const monthOfYear = (day) => format({ month: "long" }).format(noon(day));
