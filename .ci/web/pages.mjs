// Every page, how it is reached, and a log that is not easy to show.

import { API, HOSTILE, PASSWORD, api, gpx } from "./lib.mjs";
import { BAD_HOOK, GOOD_HOOK } from "./services.mjs";

const LONG = "The longest title that anybody may give to an activity, written without much thought for those who have to find a place for it on a telephone, and which ends only where it must".padEnd(200, "!");
const NOTES = `Up the hill before breakfast, along the river and back.\n\nLegs: fine. Weather: ${"very ".repeat(30)}windy.\nhttps://example.com/${"a-long-address/".repeat(12)}`;
const SPORTS = ["run", "cycle", "swim", "lift", "walk", "my_own_sport_of_32_letters_at_mo", "backcountry_ski", "yoga"];
const DAY = 86_400_000;

/** A deterministic log: some recorded, most not. Gives the ids of those that are looked at. */
export async function fill(token, count) {
  const begin = Date.parse("2026-05-20T07:30:00Z");
  const activities = Array.from({ length: count }, (_, at) => ({
    activity_type: SPORTS[at % SPORTS.length],
    started_at: new Date(begin - at * 1.7 * DAY).toISOString(),
    duration_secs: [1800, 5400, 2412, 3600, 360_000, 59, 14_400, 2700][at % 8],
    distance_meters: [5000.5, 42_195, 1500, null, 99_999_000, 0.4, 12_345, null][at % 8],
    title: at % 3 === 0 ? null : at % 3 === 1 ? HOSTILE[at % HOSTILE.length] : `Session ${at}`,
  }));
  for (let from = 0; from < count; from += 1000) {
    await api("POST", "/activities/batch", { token, json: { activities: activities.slice(from, from + 1000) } });
  }
  const ugly = await api("POST", "/activities", { token, json: {
    activity_type: "trail_run", started_at: "2026-05-21T04:05:06+05:45", duration_secs: 31_622_400, distance_meters: 100_000_000,
    title: LONG, notes: NOTES, elevation_gain_meters: 1_000_000, elevation_loss_meters: 999_999, avg_heart_rate: 300, max_heart_rate: 300,
    calories: 1_000_000, avg_power_watts: 10_000, avg_cadence: 1000, elapsed_secs: 31_622_400, moving_secs: 31_622_399,
    device: "W".repeat(120), sport_raw: "TRAIL_RUNNING",
    laps: Array.from({ length: 12 }, (_, at) => ({ distance_meters: 1000 + at, duration_secs: 300 + at * 7, avg_heart_rate: 140 + at })),
  } });
  const lift = await api("POST", "/activities", { token, json: {
    activity_type: "lift", started_at: "2026-05-22T18:00:00+02:00", duration_secs: 3300, title: "Push day",
    sets: ["bench press", "bench press", "overhead press with a very long name of its own", "dips"].map((exercise, at) => ({ exercise, reps: 8 - at, weight_kg: 62.5 + at, rpe: 8.5, rest_secs: 120 })),
  } });
  const [route, poles] = await imported(token, {
    "morning.gpx": gpx("Morning run", { start: "2026-05-23T06:00:00Z", minutes: 40 }),
    "poles.gpx": gpx("Nearly at the pole", { start: "2026-05-10T06:00:00Z", minutes: 20, latitude: 89.9, longitude: 179.98 }),
    "notes.txt": "this is no activity",
    [`${HOSTILE[0]}${"-long".repeat(30)}.fit`]: "nor this",
  });
  // The same run from an app.
  await api("POST", "/activities", { token, json: { activity_type: "run", started_at: "2026-05-23T06:00:10Z", duration_secs: 2400, calories: 410, source: "my-watch-app", external_id: "7", title: "From the watch" } });
  await follow(token);
  return { ugly: ugly.id, lift: lift.id, route, poles };
}

/** Goals and webhooks, some beyond measure. */
async function follow(token) {
  const goals = [
    { metric: "distance", period: "year", target: 1_500_000 },
    { metric: "duration", period: "month", target: 36_000, activity_type: "run" },
    { metric: "activities", period: "week", target: 4 },
    { metric: "elevation", period: "year", target: 1e12, activity_type: "my_own_sport_of_32_letters_at_mo" },
  ];
  for (const json of goals) await api("POST", "/me/goals", { token, json });
  const urls = [GOOD_HOOK, BAD_HOOK, `http://127.0.0.1:9/${"a-long-path/".repeat(30)}`];
  for (const url of urls) await api("POST", "/me/webhooks", { token, json: { url } });
  const now = new Date().toISOString();
  const sets = HOSTILE.map((text) => ({ exercise: text.replaceAll("\u0007", "").slice(0, 100), reps: 5, weight_kg: 40 }));
  await api("POST", "/activities", { token, json: { activity_type: "lift", started_at: now, duration_secs: 2400, sets } });
}

