"""Dropped files before they are uploads: store, correct, confirm, discard, delete."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.choices import RECOGNITION_STATES, DroppedFileState
from redcross.uploads.files import storage, workbook
from redcross.uploads.files.workbook import UnreadableError
from redcross.uploads.models import DroppedFile, Upload
from redcross.uploads.workflow import creation
from redcross.uploads.workflow.queries import entering_branch

UNCONFIRMED_LIFETIME = dt.timedelta(days=7)
"""How long an unconfirmed file is kept."""
CONFIRMED_LIFETIME = dt.timedelta(hours=12)
"""How long a file that became an upload stays on the page."""
MAX_FILES = 50
"""Files that are taken from one form."""
_STALLED_AFTER = dt.timedelta(seconds=workbook.TIMEOUT_SECONDS * 4)


def dropped_files_of(user: User) -> QuerySet[DroppedFile]:
    """Return a person's own dropped files, oldest first."""
    own = DroppedFile.objects.visible_to(user).filter(owner=user)
    return own.select_related("reporting_branch", "upload__branch").order_by("pk")


def store_dropped_file(
    user: User, *, content: bytes, filename: str, prefill: Mapping[str, str], now: dt.datetime
) -> DroppedFile:
    """Seal and store a dropped file; raise RefusedError where it is not accepted."""
    branch = entering_branch(user)
    if branch is None:
        raise RefusedError("branch.outside", "您的角色不填报数据，请联系上级红十字会授权。")
    creation.require_size(len(content))
    content = creation.decrypt_returned_file(user, content)
    digest = hashlib.sha256(content).hexdigest()
    if content:
        _reject_duplicate(user, digest)
    dropped_file = DroppedFile(
        branch=branch,
        owner=user,
        filename=filename[-200:],
        size=len(content),
        digest=digest,
        prefill=dict(prefill),
        created_at=now,
        updated_at=now,
    )
    if content:
        storage.store_file(dropped_file.file, content)
    else:
        error = UnreadableError("file.empty")
        dropped_file.state = DroppedFileState.UNREADABLE
        dropped_file.code, dropped_file.message = error.code, str(error)
    dropped_file.save()
    return dropped_file


def _reject_duplicate(user: User, digest: str) -> None:
    unconfirmed = dropped_files_of(user).exclude(state=DroppedFileState.SENT)
    duplicate = unconfirmed.filter(digest=digest).first()
    if duplicate is not None:
        raise RefusedError(
            "upload.duplicate", f"与已放入的“{duplicate.filename}”是同一个文件，只保留一份。"
        )


def update_dropped_file(
    dropped_file: DroppedFile,
    *,
    sheet: str,
    branch: Branch | None,
    months: str,
    mode: str,
    now: dt.datetime,
) -> DroppedFile:
    """Store the owner's corrections; another sheet brings its own guess of the period along."""
    if not dropped_file.is_confirmable:
        raise RefusedError("upload.not_ready", "文件还没有读完，请稍候再改。")
    before = dropped_file.guess_for(dropped_file.sheet)
    if sheet != dropped_file.sheet and months == before.get("months"):
        months = dropped_file.guess_for(sheet).get("months", months)
    dropped_file.sheet, dropped_file.reporting_branch = sheet, branch
    dropped_file.months, dropped_file.mode = months[:20], mode
    dropped_file.code, dropped_file.message, dropped_file.updated_at = "", "", now
    dropped_file.save()
    return dropped_file


def confirm_dropped_file(
    dropped_file: DroppedFile, user: User, *, now: dt.datetime
) -> Upload | None:
    """Make an upload of a confirmed file; where that is refused the file keeps the reason."""
    try:
        with transaction.atomic():
            upload = _create_upload(dropped_file, user, now)
    except RefusedError as error:
        dropped_file.refresh_from_db()
        dropped_file.code, dropped_file.message = error.code, error.message
        dropped_file.updated_at = now
        dropped_file.save()
        return None
    return upload


def _create_upload(dropped_file: DroppedFile, user: User, now: dt.datetime) -> Upload:
    locked = DroppedFile.objects.select_for_update(of=("self",))
    dropped_file = locked.select_related("reporting_branch").get(pk=dropped_file.pk)
    if not dropped_file.is_confirmable:
        raise RefusedError("upload.not_ready", f"“{dropped_file}”当前不能开始检查，请刷新页面。")
    if not dropped_file.sheet:
        raise RefusedError("sheet.unknown", "请先选择这是哪一张报表。")
    if dropped_file.reporting_branch is None:
        raise RefusedError("branch.outside", "请先选择填报单位。")
    try:
        period = Period.parse(dropped_file.months)
    except UnknownPeriodError as error:
        raise RefusedError("period.unknown", str(error)) from None
    upload = creation.create_upload_from_dropped_file(
        user, dropped_file, branch=dropped_file.reporting_branch, period=period, now=now
    )
    dropped_file.state, dropped_file.upload = DroppedFileState.SENT, upload
    dropped_file.updated_at = now
    dropped_file.save()
    return upload


def discard_dropped_file(dropped_file: DroppedFile) -> None:
    """Delete a dropped file and what is stored of it; its upload stays."""
    storage.delete_file(dropped_file.file)
    storage.delete_file(dropped_file.grids_file)
    dropped_file.delete()


def delete_expired_files(now: dt.datetime) -> int:
    """Delete what nobody confirmed for days, and what has been an upload for hours."""
    unconfirmed = DroppedFile.objects.filter(updated_at__lt=now - UNCONFIRMED_LIFETIME)
    confirmed = DroppedFile.objects.filter(
        state=DroppedFileState.SENT, updated_at__lt=now - CONFIRMED_LIFETIME
    )
    expired = list(unconfirmed.union(confirmed))
    for dropped_file in expired:
        discard_dropped_file(dropped_file)
    return len(expired)


def find_stalled_files(now: dt.datetime) -> list[DroppedFile]:
    """Return the files whose recognition began and has not ended for too long."""
    stalled = DroppedFile.objects.filter(
        state__in=RECOGNITION_STATES, updated_at__lt=now - _STALLED_AFTER
    )
    return list(stalled.order_by("pk"))
