#!/usr/bin/env python3
"""A complete small sync client for sports-log: a copy of the log that works offline.

    sync.py COPY.json                           make the copy level with the server
    sync.py COPY.json add run 1800              add an activity; prints the name that it has until it is sent
    sync.py COPY.json edit ID notes "by night"  change a field of an activity
    sync.py COPY.json delete ID                 delete an activity

What is done offline reaches the server when it can. SPORTS_LOG_API is where the server is, SPORTS_LOG_TOKEN a
personal access token (`POST /me/tokens`) with activities:read and activities:write: it lasts, where an access token
of a login ends after minutes. Python 3.9 or later, nothing else.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime

API = os.environ.get("SPORTS_LOG_API", "http://localhost:3000")
# The namespace of our external ids: every app has its own.
SOURCE = "sync.py"


class Refused(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status, body):
        super().__init__(body.get("error", str(status)))
        self.status, self.code = status, body.get("code")


class Offline(Exception):
    """No answer, however often it was asked for."""


def request(method, path, body=None, headers=None, tries=5):
    """The answer as JSON. Waits and tries again when the server or the network asks for it: everything that is
    sent here may come twice without harm."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {os.environ['SPORTS_LOG_TOKEN']}", "Content-Type": "application/json",
               **(headers or {})}
    for attempt in range(1, tries + 1):
        try:
            asked = urllib.request.Request(API + path, data, headers, method=method)
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return json.loads(answer.read() or "null")
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


def tell(message, what):
    print(f"{message}: {what}", file=sys.stderr)


