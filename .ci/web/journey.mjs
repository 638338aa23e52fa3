// From nothing to a log and back to nothing, as somebody does who has only the address.

import assert from "node:assert/strict";
import { inviting } from "./inviting.mjs";
import { API, HOSTILE, PASSWORD, device, gpx, logIn, mail } from "./lib.mjs";

const ANN = "ann@example.com";
/** Without quotes, which browsers encode in the names of files. */
const HOSTILE_NAME = "<img src=x onerror=alert(1)> {{0}}";

/** A file as a form takes it. */
const file = (name, text) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });

export async function journey(browser) {
  const page = await device(browser);
  await register(page);
  await first(page);
  await importing(page);
  await hostile(page);
  await finding(page);
  await sharing(page);
  await undo(page);
  await settings(page);
  await inviting(page, browser);
  await german(page);
  await leaving(page);
  await page.context().close();
  return "register, confirm, log, import, find, share, delete and undo, settings, an invitation, German, export, leave";
}

async function register(page) {
  await page.goto(API);
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Email address").fill("no address");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.locator("input[name=email][aria-invalid]").waitFor();
  await page.getByLabel("Email address").fill(ANN);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("Name").fill("Ann");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await page.getByRole("link", { name: "Log in" }).click();
  await logIn(page, ANN);
  await page.getByText("do not match").waitFor();
  const link = /https?:\/\/\S+verify-email#token=[\w-]+/.exec(await mail("verify_email", ANN))[0];
  await page.goto(link);
  await page.getByRole("button", { name: "Confirm my address" }).click();
  await page.getByRole("link", { name: "Open your log" }).click();
  await page.getByRole("heading", { name: "Welcome, Ann" }).waitFor();
  assert.equal(await page.locator(".steps > li").count(), 3);
  // The refresh token is where no script reads it, and the access token nowhere that stays.
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
  assert.doesNotMatch(kept, /eyJ|refresh/);
  await page.getByRole("button", { name: "Use Europe/Rome" }).click();
  await page.getByText("Saved.").waitFor();
}

async function first(page) {
  await page.locator(".steps").getByRole("link", { name: "New activity" }).click();
  await page.getByRole("button", { name: "Swim" }).click();
  await page.getByLabel("Duration").fill("soon");
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByText("Enter a duration").waitFor();
  await page.getByLabel("Duration").fill("32:10");
  await page.getByLabel("Distance").fill("1.5");
  await page.getByLabel("Title").fill("Lake, cold");
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByRole("heading", { name: "Lake, cold" }).waitFor();
  await page.getByText("1.50 km").waitFor();
  await page.getByText("2:09 /100 m").waitFor();
  await page.goto(`${API}/#/new`);
  await page.getByRole("button", { name: "Strength training" }).click();
  await page.getByLabel("Duration").fill("1h");
  await page.getByRole("button", { name: "Add a set" }).click();
  await page.getByLabel("Exercise 1").fill("bench press");
  await page.getByLabel("Reps 1").fill("8");
  await page.getByLabel("Weight (kg) 1").fill("62.5");
  await page.getByRole("button", { name: "Add a set" }).click();
  await page.getByRole("button", { name: "Save activity" }).click();
  await page.getByRole("cell", { name: "62.5 kg" }).first().waitFor();
  assert.equal(await page.locator("tbody tr").count(), 2);
}

