// Cached formatters, because creating them is slow in lists of thousands of rows.

import { locale } from "./words.js";

/** @type {Map<string, any>} */
const made = new Map();

/** @param {string} kind @param {string} language @param {object | undefined} options @param {() => any} make */
function once(kind, language, options, make) {
  const key = `${kind} ${language} ${JSON.stringify(options)}`;
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

/** @param {Intl.DateTimeFormatOptions} options @param {string} [language] @returns {Intl.DateTimeFormat} */
export const dates = (options, language = locale) =>
  once("date", language, options, () => new Intl.DateTimeFormat(language, options));

/** @param {Intl.NumberFormatOptions} [options] @returns {Intl.NumberFormat} */
export const numbers = (options) => once("number", locale, options, () => new Intl.NumberFormat(locale, options));
