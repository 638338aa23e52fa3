#!/usr/bin/env python3
"""A complete small sync client for sports-log: a copy of the log that works offline.

    sync.py COPY.json                     make the copy level with the server
    sync.py COPY.json add run 1800        add an activity to the copy; it reaches the server when it can

SPORTS_LOG_API is where the server is, SPORTS_LOG_TOKEN an access token. Python 3.9 or later, nothing else.
"""

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


def request(method, path, body=None, tries=5):
    """The answer as JSON. Waits and tries again when the server or the network asks for it: everything that is
    sent here may come twice without harm."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {os.environ['SPORTS_LOG_TOKEN']}", "Content-Type": "application/json"}
    for attempt in range(1, tries + 1):
        try:
            with urllib.request.urlopen(urllib.request.Request(API + path, data, headers, method=method)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or attempt == tries:
                raise Refused(error.code, json.load(error)) from None
            time.sleep(float(error.headers.get("Retry-After", 2**attempt)))
        except urllib.error.URLError:
            if attempt == tries:
                raise
            time.sleep(2**attempt)


class Copy:
    """Activities by id, what is not sent yet, and how far the feed was read: one file, replaced as a whole."""

    def __init__(self, path):
        self.path = path
        self.state = {"activities": {}, "unsent": [], "since": None}
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
        """Keeps the activity until the server has it. Its name makes sending it twice harmless."""
        self.state["unsent"].append({
            "activity_type": activity_type, "duration_secs": duration_secs, "external_id": str(uuid.uuid4()),
            "started_at": datetime.now(timezone.utc).isoformat()})
        self.save()

    def push(self):
        """Sends what is unsent, 1 000 at a time. What the server cannot take is said and dropped."""
        while self.state["unsent"]:
            batch = self.state["unsent"][:1000]
            results = request("POST", "/activities/batch", {"activities": batch})["results"]
            for activity, result in zip(batch, results):
                if result["status"] == "error":
                    print(f"not kept: {activity}: {result['error']}", file=sys.stderr)
            del self.state["unsent"][:len(batch)]
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
    except urllib.error.URLError as error:
        raise SystemExit(f"offline ({error.reason}); {len(copy.state['unsent'])} to be sent") from None
    print(f"{len(copy.state['activities'])} activities")


if __name__ == "__main__":
    main()
