/** The client that swagger-typescript-api generates. */
import assert from "node:assert/strict";
import { Api } from "./generated.js";
import { api, assertPng, email, passed, password, until, upload } from "./steps.js";

const client = new Api<string>({
  baseUrl: api,
  securityWorker: (token) => (token ? { headers: { Authorization: `Bearer ${token}` } } : undefined),
});
const session = await client.auth.login({ email, password });
client.setSecurityData(session.data.token);
passed("log in");

const source = "swagger-typescript-api";
const run = { activity_type: "run", started_at: "2026-05-04T08:00:00+02:00", duration_secs: 1800, source };
const created = await client.activities.createActivity({ ...run, external_id: "1", notes: "windy" });
assert("notes" in created.data && created.data.notes === "windy");
const { id } = created.data;
passed("create");

const list = await client.activities.listActivities({ source, sort: "-distance_meters" });
assert.deepEqual(list.data.activities.map((one) => one.id), [id]);
passed("list");

const activities = [{ ...run, external_id: "2" }, { ...run, external_id: "3", activity_type: "Not a type" }];
const batch = await client.activities.createActivityBatch({ activities }, { on_existing: "keep" });
const [kept, refused] = batch.data.results;
assert(kept?.status === "created" && kept.revision > 0);
assert(refused?.status === "error" && refused.code === "validation_failed");
passed("batch");

const feed = await client.activities.listActivityChanges({ limit: 500 });
assert(feed.data.changes.some((change) => change.type === "changed" && change.activity.id === id));
passed("feed");

const begun = await client.imports.createImport({ file: upload });
const imported = await until(async () => {
  const answer = await client.imports.getImport(begun.data.id);
  return answer.data.files[0]?.activity_ids[0];
});
passed("upload");

const picture = await client.activities.getRoutePng(imported, { width: 200 });
await assertPng(picture.data);
passed("PNG");
