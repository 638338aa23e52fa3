// Export, password and deletion of the account.

import { accountExport, changePassword, deleteAccount, deleteExport, exportFile, me, startExport } from "../data/account.js";
import { confirmed } from "../components/dialog.js";
import { field, form } from "../components/form.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { saveAs } from "../components/picture.js";
import { withProof } from "../components/proof.js";
import { day } from "../text/dates.js";
import { bytes, number } from "../text/format.js";
import { t } from "../text/words.js";

const LOOK_EVERY_MILLIS = 1000;

/** @param {AbortSignal} signal */
export async function account(signal) {
  return [await takeAlong(signal), newPassword(), leave()];
}

/** @param {AbortSignal} signal */
async function takeAlong(signal) {
  const state = html`<div class="export-state" role="status"></div>`;
  const bar = html`<progress max="1" aria-label=${t("export.running")}></progress>`;
  const percent = html`<span class="quiet" aria-hidden="true"></span>`;
  const save = async () => saveAs(await exportFile(), "sports-log-export.zip");
  const drop = async () => {
    await deleteExport();
    tell(null);
    say(t("export.deleted"));
  };
  const tell = (/** @type {any} */ one) => {
    if (!one) return state.replaceChildren();
    if (one.status === "failed") return state.replaceChildren(html`<p class="fault">${t("export.failed")}</p>`);
    if (one.status !== "done") {
      bar.value = one.progress;
      percent.textContent = number(one.progress, { style: "percent" });
      // Only once, because every change is announced.
      return bar.isConnected || state.replaceChildren(html`<p>${t("export.running")} ${percent}</p>`, bar);
    }
    state.replaceChildren(html`<p>${t("export.done", { size: bytes(one.bytes), until: day(one.expires_at) })}</p>
      <div class="buttons"><button type="button" class="primary" @click=${doing(save)}>${t("export.download")}</button>
        <button type="button" @click=${doing(drop)}>${t("export.delete")}</button></div>`);
  };
  const watch = async () => {
    for (;;) {
      const one = await accountExport();
      tell(one);
      if (signal.aborted || !one || !["waiting", "running"].includes(one.status)) return;
      await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MILLIS));
    }
  };
  const start = async () => {
    const made = await withProof({ title: t("proof.title"), text: t("export.proof"), submit: t("export.start"), act: startExport });
    if (made) await watch();
  };
  const first = await accountExport();
  tell(first);
  if (first && ["waiting", "running"].includes(first.status)) watch();
  return html`<section class="card"><h2>${t("export.title")}</h2><p>${t("export.text")}</p>
    <button type="button" @click=${doing(start)}>${t("export.start")}</button>${state}</section>`;
}

function newPassword() {
  if (!me.email) return null;
  const password = html`<input name="new_password" type="password" autocomplete="new-password">`;
  const send = async (/** @type {any} */ values, /** @type {HTMLFormElement} */ element) => {
    /** @type {unknown} */
    let refusal = null;
    const act = async (/** @type {object} */ proof) => {
      try {
        await changePassword(values.new_password, proof);
      } catch (error) {
        // Errors of the new password belong to this form, not to the dialog.
        if (!["weak_password", "validation_failed"].includes(/** @type {any} */ (error).code)) throw error;
        refusal = error;
      }
    };
    const done = await withProof({ title: t("proof.title"), text: t("password.proof"), submit: t("password.submit"), act });
    if (refusal) throw refusal;
    if (!done) return;
    element.reset();
    say(t("password.done"));
  };
  return html`<section class="card"><h2>${t("password.title")}</h2><p>${t("password.text")}</p>
    ${form({ fields: field(t("password.new"), password, { hint: t("register.password-hint") }), submit: t("password.submit"), send })}</section>`;
}

function leave() {
  const drop = async () => {
    if (!(await confirmed(t("leave.title"), t("leave.sure"), t("leave.go-on")))) return;
    const gone = await withProof({ title: t("leave.title"), text: t("leave.proof"), submit: t("leave.submit"), act: deleteAccount });
    if (gone) say(t("leave.done"));
  };
  return html`<section class="card"><h2>${t("leave.title")}</h2><p>${t("leave.text")}</p>
    <button type="button" class="danger" @click=${doing(drop)}>${t("leave.title")}</button></section>`;
}
