"""Reads beside 500 connections that are slow on purpose: they send headers or bodies, or read answers, endlessly."""

import socket
import threading
import time

from load import percentile, run_wrk

CONNECTIONS = 500
READERS = 8


def slow(server, seconds):
    """Returns p99 of GET /me in ms, without and with slow connections, and the seconds until the last of them was closed."""
    header = ["-H", f"Authorization: Bearer {server.token(1)}"]
    read = lambda: percentile(run_wrk(server.base + "/me", READERS, seconds, *header), 99)
    idle = read()
    export = (f"GET /activities/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token(1)}\r\n\r\n").encode()
    body = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"
    sockets, stop = [], threading.Event()
    for number in range(CONNECTIONS):
        connection = socket.socket()
        # A client with a small receive buffer that reads nothing.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall((b"GET /healthz HTTP/1.1\r\nX-Slow: ", body, export)[number % 3])
        sockets.append(connection)

    def trickle():
        while not stop.is_set():
            for number, connection in enumerate(sockets):
                try:
                    if number % 3 != 2:
                        connection.send(b"a")
                except OSError:
                    pass
            stop.wait(2)

    thread = threading.Thread(target=trickle)
    thread.start()
    start = time.monotonic()
    busy = read()
    while server.connections() > 0 and time.monotonic() - start < 60:
        time.sleep(0.5)
    lasted = time.monotonic() - start
    stop.set()
    thread.join()
    for connection in sockets:
        connection.close()
    return {"idle": idle, "busy": busy, "lasted": lasted}
