// One activity: figures, route, chart, laps, sets, sources and actions.

import { download, picture as drawn, read, series, unmerge } from "../data/activities.js";
import { events } from "../data/copy.js";
import { named } from "../data/shown.js";
import { remove } from "../data/writes.js";
import { confirmed } from "../components/dialog.js";
import { html } from "../components/html.js";
import { sportSign } from "../components/icons.js";
import { doing, say } from "../components/notice.js";
import { numbers } from "../components/numbers.js";
import { picture, saveAs } from "../components/picture.js";
import { laps, sets } from "../components/tables.js";
import { longDate } from "../text/dates.js";
import { has, sport, t } from "../text/words.js";

/** @param {import("../components/shell.js").Place} place */
export async function activity({ id, signal }) {
  const [it, recorded] = await Promise.all([read(id, signal), series(id, signal).catch(() => /** @type {string[]} */ ([]))]);
  const name = sport(it.activity_type);
  refreshOnChange(id, signal);
  const hasRoute = recorded.includes("latitude");
  const hasChart = ["heart_rate", "speed", "power"].some((one) => recorded.includes(one));
  return html`<article class="page activity">
    <header class="page-head">
      <div class="head">${sportSign(it.activity_type)}
        <div><p class="quiet">${name} · <time datetime=${it.started_at}>${longDate(it)}</time></p>
        <h1>${it.title || name}</h1></div></div>
      ${actions(it, hasRoute, hasChart)}
    </header>
    ${it.waiting && html`<p class="aside">${t(`waiting.is-${it.waiting}`)}</p>`}
    ${numbers(it)}
    ${it.notes && html`<p class="notes">${it.notes}</p>`}
    ${hasRoute && picture(t("activity.route"), (appearance) => drawn(id, "route", appearance, signal), signal)}
    ${hasChart && picture(t("activity.chart"), (appearance) => drawn(id, "chart", appearance, signal), signal)}
    ${sets(it)}${laps(it)}${sources(it)}
  </article>`;
}

/** Shows the activity again when another device has changed it, or when a change has been sent. @param {string} id @param {AbortSignal} signal */
function refreshOnChange(id, signal) {
  const version = () => `${named(id)?.revision} ${named(id)?.waiting}`;
  const before = version();
  const look = () => named(id) && version() !== before && dispatchEvent(new Event("hashchange"));
  events.addEventListener("changed", look, { signal });
}

/** @param {any} it @param {boolean} hasRoute @param {boolean} hasChart */
function actions(it, hasRoute, hasChart) {
  const save = (/** @type {"gpx" | "tcx" | "original"} */ format) => async () => {
    close();
    const { blob, name } = await download(it.id, format);
    saveAs(blob, name);
  };
  const item = (/** @type {string} */ label, /** @type {() => Promise<unknown>} */ act) =>
    html`<button type="button" class="item" @click=${doing(act)}>${label}</button>`;
  const drop = async () => {
    close();
    const { undo, millis } = await remove(it);
    location.hash = "#/";
    const back = async () => {
      await undo();
      location.hash = `#/activities/${it.id}`;
    };
    say(t("activity.deleted"), { millis, action: { label: t("undo"), act: back } });
  };
  const open = async () => {
    close();
    const { share } = await import("./share.js");
    await share(it, [hasRoute && "route", hasChart && "chart"].filter(Boolean));
  };
  const isRecorded = !["manual"].includes(it.source);
  const menu = html`<details class="menu"><summary class="button" aria-label=${t("activity.more")}>⋯</summary>
    <div class="items">
      ${(hasRoute || hasChart) && item(t("share.title"), open)}
      ${hasRoute && item(t("activity.gpx"), save("gpx"))}
      ${item(t("activity.tcx"), save("tcx"))}
      ${isRecorded && item(t("activity.original"), save("original"))}
      ${item(t("activity.delete"), drop)}
    </div></details>`;
  const close = () => menu.removeAttribute("open");
  menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close());
  menu.addEventListener("focusout", (/** @type {FocusEvent} */ event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close());
  return html`<div class="actions"><a class="button" href="#/activities/${it.id}/edit">${t("activity.edit")}</a>${menu}</div>`;
}

/** The sources of the activity. @param {any} it */
function sources(it) {
  const others = it.merged ?? [];
  const apart = async () => {
    if (!(await confirmed(t("sources.apart"), t("sources.apart-text", { n: others.length + 1 }), t("sources.apart")))) return;
    await unmerge(it.id);
    say(t("sources.done"));
    dispatchEvent(new Event("hashchange"));
  };
  const field = (/** @type {string} */ name) => (has(`field.${name}`) ? t(`field.${name}`) : name.replaceAll("_", " "));
  const line = (/** @type {any} */ other) => html`<li><strong>${sourceName(other.source)}</strong>
    <span class="quiet">${other.fields.length > 0 ? t("sources.fields", { fields: other.fields.map(field).join(", ") }) : t("sources.no-fields")}</span></li>`;
  const own = [sourceName(it.source), it.device].filter(Boolean).join(" · ");
  return html`<section class="block sources"><h2>${t("sources.title")}</h2>
    <p>${own} ${it.sport_raw && html`<span class="quiet">(${it.sport_raw})</span>`}</p>
    ${others.length > 0 && html`<ul class="plain-list">${others.map(line)}</ul>
      <button type="button" @click=${doing(apart)}>${t("sources.apart")}</button>`}
    ${it.parent_id && html`<p><a href="#/activities/${it.parent_id}">${t("sources.parent")}</a></p>`}
  </section>`;
}

/** @param {string} source */
const sourceName = (source) => (has(`source.${source}`) ? t(`source.${source}`) : source);
