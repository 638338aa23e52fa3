"""A walk by cursor over the first user's activities: does the last page cost what the first does?"""

import http.client
import json
import statistics
import time


def walk(server, activities):
    """The slowest tenth of the walk in relation to its first fiftieth, by the median time of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Authorization": f"Bearer {server.token(1)}"}
    times, seen, cursor = [], set(), None
    while True:
        path = "/activities?limit=100" + (f"&cursor={cursor}" if cursor else "")
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        times.append(time.perf_counter() - start)
        assert response.status == 200, body
        page = json.loads(body)
        seen.update(activity["id"] for activity in page["activities"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == activities, f"the walk saw {len(seen)} activities"
    size = len(times) // 10
    tenths = [statistics.median(times[i:i + size]) for i in range(0, size * 10, size)]
    return max(tenths) / statistics.median(times[:len(times) // 50])
