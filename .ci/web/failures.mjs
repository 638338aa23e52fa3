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

const ASKED = /\/(activities|me|stats|imports|shares)(\/|\?|$)/;

export async function failures(browser) {
  const token = await account(CID, "Cid");
  const json = { activity_type: "run", started_at: "2026-05-04T08:00:00Z", duration_secs: 1800, title: "Here again" };
  const { id } = await api("POST", "/activities", { token, json });
  const page = await device(browser);
  await page.goto(API);
  await logIn(page, CID);
  await page.getByText("Here again").waitFor();
  for (const [name, [fail, words]] of Object.entries(FAILURES)) {
    await page.route(ASKED, fail);
    await page.goto(`${API}/#/activities/${id}`);
    await page.locator("main").getByText(words).waitFor();
    await page.unroute(ASKED);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Here again" }).waitFor();
    // The same when the page is opened anew, and while something is saved: what was typed stays.
    await page.route(ASKED, fail);
    await page.reload();
    await page.locator("main").getByText(words).waitFor();
    await page.unroute(ASKED);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Notes").fill(`after ${name}`);
    await page.route(ASKED, fail);
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".form-fault").getByText(words).waitFor();
    await page.unroute(ASKED);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(`after ${name}`).waitFor();
    await page.goto(`${API}/#/`);
    await page.getByText("Here again").waitFor();
  }
  // Without anywhere to keep a note, it works until the page is closed.
  const lone = await device(browser);
  await lone.addInitScript(() => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } }));
  await lone.goto(API);
  await logIn(lone, CID);
  await lone.getByText("Here again").waitFor();
  assert.deepEqual(seen.faults, []);
  await Promise.all([page, lone].map((one) => one.context().close()));
  return `${Object.keys(FAILURES).join(", ")}: said in words, and over with the next try; no storage`;
}
