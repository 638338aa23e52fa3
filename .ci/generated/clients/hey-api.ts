/** The client that @hey-api/openapi-ts generates. */
import assert from "node:assert/strict";
import { client } from "./generated/client.gen.js";
import {
  createActivity, createActivityBatch, createImport, getImport, getRoutePng, listActivities, listActivityChanges, login,
} from "./generated/sdk.gen.js";
import { api, assertPng, email, passed, password, until, upload } from "./steps.js";

client.setConfig({ baseUrl: api, throwOnError: true });
const session = await login({ body: { email, password }, throwOnError: true });
client.setConfig({ auth: session.data.token });
passed("log in");

const run = { activity_type: "run", started_at: "2026-05-04T08:00:00+02:00", duration_secs: 1800, source: "hey-api" };
const created = await createActivity({ body: { ...run, external_id: "1", notes: "windy" }, throwOnError: true });
assert("notes" in created.data && created.data.notes === "windy");
const { id } = created.data;
passed("create");

const list = await listActivities({ query: { source: "hey-api", sort: "-distance_meters" }, throwOnError: true });
assert.deepEqual(list.data.activities.map((one) => one.id), [id]);
passed("list");

const activities = [{ ...run, external_id: "2" }, { ...run, external_id: "3", activity_type: "Not a type" }];
const batch = await createActivityBatch({ body: { activities }, query: { on_existing: "keep" }, throwOnError: true });
const [kept, refused] = batch.data.results;
assert(kept?.status === "created" && kept.revision > 0);
assert(refused?.status === "error" && refused.code === "validation_failed");
passed("batch");

const feed = await listActivityChanges({ query: { limit: 500 }, throwOnError: true });
assert(feed.data.changes.some((change) => change.type === "changed" && change.activity.id === id));
passed("feed");

const begun = await createImport({ body: { file: upload }, throwOnError: true });
const imported = await until(async () => {
  const { data } = await getImport({ path: { id: begun.data.id }, throwOnError: true });
  return data.files[0]?.activity_ids[0];
});
passed("upload");

const picture = await getRoutePng({ path: { id: imported }, query: { width: 200, theme: "dark" }, throwOnError: true });
await assertPng(picture.data);
passed("PNG");
