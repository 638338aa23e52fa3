// Translations: one catalogue of messages per language.

import { keep, recall } from "../data/storage.js";

const LANGUAGES = ["en", "de"];
const KEY = "language";

/** @type {Record<string, string | Record<string, string>>} */
let catalogue = {};
/** The files of the catalogue that are loaded: `all`, and those of pages that were opened. */
const parts = ["all"];
/** The locale of numbers and dates, such as `de-AT`. */
export let locale = "en";
export let language = "en";
let plurals = new Intl.PluralRules("en");

/** The available languages, each with its native name. */
export const languages = LANGUAGES.map((code) => ({
  code,
  name: new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code,
}));

/** Loads the catalogue of the chosen language, or of the browser's. */
export async function loadWords() {
  const wanted = [recall(KEY), ...navigator.languages].filter((one) => one !== null);
  const base = (/** @type {string} */ one) => one.split("-")[0].toLowerCase();
  language = wanted.map(base).find((one) => LANGUAGES.includes(one)) ?? "en";
  locale = navigator.languages.find((one) => base(one) === language) ?? language;
  plurals = new Intl.PluralRules(locale);
  catalogue = Object.assign({}, ...(await Promise.all(parts.map(load))));
  document.documentElement.lang = language;
}

/** @param {string} part */
const load = async (part) => (await import(`../${language}/${part}.js`)).default;

/** Adds the messages of a page that is loaded when it is opened. @param {string} part */
export async function addWords(part) {
  if (parts.includes(part)) return;
  Object.assign(catalogue, await load(part));
  parts.push(part);
}

/** @param {string} code */
export async function chooseLanguage(code) {
  keep(KEY, code);
  await loadWords();
}

/**
 * The message `key` with its `{placeholders}` filled in. `n` selects the plural form.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const found = catalogue[key];
  const form = typeof found === "object" ? found[plurals.select(Number(values.n))] ?? found.other : found;
  if (form === undefined) return key;
  const text = (/** @type {string | number} */ value) =>
    typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  return form.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? text(values[name]) : hole));
}

/** Whether there is such a message. @param {string} key */
export const has = (key) => key in catalogue;

/** Capitalises a sentence; the API's begin in lower case. @param {string} text */
export const sentence = (text) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

/** The name of a sport. Unknown sports are shown as the app wrote them. @param {string} slug */
export const sport = (slug) =>
  has(`sport.${slug}`) ? t(`sport.${slug}`) : sentence(slug.replaceAll("_", " ").trim() || slug);

/** All known sports, sorted by name. */
export function sports() {
  const slugs = Object.keys(catalogue).filter((key) => key.startsWith("sport."));
  const all = slugs.map((key) => key.slice("sport.".length));
  return all.sort((one, other) => sport(one).localeCompare(sport(other), locale));
}
