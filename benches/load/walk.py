"""A walk by cursor over the first user's activities: does the last page cost as much as the first?"""

import http.client
import json
import statistics
import time


def walk(server, activities, times):
    """Returns the ratio of the walk's slowest tenth to its first fiftieth. A page's time is its median over `times` walks."""
    walks = [pages(server, activities) for _ in range(times)]
    # A stall of the machine hits another tenth in each walk.
    medians = [statistics.median(page) for page in zip(*walks)]
    size = len(medians) // 10
    tenths = [statistics.median(medians[i:i + size]) for i in range(0, size * 10, size)]
    return max(tenths) / statistics.median(medians[:len(medians) // 50])


def pages(server, activities):
    """Returns the seconds that each page of one walk took."""
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
