// The changes that wait to be sent, and those that need a decision.

import { events, waiting } from "../data/copy.js";
import { discard } from "../data/disputes.js";
import { Failure } from "../data/http.js";
import { asActivity } from "../data/merge.js";
import { confirmed } from "../components/dialog.js";
import { html } from "../components/html.js";
import { sportSign } from "../components/icons.js";
import { doing } from "../components/notice.js";
import { shortDate } from "../text/dates.js";
import { faultWords, words } from "../text/failures.js";
import { has, sport, t } from "../text/words.js";
import { decide } from "./dispute.js";

/** @param {import("../components/shell.js").Place} place */
export function waitingWrites({ signal }) {
  const list = html`<div></div>`;
  const fill = () => {
    const all = waiting();
    list.replaceChildren(all.length > 0 ? html`<ul class="card lines">${all.map(line)}</ul>` : html`<p class="nothing">${t("waiting.none")}</p>`);
  };
  events.addEventListener("changed", fill, { signal });
  fill();
  return html`<section class="page narrow">
    <h1>${t("waiting.title")}</h1>
    <p class="quiet">${t("waiting.text")}</p>
    ${list}
  </section>`;
}

/** @param {any} refusal */
function refusalWords(refusal) {
  const known = refusal.fields.filter((/** @type {any} */ one) => has(`field.${one.field}`));
  if (known.length === 0) return words(new Failure(refusal));
  return known.map((/** @type {any} */ one) => `${t(`field.${one.field}`)}: ${faultWords(one)}`).join(" ");
}

/** @param {any} write */
function line(write) {
  const activity = write.body ? asActivity(write) : { ...write.base, ...write.set };
  const kind = write.isGone ? "deleted" : write.body ? "new" : "edited";
  const drop = async () => {
    if (await confirmed(t("waiting.discard"), t(`waiting.discard-${kind}`), t("waiting.discard"))) await discard(write);
  };
  const name = activity.title || sport(activity.activity_type);
  const isDisputed = write.theirs !== undefined;
  const reason = write.refusal ? refusalWords(write.refusal) : isDisputed ? t("waiting.disputed") : null;
  return html`<li>${sportSign(activity.activity_type)}
    <span class="about"><strong>${name}</strong>
      <span class="quiet">${t(`waiting.${kind}`)} · ${shortDate(activity)}</span>
      ${reason && html`<span class="fault">${reason}</span>`}</span>
    <span class="buttons">${isDisputed && html`<button type="button" class="primary" @click=${doing(() => decide(write))}>${t("waiting.decide")}</button>`}
      ${write.refusal && !write.isGone && html`<a class="button" href="#/activities/${write.id}/edit">${t("activity.edit")}</a>`}
      <button type="button" @click=${doing(drop)}>${t("waiting.discard")}</button></span></li>`;
}
