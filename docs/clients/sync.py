#!/usr/bin/env python3
"""A small but complete sync client for sports-log. It keeps a copy of the log that works offline.

    sync.py COPY.json                           synchronise the copy with the server
    sync.py COPY.json add run 1800              add an activity; prints its external id, which names it until it is sent
    sync.py COPY.json edit ID notes "by night"  change a field of an activity
    sync.py COPY.json delete ID                 delete an activity

Offline changes are sent as soon as the server can be reached. SPORTS_LOG_API is the server's URL. SPORTS_LOG_TOKEN is a
personal access token (`POST /me/tokens`) with activities:read and activities:write; the access token of a login would
expire after minutes. Needs only Python 3.9 or later.
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
# The namespace of our external ids. Every app needs its own.
SOURCE = "sync.py"


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, status, body):
        super().__init__(body.get("error", str(status)))
        self.status, self.code = status, body.get("code")


class Offline(Exception):
    """The server did not answer after several attempts."""


def request(method, path, body=None, headers=None, tries=5):
    """Returns the answer as JSON. Retries after network errors and when the server asks for it: every request of this
    client may safely be sent twice."""
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
        # The connection may also break while the answer is being read.
        except (OSError, http.client.HTTPException) as error:
            if attempt == tries:
                raise Offline(str(error)) from None
            time.sleep(2**attempt)


def explained(error):
    """Returns the body of an error, or nothing if it is not JSON, such as a proxy's page."""
    try:
        return json.load(error)
    except ValueError:
        return {}


def tell(message, what):
    print(f"{message}: {what}", file=sys.stderr)


class Copy:
    """The local state, in one file that is replaced as a whole: activities by id, unsent changes, the batch that is
    being sent, and the position in the change feed."""

    def __init__(self, path):
        self.path = path
        # Edits have the activity's id as key, or its external id until it has an id. `set` has the new values, `was`
        # the values before. Deletes have the same keys and the last known revision.
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
        """Stores a new activity until the server has accepted it."""
        activity = {"activity_type": activity_type, "duration_secs": duration_secs, "source": SOURCE,
                    "external_id": str(uuid.uuid4()), "started_at": datetime.now().astimezone().isoformat()}
        self.state["unsent"].append(activity)
        self.save()
        return activity["external_id"]

    def edit(self, name, field, value):
        """Sets a field of an activity, sent or unsent."""
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
        """Deletes an activity, sent or unsent."""
        kept = [activity for activity in self.state["unsent"] if activity["external_id"] != name]
        if len(kept) == len(self.state["unsent"]):
            self.state["deletes"][name] = self.state["activities"].get(name, {}).get("revision")
        self.state["unsent"] = kept
        self.state["edits"].pop(name, None)
        self.save()

    def sync(self):
        """Pulls before it pushes, to know other clients' changes, and again afterwards, to get its own results."""
        self.pull()
        self.push_new()
        self.pull()
        self.push_edits()
        self.push_deletes()
        self.pull()

    def push_new(self):
        """Sends unsent activities, 1 000 at a time. Reports and drops those that the server refuses.

        The batch and its key are stored before they are sent. If the answer is lost, the same batch is sent again, and
        the server, which keeps the key for 30 days, gives the same answer. After that, `on_existing=keep` preserves
        changes that were made to the activities meanwhile."""
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
                # The activity has an id now: use it as key.
                if name in self.state["edits"]:
                    self.state["edits"][result.get("id")] = self.state["edits"].pop(name)
                if name in self.state["deletes"]:
                    del self.state["deletes"][name]
                    self.state["deletes"][result.get("id")] = result.get("revision")
            self.state["sending"] = None
            self.save()

    def push_edits(self):
        """Sends edits of fields that nobody else has changed. The change of another client wins."""
        for name, edit in list(self.state["edits"].items()):
            while name in self.state["edits"]:
                current = self.state["activities"].get(name, {})
                ours = {}
                for field, value in edit["set"].items():
                    # The server may have our value already, if the answer was lost.
                    if current and current.get(field) == edit["was"][field]:
                        ours[field] = value
                    elif not current or current.get(field) != value:
                        tell("deleted or changed elsewhere", f"{field} of {name}")
                if not ours or self.changed("PUT", name, ours):
                    del self.state["edits"][name]
                    self.save()

    def push_deletes(self):
        """Deletes activities that nobody else has changed. The change of another client wins."""
        for name, revision in list(self.state["deletes"].items()):
            while name in self.state["deletes"]:
                current = self.state["activities"].get(name)
                if current and current["revision"] != revision:
                    tell("changed elsewhere", name)
                if not current or current["revision"] != revision or self.changed("DELETE", name, None):
                    del self.state["deletes"][name]
                    self.save()

    def changed(self, method, name, body):
        """Sends a change. Returns False if another client was first: then the copy has the new version, and the caller
        decides again."""
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
        """Applies the changes since the last pull, or starts again if the position is too old. Activities are complete,
        so each replaces the one in the copy."""
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
    if sys.argv[1:] in (["-h"], ["--help"]):
        return print(__doc__)
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
