"""Compares what our readers find in files with what fitdecode and gpxpy find.

compare.py DESCRIBE SAMPLES FOLDER: DESCRIBE is our reader, SAMPLES a folder of sample files that may be missing, and
FOLDER a folder for generated files.
"""

import datetime
import glob
import json
import math
import os
import statistics
import subprocess
import sys

import fitdecode
import gpxpy

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "benches", "imports"))

import corpus

# Our names of totals, and fitdecode's.
TOTALS = {
    "timer_secs": "total_timer_time", "elapsed_secs": "total_elapsed_time", "distance_meters": "total_distance",
    "calories": "total_calories", "elevation_gain_meters": "total_ascent", "elevation_loss_meters": "total_descent",
    "avg_heart_rate": "avg_heart_rate", "max_heart_rate": "max_heart_rate", "avg_power_watts": "avg_power",
}
# Earlier times count from when the device was switched on.
FIRST_ABSOLUTE = datetime.datetime(1998, 1, 1, tzinfo=datetime.timezone.utc)
# For computed values. Values that are read must be equal.
TOLERANCE = 0.005
# The accepted mean error and median ratio of the computed ascent, compared with the devices'. gpxpy's ascent is no
# reference, because it adds up the noise of heights.
MEAN_ERROR, MEDIAN_RATIO = 0.15, (0.95, 1.05)
# In metres. Smaller ascents are dominated by rounding.
LEAST_ASCENT = 20
# For these sports, a device counts ascent that its points do not show.
NOT_ON_GROUND = ("dive", "indoor_cycle", "virtual_cycle", "transition", "other")


def made(folder):
    """Generates files, one of them damaged and one cut off."""
    for number, seconds in enumerate((2, 60, 3600)):
        for kind, make in (("fit", corpus.fit), ("gpx", corpus.gpx)):
            with open(os.path.join(folder, f"made-{number}.{kind}"), "wb") as file:
                file.write(make(number, seconds))
    whole = corpus.fit(7, 60)
    for name, content in (("cut", whole[:-30]), ("damaged", whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])):
        with open(os.path.join(folder, f"made-{name}.fit"), "wb") as file:
            file.write(content)
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def moments(records):
    """Joins records of the same time and place to one point: sensors may have separate records."""
    points, last = [], None
    for time, position, heart_rate in records:
        if points and time is not None and time == last and (position is None or points[-1][0] in (None, position)):
            before = points[-1]
            points[-1] = (before[0] or position, before[1] or heart_rate)
        else:
            points.append((position, heart_rate))
        last = time
    return points


def fit(path):
    """Returns sessions, and the numbers of points, positions, heart rates and laps. None if the file is damaged."""
    sessions, counts, records, apart = [], {"laps": 0}, [], False
    try:
        with fitdecode.FitReader(path, check_crc=fitdecode.CrcCheck.RAISE) as reader:
            for frame in reader:
                if not isinstance(frame, fitdecode.FitDataMessage):
                    continue
                value = lambda name: frame.get_value(name, fallback=None)
                if frame.name == "record":
                    position = value("position_lat"), value("position_long")
                    position = None if None in position or position == (0, 0) else position
                    records.append((value("timestamp"), position, value("heart_rate") or None))
                elif frame.name == "hr":
                    # Heart rates of a strap, which we assign to the points.
                    apart = True
                elif frame.name == "lap":
                    counts["laps"] += 1
                elif frame.name == "session":
                    totals = {ours: value(theirs) for ours, theirs in TOTALS.items()}
                    # A heart rate of zero means missing.
                    totals = {name: known for name, known in totals.items()
                              if known is not None and (known or "heart_rate" not in name)}
                    sessions.append({"started_at": value("start_time"), "totals": totals})
    except fitdecode.FitError:
        return None
    points = moments(records)
    counts["points"] = len(points)
    counts["positions"] = sum(position is not None for position, _ in points)
    if not apart:
        counts["heart_rates"] = sum(heart_rate is not None for _, heart_rate in points)
    sessions.sort(key=lambda session: str(session["started_at"]))
    return sessions, counts


def gpx(path):
    """The same for a GPX file, whose tracks are one activity."""
    with open(path, encoding="utf-8-sig") as file:
        read = gpxpy.parse(file)
    points = [point for track in read.tracks for segment in track.segments for point in segment.points]
    times = [point.time for point in points if point.time]
    totals = {"distance_meters": read.length_2d()}
    session = {"started_at": min(times, default=None), "totals": totals}
    return ([session] if times else []), {"points": len(points), "positions": len(points)}


def differences(ours, theirs, tolerance):
    """Yields the differences, in words."""
    if theirs is None:
        if "refused" not in ours and not ours["warnings"]:
            yield "we read it without a warning, and they find that it is damaged"
        return
    if not theirs[0] and not theirs[1]["points"]:
        if "refused" not in ours:
            yield "we read it, and they find nothing in it"
        return
    sessions, counts = theirs
    if "refused" in ours:
        if not (sessions == [] and ours["refused"] == "no_start_time"):
            yield f"we refuse it: {ours['refused']}"
        return
    if len(sessions) != len(ours["sessions"]):
        yield f"{len(ours['sessions'])} sessions, they find {len(sessions)}"
        return
    for name, count in counts.items():
        found = sum(session[name] for session in ours["sessions"])
        if found != count:
            yield f"{found} {name}, they find {count}"
    for one, other in zip(ours["sessions"], sessions):
        start = other["started_at"]
        if isinstance(start, datetime.datetime) and start >= FIRST_ABSOLUTE:
            if datetime.datetime.fromisoformat(one["started_at"]) != start:
                yield f"it began at {one['started_at']}, they find {start}"
        for name, known in other["totals"].items():
            found = one["totals"][name]
            # Equal divisions may differ in their last digits.
            if found is None or not math.isclose(found, known, rel_tol=tolerance, abs_tol=1e-6):
                yield f"{name} is {found}, they find {known}"


def ascents(found):
    """Yields the ratio of computed to measured ascent, for each session in which the device measured it."""
    for session in (session for file in found for session in file.get("sessions", [])):
        measured, computed = session["measured"]["elevation_gain_meters"], session["computed"]["elevation_gain_meters"]
        if session["activity_type"] not in NOT_ON_GROUND and (measured or 0) >= LEAST_ASCENT and computed is not None:
            yield computed / measured


def main():
    describe, samples, folder = sys.argv[1:]
    files = made(folder)
    public = sorted(glob.glob(os.path.join(samples, "*.fit")) + glob.glob(os.path.join(samples, "*.gpx")))
    if not public:
        print(f"there are no samples at {samples}: only generated files are compared")
    files += public
    lines = subprocess.check_output([describe, *files], text=True).splitlines()
    found = [json.loads(line) for line in lines]
    wrong = 0
    for path, ours in zip(files, found, strict=True):
        is_fit = path.endswith(".fit")
        for difference in differences(ours, fit(path) if is_fit else gpx(path), 0 if is_fit else TOLERANCE):
            wrong += 1
            print(f"{os.path.basename(path)}: {difference}")
    ratios = list(ascents(found))
    if ratios:
        error, median = statistics.mean(abs(ratio - 1) for ratio in ratios), statistics.median(ratios)
        print(f"ascent of {len(ratios)} activities: mean error {error:.1%}, median ratio {median:.3f}")
        wrong += error > MEAN_ERROR or not MEDIAN_RATIO[0] <= median <= MEDIAN_RATIO[1]
    print(f"{len(files)} files compared, {wrong} differences")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
