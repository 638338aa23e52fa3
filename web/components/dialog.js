// Modal dialogs.

import { t } from "../text/words.js";
import { html } from "./html.js";

let count = 0;

/**
 * Opens a dialog and waits until it is closed. `content` is made with what closes it.
 * @template T
 * @param {string} title
 * @param {(close: (value?: T) => void) => unknown} content
 * @param {string} [kind]
 * @returns {Promise<T | undefined>}
 */
export function open(title, content, kind = "") {
  const id = `dialog-${(count += 1)}`;
  return new Promise((resolve) => {
    /** @type {T | undefined} */
    let answer;
    const close = (/** @type {T} */ value) => {
      answer = value;
      dialog.close();
    };
    const closed = () => {
      removeEventListener("hashchange", leave);
      dialog.remove();
      resolve(answer);
    };
    // Another page was opened, for example by going back.
    const leave = () => dialog.close();
    addEventListener("hashchange", leave);
    // Only presses that start on the backdrop: selecting text may end there.
    const outside = (/** @type {PointerEvent} */ event) => event.target === dialog && dialog.close();
    const dialog = html`<dialog class=${kind} aria-labelledby=${id} @close=${closed} @pointerdown=${outside}>
      <div class="dialog">
        <header>
          <h2 id=${id}>${title}</h2>
          <button type="button" class="plain icon" aria-label=${t("close")} @click=${() => dialog.close()}>×</button>
        </header>
        ${content(/** @type {any} */ (close))}
      </div>
    </dialog>`;
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks for confirmation. @param {string} title @param {string} text @param {string} yes */
export async function confirmed(title, text, yes) {
  const answer = await open(
    title,
    (close) => html`<p>${text}</p>
      <div class="buttons">
        <button type="button" class="danger" @click=${() => close(true)}>${yes}</button>
        <button type="button" @click=${() => close(false)}>${t("cancel")}</button>
      </div>`,
  );
  return answer === true;
}
