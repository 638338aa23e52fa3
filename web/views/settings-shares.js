// Links to shared pictures.

import { deleteShare, shares as all } from "../data/account.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { day } from "../text/dates.js";
import { t } from "../text/words.js";

export async function shares() {
  const found = await all();
  const drop = (/** @type {any} */ one) => async () => {
    await deleteShare(one.id);
    say(t("shares.ended"));
    dispatchEvent(new Event("hashchange"));
  };
  const what = (/** @type {any} */ one) => {
    const name = t(`share.${one.picture}`);
    return one.activity_id ? html`<a href="#/activities/${one.activity_id}">${name}</a>` : name;
  };
  const line = (/** @type {any} */ one) => html`<li><span class="about"><strong>${what(one)}</strong>
      <span class="quiet">${t("shares.since", { day: day(one.created_at) })}
        ${one.expires_at && ` · ${t("shares.until", { day: day(one.expires_at) })}`}
        ${one.whole_track && ` · ${t("shares.whole")}`}</span></span>
    <button type="button" @click=${doing(drop(one))}>${t("shares.end")}</button></li>`;
  if (found.length === 0) return html`<p class="quiet">${t("shares.none")}</p>`;
  return [html`<p class="quiet">${t("shares.text")}</p>`, html`<ul class="card lines">${found.map(line)}</ul>`];
}
