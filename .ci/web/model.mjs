// Two devices with one log, in random schedules: both change it, alone and at the same time, lose requests and
// answers, are offline for long, are killed, and have to start their copies over. In the end nothing is lost,
// nothing is doubled, and both have what the server has.
//
//     SPORTS_LOG_SCHEDULES=1000 bash .ci/web/run model      more of them; SPORTS_LOG_SEED=7 repeats one

import assert from "node:assert/strict";
import { API, account, api, device, logIn, watch } from "./lib.mjs";

const SCHEDULES = Number(process.env.SPORTS_LOG_SCHEDULES ?? 25);
const STEPS = 14;
const FIELDS = ["title", "distance_meters"];

/** A generator of numbers from 0 to 1 (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

export async function model(browser) {
  const begin = Number(process.env.SPORTS_LOG_SEED ?? Math.floor(Math.random() * 1e6));
  const email = `ana.${begin}@example.com`;
  const token = await account(email, "Ana");
  const devices = [await open(browser, email, "A"), await open(browser, email, "B")];
  const counts = { writes: 0, kills: 0, faults: 0, disputes: 0, resyncs: 0 };
  for (let seed = begin; seed < begin + (process.env.SPORTS_LOG_SEED ? 1 : SCHEDULES); seed += 1) {
    const trace = [];
    try {
      await schedule({ devices, token, random: random(seed), counts, trace });
    } catch (error) {
      console.error(`seed ${seed}\n${trace.join("\n")}`);
      throw error;
    }
  }
  await Promise.all(devices.map(({ page }) => page.context().close()));
  const said = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return `${SCHEDULES} schedules from seed ${begin}, ${said.join(", ")}: nothing lost, nothing doubled`;
}

async function open(browser, email, name) {
  const page = await device(browser);
  await page.goto(`${API}/#/waiting`);
  await logIn(page, email);
  await page.getByRole("heading", { name: "Unsent changes" }).waitFor();
  const one = { name, page, fault: null };
  await faulty(one);
  return one;
}

/** Lets requests for activities meet what `fault` says. */
const faulty = (one) =>
  one.page.route(/\/activities(\/|\?|$)/, async (route) => {
    const request = route.request();
    const kind = one.fault?.(request) ?? "none";
    try {
      if (kind === "none") return await route.continue();
      if (kind === "cut") return await route.abort("connectionreset");
      if (kind === "busy") return await route.fulfill({ status: 503, json: { error: "busy", code: "busy", request_id: "x" } });
      if (kind === "resync") return await route.fulfill({ status: 410, json: { error: "resync", code: "resync_required", request_id: "x" } });
      // The server forgets keys after 30 days.
      const { "idempotency-key": key, ...headers } = request.headers();
      const late = kind === "late" ? { headers } : {};
      const response = await route.fetch(late);
      // The server has done it, and the answer is lost.
      if (kind === "lost" || one.random() < 0.5) return await route.abort("connectionreset");
      return await route.fulfill({ response });
    } catch {
      // The page was killed meanwhile.
    }
  });

const FAULTS = ["none", "none", "none", "cut", "lost", "late", "busy"];

