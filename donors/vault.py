"""The vault: opened by a reason for a time, in an emergency by others too; and erasure."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from donors.models import DonorIdentity, VaultAct, VaultOpening
from donors.pseudonyms import compute_check_character
from donors.rules import may_open_vault, may_open_vault_in_emergency
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.scope import vault_scope
from redcross.branches.models import Branch
from redcross.notices.services import list_role_holders, notify
from redcross.uploads.files import storage
from redcross.uploads.models import Upload
from redcross.uploads.registry import registry

OPENING_DURATION = dt.timedelta(minutes=30)
NOTIFIED_ROLES = (Role.DESK, Role.REVIEWER, Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF)
_CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class VaultRefusedError(Exception):
    """The vault stays shut; the sentence says what would open it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


def open_vault(
    user: User, branch: Branch, *, reason: str, emergency: bool = False, now: dt.datetime
) -> VaultOpening:
    """Open a branch's vault for half an hour; in an emergency tell auditor and level above."""
    may = may_open_vault_in_emergency if emergency else may_open_vault
    if not may(user, branch):
        message = (
            "只有本单位的人体器官捐献协调员、造血干细胞工作人员可以打开身份库；"
            "紧急情况由三献业务人员紧急打开，并报告安全审计员和上级。"
        )
        raise VaultRefusedError(message)
    if not reason.strip():
        message = "请写明打开身份库的理由。"
        raise VaultRefusedError(message)
    opening = VaultOpening.objects.create(
        branch=branch,
        user=user,
        reason=reason.strip()[:200],
        emergency=emergency,
        opened_at=now,
        until=now + OPENING_DURATION,
    )
    if emergency:
        _report_emergency(opening, now=now)
    return opening


def _report_emergency(opening: VaultOpening, *, now: dt.datetime) -> None:
    day = now.date()
    upper_branch = opening.branch.parent or opening.branch
    auditors = list_role_holders(Branch.objects.filter(parent__isnull=True), [Role.AUDITOR], day)
    people = {
        person.pk: person
        for person in [*auditors, *list_role_holders([upper_branch], NOTIFIED_ROLES, day)]
    }
    people.pop(opening.user_id, None)
    notify(
        people.values(),
        f"{opening.user}紧急打开了{opening.branch.society}的捐献者身份库"
        f"（记录{opening.pk}），理由：{opening.reason}。请事后核查。",
        sent_by=opening.user,
        now=now,
    )


def find_valid_opening(user: User, branch: Branch, now: dt.datetime) -> VaultOpening | None:
    """Return the person's opening of a branch's vault that still stands."""
    openings = VaultOpening.objects.visible_to(user).filter(
        user=user, branch=branch, until__gt=now, opened_at__lte=now
    )
    return openings.order_by("-until").first()


def close_opening(opening: VaultOpening, *, now: dt.datetime) -> None:
    """Shut the vault before its time is over."""
    VaultOpening.objects.filter(pk=opening.pk, until__gt=now).update(until=now)


def review_opening(opening: VaultOpening, *, user: User, note: str, now: dt.datetime) -> None:
    """Note what came of looking into an emergency afterwards; never by who opened."""
    if user.pk == opening.user_id or not note.strip():
        message = "核查须由他人进行，并写明结论。"
        raise VaultRefusedError(message)
    VaultOpening.objects.filter(pk=opening.pk, reviewed_at__isnull=True).update(
        reviewed_by=user, reviewed_at=now, review_note=note.strip()[:200]
    )


@contextmanager
def read_vault(opening: VaultOpening, *, now: dt.datetime) -> Iterator[None]:
    """Let the statements of the block read the vault's rows of the opened branch."""
    if not opening.opened_at <= now < opening.until:
        message = "身份库已到时关闭，请重新写明理由打开。"
        raise VaultRefusedError(message)
    with vault_scope([opening.branch_id]):
        yield


def look_up_identity(opening: VaultOpening, code: str, *, now: dt.datetime) -> DonorIdentity | None:
    """Return the identity behind a code, and write down that it was looked at."""
    with read_vault(opening, now=now):
        identity = DonorIdentity.objects.filter(branch=opening.branch, code=code).first()
    record_act(opening, VaultAct.Kind.LOOKED_UP, code, now=now)
    return identity


def record_act(opening: VaultOpening, kind: str, code: str, *, now: dt.datetime) -> None:
    """Write an act down: who, when, which code; never a value."""
    VaultAct.objects.create(
        branch=opening.branch, opening=opening, kind=kind, code=code[:12], at=now
    )


@transaction.atomic
def erase_person(opening: VaultOpening, code: str, *, reason: str, now: dt.datetime) -> str:
    """Take a person out of the portal and leave what is counted; return the new code.

    The rows stay under a code by chance, which nothing leads to; values, indexes and row
    keys go, in the history too. Workbooks, read rows and details of the uploads the person
    came with are destroyed, with a note.
    """
    if not reason.strip():
        message = "请写明依据：撤回同意，或本人（家属）申请删除。"
        raise VaultRefusedError(message)
    with read_vault(opening, now=now):
        identity = DonorIdentity.objects.filter(branch=opening.branch, code=code).first()
        if identity is None:
            message = f"{opening.branch.society}的身份库里没有代码 {code}。"
            raise VaultRefusedError(message)
        uploads = list(_uploads_containing(identity, opening.branch))
        new_code = _generate_code()
        with connection.cursor() as cursor:
            cursor.execute("SELECT donors_erase(%s, %s, %s)", [opening.branch_id, code, new_code])
    for upload in uploads:
        _destroy_files(upload, reason=reason.strip(), now=now)
    record_act(opening, VaultAct.Kind.ERASED, new_code, now=now)
    return new_code


def _generate_code() -> str:
    body = "E" + "".join(secrets.choice(_CODE_ALPHABET) for _ in range(10))
    return body + compute_check_character(body)


def _uploads_containing(identity: DonorIdentity, branch: Branch) -> Iterator[Upload]:
    """Yield the uploads whose read rows hold the person, also those that changed nothing."""
    keys = [
        sheet.key
        for sheet in registry.values()
        if any(parent.model is DonorIdentity for parent in sheet.parents)
    ]
    codes = [branch.code[:length] for length in range(2, len(branch.code) + 1)]
    for upload in Upload.objects.filter(sheet__in=keys, branch__code__in=codes):
        if not upload.rows_file:
            continue
        frame = storage.load_frame(upload.rows_file)
        if "code" in frame.columns and identity.code in frame["code"].to_list():
            yield upload


def _destroy_files(upload: Upload, *, reason: str, now: dt.datetime) -> None:
    for field in (upload.file, upload.rows_file, upload.findings_file, upload.changes_file):
        if field:
            field.delete(save=False)
    remark = f"{now:%Y-%m-%d} 因删除个人信息（{reason[:60]}），原件与明细已销毁。"
    upload.note = f"{upload.note}\n{remark}".strip()
    upload.digest = upload.rows_digest = ""
    upload.filename = f"已销毁-{uuid.uuid4().hex[:6]}"
    upload.save()
