/** The README's tour with a client that is generated from the OpenAPI document. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const [mailbox] = process.argv.slice(2);
assert(mailbox, "usage: tour.js MAILBOX");
const baseUrl = process.env.SPORTS_LOG_API ?? "http://localhost:3000";
const anybody = createClient<paths>({ baseUrl });

/**
 * Returns what `pattern` captures in the newest mail of this kind to `recipient`. Waits for the mail, which is written
 * after the answer.
 */
async function mailed(recipient: string, kind: string, pattern: RegExp): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const mails = readdirSync(mailbox!).filter((name) => name.includes(kind) && name.endsWith(".eml"));
    const texts = mails.sort().reverse().map((name) => readFileSync(join(mailbox!, name), "utf8"));
    const found = texts.find((text) => text.includes(recipient))?.match(pattern)?.[1];
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail of ${kind}`);
}

const account = { email: "typescript@example.com", password: "seven silver swans" };
const registered = await anybody.POST("/auth/register", { body: account });
assert.equal(registered.response.status, 202);
const token = await mailed(account.email, "verify_email", /#token=([\w-]{43})/);
const confirmed = await anybody.POST("/auth/verify-email", { body: { token } });
assert.equal(confirmed.data?.user.email, account.email);

const login = await anybody.POST("/auth/login", { body: account });
assert(login.data);
// The access token expires after minutes; a long-running client refreshes it before that.
const refreshed = await anybody.POST("/auth/refresh", { body: { refresh_token: login.data.refresh_token } });
assert(refreshed.data);
const me = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${refreshed.data.token}` } });

const run = { activity_type: "run", started_at: "2026-05-04T08:00:00+02:00", duration_secs: 1800, distance_meters: 5000.5 };
const created = await me.POST("/activities", { body: run, headers: { "Idempotency-Key": "tour" } });
assert.equal(created.response.status, 201);
assert(created.data);
const again = await me.POST("/activities", { body: run, headers: { "Idempotency-Key": "tour" } });
assert.equal(again.data?.id, created.data.id);

const path = { id: created.data.id };
const tag = created.response.headers.get("ETag") ?? "";
const changed = await me.PUT("/activities/{id}", { params: { path, header: { "If-Match": tag } }, body: { notes: "windy" } });
// With a personal access token without activities:read, the answer would only have id and revision.
assert(changed.data && "notes" in changed.data);
assert.equal(changed.data.notes, "windy");
const late = await me.PUT("/activities/{id}", { params: { path, header: { "If-Match": tag } }, body: { notes: "late" } });
assert.equal(late.error?.code, "version_mismatch");

const list = await me.GET("/activities", { params: { query: { activity_type: "run", limit: 5 } } });
assert.equal(list.data?.activities.length, 1);
assert.equal(list.data?.next_cursor, null);

const profile = await me.PUT("/me/profile", { body: { preferred_units: "imperial", display_name: "Ann" } });
assert.equal(profile.data?.profile.preferred_units, "imperial");
assert.equal((await me.DELETE("/activities/{id}", { params: { path } })).response.status, 204);

const request = { identifier: account.email, channel: "email" } as const;
assert((await anybody.POST("/auth/otp/request", { body: request })).data?.message);
const code = await mailed(account.email, "login_code", /^Subject: (\d{6}) is /m);
assert((await anybody.POST("/auth/otp/verify", { body: { identifier: account.email, code } })).data?.token);

const wrong = await me.POST("/activities", { body: { ...run, activity_type: "Run!", duration_secs: -1 } });
assert.deepEqual(wrong.error?.fields?.map((fault) => fault.field), ["activity_type", "duration_secs"]);
console.log("The tour works with a generated TypeScript client.");
