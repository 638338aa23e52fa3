"""Files to import, generated for each run: runs of an hour with a point per second, all different."""

import datetime
import random
import struct
import zipfile

FIT_EPOCH = 631_065_600
START = 1_767_254_400  # 2026-01-01T08:00:00Z

def crc_table():
    """The table of FIT's CRC, which is CRC-16/ARC."""
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
        yield byte


CRC = list(crc_table())


def crc(data):
    value = 0
    for byte in data:
        value = value >> 8 ^ CRC[(value ^ byte) & 255]
    return value


def points(number, seconds):
    """Yields time, latitude, longitude, altitude, heart rate and distance for each second."""
    draw = random.Random(number)
    start = START + number * 7200
    for second in range(seconds):
        yield (start + second, 47 + second * 2.7e-5, 8 + number * 1e-4, 400 + 50 * draw.random(),
               draw.randrange(110, 180), second * 3.0)


def define(local, message, fields):
    flat = b"".join(struct.pack("BBB", *field) for field in fields)
    return struct.pack("<BBBHB", 0x40 | local, 0, 0, message, len(fields)) + flat


def fit(number, seconds):
    start = START + number * 7200 - FIT_EPOCH
    body = define(0, 0, [(0, 1, 0), (1, 2, 0x84), (4, 4, 0x86)]) + struct.pack("<BBHI", 0, 4, 1, start)
    body += define(1, 20, [(253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (2, 2, 0x84), (3, 1, 2), (5, 4, 0x86)])
    for time, latitude, longitude, altitude, rate, distance in points(number, seconds):
        semicircles = [round(value / 180 * 2**31) for value in (latitude, longitude)]
        body += struct.pack("<BIiiHBI", 1, time - FIT_EPOCH, *semicircles, round((altitude + 500) * 5), rate, round(distance * 100))
    body += define(2, 18, [(253, 4, 0x86), (2, 4, 0x86), (5, 1, 0), (7, 4, 0x86), (8, 4, 0x86), (9, 4, 0x86)])
    body += struct.pack("<BIIBIII", 2, start + seconds, start, 1, seconds * 1000, seconds * 1000, seconds * 300)
    head = struct.pack("<BBHI4s", 14, 0x20, 0x0854, len(body), b".FIT")
    return head + struct.pack("<H", crc(head)) + body + struct.pack("<H", crc(body))


def gpx(number, seconds):
    def point(time, latitude, longitude, altitude, rate, _):
        when = datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (f'<trkpt lat="{latitude:.7f}" lon="{longitude:.7f}"><ele>{altitude:.1f}</ele><time>{when}</time><extensions>'
                f"<x:TrackPointExtension><x:hr>{rate}</x:hr></x:TrackPointExtension></extensions></trkpt>\n")
    return ('<?xml version="1.0"?>\n<gpx version="1.1" creator="bench" xmlns="http://www.topografix.com/GPX/1/1" '
            'xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><trk><type>running</type><trkseg>\n'
            + "".join(point(*values) for values in points(number, seconds)) + "</trkseg></trk></gpx>").encode()


def archive(path, files, seconds):
    """Writes a zip of `files` FIT files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(files):
            target.writestr(f"{number}.fit", fit(number, seconds))


def records(seed):
    """Returns a megabyte of Apple Health records."""
    draw, lines, size = random.Random(seed), [], 0
    while size < 1_000_000:
        second = draw.randrange(86_400)
        time = f"2026-02-{1 + draw.randrange(28):02} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} +0200"
        lines.append((f' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch {draw.random()}" unit="count/min" creationDate="{time}"'
                      f' startDate="{time}" endDate="{time}" value="{draw.randrange(50, 180)}"/>\n').encode())
        size += len(lines[-1])
    return b"".join(lines)


def apple(path, megabytes):
    """Writes a zipped export of Apple Health of `megabytes` megabytes, with a workout in each of them."""
    # Records repeat, but too far apart to improve the compression.
    some = [records(seed) for seed in range(min(megabytes, 20))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target, \
            target.open("apple_health_export/export.xml", "w", force_zip64=True) as file:
        file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record)>\n]>\n<HealthData locale="en">\n')
        for workout in range(megabytes):
            file.write(some[workout % len(some)])
            day = datetime.datetime(2010, 1, 1) + datetime.timedelta(hours=6 * workout)
            file.write((f' <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" sourceName="Watch"'
                        f' startDate="{day} +0000" endDate="{day + datetime.timedelta(minutes=30)} +0000"/>\n').encode())
        file.write(b"</HealthData>\n")
