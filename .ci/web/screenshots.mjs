// See screenshots: every page, in both themes, on a phone and a desktop.

import { API, account, device, logIn, startBrowser } from "./lib.mjs";
import { doors, fill, rooms } from "./pages.mjs";
import { startServices } from "./services.mjs";

const [into, only = ""] = process.argv.slice(2);
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const [DAN, EMPTY] = ["dan@example.com", "eve@example.com"];

const [browser, stopServices] = await Promise.all([startBrowser(), startServices()]);
const ids = await fill(await account(DAN, "Dan"), 400);
await account(EMPTY, "Eve");
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await device(browser, { viewport, colorScheme, reducedMotion: "reduce" });
    await page.addInitScript(`globalThis.checkedEmail = "${DAN}"`);
    const take = async ([name, open]) => {
      await open(page);
      if (!name.includes(only)) return;
      const hasDialog = (await page.locator("dialog[open]").count()) > 0;
      const isLong = name === "log" || hasDialog;
      await page.screenshot({ path: `${into}/${name}-${size}-${colorScheme}.png`, fullPage: !isLong });
    };
    for (const door of doors) await take(door);
    await page.goto(`${API}/#/`);
    await logIn(page, DAN);
    await page.locator(".row").first().waitFor();
    for (const room of rooms(ids)) await take(room);
    await page.keyboard.press("Escape");
    await page.goto(`${API}/#/settings`);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.goto(`${API}/#/`);
    await logIn(page, EMPTY);
    await take(["empty", () => page.locator(".steps").waitFor()]);
    await page.context().close();
  }
}
await browser.close();
stopServices();
