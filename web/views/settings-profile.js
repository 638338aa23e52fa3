// Name, units, time zone and language.

import { changeProfile, me } from "../data/account.js";
import { field, form, select } from "../components/form.js";
import { html } from "../components/html.js";
import { say } from "../components/notice.js";
import { zone } from "../text/format.js";
import { chooseLanguage, language, languages, t } from "../text/words.js";

export function profile() {
  const name = html`<input name="display_name" maxlength="100" autocomplete="nickname" .value=${me.profile.display_name ?? ""}>`;
  const units = select([["metric", t("units.metric")], ["imperial", t("units.imperial")]], "preferred_units", me.profile.preferred_units);
  const names = Intl.supportedValuesOf("timeZone");
  const all = [...new Set(["UTC", zone(), ...names])].sort();
  const zones = select(all.map((one) => [one, one.replaceAll("_", " ")]), "time_zone", zone());
  const words = select(languages.map(({ code, name }) => [code, name]), "language", language);
  const send = async (/** @type {any} */ values) => {
    const { display_name: name, preferred_units, time_zone } = values;
    await changeProfile({ display_name: name.trim() || null, preferred_units, time_zone });
    if (values.language !== language) {
      await chooseLanguage(values.language);
      dispatchEvent(new Event("language"));
    }
    say(t("settings.saved"));
  };
  const problem = me.email_problem && html`<p class="warning">${me.email_problem.message}</p>`;
  return [
    html`<p class="quiet">${me.email ?? t("settings.no-email")}</p>`,
    problem,
    form({
      kind: "card",
      fields: [
        field(t("field.name"), name),
        field(t("settings.units"), units),
        field(t("settings.zone"), zones, { hint: t("settings.zone-hint") }),
        field(t("settings.language"), words, { hint: t("settings.language-hint") }),
      ],
      submit: t("save"),
      send,
    }),
  ];
}
