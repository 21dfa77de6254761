"""Uploads whose worker died: found by their silent heartbeat, and taken up again."""

import datetime as dt
import math

from django.core.cache import cache

from redcross.accounts.scope import acting_as_system
from redcross.uploads import folders, parcels, progress
from redcross.uploads.models import Upload

_SWEPT = "uploads:swept"
_KEPT = 7 * 24 * 60 * 60


def silent_uploads(*, now: dt.datetime) -> list[Upload]:
    """Return the uploads in work that no worker has touched for a minute."""
    with acting_as_system("查找中断的报送"):
        in_work = Upload.objects.at_work().order_by("pk")
        return [upload for upload in in_work if progress.is_silent(upload.pk, now=now)]


def sweep(*, now: dt.datetime) -> list[int]:
    """Send each silent upload to a worker once more; return their ids.

    One that still stands in a long queue is sent twice then; who comes second finds the
    work done and does nothing.
    """
    from redcross.uploads.tasks import recognise_again, send

    cache.set(_SWEPT, now.timestamp(), _KEPT)
    folders.clear_abandoned()
    with acting_as_system("清理过期的待确认文件"):
        parcels.clear(now)
        waiting = parcels.left_alone(now)
    for parcel in waiting:
        recognise_again(parcel)
    found = silent_uploads(now=now)
    for upload in found:
        send(upload)
    return [upload.pk for upload in found]


def seconds_since(*, now: dt.datetime) -> float:
    """Return the seconds since uploads were last swept, infinity where they never were."""
    swept: float | None = cache.get(_SWEPT)
    return math.inf if swept is None else max(0.0, now.timestamp() - swept)
