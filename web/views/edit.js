// Edits an activity.

import { change, read } from "../data/activities.js";
import { Failure } from "../data/http.js";
import { activityFields } from "../components/activity-fields.js";
import { form } from "../components/form.js";
import { html } from "../components/html.js";
import { say } from "../components/notice.js";
import { setsEditor } from "../components/sets.js";
import { t } from "../text/words.js";
import { resolved } from "./conflict.js";

/** @param {import("../components/shell.js").Place} place */
export async function edit({ id, signal }) {
  const activity = await read(id, signal);
  const fields = activityFields(activity);
  const exercises = [...new Set((activity.sets ?? []).map((/** @type {any} */ set) => set.exercise))];
  const sets = activity.sets && setsEditor(activity.sets, exercises);
  const before = sets && JSON.stringify(sets.read());

  const send = async () => {
    const changes = fields.changed();
    if (sets && JSON.stringify(sets.read()) !== before) changes.sets = sets.read();
    if (Object.keys(changes).length > 0 && !(await save(activity, changes))) return;
    location.hash = `#/activities/${id}`;
  };
  const back = html`<a class="button" href="#/activities/${id}">${t("cancel")}</a>`;
  return html`<section class="page narrow">
    <h1>${t("edit.title")}</h1>
    ${form({
      kind: "grid",
      fields: [...Object.values(fields.elements), sets && html`<div class="wide">${sets.element}</div>`],
      submit: t("save"),
      send,
      extra: back,
    })}
  </section>`;
}

/** Saves `changes`. On a conflict with another device, the user decides. Whether it was saved. @param {any} activity @param {any} changes */
async function save(activity, changes) {
  let [seen, wanted] = [activity, changes];
  for (;;) {
    try {
      if (Object.keys(wanted).length > 0) await change(seen.id, wanted, seen.revision);
      say(t("saved"));
      return true;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "version_mismatch") throw error;
      const theirs = await read(seen.id);
      const chosen = await resolved(wanted, theirs);
      if (!chosen) return false;
      [seen, wanted] = [theirs, chosen];
    }
  }
}
