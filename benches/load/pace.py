"""GET one activity at a fixed rate, however long the answers take, and pgbench's reads of the same rows."""

import glob
import os
import random
import subprocess
import tempfile

from load import run_pgbench
from server import target


def build(root):
    manifest = os.path.join(root, "benches", "load", "pace", "Cargo.toml")
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--manifest-path", manifest,
                    "--target-dir", target(root)], check=True)


def paced(server, size, rate, seconds):
    """Returns p50 and p99 in ms of GET /activities/{id}, for random activities, at `rate` requests per second."""
    path = os.path.join(server.folder, "requests")
    with open(path, "w", encoding="ascii") as file:
        for _ in range(20_000):
            number = random.randint(1, size.activities)
            user = 1 if number <= size.large else 2 + number % (size.users - 1)
            file.write(f"/activities/00000000-0000-4000-9000-{number:012x} {server.token(user)}\n")
    program = os.path.join(target(server.root), "release", "pace")
    output = subprocess.check_output([program, f"127.0.0.1:{server.port}", str(rate), str(seconds), path], text=True)
    p50, p99, _ = map(float, output.split())
    return {"p50": p50, "p99": p99}


def paced_pgbench(database, size, rate, seconds):
    """Returns p99 in ms of pgbench's reads. Its connections are new, so their first second does not count."""
    with tempfile.TemporaryDirectory(dir=database.folder) as folder:
        prefix = os.path.join(folder, "log")
        run_pgbench(database, "one", size, seconds + 1, "--rate", str(rate), "--log", f"--log-prefix={prefix}")
        transactions = sorted(transaction for log in glob.glob(prefix + "*") for transaction in timed(log))
    first = transactions[0][0]
    latencies = sorted(latency for due, latency in transactions if due >= first + 1)
    return latencies[len(latencies) * 99 // 100] * 1e3


def timed(log):
    """Yields when each transaction was due, and its latency since then, in seconds: see pgbench(1), per-transaction logging."""
    with open(log, encoding="ascii") as file:
        for line in file:
            _, _, latency, _, seconds, micros, *_ = map(int, line.split())
            yield seconds + micros / 1e6 - latency / 1e6, latency / 1e6
