"""The verbs of an upload's life; each locks, checks again, changes the state, and says so."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from django.db import connection, transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.exports.services import decrypt_own_export
from redcross.files.passwords import is_encrypted
from redcross.locks.services import find_period_lock
from redcross.notices.services import notify
from redcross.periods import Period
from redcross.uploads import rules
from redcross.uploads.choices import (
    OPEN_STATES,
    REVIEW_STATES,
    UploadMode,
    UploadOrigin,
    UploadState,
)
from redcross.uploads.files import storage
from redcross.uploads.models import (
    DroppedFile,
    HeadingMemory,
    Upload,
    UploadRemark,
    UploadStep,
)
from redcross.uploads.registry import registry
from redcross.uploads.schema.import_spec import SheetKind

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
"""States in which the same file may be handed in once more."""


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


def recheck(upload_id: int, *, user: User, now: dt.datetime) -> Upload:
    """Have an upload read once more, say after a heading was mapped."""
    with transaction.atomic():
        upload = _locked_upload(upload_id)
        _require_own(upload, user)
        if upload.state not in {UploadState.HAS_ERRORS, UploadState.READY, UploadState.FAILED}:
            raise RefusedError("upload.not_ready", "只有尚未提交的数据可以重新检查。")
        _change_state(upload, UploadState.RECEIVED, by=user, now=now)
    return upload


def set_options(
    upload_id: int, *, user: User, accept_good_rows: bool, delete_missing: bool
) -> Upload:
    """Keep what the uploader ticked: good rows only, delete what is missing."""
    with transaction.atomic():
        upload = _locked_upload(upload_id)
        _require_own(upload, user)
        if upload.state not in {UploadState.HAS_ERRORS, UploadState.READY}:
            raise RefusedError("upload.not_ready", "只有尚未提交的数据可以更改选择。")
        upload.accept_good_rows, upload.delete_missing = accept_good_rows, delete_missing
        upload.save(update_fields=["accept_good_rows", "delete_missing"])
    return upload


def default_mode(sheet: str) -> str:
    """Ledgers and rosters add; statistics replace the period."""
    if registry[sheet].kind is SheetKind.STATISTICS:
        return UploadMode.REPLACE
    return UploadMode.APPEND


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


def forget_heading(branch: Branch, sheet: str, heading: str, *, user: User) -> None:
    """Forget how a branch's own heading was once mapped by hand."""
    if not rules.may_enter(user, branch, sheet):
        raise RefusedError("upload.not_yours", "只有填报单位可以办理。")
    known = HeadingMemory.objects.visible_to(user)
    gone, _ = known.filter(branch=branch, sheet=sheet, heading=heading).delete()
    if not gone:
        raise RefusedError("heading.not_remembered", f"没有记住过“{heading}”的对应关系。")


def submit(upload_id: int, *, user: User, now: dt.datetime, note: str | None = None) -> Upload:
    """Hand the checked rows over to the level above."""
    with transaction.atomic():
        upload = _locked_upload(upload_id)
        _require_own(upload, user)
        ready = upload.state == UploadState.READY or (
            upload.state == UploadState.HAS_ERRORS
            and upload.accept_good_rows
            and upload.accepted > 0
        )
        if not ready:
            raise RefusedError(
                "upload.not_ready",
                f"当前状态为“{upload.get_state_display()}”，改正错误并重新上传后才能提交。",
            )
        if note is not None:
            upload.note = note
        if upload.warnings and not upload.note.strip():
            raise RefusedError("upload.note_missing", "有提醒事项时，须填写说明后提交。")
        _require_open_months(upload, now)
        upload.submitted_at = now
        storage.delete_file(upload.grids_file)  # from here on nothing is checked again
        _change_state(upload, UploadState.SUBMITTED, by=user, now=now, remark=upload.note)
    return upload


