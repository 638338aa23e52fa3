// Pictures drawn by the server. They need an access token, so they are shown as blobs.

import { t } from "../text/words.js";
import { html } from "./html.js";

/** Where a wide picture would have letters of less than 11 pixels. */
const phone = matchMedia("(max-width: 44rem)");

/**
 * A picture in the layout that fits the screen, also after the device is turned. The page frames it.
 * @param {string} alt
 * @param {(appearance: {layout: "narrow" | "wide", frame: false}) => Promise<Blob>} load
 * @param {AbortSignal} signal
 */
export function picture(alt, load, signal) {
  const place = html`<figure class="picture" aria-busy="true"></figure>`;
  let address = "";
  const show = async () => {
    const layout = phone.matches ? "narrow" : "wide";
    const blob = await load({ layout, frame: false }).catch(() => undefined);
    if (signal.aborted || layout !== (phone.matches ? "narrow" : "wide")) return;
    URL.revokeObjectURL(address);
    address = blob ? URL.createObjectURL(blob) : "";
    place.replaceChildren(blob ? html`<img src=${address} alt=${alt}>` : html`<p class="quiet">${t("picture.none")}</p>`);
    place.removeAttribute("aria-busy");
  };
  phone.addEventListener("change", show, { signal });
  signal.addEventListener("abort", () => URL.revokeObjectURL(address));
  show();
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