async function importing(page) {
  await page.getByRole("link", { name: "Import" }).click();
  const choosing = page.waitForEvent("filechooser");
  await page.locator(".drop").click();
  const files = [
    file("morning.gpx", gpx("Morning run")),
    file("holiday.jpg", "\u00ff\u00d8\u00ff no picture either"),
    file(`${HOSTILE_NAME}.gpx`, gpx(HOSTILE[1], { start: "2026-04-20T06:00:00Z", minutes: 50 })),
    file("empty.fit", ""),
  ];
  await (await choosing).setFiles(files);
  await page.getByRole("heading", { name: "Import finished" }).waitFor();
  await page.getByText("2 new activities").waitFor();
  const refused = page.locator(".outcome.refused");
  assert.ok((await refused.count()) >= 1);
  await refused.first().getByText("Not imported").waitFor();
  await refused.first().locator(".reason").first().waitFor();
  await page.getByText(`${HOSTILE_NAME}.gpx`, { exact: true }).waitFor();
  // Once more, by dropping it on another page: it is there already.
  await page.getByRole("link", { name: "Show the log" }).click();
  await page.getByRole("heading", { name: "Log" }).waitFor();
  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "again.gpx"));
    return transfer;
  }, gpx("Morning run"));
  await page.dispatchEvent("main", "drop", { dataTransfer: dropped });
  await page.getByText("1 already there").waitFor();
  await page.getByRole("link", { name: "Already in the log" }).click();
  await page.getByRole("heading", { name: "Morning run" }).waitFor();
  for (const alt of ["Route and elevation", "Heart rate, pace and power over time"]) {
    const picture = page.getByAltText(alt);
    await picture.waitFor();
    assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 100)), alt);
  }
}

/** Texts that would do something as markup are texts. */
async function hostile(page) {
  for (const text of HOSTILE) {
    await page.goto(`${API}/#/new`);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByLabel("Duration").fill("20");
    await page.getByLabel("Title").fill(text);
    await page.getByLabel("Notes").fill(text);
    await page.getByRole("button", { name: "Save activity" }).click();
    await page.locator("article h1").waitFor();
    assert.equal(await page.locator("h1").textContent(), text);
    assert.equal(await page.locator(".notes").textContent(), text);
  }
  await page.goto(`${API}/#/`);
  await page.locator(".row").first().waitFor();
  const titles = await page.locator(".row .title").allTextContents();
  for (const text of HOSTILE) assert.ok(titles.includes(text), text);
  assert.doesNotMatch(await page.title(), /owned/);
  assert.equal(await page.locator("main img, main script").count(), 0);
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(width[0] <= width[1], `the page is ${width[0]} px wide`);
}

async function finding(page) {
  await page.keyboard.press("/");
  await page.keyboard.type("morning");
  await page.waitForFunction(() => document.querySelectorAll(".row").length === 1);
  await page.locator("input[type=search]").fill("nothing like this");
  await page.getByText("No activities found.").waitFor();
  await page.locator("input[type=search]").fill("");
  await page.getByLabel("Sport").selectOption("swim");
  await page.waitForFunction(() => document.querySelectorAll(".row").length === 1);
  await page.reload();
  await page.getByText("Lake, cold").waitFor();
  assert.equal(await page.locator(".row").count(), 1);
  await page.getByLabel("Sport").selectOption("");
  await page.getByLabel("Order").selectOption("-distance_meters");
  await page.waitForFunction(() => document.querySelectorAll(".row").length > 5);
  await page.locator("h1").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.locator("article h1").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("Escape");
  // Going back closes a dialog, too.
  await page.keyboard.press("?");
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await page.getByRole("heading", { name: "New activity" }).waitFor();
}

async function sharing(page) {
  await page.goto(`${API}/#/?q=morning`);
  await page.getByText("Morning run").click();
  await page.getByLabel("More", { exact: true }).click();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByLabel("The whole route").check();
  await page.getByRole("button", { name: "Create a link" }).click();
  const proof = page.getByRole("dialog").last();
  await proof.getByLabel("Password").fill("wrong");
  await proof.getByRole("button", { name: "Create a link" }).click();
  await proof.getByText("This password is wrong.").waitFor();
  await proof.getByLabel("Password").fill(PASSWORD);
  await proof.getByRole("button", { name: "Create a link" }).click();
  const link = await page.getByLabel("Link", { exact: true }).inputValue();
  const picture = await fetch(link);
  assert.equal(picture.status, 200);
  assert.match(picture.headers.get("content-type"), /svg/);
  await page.getByRole("button", { name: "Done" }).click();
  for (const [name, ending] of [["GPX", ".gpx"], ["original", ".gpx"]]) {
    const download = page.waitForEvent("download");
    await page.getByLabel("More", { exact: true }).click();
    await page.getByRole("button", { name: new RegExp(name) }).click();
    assert.ok((await download).suggestedFilename().endsWith(ending), (await download).suggestedFilename());
  }
}

