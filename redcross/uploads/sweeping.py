"""Uploads whose worker died: found by their silent heartbeat, and taken up again."""

from redcross.accounts.scope import acting_as_system
from redcross.uploads import progress
from redcross.uploads.choices import IN_WORK, State
from redcross.uploads.models import Upload


def silent_uploads() -> list[Upload]:
    """Return the uploads in work that no worker has touched for a minute."""
    with acting_as_system("查找中断的报送"):
        in_work = Upload.objects.filter(state__in=IN_WORK).order_by("pk")
        return [upload for upload in in_work if progress.is_silent(upload.pk)]


def sweep() -> list[int]:
    """Send each silent upload to a worker once more; return their ids."""
    from redcross.uploads.tasks import check_upload, load_upload

    found = silent_uploads()
    for upload in found:
        if upload.state == State.LOADING:
            load_upload.delay(upload_id=upload.pk)
        else:
            check_upload.delay(upload_id=upload.pk, user_id=upload.uploaded_by_id)
    return [upload.pk for upload in found]
