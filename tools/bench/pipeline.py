"""The steps of an upload, each as the person or worker does it who is responsible for it."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from redcross.accounts.models import User
from redcross.accounts.scope import acting_for
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply, check, creation, revert, services
from tools.bench.ledgers import build_ledger

_CLERK, _REVIEWER = "命令行（填报）", "命令行（审核）"


def write_ledger(path: Path, rows: int, **options: Any) -> None:
    """Write an invented ledger to a file."""
    path.write_bytes(build_ledger(rows, **options))


def create_upload(content: bytes, period: str) -> Upload:
    """Create an upload of a ledger and return it."""
    user = User.objects.get(username=_CLERK)
    with acting_for(user):
        return creation.create_upload(
            user,
            sheet="donations.ledger",
            branch=Branch.objects.get(code="5301"),
            period=Period.parse(period),
            content=content,
            filename="bench.xlsx",
            now=timezone.now(),
        )


def create_upload_of_file(path: Path) -> int:
    """Create an upload of a ledger in a file; return its id."""
    return int(create_upload(path.read_bytes(), "2021").pk)


def check_upload(pk: int) -> int:
    """Check an upload; return its id."""
    upload = Upload.objects.get(pk=pk)
    check.check_upload(pk, user=upload.uploaded_by, now=timezone.now())
    return pk


def apply_upload(pk: int) -> int:
    """Submit, approve and apply a checked upload; return its id."""
    upload = Upload.objects.get(pk=pk)
    if upload.state != UploadState.READY:
        message = f"the upload cannot be applied: {upload.message}"
        raise RuntimeError(message)
    reviewer = User.objects.get(username=_REVIEWER)
    now = timezone.now()
    with acting_for(upload.uploaded_by):
        services.submit(pk, user=upload.uploaded_by, now=now, note="测速")
    with acting_for(reviewer):
        services.approve(pk, user=reviewer, now=now)
    apply.apply_upload(pk, now=now)
    return pk


def revert_upload(pk: int) -> None:
    """Revert an applied upload."""
    revert.revert_upload(pk, user=User.objects.get(username=_REVIEWER), now=timezone.now())


def restore_upload(pk: int) -> None:
    """Restore a reverted upload."""
    revert.restore_upload(pk, user=User.objects.get(username=_REVIEWER), now=timezone.now())
