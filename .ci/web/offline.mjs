// A log without its server: it opens, shows what it has, keeps what is written, and sends it later. Logging out
// leaves nothing.

import assert from "node:assert/strict";
import { account, api, device, gpx, logIn, seen } from "./lib.mjs";
import { proxy } from "./proxy.mjs";

const EMA = "ema@example.com";
const COUNT = 10_000;
const PORT = 3502;

export async function offline(browser) {
  const token = await account(EMA, "Ema");
  await fill(token);
  /** Another version of the client, once it is to be one. */
  let version = "";
  const server = proxy(PORT, { "/app/data/worker.js": (text) => text.replace('VERSION = "', `VERSION = "${version}`) });
  seen.origins.add(server.origin);
  await server.start();
  try {
    return await withServer(server, await device(browser, { baseURL: server.origin }), token, (next) => (version = next));
  } finally {
    await server.stop();
  }
}

async function withServer(server, page, token, publish) {
  const sync = await firstSync(page);
  await opened(page);

  await server.stop();
  const visits = [];
  for (let visit = 0; visit < 3; visit += 1) {
    await page.close();
    page = await page.context().newPage();
    const start = performance.now();
    await page.goto("/");
    await page.locator(".row").first().waitFor();
    visits.push(performance.now() - start);
  }
  const second = Math.round(Math.min(...visits));
  await alone(page);
  await page.close();
  page = await page.context().newPage();
  await page.goto("/#/waiting");
  await page.getByText("Run by the lake").waitFor();
  assert.equal(await page.locator(".lines > li").count(), 3);
  await api("PUT", `/activities/${await idOf(token, "Session 7")}`, { token, json: { title: "Renamed elsewhere", notes: "by the other" } });

  await server.start();
  await page.getByText("1 change needs your decision").waitFor({ timeout: 65_000 });
  await decided(page, token);
  await refused(page, server, token);
  await shared(page);
  publish("another");
  await updated(page);
  await leaving(page, server);
  await page.context().close();
  const bare = await barePull(token);
  return `${COUNT} activities copied in ${sync} ms (read by a script: ${bare} ms), shown again without the server in ${second} ms; ` +
    "new, edited and deleted offline, sent later; a conflict, a refusal, an update, and nothing left after logging out";
}

async function fill(token) {
  const begin = Date.parse("2026-05-20T07:30:00Z");
  const activities = Array.from({ length: COUNT }, (_, at) => ({
    activity_type: at % 3 === 0 ? "run" : "cycle", started_at: new Date(begin - at * 9e6).toISOString(),
    duration_secs: 1800 + at, distance_meters: 5000 + at, title: `Session ${at}`, notes: "along the river, easy",
  }));
  for (let from = 0; from < COUNT; from += 1000) {
    await api("POST", "/activities/batch", { token, json: { activities: activities.slice(from, from + 1000) } });
  }
  const form = new FormData();
  form.append("file", new Blob([gpx("Around the lake", { start: "2026-05-21T06:00:00Z" })]), "lake.gpx");
  const { id } = await api("POST", "/imports", { token, form });
  while ((await api("GET", `/imports/${id}`, { token })).status !== "done") await new Promise((wake) => setTimeout(wake, 100));
}

/** How long the server takes for the same without the client. */
async function barePull(token) {
  const start = performance.now();
  for (let [since, hasMore] = ["", true]; hasMore; ) {
    const page = await api("GET", `/activities/changes?limit=500&include=sets${since && `&since=${since}`}`, { token });
    [since, hasMore] = [page.next, page.has_more];
  }
  return Math.round(performance.now() - start);
}

const idOf = async (token, title) => (await api("GET", `/activities?q=${encodeURIComponent(`"${title}"`)}`, { token })).activities[0]?.id;

/** Logs in, and gives how long it takes until the copy is whole. */
async function firstSync(page) {
  await page.goto("/");
  await logIn(page, EMA);
  const start = performance.now();
  await page.getByText("activities ready for offline use").waitFor({ timeout: 30_000 });
  await page.locator(".row").first().waitFor();
  await page.locator(".sync:empty").waitFor({ timeout: 60_000, state: "attached" });
  return Math.round(performance.now() - start);
}

/** Opens an activity, so that it is there later with its pictures. */
async function opened(page) {
  await page.getByText("Around the lake").click();
  await page.getByAltText("Route and elevation").waitFor();
  await page.getByAltText("Heart rate, pace and power over time").waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
}

