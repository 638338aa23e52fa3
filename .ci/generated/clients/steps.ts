/** What the programs share that has nothing to do with the generated client. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const [api = "", email = "", password = "", track = ""] = process.argv.slice(2);

export const upload = new File([readFileSync(track)], "morning.gpx");

/** Prints the name of a step that worked. */
export function passed(step: string): void {
  console.log(step);
}

export async function assertPng(picture: Blob): Promise<void> {
  const signature = Buffer.from(await picture.slice(0, 8).arrayBuffer());
  assert.equal(signature.toString("latin1"), "\x89PNG\r\n\x1a\n");
}

/** Calls `look` until it returns something. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it never came");
}
