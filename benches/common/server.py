"""The server as a process, and tokens for its users. SPORTS_LOG_PROFILE selects another build than the release."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import subprocess
import time
import urllib.request

from cluster import free_port


def target(root):
    """Returns cargo's target folder."""
    return os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target"))


def user_id(number):
    """Returns the id of a user as seed.sql creates it."""
    return f"00000000-0000-4000-8000-{number:012x}"


class Server:
    """`sports-log serve` on loopback. Use as a context manager."""

    @staticmethod
    def build(root):
        subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], check=True, cwd=root)

    def __init__(self, root, folder, database_url, **settings):
        """`settings` override the defaults below. Two servers on one database need the same secrets."""
        self.binary = os.path.join(target(root), os.environ.get("SPORTS_LOG_PROFILE", "release"), "sports-log")
        self.root, self.folder, self.port = root, folder, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.jwt_secret = secrets.token_urlsafe(48)
        self.env = {
            "PATH": os.environ["PATH"],
            # Limits are off, because all load comes from one address.
            "RATE_LIMIT_USER": "off", "RATE_LIMIT_ADDRESS": "off", "AUTH_LIMIT_ADDRESS": "off", "AUTH_LIMIT_IDENTIFIER": "off",
            "MESSAGE_LIMIT_RECIPIENT": "off", "MESSAGE_LIMIT_RECIPIENT_DAY": "off",
            "REGISTRATION": "open",
            "DATABASE_URL": database_url, "BIND_ADDR": f"127.0.0.1:{self.port}",
            "JWT_SECRET": self.jwt_secret, "SERVER_KEY": secrets.token_urlsafe(48), "APP_BASE_URL": self.base,
            # As in production: logs and metrics are on, and memory is returned to the system soon.
            "MIMALLOC_PURGE_DELAY": "10",
            "MAILBOX_DIR": os.path.join(folder, "mailbox"), "LOG_FORMAT": "json",
        } | settings
        self.jwt_secret = self.env["JWT_SECRET"]
        # The program that runs the server, such as valgrind, if there is one.
        self.runner = []

    def __enter__(self):
        self.start()
        return self

    def start(self):
        """Starts the server and waits until it is ready. Sets `ready_after` to the seconds that took."""
        started = time.monotonic()
        log = open(os.path.join(self.folder, f"log-{self.port}"), "ab")
        self.process = subprocess.Popen([*self.runner, self.binary, "serve"], env=self.env, stdout=log, stderr=log)
        for _ in range(3000):
            try:
                urllib.request.urlopen(self.base + "/readyz", timeout=5).read()
                self.ready_after = time.monotonic() - started
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.01)
        raise SystemExit(open(log.name, encoding="utf-8").read())

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Stops the server as systemd would."""
        self.process.terminate()
        self.process.wait(30)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def metrics(self):
        """Returns every series of /metrics with its value."""
        text = urllib.request.urlopen(self.base + "/metrics", timeout=10).read().decode()
        lines = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {series: float(value) for series, value in lines}

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self, field="VmRSS"):
        """Returns the resident memory. With `VmHWM`, its peak since `forget_peak`."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith(field))
        return int(line.split()[1]) / 1024

    def forget_peak(self):
        """Resets the peak of memory: see proc(5), clear_refs."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")

    def connections(self):
        """Returns the number of open connections, as seen by the server."""
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        return sum(1 for row in rows if row[1].endswith(f":{self.port:04X}") and row[3] in ("01", "08"))

    def tokens(self, users):
        """Returns the path of a file with the tokens of the first `users` users, one per line."""
        path = os.path.join(self.folder, f"tokens-{self.port}-{users}")
        if not os.path.exists(path):
            with open(path, "w", encoding="ascii") as file:
                file.writelines(self.token(number) + "\n" for number in range(1, users + 1))
        return path

    def token(self, number):
        """Returns an access token as a login would, for the session that is seeded with the user."""
        encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
        kid = hashlib.sha256(self.jwt_secret.encode()).hexdigest()[:16]
        now = int(time.time())
        claims = {"sub": user_id(number), "sid": user_id(number), "email": f"user{number}@example.com", "ver": 0, "iat": now, "exp": now + 86400}
        parts = [encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT", "kid": kid}, claims)]
        signature = hmac.new(self.jwt_secret.encode(), b".".join(parts), hashlib.sha256).digest()
        return b".".join([*parts, encode(signature)]).decode()
