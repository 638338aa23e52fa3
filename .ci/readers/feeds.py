"""Reads the calendar and the feed of a share as calendar apps and feed readers do.

feeds.py FOLDER: reads share.ics with icalendar and share.atom with feedparser.
"""

import sys
from datetime import date
from pathlib import Path

import feedparser
from icalendar import Calendar

folder = Path(sys.argv[1])
calendar = Calendar.from_ical((folder / "share.ics").read_bytes())
events = calendar.walk("VEVENT")
faults = [fault for one in [calendar, *events] for fault in one.errors]
assert not faults, faults
assert len(events) == 1, events
event = events[0]
title = str(event["SUMMARY"])
assert title.startswith("Lauf; über \\die\\ Brücke, <am> & \"hinter\" dem Fluß 東京"), title
assert event.decoded("DTSTART") == date(2026, 5, 4), event
assert event.decoded("DTEND") == date(2026, 5, 5), event
for name in ("UID", "DTSTAMP", "URL"):
    assert event[name], name

feed = feedparser.parse((folder / "share.atom").read_bytes())
assert not feed.bozo, feed.bozo_exception
assert feed.version == "atom10", feed.version
assert feed.feed.id and feed.feed.updated and feed.feed.author, feed.feed
entry = feed.entries[0]
# feedparser unescapes the markup of titles of type text once more.
assert entry.title.startswith("4 May 2026, Lauf; über \\die\\ Brücke, "), entry.title
assert entry.id == f"urn:uuid:{event['UID']}", (entry.id, event["UID"])
assert entry.updated == "2026-05-04T00:00:00Z" and entry.link == str(event["URL"]), entry
print("A share's calendar and feed are read.")
