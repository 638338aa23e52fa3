// Plain http in a home network: browsers take locks, the clipboard, service workers and more from such pages.

import assert from "node:assert/strict";
import { API, PASSWORD, account, api, device, logIn, seen } from "./lib.mjs";

const IDA = "ida@example.com";
/** A name of this machine that browsers do not trust as they trust localhost. */
const HOME = API.replace("localhost", "log.home.arpa");

export async function plain(browser) {
  const token = await account(IDA, "Ida");
  seen.origins.add(HOME);
  const page = await device(browser);
  await page.goto(`${HOME}/#/new`);
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await logIn(page, IDA);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByLabel("Title").fill("At home");
  await page.getByLabel("Duration").fill("30:00");
  await page.getByLabel("Distance").fill("5");
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByRole("heading", { name: "At home" }).waitFor();
  const { activities: [made] } = await api("GET", "/activities", { token });
  assert.equal(made.title, "At home");
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Notes").fill("by the river");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("by the river").waitFor();

  // A second tab follows, and both are logged in after a token has been renewed.
  const tab = await page.context().newPage();
  await tab.goto(`${HOME}/#/`);
  await tab.getByText("At home").click();
  await tab.getByText("by the river").waitFor();

  await page.goto(`${HOME}/#/settings/tokens`);
  await page.getByLabel("Name").fill("watch");
  await page.getByRole("button", { name: "Create token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Create token" }).click();
  await page.getByRole("heading", { name: "Your new token" }).waitFor();
  await dialog.getByRole("button", { name: "Copy" }).click();
  await page.getByText("Copied.").waitFor();
  const secret = await dialog.getByRole("textbox").inputValue();
  assert.equal(await page.evaluate(() => getSelection()?.toString()), secret);
  await page.context().close();
  return `logged in, created, edited, followed in a second tab and copied at ${HOME}`;
}
