// Forms: labels, hints, and errors next to the fields they are about.

import { Failure } from "../data/http.js";
import { faultWords, words } from "../text/failures.js";
import { t } from "../text/words.js";
import { html } from "./html.js";

let count = 0;

/**
 * A labelled field. `control` is its input, select or textarea with a name.
 * @param {string} label
 * @param {any} control
 * @param {{hint?: string, unit?: string, wide?: boolean}} [options]
 */
export function field(label, control, { hint, unit, wide } = {}) {
  const id = `field-${(count += 1)}`;
  control.id = id;
  control.setAttribute("aria-describedby", `${id}-hint ${id}-fault`);
  return html`<div class="field ${wide ? "wide" : ""}">
    <label for=${id}>${label}</label>
    <div class=${unit ? "with-unit" : "control"}>${control}${unit && html`<span class="unit">${unit}</span>`}</div>
    <p class="hint" id="${id}-hint" ?hidden=${!hint}>${hint}</p>
    <p class="fault" id="${id}-fault" role="alert"></p>
  </div>`;
}

/** A checkbox with its label. @param {string} label @param {any} control @param {string} [hint] */
export function tick(label, control, hint) {
  return html`<label class="tick">${control}<span>${label}${hint && html`<small>${hint}</small>`}</span></label>`;
}

/** @param {[string, string][]} options values and what they are called @param {string} name @param {string} [chosen] */
export function select(options, name, chosen) {
  const option = ([value, label]) => html`<option value=${value} ?selected=${value === chosen}>${label}</option>`;
  return html`<select name=${name}>${options.map(option)}</select>`;
}

/**
 * A form. `send` gets the values of the fields. An error that it throws is shown at the field at
 * fault, or below the form.
 * @param {{fields: unknown, submit: string, extra?: unknown, kind?: string,
 *   send: (values: Record<string, string>, form: HTMLFormElement) => Promise<unknown>}} options
 */
export function form({ fields, submit, extra, send, kind = "" }) {
  const onSubmit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    clear(element);
    button.setAttribute("aria-busy", "true");
    try {
      const values = Object.fromEntries(new FormData(element).entries());
      await send(/** @type {Record<string, string>} */ (values), element);
    } catch (error) {
      tell(element, error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };
  const button = html`<button class="primary">${submit}</button>`;
  const element = html`<form class=${kind} method="post" novalidate @submit=${onSubmit}>
    ${fields}
    <p class="fault form-fault" role="alert"></p>
    <div class="buttons">${button}${extra}</div>
  </form>`;
  return element;
}

/** @param {HTMLFormElement} form */
function clear(form) {
  for (const fault of form.querySelectorAll(".fault")) fault.replaceChildren();
  for (const invalid of form.querySelectorAll("[aria-invalid]")) invalid.removeAttribute("aria-invalid");
}

/** @param {HTMLFormElement} form @param {unknown} error */
function tell(form, error) {
  const faults = error instanceof Failure ? error.fields : [];
  let first = null;
  for (const fault of faults) {
    const control = form.elements.namedItem(fault.field);
    const place = control instanceof HTMLElement && form.querySelector(`#${control.id}-fault`);
    if (!place) continue;
    place.textContent = faultWords(fault);
    control.setAttribute("aria-invalid", "true");
    first ??= control;
  }
  first?.focus();
  if (first && faults.length === 1) return;
  const below = /** @type {HTMLElement} */ (form.querySelector(".form-fault"));
  below.textContent = first ? t("form.faults") : words(error);
}

/** An error that the client found itself, in the form of the API's errors. @param {string} field @param {string} message */
export const fault = (field, message) =>
  new Failure({ code: "validation_failed", error: message, fields: [{ field, code: "own", message }] });
