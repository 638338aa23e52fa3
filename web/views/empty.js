// The empty log explains how to add activities.

import { changeProfile, me } from "../data/account.js";
import { html } from "../components/html.js";
import { sign } from "../components/icons.js";
import { doing, say } from "../components/notice.js";
import { product } from "../components/shell.js";
import { zone } from "../text/format.js";
import { t } from "../text/words.js";
import { chooseFiles } from "./import.js";

export function empty() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const name = me?.profile.display_name;
  const useZone = async () => {
    await changeProfile({ time_zone: here });
    line.remove();
    say(t("settings.saved"));
  };
  const line = html`<p class="aside">${t("empty.zone", { zone: zone() })}
    <button type="button" class="plain" @click=${doing(useZone)}>${t("empty.use-zone", { zone: here })}</button></p>`;
  return html`<section class="page empty">
    <h1>${name ? t("empty.title-name", { name }) : t("empty.title", { product })}</h1>
    <p class="lead">${t("empty.lead")}</p>
    <ol class="steps">
      <li><h2>${t("empty.files")}</h2><p>${t("empty.files-text")}</p>
        <button type="button" class="primary" @click=${chooseFiles}>${sign("upload")}${t("import.choose")}</button></li>
      <li><h2>${t("empty.move")}</h2><p>${t("empty.move-text")}</p>
        <ul class="plain-list"><li>${t("empty.strava")}</li><li>${t("empty.garmin")}</li><li>${t("empty.apple")}</li></ul></li>
      <li><h2>${t("empty.hand")}</h2><p>${t("empty.hand-text")}</p>
        <a class="button" href="#/new">${sign("add")}${t("nav.new")}</a></li>
    </ol>
    ${here && here !== zone() && line}
  </section>`;
}
