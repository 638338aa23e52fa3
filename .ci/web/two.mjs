// One log on two devices: whoever comes second sees both versions; a device that is logged out goes back
// to where it was.

import assert from "node:assert/strict";
import { API, account, api, device, logIn, mail } from "./lib.mjs";

const BOB = "bob@example.com";

export async function two(browser) {
  const token = await account(BOB, "Bob");
  const run = { activity_type: "run", started_at: "2026-05-04T08:00:00+02:00", duration_secs: 1800, distance_meters: 5000, title: "As it was" };
  const { id } = await api("POST", "/activities", { token, json: run });
  const address = `${API}/#/activities/${id}`;
  const [one, other] = [await device(browser), await device(browser)];
  for (const page of [one, other]) {
    await page.goto(`${address}/edit`);
    await logIn(page, BOB);
    await page.getByRole("heading", { name: "Edit activity" }).waitFor();
  }
  await one.getByLabel("Title").fill("By the first");
  await one.getByLabel("Distance").fill("5.2");
  await one.getByRole("button", { name: "Save" }).click();
  await one.getByRole("heading", { name: "By the first" }).waitFor();

  await other.getByLabel("Title").fill("By the second");
  await other.getByLabel("Notes").fill("and a note");
  await other.getByRole("button", { name: "Save" }).click();
  const question = other.getByRole("dialog");
  await question.getByText("By the first").waitFor();
  await question.getByText("By the second").waitFor();
  // Nothing is decided by closing it.
  await other.keyboard.press("Escape");
  assert.equal((await api("GET", `/activities/${id}`, { token })).title, "By the first");
  await other.getByRole("button", { name: "Save" }).click();
  await question.getByRole("row", { name: "Title" }).getByRole("radio").nth(1).check();
  await question.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByRole("heading", { name: "By the first" }).waitFor();
  const kept = await api("GET", `/activities/${id}`, { token });
  assert.deepEqual([kept.title, kept.notes, kept.distance_meters], ["By the first", "and a note", 5200]);

  await answered(one, token);
  await one.goto(address);

  // Another tab of the same browser is logged in by the same cookie.
  const tab = await one.context().newPage();
  await tab.goto(address);
  await tab.getByRole("heading", { name: "By the first" }).waitFor();
  // Logged out elsewhere: log in, and back to where one was.
  await api("DELETE", "/me/sessions", { token });
  await one.goto(`${API}/#/settings/devices`);
  await one.getByRole("heading", { name: "Log in" }).waitFor();
  await tab.getByRole("heading", { name: "Log in" }).waitFor();
  await logIn(one, BOB);
  await one.getByRole("heading", { name: "Devices" }).waitFor();
  await one.locator(".side").getByRole("button", { name: "Log out" }).click();
  await one.getByRole("heading", { name: "Log in" }).waitFor();
  assert.deepEqual((await one.context().cookies()).filter(({ name }) => name.includes("refresh")), []);

  // By a code instead.
  await one.getByRole("link", { name: "Log in with a code" }).click();
  await one.getByLabel("Email address or phone number").fill(BOB);
  await one.getByRole("button", { name: "Send a code" }).click();
  const code = /^Subject: (\d{6}) /m.exec(await mail("login_code", BOB))[1];
  await one.getByLabel("Code", { exact: true }).fill("000000");
  await one.getByRole("button", { name: "Log in", exact: true }).click();
  await one.getByText("This code is wrong or has expired.").waitFor();
  await one.getByLabel("Code", { exact: true }).fill(code);
  await one.getByRole("button", { name: "Log in", exact: true }).click();
  await one.getByText("By the first").waitFor();
  await Promise.all([one, other].map((page) => page.context().close()));
  return "a conflict was shown and decided, also of what was just created, a session that ended led to log in and back, a code logged in";
}

/** The answer to a new activity is lost. It is edited here and on another device before anything else gets through. */
async function answered(page, token) {
  const activities = /\/activities(\/|\?|$)/;
  let isSent = false;
  await page.route(activities, async (route) => {
    if (route.request().method() === "POST" && !isSent) isSent = Boolean(await route.fetch());
    await route.abort("connectionreset");
  });
  await page.goto(`${API}/#/new`);
  await page.getByLabel("Duration").fill("20");
  await page.getByLabel("Title").fill("Just created");
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByText("This activity is only on this device.").waitFor();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("Edited here");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Edited here" }).waitFor();
  const { id } = (await api("GET", "/activities?q=%22Just+created%22", { token })).activities[0];
  await api("PUT", `/activities/${id}`, { token, json: { title: "Edited there" } });
  await page.unroute(activities);
  await page.goto(`${API}/#/waiting`);
  await page.getByRole("button", { name: "Decide" }).click({ timeout: 65_000 });
  const question = page.getByRole("dialog");
  await question.getByText("Edited there").waitFor();
  await question.getByText("Edited here").waitFor();
  await question.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Everything has been sent.").waitFor({ timeout: 15_000 });
  assert.equal((await api("GET", `/activities/${id}`, { token })).title, "Edited here");
}
