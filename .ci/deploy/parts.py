"""Helpers for checks with real programs: running them, waiting for them, and Caddy in front of servers."""

import contextlib
import http.client
import json
import os
import ssl
import subprocess
import sys
import time

from cluster import free_port

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TOOLS = sys.argv[1]


def say(text):
    print(text, flush=True)


def require(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")
    say(f"  ok: {what}")


@contextlib.contextmanager
def running(folder, name, *arguments, **options):
    """Runs one of the tools until the block ends. Its output goes to FOLDER/NAME.log."""
    with open(os.path.join(folder, name + ".log"), "ab") as log:
        process = subprocess.Popen([os.path.join(TOOLS, "usr/bin", name), *arguments], stdout=log, stderr=log, **options)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def eventually(what, holds, seconds=30):
    end = time.time() + seconds
    while not holds():
        if time.time() > end:
            sys.exit(f"FAILED: {what}, for {seconds} s")
        time.sleep(0.2)


class Front:
    """Caddy with the repository's Caddyfile on a free port, in front of `servers`."""

    def __init__(self, folder, servers):
        self.folder, self.port = folder, free_port()
        with open(os.path.join(ROOT, "deploy/caddy/Caddyfile"), encoding="utf-8") as file:
            # Free ports instead of 80 and 2020.
            text = file.read().replace("\tadmin off\n", f"\tadmin off\n\thttp_port {free_port()}\n", 1)
        self.file = os.path.join(folder, "Caddyfile")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text.replace("127.0.0.1:2020", f"127.0.0.1:{free_port()}"))
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder,
            "SPORTS_LOG_DOMAIN": f"localhost:{self.port}", "SPORTS_LOG_TLS": "internal",
            "SPORTS_LOG_UPSTREAMS": " ".join(server.base.removeprefix("http://") for server in servers),
        }
        self.authority = os.path.join(folder, "caddy/pki/authorities/local/root.crt")

    def run(self):
        return running(self.folder, "caddy", "run", "--config", self.file, "--adapter", "caddyfile", env=self.environment)

    def connect(self, address="127.0.0.1"):
        context = ssl.create_default_context(cafile=self.authority)
        return http.client.HTTPSConnection("localhost", self.port, timeout=60, context=context, source_address=(address, 0))

    def ask(self, method, path, body=None, token=None, connection=None, address="127.0.0.1", **headers):
        """Returns the status and the JSON of the answer."""
        connection = connection or self.connect(address)
        headers = {"Content-Type": "application/json"} | headers
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if answer.headers.get_content_type() == "application/json" else text

    def curl(self, *arguments):
        command = ["curl", "--silent", "--cacert", self.authority, "--output", "/dev/null", "--path-as-is", *arguments[:-1]]
        return subprocess.check_output([*command, f"https://localhost:{self.port}{arguments[-1]}"], text=True)
