// Registration with an invitation, whose link leads here.

import { joinWith } from "../data/session.js";
import { field, fault, form } from "../components/form.js";
import { html } from "../components/html.js";
import { addWords, t } from "../text/words.js";
import { sent } from "./enter.js";

/** @param {import("./enter.js").Door} door */
export async function join({ entered, query }) {
  await addWords("invitations");
  const [token, invited] = [query.get("token") ?? "", query.get("email") ?? ""];
  const email = html`<input name="email" type="email" autocomplete="username" required .value=${invited} ?readonly=${Boolean(invited)}>`;
  const name = html`<input name="display_name" autocomplete="nickname" maxlength="100">`;
  const password = html`<input name="password" type="password" autocomplete="new-password" minlength="8" required>`;
  const send = async (/** @type {any} */ values) => {
    if (!token) throw fault("email", t("join.tokenless"));
    const wanted = { email: values.email.trim(), password: values.password, display_name: values.display_name.trim() || null };
    if (await joinWith({ ...wanted, invitation: token })) return entered();
    place.replaceChildren(sent(wanted.email));
    place.querySelector("h1").focus();
  };
  const fields = [
    field(t("field.email"), email),
    field(t("field.password"), password, { hint: t("register.password-hint") }),
    field(t("field.name"), name, { hint: t("optional") }),
  ];
  const back = html`<a class="button" href="#/">${t("register.back")}</a>`;
  const place = html`<div><section class="page door">
    <h1>${t("join.title")}</h1>
    <p class="quiet">${t("join.text")}</p>
    ${form({ fields, submit: t("join.submit"), send, extra: back })}
  </section></div>`;
  return place;
}
