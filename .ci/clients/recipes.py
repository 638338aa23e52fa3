"""Follows the recipes of docs/API.md, as written there, against the server at SPORTS_LOG_API.

    recipes.py docs/API.md RECORDING.fit ADDRESS PASSWORD
"""

import csv
import io
import json
import logging
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import datetime, timezone

import jinja2
import yaml
from flask import Flask, request
from standardwebhooks.webhooks import Webhook
from werkzeug.serving import make_server

API = os.environ["SPORTS_LOG_API"]
TODAY = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
PUBLIC = "https://log.example.com"
RECEIVER_PORT = 3301


def ask(path, token, body=None):
    """The JSON or text of an answer. A body is posted."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(API + path, data, headers)) as answer:
        text = answer.read().decode()
        return json.loads(text) if answer.headers["Content-Type"].startswith("application/json") else text


def blocks(section, language):
    return re.findall(rf"```{language}\n(.*?)```", section, re.S)


def shell(script, folder):
    ran = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, f"{script}\n{ran.stderr}"
    return json.loads(ran.stdout)


def main():
    document, recording, address, password = sys.argv[1:]
    with open(document, encoding="utf-8") as file:
        text = file.read().split("\n## Recipes\n")[1].split("\n## ")[0]
    recipes = dict(part.split("\n", 1) for part in text.split("\n### ")[1:])
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.abspath(recording), os.path.join(folder, "morning.fit"))
        (making,) = blocks(text.split("\n### ")[0], "sh")
        making = making.replace(PUBLIC, API).replace("ann@example.com", address).replace('"…"', f'"{password}"')
        token = shell(making, folder)["token"]
        login = ask("/auth/login", "", {"email": address, "password": password})["token"]
        written = [shell(script.replace(PUBLIC, API).replace("slog_…", token), folder)
                   for script in blocks(recipes["Script with a token"], "sh")]
    assert written[0]["activity_type"] == "row", written
    while (imported := ask(f"/imports/{written[1]['id']}", token))["status"] in ("waiting", "running"):
        time.sleep(0.2)
    assert imported["counts"]["activities"] == 1, imported
    # What the recipes have logged so far is not of this week.
    now = {"activity_type": "run", "duration_secs": 1800, "distance_meters": 5040, "started_at": TODAY}
    ask("/activities", token, now)
    home_assistant(recipes["Home Assistant"], token)
    grafana(recipes["Grafana"], token)
    spreadsheet(recipes["Spreadsheet"], token)
    receiver(recipes["Webhook receiver"], login, now)
    print(f"{len(recipes)} recipes; those of scripts, Home Assistant, Grafana, spreadsheets and receivers work as written")


def home_assistant(recipe, token):
    class Loader(yaml.SafeLoader):
        """Knows `!secret`."""

    Loader.add_constructor("!secret", lambda *_: f"Bearer {token}")
    (configuration,) = blocks(recipe, "yaml")
    (rest,) = yaml.load(configuration, Loader)["rest"]
    assert rest["headers"]["Authorization"] == f"Bearer {token}"
    answer = ask(rest["resource"].removeprefix(PUBLIC), token)
    shown = jinja2.Template(rest["sensor"][0]["value_template"]).render(value_json=answer)
    assert shown == "5.0", shown
    assert ask("/stats/streaks", token)["days"]["current"]["length"] == 1
    assert ask("/me/goals", token)["goals"] == []


def grafana(recipe, token):
    (url,) = re.findall(r"`(https://\S*group_by=day\S*)`", recipe)
    url = re.sub(r"\$\{__(from|to):date:YYYY-MM-DD\}", TODAY[:10], url.removeprefix(PUBLIC))
    (row,) = ask(url, token)["buckets"]
    columns = re.findall(r"`(\w+)`", recipe.split("Columns:")[1].split("\n\n")[0])
    assert len(columns) == 4 and all(column in row for column in columns), (columns, row)


def spreadsheet(recipe, token):
    (script,) = blocks(recipe, "js")
    (url,) = re.findall(r'const url = "(.*?)"', script)
    rows = list(csv.reader(io.StringIO(ask(url.removeprefix(PUBLIC), token))))
    assert len(rows) > 2 and {len(row) for row in rows} == {len(rows[0])}, rows


def receiver(recipe, login, activity):
    events, app = queue.Queue(), Flask("recipe")
    # The first challenge fails, as the recipe says.
    app.logger.disabled = logging.getLogger("werkzeug").disabled = True
    known = {"app": app, "request": request, "Webhook": Webhook, "queue": events, "SECRET": None}
    (code,) = blocks(recipe, "python")
    exec(code, known)  # pylint: disable=exec-used
    server = make_server("localhost", RECEIVER_PORT, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    webhook = ask("/me/webhooks", login, {"url": f"http://localhost:{RECEIVER_PORT}/log"})
    assert webhook["verified_at"] is None, "the receiver cannot verify anything yet"
    known["SECRET"] = webhook["secret"]
    assert ask(f"/me/webhooks/{webhook['id']}/test", login, {})["verified_at"], "the receiver verifies"
    ask("/activities", login, {**activity, "distance_meters": 6000})
    assert {events.get(timeout=30)["type"] for _ in range(2)} == {"activity.created", "record.set"}
    server.shutdown()


main()
