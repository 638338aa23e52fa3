// axe-core over every page, in both themes, on a phone and a desktop; and none is wider than its window.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { API, account, device, logIn } from "./lib.mjs";
import { doors, fill, rooms } from "./pages.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const DAN = "dan@example.com";
const EMPTY = "eve@example.com";
const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 800 }];

async function violations(page) {
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
}

export async function accessible(browser) {
  const ids = await fill(await account(DAN, "Dan"), 30);
  await account(EMPTY, "Eve");
  let count = 0;
  const faults = [];
  for (const viewport of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await device(browser, { viewport, colorScheme, reducedMotion: "reduce" });
      await page.addInitScript({ path: AXE });
      await page.addInitScript(`globalThis.checkedEmail = "${DAN}"`);
      const check = async ([name, open]) => {
        await open(page);
        count += 1;
        const what = `${name}, ${colorScheme}, ${viewport.width} px`;
        faults.push(...(await violations(page)).map((text) => `${what}: ${text}`));
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > viewport.width) faults.push(`${what}: ${width} px wide`);
      };
      for (const door of doors) await check(door);
      await page.goto(`${API}/#/`);
      await logIn(page, DAN);
      await page.locator(".row").first().waitFor();
      for (const room of rooms(ids)) await check(room);
      await page.keyboard.press("Escape");
      await page.goto(`${API}/#/settings`);
      await page.getByRole("button", { name: "Log out" }).click();
      await page.goto(`${API}/#/`);
      await logIn(page, EMPTY);
      await check(["empty", () => page.locator(".steps").waitFor()]);
      await page.context().close();
    }
  }
  assert.deepEqual(faults, []);
  return `0 violations on ${count} views, none wider than its window`;
}
