"""GET one at a fixed rate, whatever the answers take."""

import os
import random
import subprocess

from server import target


def build(root):
    manifest = os.path.join(root, "benches", "load", "pace", "Cargo.toml")
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--manifest-path", manifest,
                    "--target-dir", target(root)], check=True)


def paced(server, size, rate, seconds):
    """p50 and p99 in ms of GET /activities/{id}, of random activities, `rate` of them a second."""
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
