"""The workloads, as wrk sends them and as pgbench runs their statements."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from server import USERS

CONNECTIONS = 32
# As many as the server has: a limit should not be missed for want of connections.
PGBENCH_CLIENTS = 16

OWNER = "('00000000-0000-4000-8000-' || lpad(to_hex(:u::int), 12, '0'))::uuid"
# What the server checks with every statement; the session has the id of its user (seed.sql).
SESSION = f"users u JOIN sessions s ON s.user_id = u.id WHERE s.id = {OWNER} AND u.id = {OWNER} AND u.token_version = 0"
LIVE = f"(SELECT u.id FROM {SESSION})"
ROW = "\\set n random(1, :rows)\n\\set u case when :n <= 100000 then 1 else 2 + mod(:n, 999) end\n"
USER = "\\set u random(2, 1000)\n"
COLUMNS = ("id, activity_type, started_at, duration_secs, distance_meters, calories, notes, source, "
           "external_id, revision, created_at, updated_at")


@dataclass
class Workload:
    title: str
    """Lua: the request of one draw; `n` is an activity, `u` its user."""
    request: str
    """The statement that the server runs for it."""
    sql: str


WORKLOADS = {
    "one": Workload(
        "GET /activities/{id}",
        'wrk.format("GET", string.format("/activities/00000000-0000-4000-9000-%012x", n), auth(u))',
        ROW + f"SELECT {COLUMNS}, device_data FROM activities WHERE id = ('00000000-0000-4000-9000-' || "
        f"lpad(to_hex(:n::int), 12, '0'))::uuid AND user_id = ANY {LIVE};"),
    "list": Workload(
        "GET /activities, 20 items",
        'wrk.format("GET", "/activities?limit=20", auth(u))',
        USER + f"SELECT {COLUMNS} FROM activities WHERE user_id = ANY {LIVE} ORDER BY started_at DESC, id DESC LIMIT 21;"),
    "me": Workload(
        "GET /me",
        'wrk.format("GET", "/me", auth(u))',
        USER + "SELECT u.id, email, u.created_at, display_name, preferred_units, phone_number, phone_verified, preferences, "
        f"p.updated_at FROM profiles p, {SESSION} AND p.user_id = u.id;"),
    "create": Workload(
        "POST /activities",
        'wrk.format("POST", "/activities", auth(u), body)',
        USER + "INSERT INTO activities (user_id, activity_type, started_at, duration_secs, distance_meters, source) "
        f"SELECT u.id, 'run', '2026-05-04T08:00:00Z'::timestamptz, 1800, 5000.5, 'manual' FROM {SESSION} "
        f"RETURNING {COLUMNS}, device_data;"),
}

LUA = """
local tokens = {}
for line in io.lines("%(tokens)s") do tokens[#tokens + 1] = line end
local body = '{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1800,"distance_meters":5000.5}'
local function auth(u)
  return {["Authorization"] = "Bearer " .. tokens[u], ["Content-Type"] = "application/json"}
end
-- Drawn beforehand, so that the load generator does little while it measures.
local requests, at = {}, 0
function init(args)
  math.randomseed(os.time())
  for i = 1, 20000 do
    local n = math.random(%(first)d, %(rows)d)
    local u = n <= 100000 and 1 or 2 + n %% 999
    requests[i] = %(request)s
  end
end
function request()
  at = at %% #requests + 1
  return requests[at]
end
"""


def need(program):
    if not shutil.which(program):
        raise SystemExit(f"{program} is missing: install the package of that name")


def wrk(server, name, options):
    """Requests per second, latencies in ms, the server's CPU in µs per request."""
    tokens, script = (os.path.join(server.folder, file) for file in ("tokens", "load.lua"))
    with open(tokens, "w", encoding="ascii") as file:
        file.writelines(server.token(number) + "\n" for number in range(1, USERS + 1))
    # Lists and writes leave user 1 alone, whose 100 000 are for the walk; points go everywhere.
    first = 1 if name == "one" else 100_001
    with open(script, "w", encoding="ascii") as file:
        file.write(LUA % {"tokens": tokens, "first": first, "rows": options.activities,
                          "request": WORKLOADS[name].request})
    before = server.cpu_seconds()
    output = run_wrk(server.base, CONNECTIONS, options.seconds, "-s", script)
    cpu = server.cpu_seconds() - before
    requests = int(re.search(r"(\d+) requests in", output)[1])
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), "cpu": cpu / requests * 1e6,
            "p50": percentile(output, 50), "p99": percentile(output, 99)}


def run_wrk(url, connections, seconds, *arguments):
    """wrk's report; any answer that is not 2xx or 3xx ends the run."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", *arguments, url]
    output = subprocess.check_output(command, text=True)
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    return output


def percentile(output, number):
    value, unit = re.search(rf"{number}%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def pgbench(cluster, name, options):
    """Transactions per second of the same statement, prepared, on as many connections as the server has."""
    script = os.path.join(cluster.folder, "load.sql")
    with open(script, "w", encoding="ascii") as file:
        file.write(WORKLOADS[name].sql + "\n")
    output = subprocess.check_output(
        [cluster.pgbench, "-n", "-M", "prepared", "-c", str(PGBENCH_CLIENTS), "-j", "1", "-T", str(options.seconds),
         "-D", f"rows={options.activities}", "-f", script, cluster.url], text=True, stderr=subprocess.DEVNULL)
    return float(re.search(r"tps = ([\d.]+)", output)[1])
