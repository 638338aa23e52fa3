// Pictures drawn by the server. They need an access token, so they are shown as blobs.

import { t } from "../text/words.js";
import { html } from "./html.js";

/**
 * @param {string} alt
 * @param {() => Promise<Blob>} load
 * @param {AbortSignal} signal
 */
export function picture(alt, load, signal) {
  const place = html`<figure class="picture" aria-busy="true"></figure>`;
  load().then(
    (blob) => {
      const address = URL.createObjectURL(blob);
      signal.addEventListener("abort", () => URL.revokeObjectURL(address));
      place.replaceChildren(html`<img src=${address} alt=${alt}>`);
      place.removeAttribute("aria-busy");
    },
    () => {
      place.replaceChildren(html`<p class="quiet">${t("picture.none")}</p>`);
      place.removeAttribute("aria-busy");
    },
  );
  return place;
}

/** Saves a file on the device. @param {Blob} blob @param {string} name */
export function saveAs(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = html`<a href=${address} download=${name}></a>`;
  link.click();
  // The browser has copied it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