class Copy:
    """Activities by id, what is not sent yet, what is being sent, and how far the feed was read: one file,
    replaced as a whole."""

    def __init__(self, path):
        self.path = path
        # Edits are by id, or by external id until the activity has one: what to set, and what was there.
        # Deletes are by the same names: the revision that was there, when it is known.
        self.state = {"activities": {}, "unsent": [], "sending": None, "edits": {}, "deletes": {}, "since": None}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.state.update(json.load(file))

    def save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)

    def add(self, activity_type, duration_secs):
        """Keeps the activity until the server has it."""
        activity = {"activity_type": activity_type, "duration_secs": duration_secs, "source": SOURCE,
                    "external_id": str(uuid.uuid4()), "started_at": datetime.now().astimezone().isoformat()}
        self.state["unsent"].append(activity)
        self.save()
        return activity["external_id"]

    def edit(self, name, field, value):
        """Sets a field of an activity that the copy has, or that is not sent yet."""
        for activity in self.state["unsent"]:
            if activity["external_id"] == name:
                activity[field] = value
                return self.save()
        sending = (self.state["sending"] or {"activities": []})["activities"]
        named = {activity["external_id"]: activity for activity in sending}
        seen = self.state["activities"].get(name) or named[name]
        edit = self.state["edits"].setdefault(name, {"set": {}, "was": {}})
        edit["was"].setdefault(field, seen.get(field))
        edit["set"][field] = value
        self.save()

    def delete(self, name):
        """Deletes an activity that the copy has, or that is not sent yet."""
        kept = [activity for activity in self.state["unsent"] if activity["external_id"] != name]
        if len(kept) == len(self.state["unsent"]):
            self.state["deletes"][name] = self.state["activities"].get(name, {}).get("revision")
        self.state["unsent"] = kept
        self.state["edits"].pop(name, None)
        self.save()

    def sync(self):
        """Pulls before it pushes, so that what was changed elsewhere is known, and once more for what it pushed."""
        self.pull()
        self.push_new()
        self.pull()
        self.push_edits()
        self.push_deletes()
        self.pull()

    def push_new(self):
        """Sends what is unsent, 1 000 at a time. What the server cannot take is said and dropped.

        The batch and its key are kept before it is sent: when the answer is lost, the same is sent again, and the
        server, which knows the key for 30 days, answers the same. After that, `on_existing=keep` leaves alone what
        happened to the activities meanwhile."""
        while self.state["sending"] or self.state["unsent"]:
            if not self.state["sending"]:
                unsent = self.state["unsent"]
                self.state["sending"] = {"key": str(uuid.uuid4()), "activities": unsent[:1000]}
                self.state["unsent"] = unsent[1000:]
                self.save()
            batch, key = self.state["sending"]["activities"], self.state["sending"]["key"]
            answer = request("POST", "/activities/batch?on_existing=keep", {"activities": batch}, {"Idempotency-Key": key})
            for activity, result in zip(batch, answer["results"]):
                name = activity["external_id"]
                if result["status"] == "error":
                    tell("not kept", f"{activity}: {result['error']}")
                # From now on it is known by its id.
                if name in self.state["edits"]:
                    self.state["edits"][result.get("id")] = self.state["edits"].pop(name)
                if name in self.state["deletes"]:
                    del self.state["deletes"][name]
                    self.state["deletes"][result.get("id")] = result.get("revision")
            self.state["sending"] = None
            self.save()

    def push_edits(self):
        """Changes what is still as it was when it was edited; what somebody else changed meanwhile stays theirs."""
        for name, edit in list(self.state["edits"].items()):
            while name in self.state["edits"]:
                current = self.state["activities"].get(name, {})
                ours = {}
                for field, value in edit["set"].items():
                    # What is there already may be our own, whose answer was lost.
                    if current and current.get(field) == edit["was"][field]:
                        ours[field] = value
                    elif not current or current.get(field) != value:
                        tell("deleted or changed elsewhere", f"{field} of {name}")
                if not ours or self.changed("PUT", name, ours):
                    del self.state["edits"][name]
                    self.save()

    def push_deletes(self):
        """Deletes what is still as it was when it was deleted; what somebody else changed meanwhile stays."""
        for name, revision in list(self.state["deletes"].items()):
            while name in self.state["deletes"]:
                current = self.state["activities"].get(name)
                if current and current["revision"] != revision:
                    tell("changed elsewhere", name)
                if not current or current["revision"] != revision or self.changed("DELETE", name, None):
                    del self.state["deletes"][name]
                    self.save()

    def changed(self, method, name, body):
        """Whether that was done, or cannot be any more; if not, the copy has what was there first."""
        revision = self.state["activities"][name]["revision"]
        try:
            request(method, f"/activities/{name}", body, {"If-Match": f'"{revision}"'})
            return True
        except Refused as refused:
            if refused.status == 412:
                self.pull()
                return False
            if refused.status != 404:
                tell("not changed", f"{name}: {refused}")
            return True

    def pull(self):
        """Applies what changed since the last time; after too long, begins again. Activities come whole, so that
        each replaces what the copy has of it."""
        while True:
            since = f"&since={self.state['since']}" if self.state["since"] else ""
            try:
                page = request("GET", f"/activities/changes?limit=500&include=laps,sets,device_data{since}")
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
    command = sys.argv[2] if len(sys.argv) > 2 else None
    if len(sys.argv) != {None: 2, "add": 5, "edit": 6, "delete": 4}.get(command):
        raise SystemExit(__doc__)
    copy, arguments = Copy(sys.argv[1]), sys.argv[3:]
    if command == "add":
        print(copy.add(arguments[0], int(arguments[1])), file=sys.stderr)
    elif command == "edit":
        name, field, value = arguments
        try:
            copy.edit(name, field, json.loads(value))
        except ValueError:
            copy.edit(name, field, value)
    elif command == "delete":
        copy.delete(*arguments)
    try:
        copy.sync()
    except Offline as error:
        new = len(copy.state["unsent"]) + len((copy.state["sending"] or {"activities": []})["activities"])
        waiting = new + len(copy.state["edits"]) + len(copy.state["deletes"])
        raise SystemExit(f"offline ({error}); {waiting} to be sent") from None
    print(f"{len(copy.state['activities'])} activities")


if __name__ == "__main__":
    main()
