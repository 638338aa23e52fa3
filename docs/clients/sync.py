#!/usr/bin/env python3
"""A complete small sync client for sports-log: a copy of the log that works offline.

    sync.py COPY.json                     make the copy level with the server
    sync.py COPY.json add run 1800        add an activity to the copy; it reaches the server when it can

SPORTS_LOG_API is where the server is, SPORTS_LOG_TOKEN a personal access token (`POST /me/tokens`) with
activities:read and activities:write: it lasts, where an access token of a login ends after minutes. Python 3.9 or later, nothing else.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone

API = os.environ.get("SPORTS_LOG_API", "http://localhost:3000")


class Refused(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status, body):
        super().__init__(body.get("error", str(status)))
        self.status, self.code = status, body.get("code")


class Offline(Exception):
    """No answer, however often it was asked for."""


def request(method, path, body=None, key=None, tries=5):
    """The answer as JSON. Waits and tries again when the server or the network asks for it: everything that is
    sent here may come twice without harm, what changes something by the `key` of its own."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {os.environ['SPORTS_LOG_TOKEN']}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    for attempt in range(1, tries + 1):
        try:
            asked = urllib.request.Request(API + path, data, headers, method=method)
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 502, 503, 504) or attempt == tries:
                raise Refused(error.code, explained(error)) from None
            seconds = error.headers.get("Retry-After", "")
            time.sleep(int(seconds) if seconds.isdigit() else 2**attempt)
        # The connection may also break when the answer is on its way.
        except (OSError, http.client.HTTPException) as error:
            if attempt == tries:
                raise Offline(str(error)) from None
            time.sleep(2**attempt)


def explained(error):
    """The body of an error; a proxy's is not ours to read."""
    try:
        return json.load(error)
    except ValueError:
        return {}


class Copy:
    """Activities by id, what is not sent yet, what is being sent, and how far the feed was read: one file,
    replaced as a whole."""

    def __init__(self, path):
        self.path = path
        self.state = {"activities": {}, "unsent": [], "sending": None, "since": None}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.state = json.load(file)

    def save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)

    def add(self, activity_type, duration_secs):
        """Keeps the activity until the server has it."""
        self.state["unsent"].append({
            "activity_type": activity_type, "duration_secs": duration_secs, "external_id": str(uuid.uuid4()),
            "started_at": datetime.now(timezone.utc).isoformat()})
        self.save()

    def push(self):
        """Sends what is unsent, 1 000 at a time. What the server cannot take is said and dropped.

        The batch and its key are kept before it is sent: when the answer is lost, the same is sent again, and
        the server, which knows the key for a day, does not undo what happened to the activities meanwhile."""
        while self.state["sending"] or self.state["unsent"]:
            if not self.state["sending"]:
                unsent = self.state["unsent"]
                self.state["sending"], self.state["unsent"] = {"key": str(uuid.uuid4()), "activities": unsent[:1000]}, unsent[1000:]
                self.save()
            batch = self.state["sending"]["activities"]
            results = request("POST", "/activities/batch", {"activities": batch}, self.state["sending"]["key"])["results"]
            for activity, result in zip(batch, results):
                if result["status"] == "error":
                    print(f"not kept: {activity}: {result['error']}", file=sys.stderr)
            self.state["sending"] = None
            self.save()

    def pull(self):
        """Applies what changed since the last time; after too long, begins again."""
        while True:
            since = f"&since={self.state['since']}" if self.state["since"] else ""
            try:
                page = request("GET", f"/activities/changes?limit=500{since}")
            except Refused as refused:
                if refused.code not in ("resync_required", "invalid_cursor"):
                    raise
                self.state.update(activities={}, since=None)
                continue
            for change in page["changes"]:
                if change["type"] == "changed":
                    self.state["activities"][change["activity"]["id"]] = change["activity"]
                else:
                    self.state["activities"].pop(change["id"], None)
            self.state["since"] = page["next"]
            self.save()
            if not page["has_more"]:
                return


def main():
    if len(sys.argv) not in (2, 5) or (len(sys.argv) == 5 and sys.argv[2] != "add"):
        raise SystemExit(__doc__)
    copy = Copy(sys.argv[1])
    if len(sys.argv) == 5:
        copy.add(sys.argv[3], int(sys.argv[4]))
    try:
        copy.push()
        copy.pull()
    except Offline as error:
        waiting = len(copy.state["unsent"]) + len((copy.state["sending"] or {"activities": []})["activities"])
        raise SystemExit(f"offline ({error}); {waiting} to be sent") from None
    print(f"{len(copy.state['activities'])} activities")


if __name__ == "__main__":
    main()
