"""What every change of an upload has in common: lock it, change its state, record the step."""

import datetime as dt

from redcross.accounts.models import User
from redcross.uploads.models import Upload, UploadStep


def lock_upload(upload_id: int) -> Upload:
    """Return the upload, locked until the transaction ends; raise Upload.DoesNotExist."""
    return (
        Upload.objects.select_for_update(of=("self",))
        .select_related("branch__parent", "uploaded_by")
        .get(pk=upload_id)
    )


def change_state(
    upload: Upload, state: str, *, by: User | None, now: dt.datetime, remark: str = ""
) -> None:
    """Save the upload in a new state and record the step; `by` is None for the machine."""
    upload.state = state
    upload.save()
    record_step(upload, by=by, now=now, remark=remark)


def record_step(upload: Upload, *, by: User | None, now: dt.datetime, remark: str = "") -> None:
    """Record who brought the upload into its state, and when."""
    UploadStep.objects.create(
        branch_id=upload.branch_id,
        upload=upload,
        state=upload.state,
        at=now,
        by=by,
        remark=remark,
    )
