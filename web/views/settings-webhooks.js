// Webhooks, which post events, such as each change of the log, to a service.

import { newId } from "../data/platform.js";
import { addWebhook, changeWebhook, dropWebhook, testWebhook, webhooks as all } from "../data/services.js";
import { confirmed, open } from "../components/dialog.js";
import { fault, field, form, tick } from "../components/form.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { showOnce } from "../components/show-once.js";
import { moment } from "../text/dates.js";
import { addWords, sentence, t } from "../text/words.js";
import { showDeliveries } from "./webhook-deliveries.js";

const EVENTS = ["activity.created", "activity.updated", "activity.deleted", "import.finished", "connection.needs_reauth", "goal.reached", "record.set"];

const again = () => dispatchEvent(new Event("hashchange"));
/** @param {string} event */
const eventName = (event) => (EVENTS.includes(event) ? t(`webhooks.${event.replace(/^.*\./, "on-")}`) : event);

export async function webhooks() {
  await addWords("services");
  const found = await all();
  return [
    html`<p class="quiet">${t("webhooks.text")}</p>`,
    found.length > 0 && html`<ul class="card lines tall">${found.map(line)}</ul>`,
    html`<h2>${t("webhooks.new")}</h2>`,
    create(),
  ];
}

/** What becomes of its events now. @param {any} hook */
function standing({ disabled_at, verified_at, challenge_error, failing_since, skipped_since }) {
  if (disabled_at) return t("webhooks.disabled", { when: moment(disabled_at) });
  if (!verified_at) return [t("webhooks.unverified"), challenge_error && `${sentence(challenge_error)}.`].filter(Boolean).join(" ");
  if (failing_since) return t("webhooks.failing", { when: moment(failing_since) });
  if (skipped_since) return t("webhooks.skipped", { when: moment(skipped_since) });
  return t("webhooks.good", { when: moment(verified_at) });
}

/** @param {any} hook */
function line(hook) {
  const test = async () => {
    const { challenge_error: error } = await testWebhook(hook.id);
    if (error) say(t("webhooks.test-failed", { error }), { kind: "bad" });
    else say(t("webhooks.tested"));
    again();
  };
  const drop = async () => {
    if (!(await confirmed(t("webhooks.delete"), t("webhooks.delete-text"), t("webhooks.delete")))) return;
    await dropWebhook(hook.id);
    again();
  };
  const isBad = hook.disabled_at || !hook.verified_at || hook.failing_since;
  const button = (/** @type {string} */ label, /** @type {() => Promise<unknown>} */ act) =>
    html`<button type="button" aria-label="${label}: ${hook.url}" @click=${doing(act)}>${label}</button>`;
  return html`<li class=${isBad ? "alarming" : null}><span class="about"><strong>${hook.url}</strong>
      <span class="quiet">${hook.events.map(eventName).join(", ")}</span>
      <span class="state">${standing(hook)}</span></span>
    <span class="buttons">${button(t("webhooks.log"), () => showDeliveries(hook))}${button(t("webhooks.test"), test)}
      ${button(t("change"), () => change(hook))}${button(t("delete"), drop)}</span></li>`;
}

/** @param {string[]} chosen */
const choice = (chosen) => html`<fieldset class="ticks"><legend>${t("webhooks.events")}</legend>
  ${EVENTS.map((event) => tick(eventName(event), html`<input type="checkbox" name=${event} ?checked=${chosen.includes(event)}>`))}</fieldset>`;

/** @param {Record<string, string>} values */
function chosen(values) {
  const events = EVENTS.filter((event) => event in values);
  if (events.length === 0) throw fault("events", t("webhooks.eventless"));
  return events;
}

function create() {
  const key = newId();
  const url = html`<input name="url" type="url" autocomplete="off" maxlength="2000">`;
  const send = async (/** @type {any} */ values) => {
    const made = await addWebhook({ url: values.url.trim(), events: chosen(values) }, key);
    await showOnce(t("webhooks.secret"), t("webhooks.secret-text"), made.secret);
    again();
  };
  return form({ kind: "card", fields: [field(t("webhooks.url"), url, { hint: t("webhooks.url-hint") }), choice(EVENTS)], submit: t("webhooks.create"), send });
}

/** @param {any} hook */
async function change(hook) {
  const done = await open(t("webhooks.change"), (close) => {
    const send = async (/** @type {any} */ values) => {
      await changeWebhook(hook.id, { events: chosen(values), enabled: "enabled" in values });
      close(true);
    };
    const enabled = html`<input type="checkbox" name="enabled" ?checked=${!hook.disabled_at}>`;
    return [html`<p class="file-name">${hook.url}</p>`, form({ fields: [choice(hook.events), tick(t("webhooks.enabled"), enabled, t("webhooks.enabled-hint"))], submit: t("save"), send })];
  });
  if (!done) return;
  say(t("settings.saved"));
  again();
}
