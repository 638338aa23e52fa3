// Shows a secret that the server sends only once.

import { t } from "../text/words.js";
import { copyable } from "./copyable.js";
import { open } from "./dialog.js";
import { html } from "./html.js";

/** @param {string} title @param {string} text @param {string} secret */
export function showOnce(title, text, secret) {
  return open(title, (close) => html`<p>${text}</p>
    ${copyable(title, secret)}
    <div class="buttons"><button type="button" class="primary" @click=${() => close()}>${t("done")}</button></div>`);
}