def withdraw(upload_id: int, *, user: User, now: dt.datetime) -> Upload:
    """Take it back before it is decided on."""
    with transaction.atomic():
        upload = _locked_upload(upload_id)
        _require_own(upload, user)
        if upload.state not in REVIEW_STATES | OPEN_STATES:
            raise RefusedError(
                "upload.not_withdrawable",
                f"当前状态为“{upload.get_state_display()}”，不能撤回；已生效的请作废本批。",
            )
        upload.reviewed_by = None
        storage.delete_file(upload.grids_file)
        _change_state(upload, UploadState.WITHDRAWN, by=user, now=now)
    return upload


def approve(
    upload_id: int,
    *,
    user: User,
    now: dt.datetime,
    then: Callable[[int], object],
    remark: str = "",
) -> Upload:
    """Let it become effective; `then` is called with its id once this is committed."""
    with transaction.atomic():
        upload = _locked_upload(upload_id)
        require_reviewable(upload, user)
        _require_open_months(upload, now)
        if upload.declared.two_step and upload.state == UploadState.SUBMITTED:
            upload.reviewed_by = user
            _change_state(upload, UploadState.REVIEWED, by=user, now=now, remark=remark)
            return upload
        upload.approved_by = user
        _change_state(upload, UploadState.LOADING, by=user, now=now, remark=remark)
        transaction.on_commit(lambda: then(upload_id))
    return upload


def return_upload(
    upload_id: int,
    *,
    user: User,
    now: dt.datetime,
    remark: str,
    cells: Sequence[tuple[str, str, str]] = (),
) -> Upload:
    """Return it with a reason, and remarks on cells as (worksheet, cell, text)."""
    if not remark.strip() and not cells:
        raise RefusedError("remark.missing", "退回时须写明原因。")
    with transaction.atomic():
        upload = _locked_upload(upload_id)
        require_reviewable(upload, user)
        for worksheet, cell, text in cells:
            UploadRemark.objects.create(
                branch=upload.branch,
                upload=upload,
                worksheet=worksheet,
                cell=cell.upper(),
                text=text,
                by=user,
                at=now,
            )
        upload.reviewed_by = None
        _change_state(upload, UploadState.RETURNED, by=user, now=now, remark=remark)
        notify(
            [upload.uploaded_by],
            f"{upload}已退回：{remark or '请看单元格上的意见'}",
            link=reverse("upload", kwargs={"pk": upload.pk}),
            sent_by=user,
            now=now,
        )
    return upload


def require_reviewable(upload: Upload, user: User) -> None:
    """Raise RefusedError unless it waits for a decision this person may take."""
    if upload.state not in REVIEW_STATES:
        raise RefusedError(
            "upload.not_awaiting",
            f"该批数据当前为“{upload.get_state_display()}”，可能已被他人办理，请刷新页面。",
        )
    if user.pk == upload.uploaded_by_id:
        raise RefusedError("review.own", "不能审核自己上传的数据。")
    if not rules.may_review(user, upload):
        raise RefusedError("review.not_allowed", "该批数据应由上一级红十字会审核。")


def _require_open_months(upload: Upload, now: dt.datetime) -> None:
    lock = find_period_lock(upload.declared.domain, upload.branch, upload.period, now=now)
    if lock is not None:
        raise RefusedError("period.locked", f"{lock}已锁定，请先申请解锁。")


def _require_own(upload: Upload, user: User) -> None:
    if not rules.may_enter(user, upload.branch, upload.sheet):
        raise RefusedError("upload.not_yours", "只有填报单位可以办理。")


def _locked_upload(upload_id: int) -> Upload:
    return (
        Upload.objects.select_for_update(of=("self",))
        .select_related("branch__parent", "uploaded_by")
        .get(pk=upload_id)
    )


def _change_state(
    upload: Upload, state: str, *, by: User | None, now: dt.datetime, remark: str = ""
) -> None:
    upload.state = state
    upload.save()
    record_step(upload, by=by, now=now, remark=remark)


def record_step(upload: Upload, *, by: User | None, now: dt.datetime, remark: str = "") -> None:
    """Keep who brought the upload into its state, and when."""
    UploadStep.objects.create(
        branch_id=upload.branch_id,
        upload=upload,
        state=upload.state,
        at=now,
        by=by,
        remark=remark,
    )
