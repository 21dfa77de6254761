"""Exports: mark files, store them encrypted, generate long ones, delete expired ones."""

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
    """The export is refused; the message says what to do instead."""


def export_mark(user: User, now: dt.datetime) -> str:
    """Return the line that names who exported a file and when."""
    at = timezone.localtime(now)
    return f"{user}（{user.username}）于{at:%Y年%m月%d日 %H:%M}导出"


def apply_mark(content: FileContent, name: str, line: str) -> bytes:
    """Return a file with the mark `line` in it; types that cannot carry one are unchanged."""
    if not isinstance(content, bytes):
        return content(line)
    match file_extension(name):
        case "xlsx" | "xlsm":
            try:
                return add_mark(content, line)
            except MarkError:
                # A non-standard original is still evidence and is sent unmarked; this is logged.
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
    """Store a finished file with personal columns until its user chooses a password.

    Raises ExportRefusedError for file types that cannot be encrypted.
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
    parameters: Mapping[str, str],
    personal: bool = False,
    branch_code: str = "",
    now: dt.datetime,
) -> Export:
    """Record a request for a long export; `tasks.make_later` has a worker make it."""
    get_export_maker(key)
    return Export.objects.create(
        user=user,
        name=name[-200:],
        key=key,
        parameters=dict(parameters),
        state=ExportState.WAITING,
        personal=personal,
        branch_code=branch_code,
        created_at=now,
        expires_at=now + SafetySettings.current().export_lifetime,
    )


def generate_export(export_id: int, *, now: dt.datetime) -> Export:
    """Generate a waiting export in its user's scope; a failure is shown on his page."""
    export = Export.objects.select_for_update(of=("self",)).select_related("user").get(pk=export_id)
    if export.state != ExportState.WAITING:
        return export
    try:
        with transaction.atomic():
            file = get_export_maker(export.key)(export.user, export.parameters)
            content = apply_mark(file.content, export.name, export_mark(export.user, now))
            export.file.save("", ContentFile(seal(content)), save=False)
            export.state, export.rows = ExportState.READY, file.rows
            export.expires_at = now + SafetySettings.current().export_lifetime
            export.save()
    except Exception:  # noqa: BLE001  any failure of a maker is shown to its user
        _log.exception("export.failed", export=export.pk, key=export.key)
        export.state, export.file = ExportState.FAILED, ""
        export.message = "没有生成：条件里的内容可能已被删除，或您的权限已变。请重新导出。"
        export.save()
    return export


def fetch_export(export: Export, *, password: str, now: dt.datetime) -> bytes:
    """Return the content of an export, encrypted with the password if it is personal.

    Raises ExportRefusedError if the file is missing or expired, or the password is weak.
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
    """Return the plain content of a file that the user exported himself, else None."""
    latest = Export.objects.of(user).filter(password__isnull=False).order_by("-fetched_at")
    for export in latest[:MAX_TRIED_PASSWORDS]:
        plain = decrypt_office_file(content, str(export.password))
        if plain is not None:
            return plain
    return None


def expire_exports(*, now: dt.datetime) -> int:
    """Delete expired files and mark abandoned exports as failed; return the files deleted."""
    expired = Export.objects.filter(state=ExportState.READY, expires_at__lte=now)
    count = 0
    for export in expired.select_for_update(skip_locked=True):
        export.file.delete(save=False)
        export.state, export.password = ExportState.EXPIRED, None
        export.save()
        count += 1
    Export.objects.filter(state=ExportState.WAITING, created_at__lte=now - ABANDONED_AFTER).update(
        state=ExportState.FAILED, message="生成中断，请重新导出。"
    )
    return count
