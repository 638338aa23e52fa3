// Creates a public link to a picture.

import { createShare } from "../data/account.js";
import { Failure } from "../data/http.js";
import { newId } from "../data/platform.js";
import { copyable } from "../components/copyable.js";
import { open } from "../components/dialog.js";
import { field, form, select, tick } from "../components/form.js";
import { html } from "../components/html.js";
import { withProof } from "../components/proof.js";
import { t } from "../text/words.js";

/** Days until the link expires; empty for never. */
const LIVES = ["", "7", "30", "365"];

/** @param {any} activity @param {any[]} pictures that there are of it */
export function share(activity, pictures) {
  const key = newId();
  return open(t("share.title"), (close) => {
    const box = (/** @type {string} */ name) => html`<input type="checkbox" name=${name}>`;
    const send = async (/** @type {any} */ values) => {
      const wanted = {
        picture: values.picture,
        activity_id: activity.id,
        show_title: "show_title" in values,
        show_date: "show_date" in values,
        whole_track: "whole_track" in values,
        expires_at: values.days ? new Date(Date.now() + Number(values.days) * 86_400_000).toISOString() : null,
      };
      const made = await withProofIfAsked(wanted, key);
      if (made) place.replaceChildren(link(made, () => close()));
    };
    const fields = [
      field(t("share.picture"), select(pictures.map((one) => [one, t(`share.${one}`)]), "picture")),
      html`<fieldset class="ticks"><legend>${t("share.shows")}</legend>
        ${tick(t("share.with-title"), box("show_title"))}
        ${tick(t("share.with-date"), box("show_date"))}
        ${tick(t("share.whole"), box("whole_track"), t("share.whole-hint"))}</fieldset>`,
      field(t("share.life"), select(LIVES.map((days) => [days, t(days ? "share.days" : "share.for-ever", { n: Number(days) })]), "days")),
    ];
    const place = html`<div class="stack"><p class="quiet">${t("share.text")}</p>
      ${form({ fields, submit: t("share.submit"), send })}</div>`;
    return place;
  });
}

/** Creates the share, with reauthentication for a whole track. @param {any} wanted @param {string} key */
async function withProofIfAsked(wanted, key) {
  try {
    if (!wanted.whole_track) return await createShare(wanted, key);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "reauthentication_required") throw error;
  }
  let made;
  const act = async (/** @type {object} */ proof) => (made = await createShare({ ...wanted, ...proof }, newId()));
  await withProof({ title: t("proof.title"), text: t("share.proof"), submit: t("share.submit"), act });
  return made;
}

/** @param {any} made @param {() => void} close */
function link(made, close) {
  return html`<div class="made"><p>${t("share.done")}</p>
    ${copyable(t("share.link"), made.svg_url)}
    <p><a href=${made.svg_url} target="_blank" rel="noopener">${t("share.look")}</a></p>
    <div class="buttons"><button type="button" class="primary" @click=${close}>${t("done")}</button></div></div>`;
}
