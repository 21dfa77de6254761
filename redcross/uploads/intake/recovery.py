"""Find work whose worker died, by its silent heartbeat, and delete what nobody claims."""

import dataclasses
import datetime as dt
import math

from django.core.cache import cache

from redcross.accounts.scope import acting_as_system
from redcross.uploads.files import scratch_dir
from redcross.uploads.intake import drafts
from redcross.uploads.models import Parcel, Upload
from redcross.uploads.workflow import progress

_LAST_RUN = "uploads:swept"
_LAST_RUN_SECONDS = 7 * 24 * 60 * 60


@dataclasses.dataclass(frozen=True, slots=True)
class StalledWork:
    """What has to be sent to a worker once more."""

    uploads: list[Upload]
    drafts: list[Parcel]


def stalled_uploads(*, now: dt.datetime) -> list[Upload]:
    """Return the uploads in work that no worker has touched for a minute."""
    with acting_as_system("查找中断的报送"):
        in_work = Upload.objects.at_work().order_by("pk")
        return [upload for upload in in_work if progress.is_stalled(upload.pk, now=now)]


def collect_stalled_work(*, now: dt.datetime) -> StalledWork:
    """Return stalled uploads and drafts; delete expired drafts and abandoned scratch folders.

    One that still stands in a long queue is returned too: who comes second finds the work
    done and does nothing.
    """
    cache.set(_LAST_RUN, now.timestamp(), _LAST_RUN_SECONDS)
    scratch_dir.delete_abandoned_dirs()
    with acting_as_system("清理过期的待确认文件"):
        drafts.delete_expired_drafts(now)
        stalled_drafts = drafts.find_stalled_drafts(now)
    return StalledWork(stalled_uploads(now=now), stalled_drafts)


def seconds_since_last_run(*, now: dt.datetime) -> float:
    """Return the seconds since stalled work was last looked for, infinity where never."""
    last_run: float | None = cache.get(_LAST_RUN)
    return math.inf if last_run is None else max(0.0, now.timestamp() - last_run)
