// A server that fails, talks nonsense or is not there: the page says so in words, and works again afterwards.

import assert from "node:assert/strict";
import { API, account, api, device, logIn, seen } from "./lib.mjs";

const CID = "cid@example.com";

/** What a server may do to a request instead of answering it. */
const FAILURES = {
  "a bare 500": [(route) => route.fulfill({ status: 500, body: "" }), /has a problem/],
  "503 of a proxy": [(route) => route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Bad</h1>" }), /has a problem/],
  "503 busy": [(route) => route.fulfill({ status: 503, contentType: "application/json", body: '{"error":"busy","code":"busy","request_id":"x"}' }), /is busy/],
  "a page in place of JSON": [(route) => route.fulfill({ status: 200, contentType: "text/html", body: "<html>" }), /unexpected answer/],
  "no answer": [(route) => route.abort("connectionreset"), /cannot be reached/],
};

/** Storage that fails, and what the page says about it. */
const STORAGE = {
  [`for (const name of ["localStorage", "indexedDB"]) {
    Object.defineProperty(window, name, { get: () => { throw new DOMException("no", "SecurityError"); } });
  }`]: "This browser keeps nothing.",
  [`const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value) {
    if (this.name === "activities") throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value);
  };`]: "This device has no room for your log.",
};

const ASKED = /\/(activities|me|stats|imports|shares)(\/|\?|$)/;

export async function failures(browser) {
  const token = await account(CID, "Cid");
  const json = { activity_type: "run", started_at: "2026-05-04T08:00:00Z", duration_secs: 1800, title: "Here again" };
  const { id } = await api("POST", "/activities", { token, json });
  const page = await device(browser);
  await page.goto(API);
  await logIn(page, CID);
  await page.getByText("Here again").waitFor();
  await page.getByText("Here again").click();
  await page.getByRole("heading", { name: "Here again" }).waitFor();
  for (const [name, [fail, words]] of Object.entries(FAILURES)) {
    // What this device has is there; what somebody writes is kept, and sent with the next try.
    await page.route(ASKED, fail);
    await page.reload();
    await page.getByRole("heading", { name: "Here again" }).waitFor();
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Notes").fill(`after ${name}`);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Your changes are only on this device.").waitFor();
    await page.getByText(`after ${name}`).waitFor();
    // Everything else says so. What was typed stays.
    await page.goto(`${API}/#/settings/devices`);
    await page.locator("main").getByText(words).waitFor();
    await page.unroute(ASKED);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Devices" }).waitFor();
    await page.goto(`${API}/#/settings`);
    await page.getByLabel("Name").fill(`Cid ${name}`);
    await page.route(ASKED, fail);
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".form-fault").getByText(words).waitFor();
    await page.unroute(ASKED);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.locator(".sync:empty").waitFor({ timeout: 30_000, state: "attached" });
    assert.equal((await api("GET", `/activities/${id}`, { token })).notes, `after ${name}`);
    await page.goto(`${API}/#/activities/${id}`);
    await page.getByRole("heading", { name: "Here again" }).waitFor();
  }
  await page.context().close();
  for (const [storage, words] of Object.entries(STORAGE)) await without(browser, storage, words);
  assert.deepEqual(seen.faults, []);
  return `${Object.keys(FAILURES).join(", ")}: said in words, and over with the next try; a log that is kept meanwhile; no storage, and none left`;
}

/** The log works while the server can be reached. */
async function without(browser, storage, words) {
  const page = await device(browser);
  await page.addInitScript(storage);
  await page.goto(API);
  await logIn(page, CID);
  await page.getByText(words).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("Here again").waitFor();
  await page.goto(`${API}/#/new`);
  await page.getByLabel("Duration").fill("20");
  await page.getByLabel("Title").fill(words);
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByRole("heading", { name: words }).waitFor();
  await page.goto(`${API}/#/`);
  await page.getByText(words).first().waitFor();
  await page.goto(`${API}/#/settings`);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  await page.context().close();
}
