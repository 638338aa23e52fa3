"""Summaries of the first user's ten years, one after the other."""

from load import percentile, run_wrk

YEARS = "/stats/summary?group_by=month&from=2016-01-01&to=2025-12-31"


def summaries(server, seconds):
    """Returns the medians in ms: in the zone of the user's profile, whose days are stored, and in another."""
    header = ["-H", f"Authorization: Bearer {server.token(1)}"]
    return [percentile(run_wrk(server.base + YEARS + zone, 1, seconds, *header), 50) for zone in ("", "&tz=Asia/Tokyo")]
