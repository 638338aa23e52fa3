"""The attacks of one client on others, by the rows of the threat model. Each is prepared, then goes on until it is killed.
Runs as a separate process: `attacks.py NAME PORT TOKEN FOLDER`. Prints a line when the attack is prepared."""

import datetime
import io
import json
import math
import os
import random
import struct
import sys
import threading
import time
import uuid
import zipfile

from client import Client

RUN = {"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 5}
# About 12 KB in the request, and 510 KB as PostgreSQL writes it.
LARGE = {"x": [10 ** 300 * 1.0] * 1690}


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return content.getvalue()


def gpx(points, begin="2026-06-01T06:00:00", name="walk"):
    begin = datetime.datetime.fromisoformat(begin)
    place = lambda n: (47 + 0.2 * math.sin(n / 9000), 8 + 0.2 * math.cos(n / 7000), 400 + n % 97)
    time = lambda n: (begin + datetime.timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = ['<trkpt lat="%.7f" lon="%.7f"><ele>%.1f</ele><time>%s</time></trkpt>' % (*place(n), time(n)) for n in range(points)]
    return (f'<?xml version="1.0"?><gpx version="1.1" creator="bench"><trk><name>{name}</name><type>running</type><trkseg>'
            + "".join(rows) + "</trkseg></trk></gpx>").encode()


def fit(messages):
    """A FIT file of messages without fields."""
    table = [0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401, 0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400]
    body = struct.pack("<BBBHB", 0x40, 0, 0, 20, 0) + bytes(messages)
    content, crc = struct.pack("<BBHI4sH", 14, 0x20, 2132, len(body), b".FIT", 0) + body, 0
    for byte in content:
        for nibble in (byte & 15, byte >> 4):
            crc = (crc >> 4) & 0x0FFF ^ table[crc & 15] ^ table[nibble]
    return content + struct.pack("<H", crc)


def imported(client, content, name):
    """Imports a file. Returns its activities once it has been read."""
    status, text = client.upload(content, name)
    if status != 202:
        raise SystemExit(f"an upload was refused: {status} {text[:300]}")
    id = json.loads(text)["id"]
    while True:
        found = client.json("GET", f"/imports/{id}")
        if found["status"] in ("done", "failed", "cancelled"):
            return [activity for file in found["files"] for activity in file.get("activity_ids") or []]
        time.sleep(0.2)


def together(count, work):
    """Repeats `work` in `count` threads, endlessly."""
    def again(number):
        while True:
            try:
                work(number)
            except Exception:  # Errors do not stop an attacker.
                time.sleep(0.05)
    for number in range(count):
        threading.Thread(target=again, args=(number,), daemon=True).start()


def ready():
    print("ready", flush=True)


def slow_readers(client, path, count):
    """Connections that read the head of the answer, and then a few bytes every second."""
    streams = [client.open(path, receive=4096) for _ in range(count)]
    def drip():
        for stream in streams:
            stream.settimeout(0.01)
            try:
                stream.recv(512)
            except OSError:
                pass
        time.sleep(1)
    together(1, lambda _: drip())
    return streams


def growth(client, folder):
    """Files that grow when they are stored, and unfinished uploads."""
    files = [zipped([(f"{n}.gpx", gpx(10, name=f"w{n}") + b" " * 8_000_000)]) for n in range(4)]
    unfinished = []
    ready()
    def upload(number):
        Client(client.port, client.token, client.address).upload(random.choice(files), f"{number}.zip")
        stream = client.open("/imports?name=x.gpx", "POST", "Content-Type: application/octet-stream\r\nContent-Length: 400000000\r\n")
        unfinished.append(stream)
        for _ in range(16):
            stream.sendall(bytes(1 << 20))
        time.sleep(0.5)
    together(4, upload)


def numbers(client, folder):
    """Numbers that are short in JSON and have thousands of digits in PostgreSQL."""
    ready()
    def post(number):
        mine = Client(client.port, client.token, client.address)
        tiny = "[" + ",".join(["1e-16000"] * 3000) + "]"
        body = json.dumps(RUN | {"device_data": {"x": 0}}).replace('{"x": 0}', '{"x": %s}' % tiny).encode()
        status, text = mine.request("POST", "/activities", body)
        if status >= 300:
            status, text = mine.request("POST", "/activities", RUN | {"device_data": LARGE})
        path = "/activities/" + json.loads(text)["id"]
        slow_readers(client, path, 8)
        for _ in range(50):
            mine.request("GET", path)
    together(8, post)


def exports(client, folder):
    """Exports of large activities to clients that do not read them."""
    for number in range(60):
        client.json("POST", "/activities", RUN | {"device_data": LARGE, "notes": "🏋" * 10_000, "external_id": str(number)})
    ready()
    held = [slow_readers(client, path, 16) for path in (
        "/activities/export?format=json", "/activities/export?format=csv", "/activities/changes?limit=500", "/activities?limit=100")]
    def export(number):
        Client(client.port, client.token, client.address).request("GET", "/activities/export")
    together(8, export)
    return held


def pictures(client, folder):
    """A picture that the attacker shares, requested in every size by many clients with the link."""
    activity = imported(client, gpx(20_000), "a.gpx")[0]
    link = client.json("POST", "/shares", {"picture": "route", "activity_id": activity, "hide_ends": False})["png_url"]
    path = "/" + link.split("/", 3)[3]
    ready()
    def look(number):
        stranger = Client(client.port)
        for width in range(2400 - number, 1200, -40):
            stranger.request("GET", f"{path}?width={width}")
            stranger.request("GET", f"{path}?width=2400")
    together(40, look)


def zones(client, folder):
    """The time zone of a large log, changed continuously."""
    names = ("Europe/Rome", "Asia/Tokyo", "America/Lima", "UTC")
    ready()
    def change(number):
        mine = Client(client.port, client.token, client.address)
        for name in names:
            mine.request("PUT", "/me/profile", {"time_zone": name})
    together(16, change)


def polls(client, folder):
    """A thousand long polls for changes, and upserts that change nothing."""
    batch = {"activities": [RUN | {"external_id": "x", "source": "garmin"}]}
    client.json("POST", "/activities/batch", batch)
    since = client.json("GET", "/activities/changes?limit=500")["next"]
    held = []
    ready()
    def poll(number):
        held.append([client.open(f"/activities/changes?wait=30&since={since}") for _ in range(500)])
        time.sleep(25)
    def upsert(number):
        mine = Client(client.port, client.token, client.address)
        for _ in range(100):
            mine.request("POST", "/activities/batch", batch)
            time.sleep(0.02)
    together(2, poll)
    together(2, upsert)


def streams(client, folder):
    """The most points that a file may have, read in every format."""
    activity = imported(client, zipped([("a.gpx", gpx(290_000))]), "a.zip")[0]
    paths = [f"/activities/{activity}/{path}" for path in (
        "streams?resolution=full", "streams?resolution=low", "track.geojson?resolution=full", "export?format=gpx", "route.svg?theme=dark")]
    ready()
    held = [slow_readers(client, path, 4) for path in paths]
    def read(number):
        mine = Client(client.port, client.token, client.address)
        for path in paths:
            mine.request("GET", path)
    together(8, read)
    return held


def imports(client, folder):
    """Tens of thousands of files of one byte, and FIT messages without fields."""
    files = zipped([(f"{n}.gpx", b"x") for n in range(40_000)])
    bomb = zipped([(f"{n}.fit", fit(1 << 20)) for n in range(2)])
    ready()
    def upload(number):
        mine = Client(client.port, client.token, client.address)
        for content in (files, bomb):
            mine.upload(content, "x.zip")
            time.sleep(0.5)
    together(2, upload)


def unmerge(client, folder):
    """An activity that claims to be merged from 100 000 records."""
    import hashlib
    one = RUN | {"id": str(uuid.uuid4()), "source": "manual", "parent_id": None, "merged_into": None, "original": None,
                 "merged": [{"activity_id": str(uuid.uuid4()), "source": "x", "fields": []} for _ in range(100_000)]}
    profile = {"display_name": None, "preferred_units": "metric", "time_zone": "UTC", "preferences": {}, "goals": []}
    files = {"profile.json": json.dumps(profile).encode(), "activities.ndjson": json.dumps(one).encode() + b"\n", "originals.ndjson": b""}
    content = [{"path": path, "bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()} for path, text in files.items()]
    manifest = {"format": "sports-log-account-export", "version": 1, "made_by": "bench", "made_at": "2026-11-01T00:00:00Z", "activities": 1,
                "content": content, "about": []}
    imported(client, zipped([*files.items(), ("manifest.json", json.dumps(manifest))]), "t.zip")
    ready()
    def take_apart(number):
        Client(client.port, client.token, client.address).request("POST", f"/activities/{one['id']}/unmerge")
    together(32, take_apart)


def main():
    name, port, token, folder = sys.argv[1:]
    # The connections stay open until the process is killed.
    held = globals()[name](Client(int(port), token), folder)
    while os.getppid() != 1:
        time.sleep(1)
    return held


if __name__ == "__main__":
    main()
