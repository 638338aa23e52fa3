"""Checks a Grafana dashboard: `check FILE` checks its structure, `ask FILE PROMETHEUS-URL` its queries.

No package registry has Grafana itself, so whether it loads the file is not checked here."""

import json
import sys
import urllib.parse
import urllib.request

SOURCE = "sports-log-prometheus"


def fail(problems):
    if problems:
        sys.exit("\n".join(problems))


def check(dashboard):
    problems, ids, cells = [], set(), set()
    for panel in dashboard["panels"]:
        title = panel["title"]
        if panel["id"] in ids:
            problems.append(f"{title}: another panel has the same id")
        ids.add(panel["id"])
        place = panel["gridPos"]
        if place["x"] + place["w"] > 24:
            problems.append(f"{title}: too wide")
        mine = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        if mine & cells:
            problems.append(f"{title}: overlaps another panel")
        cells |= mine
        if panel["type"] == "row":
            continue
        if not panel.get("description"):
            problems.append(f"{title}: no description")
        if not panel["fieldConfig"]["defaults"].get("unit"):
            problems.append(f"{title}: no unit")
        for target in panel["targets"]:
            if not target.get("legendFormat"):
                problems.append(f"{title}: no legend for {target['expr']}")
            if target["datasource"]["uid"] != SOURCE:
                problems.append(f"{title}: its data source is not provisioned")
    fail(problems)


def query(prometheus, expression):
    address = prometheus + "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(address) as answer:
        return json.load(answer)["data"]["result"]


def ask(dashboard, prometheus):
    problems, asked = [], 0
    targets = [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])]
    targets += [(note["name"], note["expr"]) for note in dashboard["annotations"]["list"]]
    for title, expression in targets:
        # The value that Grafana would insert for a scrape interval of 15 s.
        found = query(prometheus, expression.replace("$__rate_interval", "1m"))
        asked += 1
        # Without observations a quantile is NaN. The annotation is empty until a server restarts.
        if title != "Restarts" and not [sample for sample in found if sample["value"][1] != "NaN"]:
            problems.append(f"{title}: no data for {expression}")
    fail(problems)
    print(f"{asked} queries of the dashboard have data")


with open(sys.argv[2]) as file:
    loaded = json.load(file)
if sys.argv[1] == "check":
    check(loaded)
else:
    ask(loaded, sys.argv[3])
