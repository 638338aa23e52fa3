"""Looks at a Grafana dashboard: `check FILE` for its form, `ask FILE PROMETHEUS-URL` for its queries.

Grafana itself comes in no package: that it loads the file is for people to see."""

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
            problems.append(f"{title}: its id is another's, too")
        ids.add(panel["id"])
        place = panel["gridPos"]
        if place["x"] + place["w"] > 24:
            problems.append(f"{title}: too wide")
        mine = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        if mine & cells:
            problems.append(f"{title}: over another panel")
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
                problems.append(f"{title}: asks a source that is not provisioned")
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
        # What Grafana would put there for a scrape every 15 s.
        found = query(prometheus, expression.replace("$__rate_interval", "1m"))
        asked += 1
        # Numbers: a quantile of nothing is none. The annotation is empty until a server restarts.
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
