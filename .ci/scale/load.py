"""Clients that use the servers until they are stopped, retry what failed, and record what was acknowledged."""

import http.client
import threading
import time

from databases import PEOPLE

PAUSE = 0.03


class Load:
    """Use as a context manager. Each thread has its own connection to `front`."""

    def __init__(self, front, token):
        self.front, self.token = front, token
        self.stopping = threading.Event()
        # Names of activities and addresses of users, and whether they were acknowledged.
        self.activities, self.mails = {}, {}
        # Time and kind of successful requests; time, kind, status and answer of failed ones.
        self.answered, self.failed = [], []
        work = [self.post_named, self.post_named, self.post_keyed, self.post_keyed, self.read, self.read, self.register]
        self.threads = [threading.Thread(target=run, args=(number,)) for number, run in enumerate(work)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def until_acknowledged(self, connection, expected, kind, *request, **headers):
        """Sends the same request until it succeeds. Returns the connection, and whether it was acknowledged."""
        while True:
            try:
                status, answer = self.front.ask(*request, connection=connection, **headers)
            except (OSError, http.client.HTTPException) as error:
                status, answer = 0, repr(error)
                connection = self.front.connect()
            if status in expected:
                self.answered.append((time.time(), kind))
                return connection, True
            self.failed.append((time.time(), kind, status, answer))
            if self.stopping.is_set():
                return connection, False
            time.sleep(0.1)

    def post(self, number, named):
        connection = self.front.connect()
        count = 0
        while not self.stopping.is_set():
            name = f"{number}-{count}"
            count += 1
            body = {"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60, "notes": name}
            headers = {} if named else {"Idempotency-Key": name}
            if named:
                body["external_id"] = name
            self.activities[name] = False
            connection, acknowledged = self.until_acknowledged(
                connection, (200, 201), "POST", "POST", "/activities", body, self.token(1 + number % PEOPLE), **headers)
            self.activities[name] = acknowledged
            time.sleep(PAUSE)

    def post_named(self, number):
        self.post(number, named=True)

    def post_keyed(self, number):
        self.post(number, named=False)

    def read(self, number):
        connection = self.front.connect()
        while not self.stopping.is_set():
            for path in ("/me", "/activities?limit=20"):
                connection, _ = self.until_acknowledged(connection, (200,), "GET", "GET", path, None, self.token(1 + number % PEOPLE))
            time.sleep(PAUSE)

    def register(self, number):
        """Registers accounts. Each acknowledged registration must get a mail."""
        connection = self.front.connect()
        count = 0
        while not self.stopping.is_set():
            email = f"new-{number}-{count}@example.com"
            count += 1
            self.mails[email] = False
            body = {"email": email, "password": "seven silver swans"}
            connection, acknowledged = self.until_acknowledged(connection, (202,), "register", "POST", "/auth/register", body)
            self.mails[email] = acknowledged
            time.sleep(0.5)

    def silence(self, kind):
        """Returns the longest time without an answer to this kind of request, in seconds."""
        times = sorted(time for time, answered in self.answered if answered == kind)
        return max((later - earlier for earlier, later in zip(times, times[1:])), default=float("inf"))
