// Decides a change that another device was faster with.

import { discard, insist, settle } from "../data/disputes.js";
import { clashes, missing } from "../data/merge.js";
import { open } from "../components/dialog.js";
import { html } from "../components/html.js";
import { doing } from "../components/notice.js";
import { sport, t } from "../text/words.js";
import { resolved } from "./conflict.js";

/** Asks the user. Returns what became of the change; `undefined` if the dialog was closed. @param {any} write @returns {Promise<any>} */
export async function decide(write) {
  const { base, set, theirs } = write;
  const values = { title: (theirs ?? { ...base, ...set }).title || sport((theirs ?? base).activity_type) };
  if (write.isGone) return either(write, t("dispute.gone-title"), t("dispute.gone", values), t("delete"), t("dispute.keep"));
  if (theirs === null) return either(write, t("dispute.lost-title"), t("dispute.lost", values), t("dispute.again"), t("dispute.let-go"));
  const asked = clashes(write, theirs);
  const pick = (/** @type {boolean} */ isAsked) => Object.fromEntries(Object.entries(set).filter(([name]) => asked.includes(name) === isAsked));
  const chosen = await resolved(pick(true), theirs);
  return chosen && settle(write, { ...missing(pick(false), theirs), ...chosen });
}

/** @param {any} write @param {string} title @param {string} text @param {string} yes @param {string} no */
const either = (write, title, text, yes, no) =>
  open(title, (close) => {
    const answer = (/** @type {(write: any) => Promise<unknown>} */ act) => async () => {
      await act(write);
      close(/** @type {any} */ ({ state: "gone" }));
    };
    return [
      html`<p>${text}</p>`,
      html`<div class="buttons"><button type="button" class="primary" @click=${doing(answer(insist))}>${yes}</button>
        <button type="button" @click=${doing(answer(discard))}>${no}</button></div>`,
    ];
  });
