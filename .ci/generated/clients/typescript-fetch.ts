/** The client that openapi-generator generates for typescript-fetch. */
import assert from "node:assert/strict";
import { ActivitiesApi, Configuration, ImportsApi, LoginApi, PicturesApi } from "./generated/index.js";
import { api, assertPng, email, passed, password, until, upload } from "./steps.js";

const session = await new LoginApi(new Configuration({ basePath: api })).login({ loginCredentials: { email, password } });
const me = new Configuration({ basePath: api, accessToken: session.token });
const log = new ActivitiesApi(me);
passed("log in");

const source = "typescript-fetch";
const run = { activityType: "run", startedAt: new Date("2026-05-04T08:00:00+02:00"), durationSecs: 1800, source };
const created = await log.createActivity({ newActivity: { ...run, externalId: "1", notes: "windy" } });
assert("notes" in created && created.notes === "windy");
const { id } = created;
passed("create");

const list = await log.listActivities({ source, sort: "-distance_meters" });
assert.deepEqual(list.activities.map((one) => one.id), [id]);
passed("list");

const activities = [{ ...run, externalId: "2" }, { ...run, externalId: "3", activityType: "Not a type" }];
const batch = await log.createActivityBatch({ activityBatch: { activities }, onExisting: "keep" });
const [kept, refused] = batch.results;
assert(kept?.status === "created" && kept.revision > 0);
assert(refused?.status === "error" && refused.code === "validation_failed");
passed("batch");

const feed = await log.listActivityChanges({ limit: 500 });
assert(feed.changes.some((change) => change.type === "changed" && change.activity.id === id));
passed("feed");

const imports = new ImportsApi(me);
const begun = await imports.createImport({ file: upload });
const imported = await until(async () => {
  const answer = await imports.getImport({ id: begun.id });
  return answer.files[0]?.activityIds[0];
});
passed("upload");

const picture = await new PicturesApi(me).getRoutePng({ id: imported, width: 200, theme: "dark" });
await assertPng(picture);
passed("PNG");
