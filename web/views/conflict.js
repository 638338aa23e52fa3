// Resolves a conflict: shows both versions of an activity side by side.

import { isSame } from "../data/merge.js";
import { longDate } from "../text/dates.js";
import { distance, duration, height } from "../text/format.js";
import { sport, t } from "../text/words.js";
import { open } from "../components/dialog.js";
import { form } from "../components/form.js";
import { html } from "../components/html.js";

/** @param {string} name @param {any} value @param {any} activity */
function shown(name, value, activity) {
  if (value === null || value === undefined || value === "") return html`<em>${t("conflict.nothing")}</em>`;
  if (name === "activity_type") return sport(value);
  if (name === "started_at") return longDate({ ...activity, started_at: value });
  if (name === "duration_secs") return duration(value);
  if (name === "distance_meters") return distance(value);
  if (name === "elevation_gain_meters") return height(value);
  if (name === "sets") return t("sets.count", { n: value.length });
  return String(value);
}

/**
 * Asks which values to keep, and returns those of `changes` that were chosen.
 * @param {any} changes
 * @param {any} theirs the version on the server
 * @returns {Promise<any>} `undefined` if the dialog was closed
 */
export async function resolved(changes, theirs) {
  const names = Object.keys(changes).filter((name) => !isSame(name, changes[name], theirs[name]));
  if (names.length === 0) return {};
  const choice = (/** @type {string} */ name, /** @type {string} */ whose, /** @type {any} */ value, /** @type {boolean} */ isChosen) =>
    html`<td><label class="choice"><input type="radio" name=${name} value=${whose} ?checked=${isChosen}>
      <span class="version">${shown(name, value, theirs)}</span></label></td>`;
  const row = (/** @type {string} */ name) => html`<tr><th scope="row">${t(`field.${name}`)}</th>
    ${choice(name, "mine", changes[name], true)}${choice(name, "theirs", theirs[name], false)}</tr>`;
  return open(
    t("conflict.title"),
    (close) => [
      html`<p>${t("conflict.text")}</p>`,
      form({
        fields: html`<table class="versions"><thead><tr><td></td><th scope="col">${t("conflict.mine")}</th>
          <th scope="col">${t("conflict.theirs")}</th></tr></thead><tbody>${names.map(row)}</tbody></table>`,
        submit: t("conflict.submit"),
        extra: html`<button type="button" @click=${() => close()}>${t("cancel")}</button>`,
        send: async (values) => close(Object.fromEntries(names.filter((name) => values[name] === "mine").map((name) => [name, changes[name]]))),
      }),
    ],
    "broad",
  );
}
