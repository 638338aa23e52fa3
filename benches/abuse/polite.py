"""Two users who behave normally, and how long each of their requests takes. A separate process, so that the attackers' threads do
not delay it: `polite.py PORT SECONDS TOKEN TOKEN SHARED`. The first user changes its log, the second does not. SHARED is a picture
that the second user shares. Prints JSON: seconds by kind of request, and the number of unsuccessful answers by status."""

import itertools
import json
import sys
import time

from client import Client

PAUSE = 0.01


def main():
    port, seconds, writer, reader, shared = int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:6]
    writer, reader, stranger = Client(port, writer), Client(port, reader), Client(port)
    run = {"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800, "distance_meters": 5000}
    taken, refused = {"requests": [], "pictures": []}, {}

    def ask(client, method, path, body=None):
        """Returns the answer, or None if it was refused or did not arrive."""
        try:
            status, text = client.request(method, path, body)
        except OSError as error:
            status = type(error).__name__
        if status in (200, 201):
            return text
        refused[status] = refused.get(status, 0) + 1

    while not (created := ask(writer, "POST", "/activities", run)):
        time.sleep(PAUSE)
    path = "/activities/" + json.loads(created)["id"]
    requests = itertools.cycle([
        ("requests", writer, "GET", path, None),
        ("requests", reader, "GET", "/activities?limit=20", None),
        ("requests", writer, "PUT", path, "change"),
        ("requests", writer, "GET", "/me", None),
        ("requests", reader, "GET", "/stats/summary?group_by=month&from=2026-01-01&to=2026-12-31", None),
        ("requests", writer, "POST", "/activities/batch", "batch"),
        ("pictures", stranger, "GET", shared + ".svg", None),
        # Redrawn, because the log has changed.
        ("pictures", writer, "GET", "/stats/heatmap.svg", None),
        ("pictures", writer, "GET", "/stats/weekly.png?width=400", None),
        ("pictures", stranger, "GET", shared + ".png", None),
    ])
    until = time.monotonic() + seconds
    for number in itertools.count():
        # Each request is made at least once, however long that takes.
        if time.monotonic() > until and number >= 10:
            break
        kind, client, method, path, body = next(requests)
        if body == "change":
            body = {"calories": number % 1000}
        elif body == "batch":
            body = {"activities": [run | {"external_id": str(number % 50), "duration_secs": number}]}
        began = time.monotonic()
        ask(client, method, path, body)
        taken[kind].append(time.monotonic() - began)
        time.sleep(PAUSE)
    print(json.dumps({"taken": taken, "refused": refused}))


if __name__ == "__main__":
    main()
