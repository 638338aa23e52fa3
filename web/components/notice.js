// Notifications, announced by screen readers, which disappear after a few seconds.

import { words } from "../text/failures.js";
import { t } from "../text/words.js";
import { html } from "./html.js";

const SHORT_MILLIS = 6000;

const list = html`<div class="notices" popover="manual" role="status" aria-live="polite"></div>`;

export const notices = () => list;

/** Shows notifications again, which are hidden when their list is moved. */
export function showNotices() {
  if (list.children.length > 0 && !list.matches(":popover-open")) list.showPopover();
}

/**
 * Says `text`, with something to be done about it if there is.
 * @param {string} text
 * @param {{kind?: "good" | "bad", millis?: number, action?: {label: string, act: () => void}}} [options]
 */
export function say(text, { kind = "good", millis = SHORT_MILLIS, action } = {}) {
  const close = () => {
    clearTimeout(timer);
    notice.remove();
    if (list.children.length === 0 && list.matches(":popover-open")) list.hidePopover();
  };
  const act = () => {
    close();
    action?.act();
  };
  const notice = html`<div class="notice ${kind}">
    <p>${text}</p>
    ${action && html`<button type="button" class="plain" @click=${act}>${action.label}</button>`}
    <button type="button" class="plain icon" aria-label=${t("close")} @click=${close}>×</button>
  </div>`;
  const timer = setTimeout(close, kind === "bad" ? 2 * millis : millis);
  list.append(notice);
  // In the top layer, above an open dialog.
  if (list.matches(":popover-open")) list.hidePopover();
  list.showPopover();
  while (list.children.length > 3) list.firstElementChild?.remove();
  return close;
}

/** Shows an error. @param {unknown} error */
export function complain(error) {
  if (error instanceof DOMException && error.name === "AbortError") return;
  console.error(error);
  say(words(error), { kind: "bad" });
}

/** Click handler that runs `act`, not twice at the same time, and shows its errors. @param {() => Promise<unknown>} act */
export function doing(act) {
  return async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (error) {
      complain(error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };
}
