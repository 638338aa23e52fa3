// The delivery log of a webhook.

import { deliveries, replay } from "../data/services.js";
import { open } from "../components/dialog.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { moment } from "../text/dates.js";
import { sentence, t } from "../text/words.js";

/** @param {any} one */
function outcome({ delivered_at, attempts, last_error, response_status }) {
  if (delivered_at) return t("delivery.done", { when: moment(delivered_at), status: String(response_status), n: attempts });
  if (attempts === 0 && !last_error) return t("delivery.waiting");
  return t("delivery.failed", { error: sentence(last_error ?? ""), n: attempts });
}

/** @param {any} hook */
export async function showDeliveries(hook) {
  const place = html`<div class="stack" role="status"></div>`;
  const draw = async () => {
    const all = await deliveries(hook.id);
    const line = (/** @type {any} */ one) => html`<li class=${one.delivered_at ? null : "alarming"}>
      <span class="about"><strong>${one.event}</strong> <span class="quiet">${moment(one.created_at)}</span>
        <span class="state">${outcome(one)}</span></span>
      <button type="button" aria-label="${t("delivery.replay")}: ${one.event}, ${moment(one.created_at)}" @click=${doing(() => again(one))}>${t("delivery.replay")}</button></li>`;
    place.replaceChildren(all.length > 0 ? html`<ul class="lines">${all.map(line)}</ul>` : html`<p class="quiet">${t("delivery.none")}</p>`);
  };
  const again = async (/** @type {any} */ one) => {
    await replay(one.id);
    say(t("delivery.replayed"));
    await draw();
  };
  await draw();
  await open(t("webhooks.log"), (close) => [
    html`<p class="file-name">${hook.url}</p>`,
    place,
    html`<div class="buttons"><button type="button" @click=${doing(draw)}>${t("delivery.refresh")}</button>
      <button type="button" @click=${() => close()}>${t("close")}</button></div>`,
  ], "broad");
}
