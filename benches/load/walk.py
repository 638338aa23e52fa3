"""A walk by cursor over the first user's activities: does the last page cost what the first does?"""

import http.client
import json
import statistics
import time


def walk(server, activities, times):
    """The slowest tenth of the walk in relation to its first fiftieth, by the median time of a page in so many walks."""
    walks = [pages(server, activities) for _ in range(times)]
    # A tenth that a stall of the machine hit in one walk is another one in the next.
    medians = [statistics.median(page) for page in zip(*walks)]
    size = len(medians) // 10
    tenths = [statistics.median(medians[i:i + size]) for i in range(0, size * 10, size)]
    return max(tenths) / statistics.median(medians[:len(medians) // 50])


def pages(server, activities):
    """How many seconds each page of one walk took."""
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
    return times
