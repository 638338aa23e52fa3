// Invitations of other people to this server.

import { createInvitation, deleteInvitation, invitations as all } from "../data/account.js";
import { field, form, select } from "../components/form.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { showOnce } from "../components/show-once.js";
import { day } from "../text/dates.js";
import { addWords, t } from "../text/words.js";

const LIVES = ["1", "7", "30", "90"];

const again = () => dispatchEvent(new Event("hashchange"));

export async function invitations() {
  await addWords("invitations");
  const { invitations: found, left } = await all();
  const drop = (/** @type {any} */ one) => async () => {
    await deleteInvitation(one.id);
    say(t("invite.revoked"));
    again();
  };
  const line = (/** @type {any} */ one) => html`<li><span class="about"><strong>${one.email ?? t("invite.anybody")}</strong>
      <span class="quiet">${t("invite.used", { used: one.used, uses: one.uses, day: day(one.expires_at) })}</span></span>
    <button type="button" @click=${doing(drop(one))}>${t("invite.revoke")}</button></li>`;
  return [
    html`<p class="quiet">${t("invite.text")}</p>`,
    found.length > 0 && html`<ul class="card lines">${found.map(line)}</ul>`,
    left === 0 ? html`<p>${t("invite.none-left")}</p>` : [html`<h2>${t("invite.new")}</h2>`, create(left)],
  ];
}

/** @param {number | null} left how many people may still be invited, `null` for any number */
function create(left) {
  const email = html`<input name="email" type="email" autocomplete="off">`;
  const uses = html`<input name="uses" type="number" min="1" max=${String(left ?? 1000)} value="1">`;
  const life = select(LIVES.map((days) => [days, t("share.days", { n: Number(days) })]), "days", "7");
  const send = async (/** @type {any} */ values, /** @type {HTMLFormElement} */ element) => {
    const wanted = { email: values.email.trim() || null, uses: Number(values.uses) || 1, expires_in_days: Number(values.days) };
    const made = await createInvitation(wanted);
    element.reset();
    await showOnce(t("invite.made"), t("invite.made-text"), made.link);
    again();
  };
  return form({
    kind: "card",
    fields: [left !== null && html`<p>${t("invite.left", { n: left })}</p>`,
      field(t("invite.email"), email, { hint: t("optional") }), field(t("invite.uses"), uses), field(t("invite.life"), life)],
    submit: t("invite.create"),
    send,
  });
}
