// Messages for errors.

import { Failure } from "../data/http.js";
import { has, language, sentence, t } from "./words.js";

/** @param {unknown} error */
export function words(error) {
  if (!(error instanceof Failure)) return t("error.internal");
  if (has(`error.${error.code}`)) return t(`error.${error.code}`);
  // The API's messages are English, and say more than the code.
  if (error.message !== error.code) return sentence(error.message);
  return t("error.other", { status: error.status });
}

/** The message for a field. @param {{code: string, message: string}} fault */
export function faultWords(fault) {
  const key = `fault.${fault.code}`;
  return language !== "en" && has(key) ? t(key) : sentence(fault.message);
}

/** Why a file was refused, and how to fix it. @param {{code: string | null, message: string | null}} file */
export function refusalWords({ code, message }) {
  const [reason, remedy] = [`refused.${code}`, `remedy.${code}`];
  const said = message ? `${sentence(message)}.` : null;
  const why = has(reason) && (language !== "en" || !said) ? t(reason) : said ?? t("refused.other");
  return [why, ...(has(remedy) ? [t(remedy)] : [])];
}
