// Shows a secret that the server tells only once.

import { t } from "../text/words.js";
import { open } from "./dialog.js";
import { html } from "./html.js";
import { doing, say } from "./notice.js";

/** @param {string} title @param {string} text @param {string} secret */
export function showOnce(title, text, secret) {
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    say(t("copied"));
  };
  return open(title, (close) => html`<p>${text}</p>
    <div class="copy"><input readonly .value=${secret} aria-label=${title}>
      <button type="button" @click=${doing(copy)}>${t("copy")}</button></div>
    <div class="buttons"><button type="button" class="primary" @click=${() => close()}>${t("done")}</button></div>`);
}
