"""The client that openapi-generator generates for Python."""

import sys
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr
from sports_log import ActivitiesApi, ApiClient, Configuration, ImportsApi, LoginApi, PicturesApi
from sports_log.models.activity import Activity
from sports_log.models.activity_batch import ActivityBatch
from sports_log.models.activity_change_changed import ActivityChangeChanged
from sports_log.models.batch_outcome_created import BatchOutcomeCreated
from sports_log.models.batch_outcome_error import BatchOutcomeError
from sports_log.models.login_credentials import LoginCredentials
from sports_log.models.new_activity import NewActivity

api, email, password, file = sys.argv[1:]
SOURCE = "openapi-generator"

client = ApiClient(Configuration(host=api))
session = LoginApi(client).login(LoginCredentials(email=email, password=SecretStr(password)))
client.configuration.access_token = session.token
log = ActivitiesApi(client)
print("log in")


def run(external_id: str) -> NewActivity:
    started_at = datetime.fromisoformat("2026-05-04T08:00:00+02:00")
    return NewActivity(activity_type="run", started_at=started_at, duration_secs=1800, source=SOURCE,
                       external_id=external_id, notes="windy")


created = log.create_activity(run("1")).actual_instance
assert isinstance(created, Activity) and created.notes == "windy"
print("create")

listed = log.list_activities(source=SOURCE, sort="-distance_meters")
assert [one.id for one in listed.activities] == [created.id]
print("list")

# The client itself refuses what the document excludes. Only the server refuses an id that is there twice.
batch = log.create_activity_batch(ActivityBatch(activities=[run("2"), run("2")]), on_existing="keep")
kept, refused = (outcome.actual_instance for outcome in batch.results)
assert isinstance(kept, BatchOutcomeCreated) and kept.revision > 0
assert isinstance(refused, BatchOutcomeError) and refused.code == "validation_failed"
print("batch")

changes = [change.actual_instance for change in log.list_activity_changes(limit=500).changes]
assert any(isinstance(change, ActivityChangeChanged) and change.activity.id == created.id for change in changes)
print("feed")

imports = ImportsApi(client)
begun = imports.create_import(("morning.gpx", Path(file).read_bytes()))


def imported() -> UUID:
    for _ in range(150):
        files = imports.get_import(begun.id).files
        if files:
            return files[0].activity_ids[0]
        time.sleep(0.1)
    raise TimeoutError("the import did not end")


activity_id = imported()
print("upload")

picture = PicturesApi(client).get_route_png(activity_id, width=200)
assert picture.startswith(b"\x89PNG")
print("PNG")
