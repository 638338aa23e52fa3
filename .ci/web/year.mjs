// A year: totals against the year before, goals from the first to the last, records that were broken, and
// names of exercises that would do something as markup.

import assert from "node:assert/strict";
import { API, HOSTILE, account, api, device, logIn } from "./lib.mjs";

const FAY = "fay@example.com";
const now = new Date().toISOString();
const YEAR = Number(now.slice(0, 4));

async function log(token) {
  const activities = [
    { activity_type: "run", started_at: now, duration_secs: 3000, distance_meters: 10_000, elevation_gain_meters: 120 },
    { activity_type: "run", started_at: `${YEAR - 1}-01-01T09:00:00Z`, duration_secs: 1800, distance_meters: 6000 },
    // Not among the days that are compared, unless the year is nearly over.
    { activity_type: "run", started_at: `${YEAR - 1}-12-30T09:00:00Z`, duration_secs: 60, distance_meters: 1000 },
    { activity_type: "lift", started_at: now, duration_secs: 900, sets: HOSTILE.map((exercise) => ({ exercise: exercise.replaceAll("\u0007", "").slice(0, 100), reps: 5, weight_kg: 60 })) },
  ];
  await api("POST", "/activities/batch?atomic=true", { token, json: { activities } });
}

export async function year(browser) {
  const token = await account(FAY, "Fay");
  await api("PUT", "/me/profile", { token, json: { time_zone: "UTC" } });
  const page = await device(browser);
  await page.goto(API);
  await logIn(page, FAY);
  await page.getByRole("heading", { name: "Welcome, Fay" }).waitFor();
  // Nothing yet: the page says so and still takes a goal.
  await page.keyboard.press("y");
  await page.getByText("No records yet.").waitFor();
  await page.getByText("You have no goals.").waitFor();
  await page.getByRole("region", { name: "Totals" }).getByText("0", { exact: true }).waitFor();
  await log(token);
  await sums(page);
  await goals(page, token);
  await records(page);
  await page.context().close();
  return "totals, pictures, streaks; a goal added, changed and given up; records with their history";
}

async function sums(page) {
  await page.reload();
  const all = page.getByRole("region", { name: "Totals" });
  await all.waitFor();
  await page.getByLabel("Sport", { exact: true }).first().selectOption("run");
  await all.getByText(now.slice(5, 10) < "12-30" ? "+4.00 km" : "+3.00 km").waitFor();
  await all.getByText("10.0 km").waitFor();
  await page.getByLabel("Measured by").selectOption("distance");
  for (const alt of [/^Calendar of \d+ with 1 active day$/, "Bars of the last 26 weeks"]) {
    const picture = page.getByAltText(alt);
    await picture.waitFor();
    assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 100)));
  }
  await page.getByText("1 day", { exact: true }).first().waitFor();
  // Where one is can be kept and opened again.
  assert.match(page.url(), /#\/year\/\d{4}\?sport=run&by=distance$/);
  await page.reload();
  await all.getByText("10.0 km").waitFor();
  await page.getByLabel("Year", { exact: true }).selectOption(String(YEAR - 1));
  await all.getByText("Nothing to compare with").waitFor();
  assert.equal(await page.getByAltText("Bars of the last 26 weeks").count(), 0);
}

async function goals(page, token) {
  await page.getByText("Add a goal").first().click();
  await page.getByLabel("Target").fill("many");
  const add = page.getByRole("button", { name: "Add a goal" });
  await add.click();
  await page.getByText("Enter a number.").waitFor();
  await page.getByLabel("Target").fill("2000000000000");
  await add.click();
  await page.locator("input[name=target][aria-invalid]").waitFor();
  await page.getByLabel("Target").fill("12.5");
  await page.getByLabel("Every").selectOption("year");
  await page.getByLabel("Sport").last().selectOption("run");
  await add.click();
  const goal = page.locator(".goal");
  await goal.getByText("12.5 km a year").waitFor();
  await goal.getByText("10.0 km, 80%").waitFor();
  await goal.getByRole("button", { name: /^Change/ }).click();
  const dialog = page.getByRole("dialog");
  assert.equal(await dialog.getByLabel("Target").inputValue(), "12.5");
  await dialog.getByLabel("Target").fill("0");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Enter a number.").waitFor();
  await dialog.getByLabel("Target").fill("8");
  await dialog.getByRole("button", { name: "Save" }).click();
  await goal.getByText("8.00 km a year").waitFor();
  await goal.getByText("reached").waitFor();
  assert.equal((await api("GET", "/me/goals", { token })).goals[0].target, 8000);
  await goal.getByRole("button", { name: /^Give up/ }).click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await goal.count(), 1);
  await goal.getByRole("button", { name: /^Give up/ }).click();
  await dialog.getByRole("button", { name: "Give up" }).click();
  await page.getByText("You have no goals.").waitFor();
  assert.deepEqual((await api("GET", "/me/goals", { token })).goals, []);
}

async function records(page) {
  const group = (name) => page.locator(".group").filter({ has: page.locator("summary strong").getByText(name, { exact: true }) }).first();
  await page.goto(`${API}/#/year`);
  await page.getByAltText("Bars of the last 26 weeks").waitFor();
  const runs = group("Run");
  await runs.getByText("1 earlier record").first().click();
  await runs.getByText("6.00 km").waitFor();
  // Exercises are compared, and therefore shown, in lower case.
  for (const text of HOSTILE) assert.equal(await group(text.replaceAll("\u0007", "").slice(0, 100).toLowerCase()).count(), 1, text);
  assert.equal(await page.locator("main script").count(), 0);
  await runs.getByText("6.00 km").locator("xpath=following-sibling::a").click();
  await page.locator("article h1").waitFor();
}
