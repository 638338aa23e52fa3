// The connection to Garmin Connect.

import { authorizeGarmin, connectGarmin, disconnectGarmin, garmin, syncGarmin } from "../data/services.js";
import { confirmed } from "../components/dialog.js";
import { fault, field, form } from "../components/form.js";
import { html } from "../components/html.js";
import { complain, doing, say } from "../components/notice.js";
import { ago } from "../text/dates.js";
import { dayName } from "../text/days.js";
import { has, sentence, t } from "../text/words.js";

const LOOK_EVERY_MILLIS = 2000;

/** @param {AbortSignal} signal */
export async function garminCard(signal) {
  const place = html`<div class="stack"></div>`;
  const draw = (/** @type {any} */ state) => {
    const { connection, modes } = state;
    const needsKey = !connection || connection.needs_reauth;
    place.replaceChildren(...[connection && standing(connection, draw), needsKey && connect(modes, draw)].filter(Boolean));
    if (connection && isMoving(connection)) setTimeout(() => look().catch(complain), LOOK_EVERY_MILLIS);
  };
  const look = async () => {
    if (!signal.aborted) draw(await garmin(signal));
  };
  draw(await garmin(signal));
  return html`<section class="card"><h2>Garmin Connect</h2>${place}</section>`;
}

/** Whether there will soon be something new to show. @param {any} connection */
const isMoving = ({ is_syncing: isSyncing, history, last_error: error, needs_reauth: isOver }) =>
  !isOver && (isSyncing || (!history.is_done && !error));

/** Ways to connect. @param {string[]} modes @param {(state: any) => void} draw */
function connect(modes, draw) {
  if (modes.length === 0) return html`<p>${t("garmin.not-here")}</p>`;
  const key = html`<input name="api_key" type="password" autocomplete="off">`;
  const send = async (/** @type {any} */ { api_key: key }) => {
    if (!key.trim()) throw fault("api_key", t("garmin.keyless"));
    draw(await connectGarmin(key.trim()));
    say(t("garmin.connected"));
  };
  const leave = async () => location.assign(await authorizeGarmin());
  return html`<div class="stack"><p>${t("garmin.text")}</p>
    ${modes.includes("developer") && html`<button type="button" class="primary" @click=${doing(leave)}>${t("garmin.log-in")}</button>`}
    ${modes.includes("personal") && form({ fields: field(t("garmin.key"), key, { hint: t("garmin.key-hint") }), submit: t("garmin.connect"), send })}</div>`;
}

/** @param {any} connection */
function history({ history: { is_done: isDone, read_since: since } }) {
  if (isDone) return t("garmin.history-done");
  return since ? t("garmin.history-since", { day: dayName(since) }) : t("garmin.history-begins");
}

/** @param {any} connection @param {(state: any) => void} draw */
function standing(connection, draw) {
  const error = connection.last_error;
  const sync = async () => {
    draw(await syncGarmin());
    say(t("garmin.syncing"));
  };
  const end = async () => {
    if (!(await confirmed(t("garmin.end"), t("garmin.end-text"), t("garmin.end")))) return;
    await disconnectGarmin();
    draw(await garmin());
  };
  const why = error && (has(`garmin-error.${error.code}`) ? t(`garmin-error.${error.code}`) : sentence(error.message));
  return html`<div class="stack">
    <p>${t("garmin.received", { n: connection.activities })} ${history(connection)}</p>
    <p class="quiet" role="status">${connection.is_syncing ? t("garmin.syncing") : t("garmin.last", { when: ago(connection.last_success_at) })}</p>
    ${why && html`<p class="warning">${why}</p>`}
    <div class="buttons">${!connection.needs_reauth && html`<button type="button" @click=${doing(sync)}>${t("garmin.sync")}</button>`}
      <button type="button" class="danger" @click=${doing(end)}>${t("garmin.end")}</button></div></div>`;
}
