// A text to copy: a secret, or an address.

import { t } from "../text/words.js";
import { html } from "./html.js";
import { doing, say } from "./notice.js";

/** @param {string} label what the text is @param {string} text */
export function copyable(label, text) {
  const input = html`<input readonly .value=${text} aria-label=${label}>`;
  input.addEventListener("focus", () => input.select());
  const copy = async () => {
    input.select();
    // Over plain http, browsers offer only the older command. If it fails, the text stays selected.
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else if (!document.execCommand("copy")) return;
    say(t("copied"));
  };
  return html`<div class="copy">${input}<button type="button" @click=${doing(copy)}>${t("copy")}</button></div>`;
}
