"""A primary with a synchronous standby, and a pgbouncer in front of each."""

import contextlib
import os

from cluster import Cluster, free_port
from parts import running


PEOPLE = 10

# Users who are logged in. `Server.token` makes their tokens.
SEED = f"""
INSERT INTO users (id, email)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user' || n || '@example.com' FROM generate_series(1, {PEOPLE}) n;
INSERT INTO profiles (user_id, display_name) SELECT id, 'User' FROM users;
INSERT INTO sessions (id, user_id, token_version, method, device, expires_at)
SELECT id, id, 0, 'local', 'load', now() + interval '1 day' FROM users;
INSERT INTO local_credentials (user_id, email_verified) SELECT id, true FROM users;
"""


class Member(Cluster):
    """One of two PostgreSQL servers, each in its own folder."""

    def __init__(self, folder):
        os.mkdir(folder, 0o755)
        super().__init__(folder)
        self.is_running = True

    def kill(self):
        """Stops it as if its machine had lost power, except that the operating system still closes connections."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        self.is_running = False

    def __exit__(self, *_):
        if self.is_running:
            self.kill()


class Standby(Member):
    """Follows `primary`, which from then on acknowledges only commits that the standby has flushed to disk."""

    def __init__(self, folder, primary):
        super().__init__(folder)
        self.primary = primary

    def __enter__(self):
        self._run("pg_basebackup", "-D", self.data, "-d", self.primary.url, "-R", "-X", "stream", "-c", "fast")
        self.settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=512MB"
        self._start()
        # Set on the primary only: after its promotion, the standby has no standby to wait for.
        self.primary.psql("-c", "ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.psql("-c", "SELECT pg_reload_conf()", "-o", "/dev/null")
        return self

    def is_synchronous(self):
        return self.primary.query("SELECT sync_state FROM pg_stat_replication") == [["sync"]]

    def promote(self):
        self._run("pg_ctl", "-D", self.data, "-w", "promote")


POOLER = """
[databases]
postgres = host=127.0.0.1 port={upstream} user=sports_log connect_query='SET statement_timeout = 10000; SET idle_in_transaction_session_timeout = 10000'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_prepared_statements = 200
default_pool_size = 10
max_client_conn = 200
query_wait_timeout = 5
server_login_retry = 1
"""


@contextlib.contextmanager
def pooler(folder, member):
    """Runs a pgbouncer in transaction mode until the block ends, and yields its port. Like PostgreSQL, it never runs as root."""
    port = free_port()
    file = os.path.join(member.folder, "pgbouncer.ini")
    with open(file, "w", encoding="utf-8") as settings:
        settings.write(POOLER.format(upstream=member.port, port=port))
    with running(folder, "pgbouncer", file, cwd="/tmp", **member.owner):
        yield port


def hosts(*ports):
    """Returns a URL with several hosts, for whichever accepts writes."""
    named = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"postgres://sports_log@{named}/postgres?sslmode=disable&target_session_attrs=read-write"
