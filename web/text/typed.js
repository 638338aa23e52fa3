// Parsing of durations and numbers as users type them.

import { locale } from "./words.js";

/**
 * Seconds of `1:05:00`, `32:10`, `45` (minutes), `1h30`, `1 h 5 min`, `90 s`; `null` for anything else.
 * @param {string} text
 */
export function parseDuration(text) {
  const clean = text.trim().toLowerCase();
  const clock = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})$/.exec(clean);
  if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  if (/^\d+(?:[.,]\d+)?$/.test(clean)) return Math.round(Number(clean.replace(",", ".")) * 60);
  const words = /^(?:(\d+) ?h[a-z]*)? ?(?:(\d+) ?(?:m[a-z]*|(?=$)))? ?(?:(\d+) ?s[a-z]*)?$/.exec(clean);
  if (!words || clean === "") return null;
  return Number(words[1] ?? 0) * 3600 + Number(words[2] ?? 0) * 60 + Number(words[3] ?? 0);
}

/** The decimal separator of the language. */
const point = () =>
  new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === "decimal")?.value ?? ".";

/** Parses a number in the language's format; `null` if it is none. @param {string} text */
export function parseNumber(text) {
  const clean = text.trim().replaceAll(/[\s\u202f'’]/g, "");
  const plain = point() === "," && !/\.\d{1,2}$/.test(clean) ? clean.replaceAll(".", "").replace(",", ".") : clean.replace(",", ".");
  const value = plain === "" ? NaN : Number(plain);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** Formats a number for a form field. @param {number} value @param {number} digits */
export const typed = (value, digits) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: digits, useGrouping: false }).format(value);
