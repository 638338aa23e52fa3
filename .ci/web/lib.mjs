// What all checks use: a browser, the mailbox, the API beside the page, and a watch over what a page asks for.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { ISSUER } from "./services.mjs";

export const API = process.env.SPORTS_LOG_API;
export const PASSWORD = "seven silver swans";

/** Every name of a home network is this machine. */
const ARGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.home.arpa 127.0.0.1"];

export const startBrowser = () =>
  chromium.launch({ executablePath: process.env.SPORTS_LOG_BROWSER, args: ARGS });

/** Texts that would do something if they ever became markup, a pattern, or a path. */
export const HOSTILE = [
  `<img src=x onerror="document.title='owned'">`,
  `"><script>document.title='owned'</script>`,
  "{{0}} ${7*7} %s {n}",
  "\u202eright to left\u202c and \u0007bell",
  "Ω≈ç√∫˜µ ｜ 田中さん 🏃🏽‍♀️ ﷽",
  "W".repeat(120),
];

const document = await (await fetch(`${API}/openapi.json`)).json();
const templates = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`),
}));

/** The operation of the document that a request is one of. */
function operation(method, pathname) {
  const fitting = templates.filter(({ pattern }) => pattern.test(pathname));
  fitting.sort((one, other) => one.path.split("{").length - other.path.split("{").length);
  return fitting.map(({ path }) => document.paths[path][method.toLowerCase()])[0];
}

/** A parameter of the document, which may be a reference to one that operations share. */
function resolved(parameter) {
  return parameter.$ref ? document.components.parameters[parameter.$ref.split("/").at(-1)] : parameter;
}

/** Everything that pages asked for, and what went wrong in them. */
export const seen = { origins: new Set([API]), requests: 0, operations: new Set(), faults: [] };

/** Requests of pages without an answer. */
const open = new Map();

/** What a page waits for. */
export const waitsFor = (page) => [...open.values()].filter((one) => one.page === page).map(({ asked }) => asked);

/** Holds a page's requests against the document, and its console against what must never be there. */
export function watch(page) {
  page.on("dialog", (dialog) => seen.faults.push(`a dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on("pageerror", (error) => seen.faults.push(`an error: ${error.stack}`));
  page.on("console", (message) => {
    const text = message.text();
    const isFault = /Content Security Policy|Trusted ?Type|TypeError|ReferenceError|<\w+> attribute/i.test(text);
    if (isFault) seen.faults.push(`the console: ${text}`);
  });
  page.on("request", (request) => open.set(request, { page, asked: `${request.method()} ${request.url()}` }));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => open.delete(request));
  page.on("response", (response) => {
    const url = new URL(response.url());
    if (url.protocol === "blob:" || response.fromServiceWorker()) return;
    if (url.origin === ISSUER && response.request().isNavigationRequest()) return;
    seen.requests += 1;
    const method = response.request().method();
    if (!seen.origins.has(url.origin)) return seen.faults.push(`asked elsewhere: ${method} ${url}`);
    const found = operation(method, url.pathname);
    if (!found) return seen.faults.push(`not in the document: ${method} ${url.pathname}`);
    seen.operations.add(found.operationId);
    const known = (found.parameters ?? []).map(resolved).filter((one) => one.in === "query").map((one) => one.name);
    for (const name of url.searchParams.keys()) {
      if (!known.includes(name) && !found["x-any-parameters"]) seen.faults.push(`${method} ${url}: no such parameter`);
    }
    const isTold = response.headers()["x-request-id"] !== undefined;
    if (isTold && response.status() !== 304 && !found.responses[response.status()]) {
      seen.faults.push(`not in the document: ${method} ${url.pathname} answers ${response.status()}`);
    }
  });
}

/** A device: a browser that shares nothing with others. Members of bodies that nobody knows are refused. */
export async function device(browser, options = {}) {
  const context = await browser.newContext({ baseURL: API, locale: "en-GB", timezoneId: "Europe/Rome", ...options });
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  await page.setExtraHTTPHeaders({ Prefer: "handling=strict" });
  watch(page);
  return page;
}

/** The text of the newest mail of a kind to an address. */
export async function mail(kind, address) {
  for (let tries = 0; tries < 100; tries += 1) {
    const names = (await readdir(process.env.SPORTS_LOG_MAILBOX).catch(() => [])).filter((name) => name.includes(kind) && !name.endsWith(".tmp")).sort();
    for (const name of names.reverse()) {
      const text = await readFile(`${process.env.SPORTS_LOG_MAILBOX}/${name}`, "utf8");
      if (text.includes(address)) return text;
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  assert.fail(`no ${kind} to ${address}`);
}

/** A request beside the page, such as another device makes. */
export async function api(method, path, { token, json, form } = {}) {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(json && { "Content-Type": "application/json" }) };
  const response = await fetch(`${API}${path}`, { method, headers, body: form ?? (json && JSON.stringify(json)) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}

/** An account, and its access token. */
export async function account(email, name = "Ann") {
  await api("POST", "/auth/register", { json: { email, password: PASSWORD, display_name: name } });
  const token = /verify-email#token=([\w-]{43})/.exec(await mail("verify_email", email))[1];
  return (await api("POST", "/auth/verify-email", { json: { token } })).token;
}

/** Logs in on a page, wherever that is. */
export async function logIn(page, email, password = PASSWORD) {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

/** A track of GPX: so many minutes from a place, with heart rate. */
export function gpx(name, { start = "2026-05-06T16:00:00Z", minutes = 30, latitude = 47.3769, longitude = 8.5417 } = {}) {
  const escaped = name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(/[\u0000-\u001f]/g, "");
  const points = Array.from({ length: minutes * 6 }, (_, at) => {
    const time = new Date(Date.parse(start) + at * 10_000).toISOString();
    const angle = (at / (minutes * 6)) * 2 * Math.PI;
    const [lat, lon] = [latitude + 0.02 * Math.sin(angle), longitude + 0.03 * (1 - Math.cos(angle)) + 0.004 * Math.sin(5 * angle)];
    const beat = 130 + Math.round(25 * Math.sin(at / 20));
    return `<trkpt lat="${lat.toFixed(6)}" lon="${lon.toFixed(6)}"><ele>${(408 + 60 * Math.sin(angle * 2)).toFixed(1)}</ele><time>${time}</time>
      <extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>${beat}</gpxtpx:hr></gpxtpx:TrackPointExtension></extensions></trkpt>`;
  });
  return `<?xml version="1.0"?><gpx version="1.1" creator="check" xmlns="http://www.topografix.com/GPX/1/1"
    xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><trk><name>${escaped}</name><type>running</type>
    <trkseg>${points.join("")}</trkseg></trk></gpx>`;
}
