// An editor for sets of strength training.

import { weightUnit } from "../text/format.js";
import { parseNumber, typed } from "../text/typed.js";
import { t } from "../text/words.js";
import { fault } from "./form.js";
import { html } from "./html.js";

let count = 0;

/**
 * Rows of sets. `read` returns their values.
 * @param {any[]} sets
 * @param {string[]} exercises that may be meant
 */
export function setsEditor(sets, exercises) {
  const list = `exercises-${(count += 1)}`;
  const unit = weightUnit();
  const body = html`<tbody></tbody>`;
  /** The set that each row was made of. Fields that the editor does not show are kept. @type {WeakMap<Element, any>} */
  const made = new WeakMap();

  const add = (/** @type {any} */ set) => {
    const number = body.children.length + 1;
    const input = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ label) =>
      html`<td><input data-name=${name} .value=${value} inputmode="decimal" aria-label="${label} ${number}"></td>`;
    const row = html`<tr>
      <td><input data-name="exercise" .value=${set.exercise ?? ""} list=${list} maxlength="100" aria-label="${t("sets.exercise")} ${number}"></td>
      ${input("reps", set.reps === undefined || set.reps === null ? "" : String(set.reps), t("sets.reps"))}
      ${input("weight", set.weight_kg === undefined || set.weight_kg === null ? "" : typed(set.weight_kg / unit.kg, 2), `${t("sets.weight")} (${unit.name})`)}
      <td><button type="button" class="plain icon" aria-label="${t("sets.remove")} ${number}" @click=${() => row.remove()}>×</button></td>
    </tr>`;
    made.set(row, set);
    body.append(row);
    return row;
  };
  const another = () => {
    const last = body.lastElementChild;
    const set = last ? readRow(last) : {};
    add(set).querySelector("input").focus();
  };

  const value = (/** @type {Element} */ row, /** @type {string} */ name) =>
    /** @type {HTMLInputElement} */ (row.querySelector(`[data-name=${name}]`)).value.trim();
  const readRow = (/** @type {Element} */ row) => {
    const [exercise, reps, weight] = ["exercise", "reps", "weight"].map((name) => value(row, name));
    const before = made.get(row) ?? {};
    const kg = parseNumber(weight);
    // An unedited weight keeps its precision.
    const wasTyped = before.weight_kg !== undefined && before.weight_kg !== null ? typed(before.weight_kg / unit.kg, 2) : "";
    return {
      ...before,
      exercise,
      reps: parseNumber(reps) ?? undefined,
      weight_kg: weight === wasTyped ? before.weight_kg : kg === null ? undefined : kg * unit.kg,
    };
  };
  /** The sets. Throws a fault if one has no exercise. */
  const read = () => {
    const all = [...body.children].map(readRow).filter((set) => set.exercise || set.reps !== undefined);
    if (all.some((set) => !set.exercise)) throw fault("sets", t("sets.nameless"));
    return all;
  };
  const replace = (/** @type {any[]} */ others) => {
    body.replaceChildren();
    others.forEach(add);
  };
  replace(sets);
  const element = html`<fieldset class="sets"><legend>${t("sets.title")}</legend>
    <datalist id=${list}>${exercises.map((name) => html`<option value=${name}></option>`)}</datalist>
    <table><thead><tr><th scope="col">${t("sets.exercise")}</th><th scope="col">${t("sets.reps")}</th>
      <th scope="col">${unit.name}</th><td></td></tr></thead>${body}</table>
    <button type="button" @click=${another}>${t("sets.add")}</button>
  </fieldset>`;
  return { element, read, replace };
}