/** Imports files; the ids of what became of those that could be read, in their order. */
async function imported(token, files) {
  const form = new FormData();
  for (const [name, text] of Object.entries(files)) form.append("file", new Blob([text]), name);
  const { id } = await api("POST", "/imports", { token, form });
  for (;;) {
    const state = await api("GET", `/imports/${id}`, { token });
    if (state.status === "done") return state.files.flatMap((file) => file.activity_ids);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** Opens an address and waits for what makes it whole. */
const at = (hash, whole) => async (page) => {
  // A page that is open already shows another place by itself.
  await page.evaluate((hash) => {
    document.querySelector("dialog")?.close();
    if (location.hash !== hash) document.querySelector("main > *")?.classList.add("before");
  }, hash);
  await page.goto(`${API}/${hash}`);
  await page.locator(".before").waitFor({ state: "detached" });
  await page.locator(whole).first().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
};

/** What everybody sees. */
export const doors = [
  ["log-in", at("#/", "input[name=password]")],
  ["register", at("#/register", "input[name=display_name]")],
  ["join", at("#/join?token=x", "input[name=display_name]")],
  ["code", at("#/code", "input[name=identifier]")],
  ["forgot", at("#/forgot", "input[name=email]")],
];

/** What somebody sees who is logged in, of the log that `fill` made. */
export const rooms = (ids) => [
  ["log", at("#/", ".row")],
  ["log-found", at("#/?q=session&sort=-distance_meters", ".row")],
  ["log-nothing", at("#/?q=nothing+like+this", ".nothing")],
  ["activity", at(`#/activities/${ids.route}`, ".picture img")],
  ["activity-menu", async (page) => {
    await at(`#/activities/${ids.route}`, ".picture img")(page);
    await page.locator(".menu summary").click();
  }],
  ["activity-share", async (page) => {
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["activity-ugly", at(`#/activities/${ids.ugly}`, "article")],
  ["activity-sets", at(`#/activities/${ids.lift}`, "article")],
  ["activity-poles", at(`#/activities/${ids.poles}`, ".picture img")],
  ["activity-gone", at("#/activities/00000000-0000-4000-8000-000000000000", "h1")],
  ["edit", at(`#/activities/${ids.ugly}/edit`, "form")],
  ["edit-sets", at(`#/activities/${ids.lift}/edit`, "form")],
  ["conflict", async (page) => {
    await at(`#/activities/${ids.lift}/edit`, "form")(page);
    const token = await tokenOf(page);
    await api("PUT", `/activities/${ids.lift}`, { token, json: { title: `Push day, ${Math.random()}`, notes: NOTES } });
    await page.getByLabel("Title").fill("Push day, heavy");
    await page.getByLabel("Notes").fill("new bench");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["waiting", at("#/waiting", ".lines .fault")],
  ["waiting-discard", async (page) => {
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["waiting-none", async (page) => {
    await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
    await page.locator(".nothing").waitFor();
  }],
  ["new", at("#/new", "form")],
  ["new-sets", async (page) => {
    await at("#/new", "form")(page);
    await page.getByRole("button", { name: "Strength training" }).click();
    await page.locator(".as-last").click();
    await page.getByRole("button", { name: "Save activity" }).click();
    await page.locator(".fault:not(:empty)").first().waitFor();
  }],
  ["import", at("#/import", ".spread a")],
  ["import-done", async (page) => {
    await at("#/import", ".spread a")(page);
    await page.locator(".spread a").first().click();
    await page.locator(".outcome").first().waitFor();
  }],
  ["year", at("#/year", ".picture img")],
  ["year-full", async (page) => {
    await at("#/year/2026?by=distance", ".picture img")(page);
    await page.evaluate(() => document.querySelectorAll("main details").forEach((one) => (one.open = true)));
  }],
  ["year-goal", async (page) => {
    await page.getByRole("button", { name: /^Change the goal/ }).first().click();
    await page.getByRole("dialog").waitFor();
  }],
  ["webhook-log", async (page) => {
    await at("#/settings/webhooks", ".lines li")(page);
    await page.getByRole("button", { name: /^Deliveries/ }).last().click();
    await page.getByRole("dialog").waitFor();
  }],
  ...["profile", "privacy", "shares", "connections", "devices", "security", "tokens", "invitations", "webhooks", "account"].map((one) => [`settings-${one}`, at(`#/settings/${one}`, ".content")]),
  ["leaving", async (page) => {
    await page.getByRole("button", { name: "Delete the account" }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["keys", async (page) => {
    await at("#/", ".row")(page);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  }],
];

/** A token beside the page, which keeps its own to itself. */
async function tokenOf(page) {
  const email = await page.evaluate(() => globalThis.checkedEmail);
  return (await api("POST", "/auth/login", { json: { email, password: PASSWORD } })).token;
}
