// Edits an activity.

import { read } from "../data/activities.js";
import { writeOf } from "../data/copy.js";
import { change } from "../data/writes.js";
import { activityFields } from "../components/activity-fields.js";
import { form } from "../components/form.js";
import { html } from "../components/html.js";
import { say } from "../components/notice.js";
import { setsEditor } from "../components/sets.js";
import { t } from "../text/words.js";

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
  let outcome = await change(activity, changes);
  while (outcome?.state === "disputed") {
    const { decide } = await import("./dispute.js");
    outcome = await decide(writeOf(activity.id));
  }
  if (outcome?.state === "gone") location.hash = "#/";
  else if (outcome) say(t(outcome.state === "sent" ? "saved" : "saved.waiting"));
  return outcome !== undefined && outcome.state !== "gone";
}
