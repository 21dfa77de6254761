"""Find work whose worker died, by its missing heartbeat, and delete what nobody uses."""

import dataclasses
import datetime as dt
import math

from django.core.cache import cache

from redcross.accounts.scope import acting_as_system
from redcross.uploads.choices import PROCESSING_STATES
from redcross.uploads.files import scratch_dir, storage
from redcross.uploads.intake import dropped_files
from redcross.uploads.models import DroppedFile, Upload
from redcross.uploads.workflow import progress

_LAST_RUN = "uploads:swept"
_LAST_RUN_SECONDS = 7 * 24 * 60 * 60


@dataclasses.dataclass(frozen=True, slots=True)
class StalledWork:
    """What has to be sent to a worker once more."""

    uploads: list[Upload]
    dropped_files: list[DroppedFile]


def stalled_uploads(*, now: dt.datetime) -> list[Upload]:
    """Return the uploads in work that no worker has reported on for a minute."""
    with acting_as_system("查找中断的报送"):
        in_work = Upload.objects.at_work().order_by("pk")
        return [upload for upload in in_work if progress.is_stalled(upload.pk, now=now)]


def collect_stalled_work(*, now: dt.datetime) -> StalledWork:
    """Return stalled work; delete expired files, unused grids and abandoned scratch folders.

    What still waits in a long queue is returned too: the second worker finds it done and
    does nothing.
    """
    cache.set(_LAST_RUN, now.timestamp(), _LAST_RUN_SECONDS)
    scratch_dir.delete_abandoned_dirs()
    with acting_as_system("清理过期的待确认文件"):
        dropped_files.delete_expired_files(now)
        delete_unused_grids(now=now)
        stalled_files = dropped_files.find_stalled_files(now)
    return StalledWork(stalled_uploads(now=now), stalled_files)


def delete_unused_grids(*, now: dt.datetime) -> int:
    """Delete the grids of uploads that nobody has submitted for days; return how many.

    A later check opens the file again.
    """
    uploads = (
        Upload.objects.exclude(grids_file="")
        .exclude(state__in=PROCESSING_STATES)
        .filter(created_at__lt=now - dropped_files.UNCONFIRMED_LIFETIME)
        .select_for_update(skip_locked=True)
    )
    for upload in (deleted := list(uploads)):
        storage.delete_file(upload.grids_file)
        upload.save(update_fields=["grids_file"])
    return len(deleted)


def seconds_since_last_run(*, now: dt.datetime) -> float:
    """Return the seconds since stalled work was last looked for, infinity where never."""
    last_run: float | None = cache.get(_LAST_RUN)
    return math.inf if last_run is None else max(0.0, now.timestamp() - last_run)