/** What somebody does without the server. */
async function alone(page) {
  await page.getByText("Offline").waitFor();
  assert.equal(await page.locator(".row").count(), 50);
  await page.getByText("Around the lake").click();
  await page.getByAltText("Route and elevation").waitFor();
  await page.goto("/#/?q=river");
  await page.getByText("Session 9", { exact: true }).waitFor();
  await page.goto("/#/new");
  await page.getByLabel("Duration").fill("25");
  await page.getByLabel("Title").fill("Run by the lake");
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByText("This activity is only on this device.").waitFor();
  await page.goto("/#/");
  await page.getByText("Session 7", { exact: true }).click();
  await page.getByText("30:07").waitFor();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("Renamed here");
  await page.getByLabel("Average heart rate").fill("141");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Renamed here" }).waitFor();
  await page.goto("/#/");
  await page.getByText("Session 8", { exact: true }).click();
  await page.getByLabel("More", { exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Run by the lake").waitFor();
  assert.equal(await page.locator(".row", { hasText: "not sent yet" }).count(), 2);
  assert.equal(await page.getByText("Session 8", { exact: true }).count(), 0);
}

/** All of it has arrived, but for what another device has changed as well. */
async function decided(page, token) {
  await page.getByRole("button", { name: "Decide" }).click();
  const question = page.getByRole("dialog");
  await question.getByText("Renamed elsewhere").waitFor();
  assert.equal(await question.locator("tbody tr").count(), 1);
  await question.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Everything has been sent.").waitFor({ timeout: 15_000 });
  const kept = await api("GET", `/activities/${await idOf(token, "Renamed here")}`, { token });
  assert.deepEqual([kept.title, kept.notes, kept.avg_heart_rate], ["Renamed here", "by the other", 141]);
  assert.equal((await api("GET", '/activities?q="by the lake"', { token })).activities.length, 1);
  assert.equal(await idOf(token, "Session 8"), undefined);
}

/** What the server refuses later is said, and can be corrected. */
async function refused(page, server, token) {
  await server.stop();
  await page.goto("/#/new");
  await page.getByLabel("Duration").fill("25");
  await page.getByLabel("Distance").fill("200000");
  await page.getByLabel("Title").fill("Too far");
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByRole("heading", { name: "Too far" }).waitFor();
  await server.start();
  await page.getByText("1 change needs your decision").click({ timeout: 65_000 });
  await page.locator(".lines .fault").waitFor();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Distance").fill("20");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("20.0 km").waitFor();
  await page.locator(".sync:empty").waitFor({ state: "attached" });
  assert.equal((await api("GET", "/activities?q=%22too+far%22", { token })).activities[0].distance_meters, 20_000);
}

/** A file that another app shares is imported when the user says so. */
async function shared(page) {
  await page.evaluate(async (text) => {
    const form = new FormData();
    form.append("file", new File([text], "über den See.gpx"));
    await fetch("/app/share", { method: "POST", body: form });
  }, gpx("Across the lake", { start: "2026-05-22T06:00:00Z" }));
  await page.goto("/#/import");
  await page.getByText("über den See.gpx").waitFor();
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByText("1 new activity").waitFor({ timeout: 20_000 });
}

/** A new version is offered, and does not disturb who is writing. */
async function updated(page) {
  await page.goto("/#/new");
  await page.getByLabel("Title").fill("Half written");
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await page.getByText("A new version is ready.").waitFor({ timeout: 15_000 });
  assert.equal(await page.getByLabel("Title").inputValue(), "Half written");
  await page.getByRole("button", { name: "Reload" }).click();
  await page.waitForFunction(async () => (await caches.keys()).every((name) => name.includes("another")));
  await page.locator("input[name=title]").waitFor();
}

async function leaving(page, server) {
  await server.stop();
  await page.getByLabel("Duration").fill("25");
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByText("This activity is only on this device.").waitFor();
  await page.goto("/#/settings");
  await server.start();
  await page.locator(".sync:empty").waitFor({ timeout: 65_000, state: "attached" });
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  const left = await page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("sports-log").onsuccess = ({ target }) => resolve(target.result)));
    const names = [...database.objectStoreNames];
    const count = (name) => new Promise((resolve) => (database.transaction(name).objectStore(name).count().onsuccess = ({ target }) => resolve(target.result)));
    return { records: await Promise.all(names.map(count)), caches: (await caches.keys()).length, notes: Object.keys(localStorage) };
  });
  assert.deepEqual(left, { records: [0, 0, 0, 0], caches: 1, notes: [] });
  await server.stop();
  await page.reload();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
}