async function undo(page) {
  await page.getByLabel("More", { exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Log" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "Morning run" }).waitFor();
  await page.getByLabel("More", { exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Log" }).waitFor();
  // After a reload it stays deleted, and the server hears of it when the time to undo it has passed.
  const sent = page.waitForResponse((response) => response.request().method() === "DELETE", { timeout: 20_000 });
  await page.reload();
  await page.locator(".row").first().waitFor();
  await page.locator("input[type=search]").fill("morning");
  await page.getByText("No activities found.").waitFor();
  await sent;
}

async function settings(page) {
  await page.goto(`${API}/#/settings`);
  await page.getByLabel("Units").selectOption("imperial");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.goto(`${API}/#/?q=lake`);
  await page.getByText("0.93 mi").waitFor();
  await page.goto(`${API}/#/settings/privacy`);
  await page.getByLabel("Latitude").fill("47.3");
  await page.getByLabel("Longitude").fill("200");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator(".form-fault:not(:empty), [aria-invalid]").first().waitFor();
  await page.getByLabel("Longitude").fill("8.5");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("47.3, 8.5").waitFor();
  await page.goto(`${API}/#/settings/tokens`);
  await page.getByLabel("Name").fill(HOSTILE[0]);
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByRole("dialog").getByLabel("Password").fill(PASSWORD);
  await page.getByRole("dialog").getByRole("button", { name: "Create token" }).click();
  await page.getByRole("heading", { name: "Your new token" }).waitFor();
  const token = await page.getByLabel("Your new token", { exact: true }).last().inputValue();
  assert.equal((await fetch(`${API}/activities`, { headers: { Authorization: `Bearer ${token}` } })).status, 200);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText(HOSTILE[0]).waitFor();
  await page.goto(`${API}/#/settings/shares`);
  // Its activity is gone, and so is the share.
  await page.getByText("You share nothing").waitFor();
}

async function german(page) {
  await page.goto(`${API}/#/settings`);
  await page.getByLabel("Units").selectOption("metric");
  await page.getByLabel("Language").selectOption("de");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Profil" }).waitFor();
  await page.getByRole("link", { name: "Tagebuch" }).click();
  await page.getByText("1,50 km", { exact: true }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  // Pages that are loaded when they are opened bring their own sentences.
  await page.getByRole("link", { name: "Jahr" }).click();
  await page.getByText("Weiteste Strecke").first().waitFor();
  await page.getByRole("link", { name: "Einstellungen" }).click();
  await page.getByLabel("Sprache").selectOption("en");
  await page.getByRole("button", { name: "Speichern" }).click();
  await page.getByRole("heading", { name: "Profile" }).waitFor();
}

async function leaving(page) {
  await page.goto(`${API}/#/settings/account`);
  await page.getByRole("button", { name: "Create an export" }).click();
  const proof = page.getByRole("dialog");
  await proof.getByLabel("Password").fill(PASSWORD);
  await proof.getByRole("button", { name: "Create an export" }).click();
  const download = page.waitForEvent("download", { timeout: 20_000 });
  await page.getByRole("button", { name: "Download" }).click({ timeout: 20_000 });
  assert.equal((await download).suggestedFilename(), "sports-log-export.zip");
  await page.getByLabel("New password").fill("password");
  await page.getByRole("button", { name: "Change password" }).click();
  await proof.getByLabel("Password").fill(PASSWORD);
  await proof.getByRole("button", { name: "Change password" }).click();
  await page.locator("input[name=new_password][aria-invalid]").waitFor();
  await page.getByLabel("New password").fill("eleven orange owls");
  await page.getByRole("button", { name: "Change password" }).click();
  await proof.getByLabel("Password").fill(PASSWORD);
  await proof.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password was changed.").waitFor();
  // The new session is one that a reload finds again.
  await page.reload();
  await page.getByRole("button", { name: "Delete the account" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await proof.getByLabel("Password").fill("eleven orange owls");
  await proof.getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  await logIn(page, ANN, "eleven orange owls");
  await page.getByText("do not match").waitFor();
}
