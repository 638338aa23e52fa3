// Security events of the last year.

import { securityEvents } from "../data/account.js";
import { html } from "../components/html.js";
import { doing } from "../components/notice.js";
import { moment } from "../text/dates.js";
import { addWords, has, sentence, t } from "../text/words.js";

/** Events that somebody else may have caused. */
const ALARMING = ["login_failed", "refresh_refused", "refresh_token_reused", "share_refused", "export_refused", "account_locked"];
/** Events whose `method` is a way to log in. Of others it is a name. */
const LOGINS = ["login", "login_failed", "provider_linked", "provider_unlinked"];

/** @param {any} event */
function line({ kind, method, device, network, at }) {
  const what = has(`event.${kind}`) ? t(`event.${kind}`) : sentence(kind.replaceAll("_", " "));
  const isLogin = LOGINS.includes(kind) && has(`method.${method}`);
  const name = method && (isLogin ? t(`method.${method}`) : method);
  const from = [device, network && t("security.network", { network })].filter(Boolean).join(" · ");
  return html`<li class=${ALARMING.includes(kind) ? "alarming" : null}><span class="about"><strong>${what}${name && html`: <span class="name">${name}</span>`}</strong>
    <span class="quiet">${from}</span></span><time class="quiet" datetime=${at}>${moment(at)}</time></li>`;
}

export async function security() {
  await addWords("security");
  const list = html`<ul class="card lines"></ul>`;
  let { events, next_cursor: cursor } = await securityEvents();
  const add = (/** @type {any[]} */ some) => list.append(...some.map(line));
  const load = async () => {
    ({ events, next_cursor: cursor } = await securityEvents(cursor));
    add(events);
    more.hidden = !cursor;
  };
  const more = html`<button type="button" ?hidden=${!cursor} @click=${doing(load)}>${t("security.more")}</button>`;
  add(events);
  return [html`<p class="quiet">${t("security.text")} <a href="#/settings/devices">${t("settings.devices")}</a></p>`, list, more];
}
