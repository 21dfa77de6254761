"""Create uploads: from a file's content, from a dropped file, from typed rows."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence

from django.db import connection

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.exports.services import decrypt_own_export
from redcross.files.passwords import is_encrypted
from redcross.locks.services import find_period_lock
from redcross.periods import Period
from redcross.uploads import rules
from redcross.uploads.choices import UploadMode, UploadOrigin, UploadState
from redcross.uploads.files import storage
from redcross.uploads.models import DroppedFile, Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.import_spec import SheetKind
from redcross.uploads.workflow.transitions import record_step

MAX_FILE_BYTES = 200 * 1024 * 1024
DISCARDED_STATES = frozenset(
    {
        UploadState.WITHDRAWN,
        UploadState.UNDONE,
        UploadState.RETURNED,
        UploadState.HAS_ERRORS,
        UploadState.FAILED,
    }
)
"""States in which the same file may be uploaded again."""


def create_upload(
    user: User,
    *,
    sheet: str,
    branch: Branch,
    period: Period,
    content: bytes,
    filename: str,
    now: dt.datetime,
    mode: str | None = None,
    note: str = "",
    origin: str = UploadOrigin.FILE,
    accept_good_rows: bool = False,
) -> Upload:
    """Create an upload from a file's content; raise RefusedError.

    The person must be allowed to enter the sheet for the branch, and the period be open.
    """
    require_enterable(user, sheet=sheet, branch=branch, period=period, now=now)
    content = decrypt_returned_file(user, content)
    require_size(len(content))
    upload = Upload(
        branch=branch,
        sheet=sheet,
        first_month=period.start,
        last_month=period.last,
        mode=mode or default_mode(sheet),
        origin=origin,
        filename=filename[-200:],
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        note=note,
        accept_good_rows=accept_good_rows,
        uploaded_by=user,
        created_at=now,
    )
    _lock_duplicates(upload)
    if content:
        storage.store_file(upload.file, content)
    upload.save()
    record_step(upload, by=user, now=now)
    return upload


def create_upload_from_dropped_file(
    user: User, dropped_file: DroppedFile, *, branch: Branch, period: Period, now: dt.datetime
) -> Upload:
    """Create an upload that takes a dropped file over; raise RefusedError.

    The sealed file and its grids change their owner, not their place: nothing is unsealed,
    and the dropped file names them no longer. The caller saves it.
    """
    sheet = dropped_file.sheet
    require_enterable(user, sheet=sheet, branch=branch, period=period, now=now)
    upload = Upload(
        branch=branch,
        sheet=sheet,
        first_month=period.start,
        last_month=period.last,
        mode=dropped_file.mode or default_mode(sheet),
        filename=dropped_file.filename,
        file=dropped_file.file.name,
        grids_file=dropped_file.grids_file.name,
        size=dropped_file.size,
        digest=dropped_file.digest,
        uploaded_by=user,
        created_at=now,
    )
    _lock_duplicates(upload)
    dropped_file.file = dropped_file.grids_file = ""
    upload.save()
    record_step(upload, by=user, now=now)
    return upload


def create_typed_upload(
    user: User,
    *,
    sheet: str,
    branch: Branch,
    period: Period,
    rows: Sequence[Mapping[str, str]],
    now: dt.datetime,
) -> Upload:
    """Take typed rows in as an upload without a workbook (在线填报)."""
    if not rows:
        raise RefusedError("rows.missing", "还没有填写任何一行；本期确无数据时请报“零报告”。")
    content = json.dumps(list(rows), ensure_ascii=False).encode()
    return create_upload(
        user,
        sheet=sheet,
        branch=branch,
        period=period,
        content=content,
        filename="在线填报",
        origin=UploadOrigin.TYPED,
        now=now,
    )


def decrypt_returned_file(user: User, content: bytes) -> bytes:
    """Return a file without its password where it is one of the person's own exports.

    批注本 and other exports come back under the password they were given out with.
    """
    if not is_encrypted(content):
        return content
    return decrypt_own_export(user, content) or content


def require_size(size: int) -> None:
    """Raise RefusedError where a file has more bytes than are taken."""
    if size > MAX_FILE_BYTES:
        raise RefusedError("file.too_large", "文件超过 200 MB，请分成几份上传。")


def require_enterable(
    user: User, *, sheet: str, branch: Branch, period: Period, now: dt.datetime
) -> None:
    """Raise RefusedError unless the person may hand in this sheet here, for this period."""
    if sheet not in registry:
        raise RefusedError("sheet.unknown", f"没有名为“{sheet}”的报表。")
    if period.first is None:
        raise RefusedError("period.unknown", "报告期须有起止月份。")
    if not rules.may_enter(user, branch, sheet):
        raise RefusedError(
            "branch.outside", f"您没有为“{branch}”填报此表的权限，请联系上级红十字会。"
        )
    lock = find_period_lock(registry[sheet].domain, branch, period, now=now)
    if lock is not None:
        raise RefusedError("period.locked", f"{lock}已锁定，请向省红十字会申请解锁后再报。")


def default_mode(sheet: str) -> str:
    """Ledgers and rosters add; statistics replace the period."""
    if registry[sheet].kind is SheetKind.STATISTICS:
        return UploadMode.REPLACE
    return UploadMode.APPEND


def _lock_duplicates(upload: Upload) -> None:
    """Raise RefusedError for a duplicate; until commit nobody else can create the same upload."""
    key = f"{upload.sheet}:{upload.branch_id}:{upload.digest}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(530001, hashtext(%s))", [key])
    reject_duplicate_file(
        sheet=upload.sheet, branch=upload.branch, period=upload.period, digest=upload.digest
    )


def reject_duplicate_file(*, sheet: str, branch: Branch, period: Period, digest: str) -> None:
    """Raise RefusedError where the very same file is on its way or effective already."""
    twin = (
        Upload.objects.filter(
            branch=branch,
            sheet=sheet,
            digest=digest,
            first_month=period.start,
            last_month=period.last,
        )
        .exclude(state__in=DISCARDED_STATES)
        .order_by("-pk")
        .first()
    )
    if twin is not None and twin.origin == UploadOrigin.FILE:
        raise RefusedError(
            "upload.duplicate",
            f"同一文件已上传过（批次 {twin.pk}，{twin.get_state_display()}），无需再报。",
        )
