// Logins at providers, and services that send activities.

import { checkConnection, connections as all, link, unlink } from "../data/services.js";
import { copyable } from "../components/copyable.js";
import { confirmed } from "../components/dialog.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { withProof } from "../components/proof.js";
import { day } from "../text/dates.js";
import { addWords, sentence, t } from "../text/words.js";
import { garminCard } from "./settings-garmin.js";

const again = () => dispatchEvent(new Event("hashchange"));

/** @param {AbortSignal} signal */
export async function connections(signal) {
  await addWords("services");
  const [found, garmin] = await Promise.all([all(), garminCard(signal)]);
  return [garmin, apple(), logins(found)];
}

/** The app posts workouts by itself. */
function apple() {
  const address = `${location.origin}/integrations/apple/health-auto-export`;
  return html`<section class="card"><h2>Apple Health</h2><p>${t("apple.text")}</p>
    ${copyable(t("apple.address"), address)}
    <p><a href="#/settings/tokens">${t("apple.token")}</a></p></section>`;
}

/** @param {{connections: any[], available: string[]}} found */
function logins({ connections: linked, available }) {
  const name = (/** @type {string} */ provider) => sentence(t(`provider.${provider}`));
  const others = available.filter((provider) => !linked.some((one) => one.provider === provider));
  const add = (/** @type {string} */ provider) => async () => {
    const act = async (/** @type {object} */ proof) => location.assign(await link(provider, proof));
    await withProof({ title: t("proof.title"), text: t("logins.proof"), submit: t("logins.link"), act });
  };
  const drop = (/** @type {string} */ provider) => async () => {
    if (!(await confirmed(t("logins.unlink"), t("logins.unlink-text", { name: name(provider) }), t("logins.unlink")))) return;
    await unlink(provider);
    say(t("logins.unlinked"));
    again();
  };
  const check = (/** @type {string} */ provider) => async () => {
    const { active } = await checkConnection(provider);
    if (active) say(t("logins.active", { name: name(provider) }));
    else say(t("logins.inactive", { name: name(provider) }), { kind: "bad" });
  };
  const line = (/** @type {any} */ one) => html`<li><span class="about"><strong>${name(one.provider)}</strong>
      <span class="quiet">${[one.name, one.email].filter(Boolean).join(" · ")}</span>
      <span class="quiet">${t("logins.since", { day: day(one.linked_at) })}</span></span>
    <span class="buttons"><button type="button" @click=${doing(check(one.provider))}>${t("logins.check")}</button>
      <button type="button" @click=${doing(drop(one.provider))}>${t("logins.unlink")}</button></span></li>`;
  const offer = (/** @type {string} */ provider) => html`<li><span class="about"><strong>${name(provider)}</strong></span>
    <button type="button" @click=${doing(add(provider))}>${t("logins.link")}</button></li>`;
  const isEmpty = linked.length + others.length === 0;
  return html`<section class="card"><h2>${t("logins.title")}</h2><p>${t(isEmpty ? "logins.none" : "logins.text")}</p>
    ${!isEmpty && html`<ul class="lines">${linked.map(line)}${others.map(offer)}</ul>`}</section>`;
}
