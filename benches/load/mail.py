"""Reads beside a mail server that accepts connections and never answers."""

import contextlib
import socket
import threading

from load import percentile, run_wrk

READERS = 8
MESSAGES = 1000


@contextlib.contextmanager
def silent_server():
    """Yields the port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepted = []

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    accepted.append(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        # Nothing else wakes the thread in accept().
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in accepted:
            connection.close()


def settings(port):
    return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_TLS": "none", "SMTP_FROM": "log@example.com"}


def hang(server, database, seconds):
    """Returns p99 of GET /me in ms, without and with a thousand messages that cannot be delivered."""
    header = ["-H", f"Authorization: Bearer {server.token(1)}"]
    read = lambda: percentile(run_wrk(server.base + "/me", READERS, seconds, *header), 99)
    idle = read()
    database.psql("-c", "INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at) "
                  "SELECT 'account_exists', 'email', u.id, u.id, now() + interval '1 day' FROM users u, generate_series(1, 100) n "
                  f"LIMIT {MESSAGES}", "-c", "NOTIFY outbox")
    busy = read()
    [[waiting]] = database.query("SELECT count(*) FROM outbox WHERE finished_at IS NULL")
    assert int(waiting) == MESSAGES, f"{MESSAGES} messages should wait, and {waiting} do"
    database.psql("-c", "DELETE FROM outbox")
    return {"idle": idle, "busy": busy, "ratio": busy / idle}
