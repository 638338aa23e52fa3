"""Alternately creates activities and reads /me, on four connections, for a number of seconds.

    load.py SECONDS TOKEN CA-FILE: prints the failures, and exits with 1 if there are any
"""

import http.client
import json
import socket
import ssl
import sys
import threading
import time

SECONDS, TOKEN, AUTHORITY = float(sys.argv[1]), sys.argv[2], sys.argv[3]
TLS = ssl.create_default_context(cafile=AUTHORITY)
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
ACTIVITY = {"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60}


class Connection(http.client.HTTPSConnection):
    def connect(self):
        plain = socket.create_connection(("192.0.2.1", 443), 10)
        plain.settimeout(60)
        self.sock = TLS.wrap_socket(plain, server_hostname="log.example.test")


def work(results, end):
    connection, number = Connection("log.example.test"), 0
    while time.time() < end:
        number += 1
        start = time.time()
        method = "POST" if number % 2 else "GET"
        try:
            if method == "POST":
                connection.request(method, "/activities", json.dumps(ACTIVITY), HEADERS)
            else:
                connection.request(method, "/me", headers=HEADERS)
            answer = connection.getresponse()
            body = answer.read()
            what = answer.status if answer.status < 300 else (method, answer.status, answer.getheader("Server"), body[:200])
        except (OSError, http.client.HTTPException) as error:
            what = (method, repr(error))
            connection = Connection("log.example.test")
        results.append((what, time.time() - start))
        time.sleep(0.02)


results = []
workers = [threading.Thread(target=work, args=(results, time.time() + SECONDS)) for _ in range(4)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
failed = [what for what, _ in results if not isinstance(what, int)]
# Caddy before 2.7.5 does not hold a POST that arrives while no server is available
# (https://github.com/caddyserver/caddy/pull/5841). Debian's version, used in the lab, is older.
unheld = [what for what in failed if what == ("POST", 503, "Caddy", b"")]
slowest = max(duration for _, duration in results)
print(f"{len(results)} requests, {len(failed)} failed ({len(unheld)} not held by Caddy), slowest {slowest:.2f} s, "
      f"{sum(what == 201 for what, _ in results)} activities created")
if len(failed) > len(unheld):
    sys.exit(f"failed: {[what for what in failed if what not in unheld][:5]}")
