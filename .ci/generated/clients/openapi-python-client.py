"""The client that openapi-python-client generates."""

import sys
import time
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

from sports_log import AuthenticatedClient, Client
from sports_log.api.activities import create_activity, create_activity_batch, list_activities, list_activity_changes
from sports_log.api.imports import create_import, get_import
from sports_log.api.login import login
from sports_log.api.pictures import get_route_png
from sports_log.models import (
    ActivitiesPage,
    Activity,
    ActivityBatch,
    ActivityChangeChanged,
    ActivityChanges,
    AuthResponse,
    BatchOutcomeCreated,
    BatchOutcomeError,
    BatchResults,
    CreateActivityBatchOnExisting,
    CreateImportBody,
    ErrorCode,
    Import,
    ImportWithFiles,
    ListActivitiesSort,
    LoginCredentials,
    NewActivity,
)
from sports_log.types import File

api, email, password, file = sys.argv[1:]
SOURCE = "openapi-python-client"

session = login.sync(client=Client(base_url=api), body=LoginCredentials(email=email, password=password))
assert isinstance(session, AuthResponse)
client = AuthenticatedClient(base_url=api, token=session.token)
print("log in")


def run(external_id: str, activity_type: str = "run") -> NewActivity:
    started_at = datetime.fromisoformat("2026-05-04T08:00:00+02:00")
    return NewActivity(activity_type=activity_type, started_at=started_at, duration_secs=1800, source=SOURCE,
                       external_id=external_id, notes="windy")


created = create_activity.sync(client=client, body=run("1"))
assert isinstance(created, Activity) and created.notes == "windy"
print("create")

listed = list_activities.sync(client=client, source=SOURCE, sort=ListActivitiesSort.DISTANCE_METERS_DESC)
assert isinstance(listed, ActivitiesPage) and [one.id for one in listed.activities] == [created.id]
print("list")

activities = ActivityBatch(activities=[run("2"), run("3", "Not a type")])
batch = create_activity_batch.sync(client=client, body=activities, on_existing=CreateActivityBatchOnExisting.KEEP)
assert isinstance(batch, BatchResults)
kept, refused = batch.results
assert isinstance(kept, BatchOutcomeCreated) and kept.revision > 0
assert isinstance(refused, BatchOutcomeError) and refused.code == ErrorCode.VALIDATION_FAILED
print("batch")

feed = list_activity_changes.sync(client=client, limit=500)
assert isinstance(feed, ActivityChanges)
assert any(isinstance(one, ActivityChangeChanged) and one.activity.id == created.id for one in feed.changes)
print("feed")

upload = File(payload=BytesIO(Path(file).read_bytes()), file_name="morning.gpx")
begun = create_import.sync(client=client, body=CreateImportBody(file=upload))
assert isinstance(begun, Import)


def imported(import_id: UUID) -> UUID:
    for _ in range(150):
        state = get_import.sync(import_id, client=client)
        assert isinstance(state, ImportWithFiles)
        if state.files:
            return state.files[0].activity_ids[0]
        time.sleep(0.1)
    raise TimeoutError("the import did not end")


activity_id = imported(begun.id)
print("upload")

picture = get_route_png.sync(activity_id, client=client, width=200)
assert isinstance(picture, File) and picture.payload.read(4) == b"\x89PNG"
print("PNG")
