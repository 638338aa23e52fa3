/**
 * A complete small sync client for sports-log: a copy of the log that works offline.
 *
 *     node built/sync.js COPY.json                     make the copy level with the server
 *     node built/sync.js COPY.json add run 1800        add an activity; it reaches the server when it can
 *
 * SPORTS_LOG_API is where the server is, SPORTS_LOG_TOKEN a personal access token (`POST /me/tokens`) with
 * activities:read and activities:write: it lasts, where an access token of a login ends after minutes. `api.d.ts`
 * is generated from `sports-log openapi`.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Activity = components["schemas"]["ListedActivity"];
type NewActivity = components["schemas"]["NewActivity"];
type Failure = components["schemas"]["Error"];

const client = createClient<paths>({
  baseUrl: process.env.SPORTS_LOG_API ?? "http://localhost:3000",
  headers: { Authorization: `Bearer ${process.env.SPORTS_LOG_TOKEN}` },
  // Waits and tries again when the server or the network asks for it: everything that is sent here may come twice
  // without harm, what changes something by a key of its own.
  fetch: async (request: Request) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(request.clone(), { signal: AbortSignal.timeout(60_000) }).catch((error: unknown) => {
        if (attempt === 5) throw new Offline(String(error));
      });
      if (answer && (![429, 502, 503, 504].includes(answer.status) || attempt === 5)) return answer;
      const seconds = Number(answer?.headers.get("Retry-After") || 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, (seconds || 2 ** attempt) * 1000));
    }
  },
});

/** No answer, however often it was asked for. */
class Offline extends Error {}

class Refused extends Error {
  constructor(readonly failure: Failure) {
    super(failure.error);
  }
}

function accepted<T>(answer: { data?: T; error?: Failure }): T {
  if (answer.error) throw new Refused(answer.error);
  return answer.data as T;
}

/** The namespace of our external ids: every app has its own. */
const SOURCE = "sync.ts";

interface Sending {
  key: string;
  activities: NewActivity[];
}

/** Activities by id, what is not sent yet, what is being sent, and how far the feed was read: one file, replaced as a whole. */
class Copy {
  private activities: Record<string, Activity> = {};
  private unsent: NewActivity[] = [];
  private sending: Sending | null = null;
  private since: string | undefined;

  constructor(private readonly path: string) {
    if (existsSync(path)) {
      const kept = JSON.parse(readFileSync(path, "utf8"));
      ({ activities: this.activities, unsent: this.unsent, sending: this.sending, since: this.since } = kept);
    }
  }

  get size(): number {
    return Object.keys(this.activities).length;
  }

  private save(): void {
    const { activities, unsent, sending, since } = this;
    writeFileSync(`${this.path}.new`, JSON.stringify({ activities, unsent, sending, since: since ?? null }), { flush: true });
    renameSync(`${this.path}.new`, this.path);
  }

  get waiting(): number {
    return this.unsent.length + (this.sending?.activities.length ?? 0);
  }

  /** Keeps the activity until the server has it. */
  add(activity_type: string, duration_secs: number): void {
    const now = new Date();
    this.unsent.push({
      activity_type, duration_secs, source: SOURCE, external_id: randomUUID(), started_at: now.toISOString(),
      utc_offset_minutes: -now.getTimezoneOffset(),
    });
    this.save();
  }

  /**
   * Sends what is unsent, 1 000 at a time. What the server cannot take is said and dropped.
   *
   * The batch and its key are kept before it is sent: when the answer is lost, the same is sent again, and the
   * server, which knows the key for 30 days, answers the same. After that, `on_existing=keep` leaves alone what
   * happened to the activities meanwhile.
   */
  async push(): Promise<void> {
    while (this.waiting > 0) {
      if (!this.sending) {
        this.sending = { key: randomUUID(), activities: this.unsent.splice(0, 1000) };
        this.save();
      }
      const { key, activities } = this.sending;
      const header = { "Idempotency-Key": key };
      const params = { header, query: { on_existing: "keep" } } as const;
      const { results } = accepted(await client.POST("/activities/batch", { body: { activities }, params }));
      results.forEach((result, index) => {
        if (result.status === "error") console.error("not kept:", activities[index], result.error);
      });
      this.sending = null;
      this.save();
    }
  }

  /**
   * Applies what changed since the last time; after too long, begins again. Activities come whole, so that each
   * replaces what the copy has of it.
   */
  async pull(): Promise<void> {
    for (let more = true; more; ) {
      const include = "laps,sets,device_data";
      const query = { limit: 500, include, ...(this.since ? { since: this.since } : {}) };
      const answer = await client.GET("/activities/changes", { params: { query } });
      if (answer.error && ["resync_required", "invalid_cursor"].includes(answer.error.code)) {
        this.activities = {};
        this.since = undefined;
        continue;
      }
      const page = accepted(answer);
      for (const change of page.changes) {
        if (change.type === "changed") this.activities[change.activity.id] = change.activity;
        else delete this.activities[change.id];
      }
      this.since = page.next;
      this.save();
      more = page.has_more;
    }
  }
}

const [path, command, type, seconds] = process.argv.slice(2);
if (!path || (command && (command !== "add" || !type || !seconds))) {
  throw new Error("usage: sync.js COPY.json [add TYPE SECONDS]");
}
const copy = new Copy(path);
if (type && seconds) copy.add(type, Number(seconds));
try {
  await copy.pull();
  await copy.push();
  await copy.pull();
  console.log(`${copy.size} activities`);
} catch (error) {
  if (!(error instanceof Offline)) throw error;
  console.error(`offline (${error.message}); ${copy.waiting} to be sent`);
  process.exitCode = 1;
}
