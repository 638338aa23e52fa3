// The frame of every page: product name, navigation and notifications.

import { t } from "../text/words.js";
import { html } from "./html.js";
import { sign } from "./icons.js";
import { notices, showNotices } from "./notice.js";
import { status } from "./status.js";

export const product = /** @type {HTMLMetaElement} */ (
  document.querySelector("meta[name=application-name]")
).content;

const PLACES = /** @type {const} */ ([
  ["#/", "log", "nav.log"],
  ["#/year", "year", "nav.year"],
  ["#/new", "add", "nav.new", "nav.new-short"],
  ["#/import", "upload", "nav.import"],
  ["#/settings", "settings", "nav.settings"],
]);

/** @type {HTMLElement | undefined} */
let main;
/** The location that was shown last. */
let last = "";

/** Builds the frame, with navigation only for a logged-in user. @param {boolean} isLoggedIn */
export function shell(isLoggedIn) {
  main = html`<main id="main" tabindex="-1"></main>`;
  const skip = () => main?.focus();
  const link = ([href, name, label, short]) =>
    html`<a href=${href} data-place=${href} aria-label=${short && t(label)}>${sign(name)}<span>${t(short ?? label)}</span></a>`;
  const header = html`<header class="top">
    <button type="button" class="skip" @click=${skip}>${t("nav.skip")}</button>
    <a class="product" href="#/">${product}</a>
    ${isLoggedIn && status()}
    <nav aria-label=${t("nav.label")}>${PLACES.map(link)}</nav>
  </header>`;
  document.body.replaceChildren(
    isLoggedIn ? header : html`<header class="top alone"><span class="product">${product}</span></header>`,
    /** @type {HTMLElement} */ (main),
    notices(),
  );
  showNotices();
  document.body.classList.toggle("outside", !isLoggedIn);
}

/** Shows a page and focuses its autofocus field or its heading. @param {Node} page @param {string} hash */
export function show(page, hash) {
  main?.replaceChildren(page);
  for (const link of document.querySelectorAll("[data-place]")) {
    const place = /** @type {HTMLElement} */ (link).dataset.place ?? "";
    const isHere = place === "#/" ? /^#\/($|\?|activities)/.test(hash) : hash.startsWith(place);
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const heading = main?.querySelector("h1");
  document.title = heading?.textContent ? `${heading.textContent} · ${product}` : product;
  const wanted = main?.querySelector("[autofocus]");
  if (hash !== last) scrollTo({ top: 0, behavior: "instant" });
  last = hash;
  if (wanted instanceof HTMLElement) wanted.focus({ preventScroll: true });
  else if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

/** A location within the client. @typedef {{id: string, query: URLSearchParams, hash: string, signal: AbortSignal}} Place */
