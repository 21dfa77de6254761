"""The door by which every file leaves: marked, under a password where it must be, for a time."""

import datetime as dt
from collections.abc import Mapping

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from redcross.accounts.encryption import seal, unseal
from redcross.accounts.models import SafetySettings, User
from redcross.exports.choices import ExportState
from redcross.exports.declaration import get_export_maker
from redcross.exports.models import Export
from redcross.files import FileContent, escape_formula, file_extension
from redcross.files.passwords import (
    ENCRYPTABLE,
    decrypt_office_file,
    encrypt_office_file,
    is_strong,
)
from redcross.files.workbooks import MarkError, add_mark

MAX_TRIED_PASSWORDS = 5
ABANDONED_AFTER = dt.timedelta(hours=2)
_log = structlog.get_logger("redcross.exports")


class ExportRefusedError(Exception):
    """The file cannot leave as asked; the message says what to do instead."""


def export_mark(user: User, now: dt.datetime) -> str:
    """Return the line by which a file can be traced to who took it."""
    at = timezone.localtime(now)
    return f"{user}（{user.username}）于{at:%Y年%m月%d日 %H:%M}导出"


def apply_mark(content: FileContent, name: str, line: str) -> bytes:
    """Return a file with its mark; a kind that cannot carry one stays as it is."""
    if not isinstance(content, bytes):
        return content(line)
    match file_extension(name):
        case "xlsx" | "xlsm":
            try:
                return add_mark(content, line)
            except MarkError:
                # A strange original is still somebody's evidence; that it left is logged.
                _log.warning("export.unmarked")
                return content
        case "csv":
            return content.rstrip(b"\r\n") + f"\r\n{escape_formula(line)}\r\n".encode()
        case _:
            return content


def store_export(
    user: User,
    content: bytes,
    name: str,
    *,
    rows: int | None,
    branch_code: str = "",
    now: dt.datetime,
) -> Export:
    """Lay a finished file with personal columns aside, sealed, until a password is chosen.

    Raises ExportRefusedError for a kind that cannot be put under a password.
    """
    if file_extension(name) not in ENCRYPTABLE:
        message = "这种文件不能加密码；含个人信息的文件请以 xlsx 下载。"
        raise ExportRefusedError(message)
    export = Export(
        user=user,
        name=name[-200:],
        state=ExportState.READY,
        rows=rows,
        personal=True,
        branch_code=branch_code,
        created_at=now,
        expires_at=now + SafetySettings.current().export_lifetime,
    )
    export.file.save("", ContentFile(seal(content)), save=False)
    export.save()
    return export


def request_export(
    user: User,
    key: str,
    name: str,
    *,
    asked: Mapping[str, str],
    personal: bool = False,
    branch_code: str = "",
    now: dt.datetime,
) -> Export:
    """Have a long export made by a worker; it stands in 我的导出 meanwhile."""
    from redcross.exports.tasks import make_export

    get_export_maker(key)
    export = Export.objects.create(
        user=user,
        name=name[-200:],
        key=key,
        asked=dict(asked),
        state=ExportState.WAITING,
        personal=personal,
        branch_code=branch_code,
        created_at=now,
        expires_at=now + SafetySettings.current().export_lifetime,
    )
    transaction.on_commit(
        lambda: make_export.apply_async(
            kwargs={"export_id": export.pk}, headers={"user_id": user.pk}
        )
    )
    return export


def generate_export(export_id: int, *, now: dt.datetime) -> Export:
    """Make an export for its person, in his scope; what goes wrong is told on his page."""
    export = Export.objects.select_for_update(of=("self",)).select_related("user").get(pk=export_id)
    if export.state != ExportState.WAITING:
        return export
    try:
        with transaction.atomic():
            made = get_export_maker(export.key)(export.user, export.asked)
            content = apply_mark(made.content, export.name, export_mark(export.user, now))
            export.file.save("", ContentFile(seal(content)), save=False)
            export.state, export.rows = ExportState.READY, made.rows
            export.expires_at = now + SafetySettings.current().export_lifetime
            export.save()
    except Exception:  # noqa: BLE001  whatever a maker fell over, its person is told
        _log.exception("export.failed", export=export.pk, key=export.key)
        export.state, export.file = ExportState.FAILED, ""
        export.message = "没有生成：条件里的内容可能已被删除，或您的权限已变。请重新导出。"
        export.save()
    return export


def fetch_export(export: Export, *, password: str, now: dt.datetime) -> bytes:
    """Return the file to its maker, under the password where it holds personal columns.

    Raises ExportRefusedError where it is not there, or the password is weak.
    """
    if export.state != ExportState.READY or export.expires_at <= now:
        message = "这份文件已过期或还没有生成，请重新导出。"
        raise ExportRefusedError(message)
    if export.personal and not is_strong(password):
        message = "密码不够强：至少 10 位，含大写、小写、数字、符号中的三类。"
        raise ExportRefusedError(message)
    with export.file.open("rb") as file:
        content = unseal(file.read())
    export.fetched_at = now
    if export.personal:
        content = encrypt_office_file(content, password)
        export.password = password
    export.save(update_fields=["fetched_at", "password"])
    return content


def decrypt_own_export(user: User, content: bytes) -> bytes | None:
    """Return one of a person's own exports without its password, when he hands it in again."""
    latest = Export.objects.of(user).filter(password__isnull=False).order_by("-fetched_at")
    for export in latest[:MAX_TRIED_PASSWORDS]:
        found = decrypt_office_file(content, str(export.password))
        if found is not None:
            return found
    return None


def expire_exports(*, now: dt.datetime) -> int:
    """Remove the files whose time is over, and say so of those no worker finished."""
    ended = Export.objects.filter(state=ExportState.READY, expires_at__lte=now)
    count = 0
    for export in ended.select_for_update(skip_locked=True):
        export.file.delete(save=False)
        export.state, export.password = ExportState.EXPIRED, None
        export.save()
        count += 1
    Export.objects.filter(state=ExportState.WAITING, created_at__lte=now - ABANDONED_AFTER).update(
        state=ExportState.FAILED, message="生成中断，请重新导出。"
    )
    return count
