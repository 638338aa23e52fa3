// Webhooks with their log, Garmin, a login at a provider that is linked and used, and the security events of
// all that. The other services are those of services.mjs.

import assert from "node:assert/strict";
import { API, HOSTILE, PASSWORD, account, api, device, logIn } from "./lib.mjs";
import { BAD_HOOK, GARMIN_KEY, GOOD_HOOK, logsInNext } from "./services.mjs";

const GIL = "gil@example.com";

export async function connected(browser) {
  const token = await account(GIL, "Gil");
  const page = await device(browser);
  await page.goto(`${API}/#/settings/webhooks`);
  await logIn(page, GIL);
  await page.getByRole("heading", { name: "Webhooks" }).waitFor();
  await webhooks(page, token);
  await garmin(page);
  await linking(page);
  await events(page, token);
  await page.context().close();
  return "webhooks created, tested, changed and their log read; Garmin; a login linked, used and unlinked; security events";
}

async function webhooks(page, token) {
  const create = page.getByRole("button", { name: "Create webhook" });
  const address = page.getByLabel("Address");
  for (const [wrong, words] of [["no address", /Must be an https URL/], ["https://192.168.1.2/", /Must be an https URL with a public address/]]) {
    await address.fill(wrong);
    await create.click();
    await page.locator("form").getByText(words).waitFor();
  }
  await address.fill(GOOD_HOOK);
  for (const event of await page.getByRole("group").getByRole("checkbox").all()) await event.uncheck();
  await create.click();
  await page.getByText("Choose at least one event.").waitFor();
  await page.getByLabel("new activities").check();
  await create.click();
  assert.match(await page.getByLabel("The secret of the webhook", { exact: true }).last().inputValue(), /^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Works. The receiver agreed").waitFor();
  await address.fill(BAD_HOOK);
  await create.click();
  await page.getByRole("button", { name: "Done" }).click();
  const bad = page.locator(".lines li").filter({ hasText: BAD_HOOK });
  await bad.getByText("Responded with 503 to the challenge.").waitFor();
  await bad.getByRole("button", { name: /^Test/ }).click();
  await page.getByText("The test failed").waitFor();
  await bad.getByRole("button", { name: /^Delete/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete webhook" }).click();
  await bad.waitFor({ state: "detached" });

  await api("POST", "/activities", { token, json: { activity_type: "run", started_at: "2026-05-04T08:00:00Z", duration_secs: 60 } });
  const log = page.getByRole("dialog");
  await page.getByRole("button", { name: /^Deliveries/ }).click();
  const delivered = log.getByText(/^Delivered on .*, answered 200$/);
  while (!(await delivered.count())) {
    await log.getByRole("button", { name: "Refresh" }).click();
    await log.locator(".stack").waitFor();
  }
  await log.getByRole("button", { name: /^Post again/ }).click();
  await page.getByText("The event is posted again.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Change/ }).click();
  await page.getByRole("dialog").getByLabel("Enabled").uncheck();
  await page.getByRole("dialog").getByLabel("deleted activities").check();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("Disabled since").waitFor();
  await page.getByText("new activities, deleted activities").waitFor();
}

async function garmin(page) {
  await page.getByRole("link", { name: "Connections" }).click();
  const card = page.locator("section.card").filter({ hasText: "Garmin Connect" });
  await card.getByRole("button", { name: "Connect", exact: true }).click();
  await card.getByText("Enter the key").waitFor();
  await card.getByLabel("Key").fill("a-wrong-key-of-garmin");
  await card.getByRole("button", { name: "Connect", exact: true }).click();
  await card.locator("input[name=api_key][aria-invalid]").waitFor();
  await card.getByLabel("Key").fill(GARMIN_KEY);
  await card.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByText("Garmin is connected.").waitFor();
  await card.getByRole("button", { name: "Sync now" }).click();
  await page.getByText("Syncing…").first().waitFor();
  await card.getByText("1 activity received. Your history is complete.").waitFor();
  await card.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await card.getByLabel("Key").waitFor();
}

async function linking(page) {
  logsInNext(HOSTILE[0]);
  const proof = page.getByRole("dialog");
  await page.getByRole("button", { name: "Link", exact: true }).click();
  await proof.getByLabel("Password").fill("wrong");
  await proof.getByRole("button", { name: "Link" }).click();
  await proof.getByText("This password is wrong.").waitFor();
  await proof.getByLabel("Password").fill(PASSWORD);
  await proof.getByRole("button", { name: "Link" }).click();
  await page.getByText("Connected.", { exact: true }).waitFor();
  await page.getByText(`${HOSTILE[0]} · ann@elsewhere.example`).waitFor();
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("Single sign-on confirms this link.").waitFor();
  await page.locator(".side").getByRole("button", { name: "Log out" }).click();
  await page.getByRole("link", { name: "Continue with single sign-on" }).click();
  await page.locator(".row").first().waitFor();
  await page.goto(`${API}/#/settings/connections`);
  await page.getByRole("button", { name: "Unlink" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await page.getByRole("button", { name: "Link", exact: true }).waitFor();
}

async function events(page, token) {
  for (const name of HOSTILE.slice(0, 3)) await api("POST", "/me/tokens", { token, json: { name, scopes: ["profile"], password: PASSWORD } });
  for (let tries = 0; tries < 20; tries += 1) {
    await fetch(`${API}/auth/login`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ email: GIL, password: `wrong ${tries}` }) });
  }
  await page.getByRole("link", { name: "Security events" }).click();
  await page.getByText("Failed login: password").first().waitFor();
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByText("Email address confirmed").waitFor();
  await page.getByText("Login linked: single sign-on").waitFor();
  for (const name of HOSTILE.slice(0, 3)) await page.getByText(name, { exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0);
}
