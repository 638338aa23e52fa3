/**
 * A small but complete sync client for sports-log. It keeps a copy of the log that works offline.
 *
 *     node built/sync.js COPY.json                     synchronise the copy with the server
 *     node built/sync.js COPY.json add run 1800        add an activity; it is sent when the server can be reached
 *
 * SPORTS_LOG_API is the server's URL. SPORTS_LOG_TOKEN is a personal access token (`POST /me/tokens`) with
 * activities:read and activities:write; the access token of a login would expire after minutes. `api.d.ts` is generated
 * from `sports-log openapi`.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Activity = components["schemas"]["ListedActivity"];
type NewActivity = components["schemas"]["NewActivity"];
type Failure = components["schemas"]["ApiError"];

const client = createClient<paths>({
  baseUrl: process.env.SPORTS_LOG_API ?? "http://localhost:3000",
  headers: { Authorization: `Bearer ${process.env.SPORTS_LOG_TOKEN}` },
  // Retries after network errors and when the server asks for it: every request of this client may safely be sent
  // twice, because writes have an idempotency key.
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

/** The server did not answer after several attempts. */
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

/** The namespace of our external ids. Every app needs its own. */
const SOURCE = "sync.ts";

interface Sending {
  key: string;
  activities: NewActivity[];
}

/**
 * The local state, in one file that is replaced as a whole: activities by id, unsent activities, the batch that is
 * being sent, and the position in the change feed.
 */
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

  /** Stores a new activity until the server has accepted it. */
  add(activity_type: string, duration_secs: number): void {
    const now = new Date();
    this.unsent.push({
      activity_type, duration_secs, source: SOURCE, external_id: randomUUID(), started_at: now.toISOString(),
      utc_offset_minutes: -now.getTimezoneOffset(),
    });
    this.save();
  }

  /**
   * Sends unsent activities, 1 000 at a time. Reports and drops those that the server refuses.
   *
   * The batch and its key are stored before they are sent. If the answer is lost, the same batch is sent again, and the
   * server, which keeps the key for 30 days, gives the same answer. After that, `on_existing=keep` preserves changes
   * that were made to the activities meanwhile.
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
   * Applies the changes since the last pull, or starts again if the position is too old. Activities are complete, so
   * each replaces the one in the copy.
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
