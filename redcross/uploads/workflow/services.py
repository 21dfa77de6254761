"""What people do to an upload: recheck, submit, withdraw, approve, return.

Each function locks the upload, checks rights and state again, and records the step; it
raises RefusedError where the request cannot be carried out.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.locks.services import find_period_lock
from redcross.notices.services import notify
from redcross.uploads import rules
from redcross.uploads.choices import UploadState
from redcross.uploads.files import storage
from redcross.uploads.models import HeadingMemory, Upload, UploadRemark
from redcross.uploads.workflow.transitions import change_state, lock_upload

_MAX_HEADING_LENGTH = 200


def recheck(upload_id: int, *, user: User, now: dt.datetime) -> Upload:
    """Mark an upload to be checked again, as after a heading was mapped."""
    with transaction.atomic():
        upload = lock_upload(upload_id)
        _require_entering(user, upload.branch, upload.sheet)
        if not upload.is_recheckable:
            raise RefusedError("upload.not_ready", "只有尚未提交的数据可以重新检查。")
        change_state(upload, UploadState.RECEIVED, by=user, now=now)
    return upload


def set_options(
    upload_id: int, *, user: User, accept_good_rows: bool, delete_missing: bool
) -> Upload:
    """Set whether rows without errors are taken alone, and whether missing rows are deleted."""
    with transaction.atomic():
        upload = lock_upload(upload_id)
        _require_entering(user, upload.branch, upload.sheet)
        if not upload.takes_options:
            raise RefusedError("upload.not_ready", "只有尚未提交的数据可以更改选择。")
        upload.accept_good_rows, upload.delete_missing = accept_good_rows, delete_missing
        upload.save(update_fields=["accept_good_rows", "delete_missing"])
    return upload


def remember_heading(
    upload: Upload, heading: str, field: str, *, user: User, now: dt.datetime
) -> None:
    """Map a heading of the branch's own to a field of the sheet; "" means to skip it."""
    _require_entering(user, upload.branch, upload.sheet)
    if field and field not in upload.declared.columns:
        raise RefusedError("field.unknown", "请从列表中选择对应的栏目。")
    HeadingMemory.objects.visible_to(user).update_or_create(
        branch=upload.branch,
        sheet=upload.sheet,
        heading=heading[:_MAX_HEADING_LENGTH],
        defaults={"field": field, "by": user, "at": now},
    )


def forget_heading(branch: Branch, sheet: str, heading: str, *, user: User) -> None:
    """Delete how a branch's own heading was mapped by hand."""
    _require_entering(user, branch, sheet)
    headings = HeadingMemory.objects.visible_to(user)
    deleted, _ = headings.filter(branch=branch, sheet=sheet, heading=heading).delete()
    if not deleted:
        raise RefusedError("heading.not_remembered", f"没有记住过“{heading}”的对应关系。")


def submit(upload_id: int, *, user: User, now: dt.datetime, note: str | None = None) -> Upload:
    """Submit the checked rows to the level above."""
    with transaction.atomic():
        upload = lock_upload(upload_id)
        _require_entering(user, upload.branch, upload.sheet)
        if not upload.is_submittable:
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
        change_state(upload, UploadState.SUBMITTED, by=user, now=now, remark=upload.note)
    return upload


def withdraw(upload_id: int, *, user: User, now: dt.datetime) -> Upload:
    """Withdraw an upload that nobody has decided on yet."""
    with transaction.atomic():
        upload = lock_upload(upload_id)
        _require_entering(user, upload.branch, upload.sheet)
        if not (upload.is_open or upload.awaits_review):
            raise RefusedError(
                "upload.not_withdrawable",
                f"当前状态为“{upload.get_state_display()}”，不能撤回；已生效的请作废本批。",
            )
        upload.reviewed_by = None
        storage.delete_file(upload.grids_file)
        change_state(upload, UploadState.WITHDRAWN, by=user, now=now)
    return upload


def approve(upload_id: int, *, user: User, now: dt.datetime, remark: str = "") -> Upload:
    """Approve an upload; it is REVIEWED where a second person decides too, else LOADING.

    The caller enqueues the upload (`tasks.enqueue_apply`).
    """
    with transaction.atomic():
        upload = lock_upload(upload_id)
        require_reviewable(upload, user)
        _require_open_months(upload, now)
        if upload.declared.two_step and upload.state == UploadState.SUBMITTED:
            upload.reviewed_by = user
            change_state(upload, UploadState.REVIEWED, by=user, now=now, remark=remark)
        else:
            upload.approved_by = user
            change_state(upload, UploadState.LOADING, by=user, now=now, remark=remark)
    return upload


def return_upload(
    upload_id: int,
    *,
    user: User,
    now: dt.datetime,
    remark: str,
    cells: Sequence[tuple[str, str, str]] = (),
) -> Upload:
    """Return an upload with a reason, and remarks on cells as (worksheet, cell, text)."""
    if not remark.strip() and not cells:
        raise RefusedError("remark.missing", "退回时须写明原因。")
    with transaction.atomic():
        upload = lock_upload(upload_id)
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
        change_state(upload, UploadState.RETURNED, by=user, now=now, remark=remark)
        notify(
            [upload.uploaded_by],
            f"{upload}已退回：{remark or '请看单元格上的意见'}",
            link=reverse("upload", kwargs={"pk": upload.pk}),
            sent_by=user,
            now=now,
        )
    return upload


def require_reviewable(upload: Upload, user: User) -> None:
    """Raise RefusedError unless the upload waits for a decision that this person may take."""
    if not upload.awaits_review:
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


def _require_entering(user: User, branch: Branch, sheet: str) -> None:
    if not rules.may_enter(user, branch, sheet):
        raise RefusedError("upload.not_yours", "只有填报单位可以办理。")
