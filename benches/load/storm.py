"""Reads beside a storm of logins: does hashing passwords delay other requests?"""

import http.client
import json
import threading

from load import percentile, run_wrk

LOGINS = 64
READERS = 8


def storm(server, seconds):
    """Returns p99 of GET /me in ms, without and with 64 logins in flight at all times."""
    header = ["-H", f"Authorization: Bearer {server.token(1)}"]
    read = lambda: percentile(run_wrk(server.base + "/me", READERS, seconds, *header), 99)
    idle = read()
    stop, counts = threading.Event(), []

    def log_in():
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        body = json.dumps({"email": "nobody@example.com", "password": "not the right one"})
        while not stop.is_set():
            connection.request("POST", "/auth/login", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            counts.append(response.status)

    threads = [threading.Thread(target=log_in) for _ in range(LOGINS)]
    for thread in threads:
        thread.start()
    busy = read()
    stop.set()
    for thread in threads:
        thread.join()
    assert set(counts) == {401}, f"logins were answered {sorted(set(counts))}"
    return {"idle": idle, "busy": busy, "ratio": busy / idle, "logins": len(counts) / seconds}
