// All checks, or those that are named, one after the other; each says what it has seen. The first that fails ends
// them.

import assert from "node:assert/strict";
import { accessible } from "./accessible.mjs";
import { budget } from "./budget.mjs";
import { connected } from "./connected.mjs";
import { failures } from "./failures.mjs";
import { journey } from "./journey.mjs";
import { seen, startBrowser, waitsFor } from "./lib.mjs";
import { model } from "./model.mjs";
import { offline } from "./offline.mjs";
import { plain } from "./plain.mjs";
import { startServices } from "./services.mjs";
import { two } from "./two.mjs";
import { uploads } from "./uploads.mjs";
import { year } from "./year.mjs";

const [browser, stopServices] = await Promise.all([startBrowser(), startServices()]);
try {
  const named = process.argv.slice(2);
  const all = [budget, journey, year, connected, uploads, two, plain, failures, offline, model, accessible];
  for (const check of all.filter(({ name }) => named.length === 0 || named.includes(name))) {
    const start = performance.now();
    const said = await check(browser);
    console.log(`${check.name}, ${Math.round((performance.now() - start) / 100) / 10} s: ${said}`);
    assert.deepEqual(seen.faults, [], "what pages did that they must not");
  }
  console.log(`${seen.requests} requests, of ${seen.operations.size} operations of the document, none elsewhere`);
  assert.ok(named.length > 0 || seen.operations.size > 30, [...seen.operations].join(", "));
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    const text = await page.locator("body").innerText().catch(() => "");
    console.error(`${page.url()}\n${text}\nwaits for ${waitsFor(page).join("\n") || "nothing"}\n`);
  }
  for (const fault of seen.faults) console.error(fault);
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
  stopServices();
}