async function schedule({ devices, token, random, counts, trace }) {
  const any = (list) => list[Math.floor(random() * list.length)];
  /** What must be there in the end, by external id: the values of each field that nothing has replaced. */
  const log = new Map();
  let last = Math.floor(random() * 1e9);
  const value = (field) => (field === "distance_meters" ? (last += 1) % 1e8 : `${field} ${(last += 1)}`);

  const mood = (one) => {
    one.random = random;
    const kind = any(["good", "away", "away", "poor"]);
    trace.push(`${one.name} is ${kind}`);
    one.fault = (request) => {
      const isPull = request.url().includes("/changes");
      if (kind !== "good") counts.faults += 1;
      if (kind === "away") return "cut";
      if (isPull && kind === "poor" && !one.isChanging && random() < 0.1) return (counts.resyncs += 1), "resync";
      return kind === "good" ? "none" : isPull ? any(["none", "cut", "busy"]) : any(FAULTS);
    };
  };

  /** Begins a change, which may be killed. Gives what the device showed before, and what it shows now. */
  const change = async (one, target, work, argument) => {
    counts.writes += 1;
    one.isChanging = true;
    // A copy that starts over does not show whether a change that was killed has happened.
    const isKilled = random() < 0.12 && (await one.page.evaluate(whole));
    const before = await one.page.evaluate(work, argument);
    trace.push(`${one.name} ${work.name} ${JSON.stringify(argument)}${isKilled ? ", killed" : ""}`);
    if (isKilled) {
      counts.kills += 1;
      await new Promise((wake) => setTimeout(wake, random() * 40));
      await reopen(one);
    } else await one.page.evaluate(() => globalThis.pending);
    one.isChanging = false;
    const now = (await one.page.evaluate(shown)).find((activity) => activity.external_id === target);
    return { before, now, isKilled };
  };

  const add = async (one) => {
    const made = crypto.randomUUID();
    const values = Object.fromEntries(FIELDS.map((field) => [field, value(field)]));
    const { isKilled, now } = await change(one, made, create, { id: made, values });
    log.set(made, isKilled && !now ? null : entry(values));
  };
  // Both know two activities before they are on their own.
  for (const one of devices) await add(one);
  await Promise.all(devices.map(({ page }) => page.evaluate(synced)));
  devices.forEach(mood);
  for (let step = 0; step < STEPS; step += 1) {
    const one = any(devices);
    if (random() < 0.25) mood(one);
    const targets = (await one.page.evaluate(shown)).filter((activity) => log.get(activity.external_id)).slice(-3);
    const { id, external_id: target } = (targets.length > 0 && any(targets)) || {};
    const act = any(["create", "edit", "edit", "edit", "edit", "edit", "delete", "undo", "decide"]);
    if (act === "decide") await decide(one, { log, random, counts, trace });
    else if (act === "create" || !target) await add(one);
    else if (act === "edit") {
      const field = any(FIELDS);
      const next = value(field);
      const { before, now, isKilled } = await change(one, target, edit, { id, field, value: next });
      // What was killed may not have happened; what another device deleted meanwhile cannot be edited.
      if (isKilled ? now?.[field] !== next : before === undefined) continue;
      log.get(target).heads[field].delete(before);
      log.get(target).heads[field].add(next);
    } else {
      const { before, now, isKilled } = await change(one, target, act === "undo" ? undo : remove, id);
      if (before && (isKilled ? !now : act === "delete")) log.get(target).deletes.push({ by: one, seen: [before] });
    }
    if (random() < 0.3) await new Promise((wake) => setTimeout(wake, random() * 150));
  }
  await settled({ devices, token, log, random, counts, trace });
}

/** What is expected of an activity: of each field the values that nothing has replaced, and who has deleted it. */
const entry = (activity) => ({ heads: Object.fromEntries(FIELDS.map((field) => [field, new Set([activity[field]])])), deletes: [] });

async function reopen(one) {
  const context = one.page.context();
  await one.page.close({ runBeforeUnload: false });
  one.page = await context.newPage();
  watch(one.page);
  await faulty(one);
  await one.page.goto(`${API}/#/waiting`);
  await one.page.getByRole("heading", { name: "Unsent changes" }).waitFor();
}

/** Decides all disputes of a device, at random. */
async function decide(one, { log, random, counts, trace }) {
  for (const write of (await one.page.evaluate(waiting)).filter((write) => write.theirs !== undefined)) {
    counts.disputes += 1;
    const isMine = random() < 0.5;
    const known = log.get(write.base.external_id);
    trace.push(`${one.name} decides for ${isMine ? "mine" : "theirs"}: ${JSON.stringify(write)}`);
    const again = await one.page.evaluate(resolve, { write, isMine });
    const mine = Object.entries(write.set ?? {});
    if (write.isGone) {
      const own = known.deletes.find((gone) => gone.by === one);
      if (isMine) own.seen.push(write.theirs);
      else known.deletes.splice(known.deletes.indexOf(own), 1);
      continue;
    }
    for (const [field, value] of mine) {
      const other = write.theirs?.[field];
      const isOwn = [value, write.base[field], ...(write.tried?.[field] ?? [])].includes(other);
      const isAsked = write.theirs === null || !isOwn;
      if (!isAsked) continue;
      known.heads[field].delete(isMine && write.theirs ? other : value);
      // Mine may have been on the server before, if its answer was lost.
      if (isMine && write.theirs) known.heads[field].add(value);
    }
    if (again) log.set(again, entry({ ...write.base, ...write.set }));
  }
}

