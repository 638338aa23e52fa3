// Tokens for scripts and devices.

import { createToken, deleteToken, tokens as all } from "../data/account.js";
import { confirmed } from "../components/dialog.js";
import { field, fault, form, select, tick } from "../components/form.js";
import { html } from "../components/html.js";
import { doing } from "../components/notice.js";
import { withProof } from "../components/proof.js";
import { showOnce } from "../components/show-once.js";
import { ago, day } from "../text/dates.js";
import { t } from "../text/words.js";

const SCOPES = ["activities:read", "activities:write", "profile"];
const LIVES = ["30", "90", "365", "3650"];

const again = () => dispatchEvent(new Event("hashchange"));

export async function tokens() {
  const drop = (/** @type {any} */ one) => async () => {
    if (!(await confirmed(t("tokens.delete"), t("tokens.delete-text", { name: one.name }), t("tokens.delete")))) return;
    await deleteToken(one.id);
    again();
  };
  const line = (/** @type {any} */ one) => html`<li><span class="about"><strong>${one.name}</strong>
      <span class="quiet">${one.scopes.map((/** @type {string} */ scope) => t(`scope.${scope}`)).join(", ")}</span>
      <span class="quiet">${t("tokens.used", { when: ago(one.last_used_at), until: day(one.expires_at) })}</span></span>
    <button type="button" @click=${doing(drop(one))}>${t("delete")}</button></li>`;
  const found = await all();
  return [
    html`<p class="quiet">${t("tokens.text")}</p>`,
    found.length > 0 && html`<ul class="card lines">${found.map(line)}</ul>`,
    html`<h2>${t("tokens.new")}</h2>`,
    create(),
  ];
}

function create() {
  const name = html`<input name="name" maxlength="100" autocomplete="off">`;
  const life = select(LIVES.map((days) => [days, t("share.days", { n: Number(days) })]), "days", "365");
  const scope = (/** @type {string} */ one) => tick(t(`scope.${one}`), html`<input type="checkbox" name=${one} ?checked=${one === "activities:read"}>`);
  const send = async (/** @type {any} */ values, /** @type {HTMLFormElement} */ element) => {
    const scopes = SCOPES.filter((one) => one in values);
    if (!values.name.trim()) throw fault("name", t("tokens.nameless"));
    if (scopes.length === 0) throw fault("scopes", t("tokens.scopeless"));
    const wanted = { name: values.name.trim(), scopes, expires_in_days: Number(values.days) };
    /** @type {any} */
    let made;
    const act = async (/** @type {object} */ proof) => (made = await createToken({ ...wanted, ...proof }));
    if (!(await withProof({ title: t("proof.title"), text: t("tokens.proof"), submit: t("tokens.create"), act }))) return;
    element.reset();
    await showOnce(t("tokens.made"), t("tokens.made-text"), made.token);
    again();
  };
  return form({
    kind: "card",
    fields: [field(t("tokens.name"), name, { hint: t("tokens.name-hint") }),
      html`<fieldset class="ticks"><legend>${t("tokens.scopes")}</legend>${SCOPES.map(scope)}</fieldset>`,
      field(t("share.life"), life)],
    submit: t("tokens.create"),
    send,
  });
}
