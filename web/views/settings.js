// The settings and their navigation.

import { waiting } from "../data/copy.js";
import { logOut } from "../data/session.js";
import { confirmed } from "../components/dialog.js";
import { html } from "../components/html.js";
import { doing } from "../components/notice.js";
import { t } from "../text/words.js";
import { account } from "./settings-account.js";
import { devices } from "./settings-devices.js";
import { privacy } from "./settings-privacy.js";
import { profile } from "./settings-profile.js";
import { shares } from "./settings-shares.js";
import { tokens } from "./settings-tokens.js";

/** Pages that few people open are loaded when they are. */
const PAGES = {
  profile,
  privacy,
  shares,
  connections: async (/** @type {AbortSignal} */ signal) => (await import("./settings-connections.js")).connections(signal),
  devices,
  security: async () => (await import("./settings-security.js")).security(),
  tokens,
  invitations: async () => (await import("./settings-invitations.js")).invitations(),
  webhooks: async () => (await import("./settings-webhooks.js")).webhooks(),
  account,
};

/** @param {import("../components/shell.js").Place} place */
export async function settings({ id, signal }) {
  const name = /** @type {keyof typeof PAGES} */ (id in PAGES ? id : "profile");
  const content = await PAGES[name](signal);
  const link = (/** @type {string} */ one) =>
    html`<a href="#/settings/${one}" aria-current=${one === name ? "page" : null}>${t(`settings.${one}`)}</a>`;
  return html`<section class="page settings">
    <nav class="side" aria-label=${t("nav.settings")}>${Object.keys(PAGES).map(link)}
      <a href="/docs">${t("settings.api")}</a>
      <button type="button" class="plain" @click=${doing(leave)}>${t("settings.log-out")}</button></nav>
    <div class="content"><h1>${t(`settings.${name}`)}</h1>${content}</div>
  </section>`;
}

/** Logs out. That deletes what this device has, so changes that wait would be lost. */
async function leave() {
  const n = waiting().length;
  if (n > 0 && !(await confirmed(t("settings.log-out"), t("waiting.lost", { n }), t("settings.log-out")))) return;
  await logOut();
}