/** Both devices are online until nothing waits; then everything is as it must be. */
async function settled({ devices, token, log, random, counts, trace }) {
  trace.push("all is well again");
  for (const one of devices) one.fault = null;
  const end = Date.now() + 30_000;
  for (;;) {
    for (const one of devices) await decide(one, { log, random, counts, trace });
    const left = await Promise.all(devices.map(({ page }) => page.evaluate(synced)));
    if (left.every((count) => count === 0)) break;
    assert.ok(Date.now() < end, `writes that are still not sent: ${left}`);
  }
  const server = await logOf(token);
  const isCurrent = (copy) => copy.length === server.size && copy.every(({ id, revision }) => server.get(id)?.revision === revision);
  let copies = [];
  do {
    await Promise.all(devices.map(({ page }) => page.evaluate(synced)));
    copies = await Promise.all(devices.map(({ page }) => page.evaluate(shown)));
  } while (!copies.every(isCurrent) && Date.now() < end);
  for (const copy of copies) assert.deepEqual(new Map(copy.map((activity) => [activity.id, activity])), server, "a copy differs");
  for (const [id, expected] of log) {
    everLogged.add(id);
    const found = [...server.values()].filter((activity) => activity.external_id === id);
    assert.ok(found.length <= (expected ? 1 : 0), `${id} is there ${found.length} times`);
    const { heads = {}, deletes = [] } = expected ?? {};
    const isSeen = (field, value) => deletes.some(({ seen }) => seen.some((version) => version[field] === value));
    for (const [field, values] of Object.entries(heads)) {
      if (found.length === 1) assert.deepEqual([...values], [found[0][field]], `${field} of ${id}`);
      else assert.ok(deletes.length > 0 && [...values].every((value) => isSeen(field, value)), `${id} is lost, with ${[...values]}`);
    }
    if (found.length === 1) assert.equal(deletes.length, 0, `${id} was deleted`);
  }
  for (const { external_id: id } of server.values()) assert.ok(everLogged.has(id), `nobody logged ${id}`);
}

/** What the server has, by id. */
async function logOf(token) {
  const all = new Map();
  for (let cursor = ""; cursor !== null; ) {
    const page = await api("GET", `/activities?limit=100&include=sets${cursor && `&cursor=${cursor}`}`, { token });
    for (const activity of page.activities) all.set(activity.id, activity);
    cursor = page.next_cursor;
  }
  return all;
}

/** Of all schedules. */
const everLogged = new Set();

// What runs in the pages, on the modules that the pages themselves use.

const shown = async () => (await import(`${location.origin}/app/data/shown.js`)).all().map(({ waiting, ...activity }) => activity);

const whole = async () => (await import(`${location.origin}/app/data/copy.js`)).isComplete();

const waiting = async () => (await import(`${location.origin}/app/data/copy.js`)).waiting();

const create = async ({ id, values }) => {
  const { create } = await import(`${location.origin}/app/data/writes.js`);
  const body = { activity_type: "run", started_at: "2026-05-04T08:00:00+02:00", duration_secs: 600, ...values };
  globalThis.pending = create(body, id);
};

const edit = async ({ id, field, value }) => {
  const [{ find }, { change }] = await Promise.all(["shown", "writes"].map((name) => import(`${location.origin}/app/data/${name}.js`)));
  const activity = find(id);
  globalThis.pending = activity && change(activity, { [field]: value });
  return activity?.[field];
};

const undo = async (id) => {
  const [{ find }, { remove }] = await Promise.all(["shown", "writes"].map((name) => import(`${location.origin}/app/data/${name}.js`)));
  const activity = find(id);
  globalThis.pending = activity && remove(activity).then(({ undo }) => undo());
  return activity;
};

/** Without the seconds in which it can be undone. */
const remove = async (id) => {
  const [{ find }, { remove }, { commit }, { push }] = await Promise.all(["shown", "writes", "copy", "push"].map((name) => import(`${location.origin}/app/data/${name}.js`)));
  const hurry = async ({ writes }) => {
    const write = await writes.get(id);
    if (write) writes.put({ ...write, notBefore: 0 });
  };
  const activity = find(id);
  globalThis.pending = activity && remove(activity).then(() => commit(hurry)).then(push).catch(() => {});
  return activity;
};

/** Decides a dispute; the external id of the activity that is logged again, if one is. */
const resolve = async ({ write, isMine }) => {
  const [{ settle, insist, discard }, { clashes, missing }, { named }] = await Promise.all(["disputes", "merge", "shown"].map((name) => import(`${location.origin}/app/data/${name}.js`)));
  if (write.isGone || write.theirs === null) {
    const { id } = (await (isMine ? insist : discard)(write)) ?? {};
    return isMine && !write.isGone ? named(id).external_id : undefined;
  }
  const asked = clashes(write, write.theirs);
  const kept = Object.entries(write.set).filter(([name]) => isMine || !asked.includes(name));
  await settle(write, missing(Object.fromEntries(kept), write.theirs));
};

/** Syncs at once; how many writes wait, and are not disputed. */
const synced = async () => {
  const [{ push }, { nudge }, { waiting, isComplete }] = await Promise.all(["push", "sync", "copy"].map((name) => import(`${location.origin}/app/data/${name}.js`)));
  await push().catch(() => {});
  nudge();
  await new Promise((wake) => setTimeout(wake, 100));
  const refused = waiting().filter(({ refusal }) => refusal);
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
  return waiting().length + (isComplete() ? 0 : 1);
};
