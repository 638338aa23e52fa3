// Reauthentication by password or by a mailed code.

import { askForProof, me } from "../data/account.js";
import { Failure } from "../data/http.js";
import { t } from "../text/words.js";
import { open } from "./dialog.js";
import { field, form } from "./form.js";
import { html } from "./html.js";
import { doing, say } from "./notice.js";

/**
 * Asks for a proof and calls `act` with it. Returns whether `act` succeeded.
 * @param {{title: string, text: string, submit: string, act: (proof: object) => Promise<unknown>}} what
 */
export async function withProof({ title, text, submit, act }) {
  const done = await open(title, (close) => {
    const password = html`<input name="password" type="password" autocomplete="current-password" autofocus>`;
    const code = html`<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6">`;
    const byCode = html`<div hidden>${field(t("proof.code"), code, { hint: t("proof.code-hint") })}</div>`;
    const byPassword = field(t("field.password"), password);
    const mail = async () => {
      await askForProof();
      byPassword.hidden = true;
      byCode.hidden = false;
      code.focus();
      say(t("code.sent"));
    };
    const send = async () => {
      const proof = byCode.hidden ? { password: password.value } : { code: code.value.trim() };
      try {
        await act(proof);
      } catch (error) {
        throw atField(error, byCode.hidden ? "password" : "code");
      }
      close(true);
    };
    const other = html`<button type="button" class="plain" @click=${doing(mail)}>${t("proof.by-mail")}</button>`;
    const fields = [byPassword, byCode];
    return [
      html`<p>${text}</p>`,
      form({ fields, submit, send, extra: me?.email ? other : null }),
    ];
  });
  return done === true;
}

/** Shows a wrong password or code at its field. @param {unknown} error @param {string} name */
function atField(error, name) {
  if (!(error instanceof Failure)) return error;
  const isOfProof = ["invalid_credentials", "invalid_code"].includes(error.code);
  if (!isOfProof) return error;
  const message = t(name === "password" ? "proof.wrong-password" : "error.invalid_code");
  return new Failure({ code: error.code, error: message, fields: [{ field: name, code: "own", message }] });
}
