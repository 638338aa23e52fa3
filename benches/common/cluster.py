"""A private PostgreSQL on loopback TCP, as durable as in production, and deleted at the end."""

import copy
import glob
import os
import pwd
import re
import shutil
import socket
import subprocess


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def binaries():
    """Returns the folder of the newest server binaries, in any distribution's layout."""
    folders = [d for d in glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin") + ["/usr/bin"]
               if os.path.exists(os.path.join(d, "initdb"))]
    if not folders:
        raise SystemExit("PostgreSQL's server binaries are missing; bin/dev installs them")
    return max(folders, key=lambda d: int((re.findall(r"\d+", d) or ["0"])[0]))


class Cluster:
    """A PostgreSQL cluster. Use as a context manager."""

    def __init__(self, folder, **settings):
        """PostgreSQL `settings` override those that all benchmarks share."""
        self.bin, self.folder, self.data = binaries(), folder, os.path.join(folder, "postgres")
        self.port = free_port()
        self.url = f"postgres://sports_log@127.0.0.1:{self.port}/postgres?sslmode=disable"
        beside = os.path.join(self.bin, "pgbench")
        self.pgbench = beside if os.path.exists(beside) else shutil.which("pgbench")
        if not self.pgbench:
            raise SystemExit("pgbench is missing: install postgresql (Debian) or postgresql-contrib (Fedora, Rocky)")
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "",
                    "shared_buffers": "512MB"} | settings
        self.settings = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.owner = {}
        os.mkdir(self.data, 0o700)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.data, user.pw_uid, user.pw_gid)
            self.owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def __enter__(self):
        self._run("initdb", "-D", self.data, "-U", "sports_log", "-A", "trust", "-E", "UTF8", "--locale=C")
        self._start()
        self.version = subprocess.check_output([os.path.join(self.bin, "postgres"), "--version"], text=True).strip()
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def crash(self):
        """Stops it like a crash, and starts it again."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        self._start()

    def _start(self):
        log = os.path.join(self.data, "log")
        self._run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", self.settings, "start")

    def database(self, name):
        """Creates another database. Returns this cluster with the URL of that database."""
        self.psql("-c", f"CREATE DATABASE {name}")
        other = copy.copy(self)
        other.url = self.url.replace("/postgres?", f"/{name}?")
        return other

    def log_size(self):
        return os.path.getsize(os.path.join(self.data, "log"))

    def log_from(self, begin):
        """Returns what was logged since the log had the size `begin`."""
        with open(os.path.join(self.data, "log"), encoding="utf-8", errors="replace") as file:
            file.seek(begin)
            return file.read()

    def psql(self, *arguments):
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", self.url, *arguments], check=True)

    def query(self, sql):
        """Returns the rows as lists of texts."""
        command = ["psql", "-qXAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c", sql]
        return [line.split("\t") for line in subprocess.check_output(command, text=True).splitlines()]

    def _run(self, program, *arguments):
        subprocess.run([os.path.join(self.bin, program), *arguments], check=True, cwd="/tmp",
                       stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **self.owner)
