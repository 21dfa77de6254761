"""The door by which every file leaves: marked, under a password where it must be, for a time."""

import datetime as dt
from collections.abc import Mapping

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from redcross.accounts.encryption import seal, unseal
from redcross.accounts.models import SafetySettings, User
from redcross.exports.choices import State
from redcross.exports.declaration import make_of
from redcross.exports.models import Export
from redcross.files import Content, ending, plain_text
from redcross.files.passwords import LOCKABLE, is_strong, locked, unlocked
from redcross.files.workbooks import UnmarkedError, marked

TRIED_PASSWORDS = 5
ABANDONED_AFTER = dt.timedelta(hours=2)
_log = structlog.get_logger("redcross.exports")


class ExportRefusedError(Exception):
    """The file cannot leave as asked; the message says what to do instead."""


def mark_of(user: User, now: dt.datetime) -> str:
    """Return the line by which a file can be traced to who took it."""
    at = timezone.localtime(now)
    return f"{user}（{user.username}）于{at:%Y年%m月%d日 %H:%M}导出"


def finished(content: Content, name: str, line: str) -> bytes:
    """Return a file with its mark; a kind that cannot carry one stays as it is."""
    if not isinstance(content, bytes):
        return content(line)
    match ending(name):
        case "xlsx" | "xlsm":
            try:
                return marked(content, line)
            except UnmarkedError:
                # A strange original is still somebody's evidence; that it left is logged.
                _log.warning("export.unmarked")
                return content
        case "csv":
            return content.rstrip(b"\r\n") + f"\r\n{plain_text(line)}\r\n".encode()
        case _:
            return content


def keep(
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
    if ending(name) not in LOCKABLE:
        message = "这种文件不能加密码；含个人信息的文件请以 xlsx 下载。"
        raise ExportRefusedError(message)
    export = Export(
        user=user,
        name=name[-200:],
        state=State.READY,
        rows=rows,
        personal=True,
        branch_code=branch_code,
        created_at=now,
        expires_at=now + SafetySettings.current().exports_kept,
    )
    export.file.save("", ContentFile(seal(content)), save=False)
    export.save()
    return export


def order(
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

    make_of(key)
    export = Export.objects.create(
        user=user,
        name=name[-200:],
        key=key,
        asked=dict(asked),
        state=State.WAITING,
        personal=personal,
        branch_code=branch_code,
        created_at=now,
        expires_at=now + SafetySettings.current().exports_kept,
    )
    transaction.on_commit(
        lambda: make_export.apply_async(
            kwargs={"export_id": export.pk}, headers={"user_id": user.pk}
        )
    )
    return export


def make(export_id: int, *, now: dt.datetime) -> Export:
    """Make an export for its person, in his scope; what goes wrong is told on his page."""
    export = Export.objects.select_for_update(of=("self",)).select_related("user").get(pk=export_id)
    if export.state != State.WAITING:
        return export
    try:
        with transaction.atomic():
            made = make_of(export.key)(export.user, export.asked)
            content = finished(made.content, export.name, mark_of(export.user, now))
            export.file.save("", ContentFile(seal(content)), save=False)
            export.state, export.rows = State.READY, made.rows
            export.expires_at = now + SafetySettings.current().exports_kept
            export.save()
    except Exception:  # noqa: BLE001  whatever a maker fell over, its person is told
        _log.exception("export.failed", export=export.pk, key=export.key)
        export.state, export.file = State.FAILED, ""
        export.message = "没有生成：条件里的内容可能已被删除，或您的权限已变。请重新导出。"
        export.save()
    return export


def fetch(export: Export, *, password: str, now: dt.datetime) -> bytes:
    """Return the file to its maker, under the password where it holds personal columns.

    Raises ExportRefusedError where it is not there, or the password is weak.
    """
    if export.state != State.READY or export.expires_at <= now:
        message = "这份文件已过期或还没有生成，请重新导出。"
        raise ExportRefusedError(message)
    if export.personal and not is_strong(password):
        message = "密码不够强：至少 10 位，含大写、小写、数字、符号中的三类。"
        raise ExportRefusedError(message)
    with export.file.open("rb") as file:
        content = unseal(file.read())
    export.fetched_at = now
    if export.personal:
        content = locked(content, password)
        export.password = password
    export.save(update_fields=["fetched_at", "password"])
    return content


def reopened(user: User, content: bytes) -> bytes | None:
    """Return one of a person's own exports without its password, when he hands it in again."""
    latest = Export.objects.of(user).filter(password__isnull=False).order_by("-fetched_at")
    for export in latest[:TRIED_PASSWORDS]:
        found = unlocked(content, str(export.password))
        if found is not None:
            return found
    return None


def sweep(*, now: dt.datetime) -> int:
    """Remove the files whose time is over, and say so of those no worker finished."""
    ended = Export.objects.filter(state=State.READY, expires_at__lte=now)
    count = 0
    for export in ended.select_for_update(skip_locked=True):
        export.file.delete(save=False)
        export.state, export.password = State.EXPIRED, None
        export.save()
        count += 1
    Export.objects.filter(state=State.WAITING, created_at__lte=now - ABANDONED_AFTER).update(
        state=State.FAILED, message="生成中断，请重新导出。"
    )
    return count
