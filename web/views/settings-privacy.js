// Places that shared routes leave out.

import { replaceZones, zones } from "../data/account.js";
import { fault, field, form } from "../components/form.js";
import { html } from "../components/html.js";
import { complain, doing, say } from "../components/notice.js";
import { height, number } from "../text/format.js";
import { parseNumber } from "../text/typed.js";
import { t } from "../text/words.js";

export async function privacy() {
  const place = html`<div class="stack"></div>`;
  const draw = (/** @type {any[]} */ all) => place.replaceChildren(list(all, save), add(all, save));
  const save = async (/** @type {any[]} */ all) => {
    draw(await replaceZones(all));
    say(t("settings.saved"));
  };
  draw(await zones());
  return [html`<p class="quiet">${t("privacy.text")}</p>`, place];
}

/** @param {any[]} all @param {(all: any[]) => Promise<void>} save */
function list(all, save) {
  if (all.length === 0) return html`<p class="quiet">${t("privacy.none")}</p>`;
  const degrees = (/** @type {number} */ value) => number(value, { maximumFractionDigits: 5 });
  const line = (/** @type {any} */ zone) => html`<li><span class="about"><strong>${degrees(zone.latitude)}, ${degrees(zone.longitude)}</strong>
      <span class="quiet">${t("privacy.radius-of", { radius: height(zone.radius_meters) })}</span></span>
    <button type="button" @click=${doing(() => save(all.filter((one) => one !== zone)))}>${t("delete")}</button></li>`;
  return html`<ul class="card lines">${all.map(line)}</ul>`;
}

/** @param {any[]} all @param {(all: any[]) => Promise<void>} save */
function add(all, save) {
  const input = (/** @type {string} */ name, /** @type {string} */ value = "") => html`<input name=${name} .value=${value} inputmode="decimal" autocomplete="off">`;
  const [latitude, longitude, radius] = [input("latitude"), input("longitude"), input("radius_meters", "300")];
  const here = () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => Object.assign(latitude, { value: coords.latitude.toFixed(5) }) && Object.assign(longitude, { value: coords.longitude.toFixed(5) }),
      () => complain(fault("latitude", t("privacy.no-position"))),
    );
  const degrees = (/** @type {string} */ name, /** @type {string} */ text) => {
    const value = Number(text.trim().replace(",", "."));
    if (text.trim() === "" || Number.isNaN(value)) throw fault(name, t("fault.number"));
    return value;
  };
  const send = async (/** @type {any} */ values) => {
    const radius = parseNumber(values.radius_meters);
    if (radius === null) throw fault("radius_meters", t("fault.number"));
    const zone = { latitude: degrees("latitude", values.latitude), longitude: degrees("longitude", values.longitude), radius_meters: radius };
    await save([...all, zone]).catch((error) => {
      // The last zone is the one in this form.
      const own = `zones[${all.length}].`;
      for (const fault of error.fields ?? []) fault.field = fault.field.replace(own, "");
      throw error;
    });
  };
  return html`<div class="stack"><h2>${t("privacy.new")}</h2>${form({
    kind: "card grid",
    fields: [field(t("privacy.latitude"), latitude), field(t("privacy.longitude"), longitude), field(t("privacy.radius"), radius, { unit: "m" })],
    submit: t("privacy.add"),
    send,
    extra: "geolocation" in navigator && html`<button type="button" @click=${here}>${t("privacy.here")}</button>`,
  })}</div>`;
}
