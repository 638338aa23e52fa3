"""wrk against the server, and pgbench against its PostgreSQL."""

import os
import re
import shutil
import subprocess
import time

from workloads import WORKLOADS, script

CONNECTIONS = 32
# As many as the server has, so that a lack of connections does not lower the limit.
PGBENCH_CLIENTS = 16


def need(program):
    if not shutil.which(program):
        raise SystemExit(f"{program} is missing: install the package of that name")


def wrk(server, name, size, seconds, connections=CONNECTIONS):
    """Returns requests per second, latencies in ms, and the server's CPU time in µs per request."""
    lua = os.path.join(server.folder, "load.lua")
    with open(lua, "w", encoding="ascii") as file:
        file.write(script(name, size, server.tokens(size.users)))
    before = server.cpu_seconds()
    output = run_wrk(server.base, connections, seconds, "-s", lua)
    cpu = server.cpu_seconds() - before
    requests = int(re.search(r"(\d+) requests in", output)[1])
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), "cpu": cpu / requests * 1e6,
            "p50": percentile(output, 50), "p99": percentile(output, 99)}


def run_wrk(url, connections, seconds, *arguments):
    """Returns wrk's report. Any answer other than 2xx or 3xx ends the run."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", *arguments, url]
    output = subprocess.check_output(command, text=True)
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    return output


def percentile(output, number):
    value, unit = re.search(rf"{number}%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def pgbench(database, name, size, seconds):
    """Returns transactions per second of the same statement, prepared, on as many connections as the server has, and the CPU time
    in µs that pgbench and PostgreSQL together spend on one."""
    started, before = time.monotonic(), machine_cpu_seconds()
    output = run_pgbench(database, name, size, seconds)
    busy_cores = (machine_cpu_seconds() - before) / (time.monotonic() - started)
    rate = float(re.search(r"tps = ([\d.]+)", output)[1])
    return {"pgbench": rate, "pgbench_cpu": busy_cores / rate * 1e6}


def machine_cpu_seconds():
    """Returns the CPU time of all processes and interrupts: see proc(5), /proc/stat."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _iowait, irq, softirq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def run_pgbench(database, name, size, seconds, *arguments):
    """Returns pgbench's report. Its failure ends the run."""
    path = os.path.join(database.folder, "load.sql")
    with open(path, "w", encoding="ascii") as file:
        file.write(WORKLOADS[name].sql + "\n")
    variables = ("activities", "users", "large")
    given = [option for variable in variables for option in ("-D", f"{variable}={getattr(size, variable)}")]
    done = subprocess.run(
        [database.pgbench, "-n", "-M", "prepared", "-c", str(PGBENCH_CLIENTS), "-j", "1", "-T", str(seconds), *given, *arguments,
         "-f", path, database.url], text=True, capture_output=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stdout
