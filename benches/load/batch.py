"""A history uploaded in batches, compared with single requests, by one client on one connection."""

import http.client
import itertools
import json
import time

HISTORY = 10_000
BATCH = 1_000
SINGLES = 1_000


def batch(server):
    """Returns the ratio of activities per second in batches of a thousand to single POSTs, and the rate of the batches."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    names = itertools.count()

    def activities(count):
        return [{"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800, "source": "garmin",
                 "external_id": f"batch-{next(names)}", "distance_meters": 5000.5, "calories": 320,
                 "notes": "easy, along the river"} for _ in range(count)]

    def post(path, body, user):
        headers = {"Authorization": f"Bearer {server.token(user)}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        assert response.status < 300, answer
        return answer

    start = time.perf_counter()
    for activity in activities(SINGLES):
        post("/activities", activity, 2)
    single = SINGLES / (time.perf_counter() - start)
    start = time.perf_counter()
    for _ in range(HISTORY // BATCH):
        answer = post("/activities/batch", {"activities": activities(BATCH)}, 3)
        assert all(result["status"] == "created" for result in answer["results"])
    batches = HISTORY / (time.perf_counter() - start)
    return batches / single, batches
