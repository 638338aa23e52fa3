"""The requests that are measured, and the statements that the server runs for them.

The statements are those that PostgreSQL logs for the server (`log_min_duration_statement = 0`), with expressions instead
of parameters."""

from dataclasses import dataclass

from sizes import Size

USER = "('00000000-0000-4000-8000-' || lpad(to_hex(:u::int), 12, '0'))::uuid"
ACTIVITY = "('00000000-0000-4000-9000-' || lpad(to_hex(:n::int), 12, '0'))::uuid"
# The check that is part of every statement. The id of a session is that of its user (seed.sql).
SESSION = ("users INNER JOIN sessions ON sessions.user_id = users.id "
           f"WHERE sessions.id = {USER} AND users.id = {USER} AND users.token_version = 0")
OWN = f"activities.user_id = ANY(SELECT users.id FROM {SESSION})"

DETAILS = ["distance_meters", "calories", "notes", "external_id", "title", "elapsed_secs", "moving_secs", "elevation_gain_meters",
           "elevation_loss_meters", "avg_heart_rate", "max_heart_rate", "avg_power_watts", "avg_cadence", "utc_offset_minutes",
           "device", "sport_raw", "laps", "sets", "device_data"]
SUMMARY = ["id", "activity_type", "started_at", "duration_secs", "distance_meters", "calories", "notes", "source", *DETAILS[3:16],
           "parent_id", "revision", "created_at", "updated_at"]
WHOLE = [*SUMMARY, "laps", "sets", "device_data", "merged"]

ANY_ROW = "\\set n random(1, :activities)\n\\set u case when :n <= :large then 1 else 2 + mod(:n, :users - 1) end\n"
# The first user is only used for walks.
ANY_USER = "\\set u random(2, :users)\n"


def columns(names):
    return ", ".join(f"activities.{name}" for name in names)


@dataclass
class Workload:
    title: str
    """Lua: the request of one draw. `n` is an activity, `u` its user."""
    request: str
    """The statement that the server runs for the request, if it runs one."""
    sql: str = None
    """Aims: the least ratio to pgbench's rate, and the most CPU time of the server, in µs per request and as a share of what pgbench
    and PostgreSQL spend on the statement."""
    ratio: float = None
    cpu: int = None
    share: float = None


WORKLOADS = {
    "empty": Workload("GET /healthz, which asks nobody", 'wrk.format("GET", "/healthz")'),
    "one": Workload(
        "GET /activities/{id}",
        'wrk.format("GET", string.format("/activities/00000000-0000-4000-9000-%012x", n), auth(u))',
        ANY_ROW + f"SELECT {columns(WHOLE)} FROM activities WHERE activities.id = {ACTIVITY} AND {OWN} LIMIT 1;", 0.80, 40,
        # The aim of 40 µs is from a machine where pgbench made 28 000 to 31 000 such reads per second on two cores: 40 / 71.
        0.56),
    "list": Workload(
        "GET /activities, 20 items",
        'wrk.format("GET", "/activities?limit=20", auth(u))',
        ANY_USER + f"SELECT {columns(SUMMARY)} FROM activities WHERE {OWN} AND activities.merged_into IS NULL "
        "ORDER BY activities.started_at DESC, activities.id DESC LIMIT 21;", 0.65),
    "me": Workload(
        "GET /me",
        'wrk.format("GET", "/me", auth(u))',
        ANY_USER + "SELECT users.id, users.email, users.created_at, profiles.display_name, profiles.preferred_units, "
        "profiles.time_zone, profiles.phone_number, profiles.phone_verified, profiles.preferences, profiles.updated_at "
        f"FROM profiles, {SESSION} AND profiles.user_id = users.id LIMIT 1;"),
    "create": Workload(
        "POST /activities",
        'wrk.format("POST", "/activities", auth(u), body)',
        ANY_USER + f"INSERT INTO activities (user_id, activity_type, started_at, duration_secs, source, {', '.join(DETAILS)}) "
        f"SELECT users.id, 'run', '2026-05-04T08:00:00Z'::timestamptz, 1800, 'manual', 5000.5, {', '.join(['NULL'] * 18)} "
        f"FROM {SESSION} RETURNING {columns(WHOLE)};", 0.60),
}

LUA = """
local tokens = {}
for line in io.lines("%(tokens)s") do tokens[#tokens + 1] = line end
local body = '{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1800,"distance_meters":5000.5}'
local function auth(u)
  return {["Authorization"] = "Bearer " .. tokens[u], ["Content-Type"] = "application/json"}
end
-- Requests are drawn beforehand, so that the load generator does little during the measurement.
local requests, at = {}, 0
function init(args)
  math.randomseed(os.time())
  for i = 1, 20000 do
    local n = math.random(%(first)d, %(activities)d)
    local u = n <= %(large)d and 1 or 2 + n %% (%(users)d - 1)
    requests[i] = %(request)s
  end
end
function request()
  at = at %% #requests + 1
  return requests[at]
end
"""


def script(name, size: Size, tokens):
    """Returns the script that wrk runs."""
    # Lists and writes leave out the first user. Point reads use all users.
    first = 1 if name == "one" else size.large + 1
    return LUA % {"tokens": tokens, "first": first, "activities": size.activities, "large": size.large, "users": size.users,
                  "request": WORKLOADS[name].request}
