// Keyboard shortcuts.

import { t } from "../text/words.js";
import { open } from "./dialog.js";
import { html } from "./html.js";

const KEYS = ["j", "k", "n", "i", "y", "/", "?"];

const isTyping = (/** @type {EventTarget | null} */ target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));

/** Moves the focus in a list. @param {number} step */
function move(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("a.row")]);
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const help = () =>
  open(
    t("keys.title"),
    () => html`<dl class="keys">${KEYS.map((key) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(`keys.${key}`)}</dd></div>`)}</dl>`,
  );

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  n: () => void (location.hash = "#/new"),
  i: () => void (location.hash = "#/import"),
  y: () => void (location.hash = "#/year"),
  "/": () => /** @type {HTMLElement | null} */ (document.querySelector("input[type=search]"))?.focus(),
  "?": help,
};

export function listenForKeys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") || document.body.classList.contains("outside")) return;
    const act = ACTS[/** @type {keyof typeof ACTS} */ (event.key)];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
