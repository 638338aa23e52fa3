// A folder that is dropped, and an upload that takes its time: its bytes are seen, and it can be stopped.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { API, account, api, device, gpx, logIn } from "./lib.mjs";

const HAL = "hal@example.com";
const BYTES = 3_000_000;
const BYTES_A_SECOND = 1_000_000;

export async function uploads(browser) {
  const token = await account(HAL, "Hal");
  const page = await device(browser);
  await page.goto(API);
  await logIn(page, HAL);
  await page.locator(".steps").waitFor();
  const devtools = await page.context().newCDPSession(page);
  await folder(page, devtools);
  await slow(page, devtools, token);
  await page.context().close();
  return "files of a dropped folder were imported, but hidden ones; bytes of an upload were seen, and it was stopped";
}

async function folder(page, devtools) {
  const place = await mkdtemp(join(tmpdir(), "sports-log-folder-"));
  try {
    await mkdir(join(place, "runs", "2026"), { recursive: true });
    await writeFile(join(place, "runs", "first.gpx"), gpx("In the folder"));
    await writeFile(join(place, "runs", "2026", "second.gpx"), gpx("In the inner folder", { start: "2026-05-07T16:00:00Z" }));
    await writeFile(join(place, "runs", ".hidden.gpx"), gpx("Hidden", { start: "2026-05-08T16:00:00Z" }));
    const data = { items: [], files: [join(place, "runs")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) await devtools.send("Input.dispatchDragEvent", { type, x: 200, y: 300, data });
    await page.getByRole("heading", { name: "Import finished" }).waitFor();
  } finally {
    await rm(place, { recursive: true });
  }
  await page.getByText("2 new activities").waitFor();
  assert.deepEqual((await page.locator(".file-name").allTextContents()).sort(), ["first.gpx", "second.gpx"]);
}

async function slow(page, devtools, token) {
  const limit = (uploadThroughput) => devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  const choose = async () => {
    const choosing = page.waitForEvent("filechooser");
    await page.locator(".drop").click();
    await (await choosing).setFiles([{ name: "large.fit", mimeType: "application/octet-stream", buffer: randomBytes(BYTES) }]);
  };
  const before = (await api("GET", "/imports", { token })).imports.length;
  await limit(BYTES_A_SECOND);
  await choose();
  await page.getByText(/^\d[\d.]* [kM]B of 3\.0 MB$/).waitFor();
  const bar = page.getByRole("progressbar", { name: "Uploading 1 file…" });
  assert.ok((await bar.evaluate(({ value, max }) => value / max)) < 1);
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Earlier imports").waitFor();
  await choose();
  await page.getByText(/^\d[\d.]* [kM]B of 3\.0 MB$/).waitFor();
  await limit(-1);
  await page.getByText("1 refused").waitFor();
  const all = (await api("GET", "/imports", { token })).imports.filter(({ status }) => status !== "receiving");
  assert.equal(all.length, before + 1);
}
