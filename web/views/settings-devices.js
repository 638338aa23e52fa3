// Devices that are logged in.

import { endOtherSessions, endSession, sessions } from "../data/account.js";
import { confirmed } from "../components/dialog.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { ago } from "../text/dates.js";
import { t } from "../text/words.js";

const again = () => dispatchEvent(new Event("hashchange"));

export async function devices() {
  const all = await sessions();
  const end = (/** @type {any} */ one) => async () => {
    await endSession(one.id);
    say(t("devices.ended"));
    again();
  };
  const endAll = async () => {
    if (!(await confirmed(t("devices.end-others"), t("devices.end-others-text"), t("devices.end-others")))) return;
    await endOtherSessions();
    again();
  };
  const line = (/** @type {any} */ one) => html`<li>
    <span class="about"><strong>${one.device}</strong>
      <span class="quiet">${one.current ? t("devices.this") : t("devices.used", { when: ago(one.last_used_at) })}</span></span>
    ${!one.current && html`<button type="button" @click=${doing(end(one))}>${t("devices.end")}</button>`}</li>`;
  return [
    html`<ul class="card lines">${all.map(line)}</ul>`,
    all.length > 1 && html`<button type="button" class="danger" @click=${doing(endAll)}>${t("devices.end-others")}</button>`,
  ];
}
