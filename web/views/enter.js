// Login by password, code or provider; registration; forgotten password.

import { askForCode, forgotPassword, loginMethods, register as makeAccount, resend } from "../data/account.js";
import { Failure } from "../data/http.js";
import { logIn as byPassword, logInByCode } from "../data/session.js";
import { field, form } from "../components/form.js";
import { html } from "../components/html.js";
import { doing, say } from "../components/notice.js";
import { t } from "../text/words.js";

/** @typedef {{entered: () => void, query: URLSearchParams}} Door */

/** The address is kept when the user switches between these pages. */
let known = "";

/** @param {string} name */
const address = (name, type = "email") =>
  html`<input name=${name} type=${type} autocomplete="username" required .value=${known}
    @input=${(/** @type {any} */ event) => (known = event.target.value.trim())} ?autofocus=${!known}>`;

/** @param {string} title @param {unknown} content @param {string} [text] */
const page = (title, content, text) => html`<section class="page door">
  <h1>${title}</h1>
  ${text && html`<p class="quiet">${text}</p>`}
  ${content}
</section>`;

/** @param {Door} door */
export async function logIn({ entered }) {
  const methods = await loginMethods().catch(() => ({ channels: [], providers: [], registration: "closed" }));
  const password = html`<input name="password" type="password" autocomplete="current-password" required ?autofocus=${Boolean(known)}>`;
  const send = async (/** @type {any} */ { email, password }) => {
    await byPassword(email.trim(), password);
    entered();
  };
  const returnTo = encodeURIComponent(`${location.origin}/`);
  const provider = (/** @type {string} */ name) =>
    html`<a class="button" href="/auth/login/${name}?return_to=${returnTo}">${t("enter.with", { name: t(`provider.${name}`) })}</a>`;
  const canCode = methods.channels.length > 0;
  const others = html`<div class="others">
    ${methods.providers.map(provider)}
    ${canCode && html`<a class="button" href="#/code">${t("enter.by-code")}</a>`}
  </div>`;
  return page(t("enter.title"), [
    form({ fields: [field(t("field.email"), address("email")), field(t("field.password"), password)], submit: t("enter.submit"), send }),
    html`<p class="links"><a href="#/forgot">${t("enter.forgot")}</a>
      ${methods.registration === "open" && methods.channels.includes("email") && html`<a href="#/register">${t("enter.register")}</a>`}</p>`,
    (canCode || methods.providers.length > 0) && html`<p class="or"><span>${t("or")}</span></p>`,
    others,
  ]);
}

/** @param {Door} door */
export function byCode({ entered }) {
  const code = html`<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6" class="code">`;
  const second = html`<div hidden>${field(t("field.code"), code, { hint: t("code.hint") })}</div>`;
  const identifier = address("identifier", "text");
  const send = async (/** @type {any} */ values, /** @type {HTMLFormElement} */ form) => {
    const whom = values.identifier.trim();
    if (!second.hidden) {
      await logInByCode(whom, values.code.trim());
      return entered();
    }
    await askForCode(whom);
    second.hidden = false;
    form.querySelector("button").textContent = t("enter.submit");
    code.focus();
    say(t("code.sent"));
  };
  const again = html`<a class="button" href="#/">${t("enter.by-password")}</a>`;
  const fields = [field(t("field.identifier"), identifier), second];
  return page(t("enter.by-code"), form({ fields, submit: t("code.ask"), send, extra: again }), t("code.text"));
}

/** @param {Door} door */
export function register() {
  const name = html`<input name="display_name" autocomplete="nickname" maxlength="100">`;
  const password = html`<input name="password" type="password" autocomplete="new-password" minlength="8" required>`;
  const send = async (/** @type {any} */ values) => {
    const email = values.email.trim();
    await makeAccount(email, values.password, values.display_name.trim());
    place.replaceChildren(sent(email));
    place.querySelector("h1").focus();
  };
  const fields = [
    field(t("field.email"), address("email")),
    field(t("field.password"), password, { hint: t("register.password-hint") }),
    field(t("field.name"), name, { hint: t("optional") }),
  ];
  const back = html`<a class="button" href="#/">${t("register.back")}</a>`;
  const place = html`<div>${page(t("register.title"), form({ fields, submit: t("register.submit"), send, extra: back }))}</div>`;
  return place;
}

/** After registration: check your mail. @param {string} email */
export function sent(email) {
  const again = async () => {
    await resend(email);
    say(t("register.resent"));
  };
  return html`<section class="page door">
    <h1 tabindex="-1">${t("register.sent-title")}</h1>
    <p>${t("register.sent", { email })}</p>
    <div class="buttons"><a class="button primary" href="#/">${t("enter.title")}</a>
      <button type="button" @click=${doing(again)}>${t("register.resend")}</button></div>
  </section>`;
}

export function forgot() {
  const send = async (/** @type {any} */ { email }) => {
    if (!email.trim()) throw new Failure({ code: "own", error: t("forgot.missing"), fields: [{ field: "email", code: "own", message: t("forgot.missing") }] });
    await forgotPassword(email.trim());
    say(t("forgot.sent"));
    location.hash = "#/";
  };
  const back = html`<a class="button" href="#/">${t("back")}</a>`;
  return page(t("forgot.title"), form({ fields: field(t("field.email"), address("email")), submit: t("forgot.submit"), send, extra: back }), t("forgot.text"));
}
