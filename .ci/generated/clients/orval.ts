/** The client that orval generates. */
import assert from "node:assert/strict";
import {
  createActivity, createActivityBatch, createImport, getImport, getRoutePng, listActivities, listActivityChanges, login,
} from "./generated.js";
import { assertPng, email, passed, password, until, upload } from "./steps.js";

const session = await login({ email, password });
assert(session.status === 200);
const options = { headers: { Authorization: `Bearer ${session.data.token}` } };
passed("log in");

const run = { activity_type: "run", started_at: "2026-05-04T08:00:00+02:00", duration_secs: 1800, source: "orval" };
const created = await createActivity({ ...run, external_id: "1", notes: "windy" }, options);
assert(created.status === 201 && "notes" in created.data && created.data.notes === "windy");
const { id } = created.data;
passed("create");

const list = await listActivities({ source: "orval", sort: "-distance_meters" }, options);
assert(list.status === 200);
assert.deepEqual(list.data.activities.map((one) => one.id), [id]);
passed("list");

const activities = [{ ...run, external_id: "2" }, { ...run, external_id: "3", activity_type: "Not a type" }];
const batch = await createActivityBatch({ activities }, { on_existing: "keep" }, options);
assert(batch.status === 200);
const [kept, refused] = batch.data.results;
assert(kept?.status === "created" && kept.revision > 0);
assert(refused?.status === "error" && refused.code === "validation_failed");
passed("batch");

const feed = await listActivityChanges({ limit: 500 }, options);
assert(feed.status === 200);
assert(feed.data.changes.some((change) => change.type === "changed" && change.activity.id === id));
passed("feed");

const begun = await createImport({ file: upload }, undefined, options);
assert(begun.status === 202);
const imported = await until(async () => {
  const answer = await getImport(begun.data.id, undefined, options);
  assert(answer.status === 200);
  return answer.data.files[0]?.activity_ids[0];
});
passed("upload");

const picture = await getRoutePng(imported, { width: 200, theme: "dark" }, options);
assert(picture.status === 200);
await assertPng(picture.data);
passed("PNG");
