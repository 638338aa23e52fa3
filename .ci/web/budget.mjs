// How much a browser has to fetch before anything is shown.

import assert from "node:assert/strict";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { API, device } from "./lib.mjs";

const SHELL_BYTES = 80_000;

export async function budget(browser) {
  const page = await device(browser);
  const files = new Map();
  page.on("response", async (response) => {
    const { pathname } = new URL(response.url());
    if (pathname === "/" || pathname.startsWith("/app/")) files.set(pathname, await response.body());
  });
  await page.goto(API, { waitUntil: "networkidle" });
  await page.context().close();
  const all = [...files.values()];
  const zipped = all.reduce((sum, body) => sum + gzipSync(body).length, 0);
  const brotli = all.reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
  assert.ok(files.size > 30, [...files.keys()].join(" "));
  assert.ok(zipped <= SHELL_BYTES, `the shell has ${zipped} bytes`);
  return `the shell is ${files.size} files of ${zipped} bytes by gzip (${brotli} by brotli), ${SHELL_BYTES} at most`;
}
