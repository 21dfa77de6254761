"""The access log as an export."""

import csv
import io
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.dateparse import parse_date

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import has_role
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry, AccessEntryQuerySet
from redcross.exports.declaration import ExportFile, register_export
from redcross.files import escape_formula

ACCESS_LOG = "audit.access-log"
MAX_ROWS = 500_000
COLUMN_TITLES = (
    "编号", "时间", "登录名", "来源地址", "动作", "对象", "机构代码", "理由", "结果",
    "文件", "行数", "请求编号", "指纹",
)  # fmt: skip


def filter_entries(user: User, parameters: Mapping[str, str]) -> AccessEntryQuerySet:
    """Return entries by words, act and day, newest first; raise PermissionDenied."""
    if not has_role(user, [Role.AUDITOR]):
        raise PermissionDenied
    rows: AccessEntryQuerySet = AccessEntry.objects.order_by("-pk")
    if words := parameters.get("q", "").strip():
        rows = rows.of(words)
    if parameters.get("act") in Act.values:
        rows = rows.filter(act=parameters["act"])
    if day := _parse_day(parameters.get("day", "")):
        rows = rows.filter(at__date=day)
    return rows


def _parse_day(text: str) -> object:
    try:
        return parse_date(text)
    except ValueError:
        return None


@register_export(ACCESS_LOG)
def export_access_log(user: User, parameters: Mapping[str, str]) -> ExportFile:
    """Return the selected entries as csv."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMN_TITLES)
    count = 0
    for entry in filter_entries(user, parameters)[:MAX_ROWS].iterator(chunk_size=2000):
        count += 1
        values = (
            entry.pk, timezone.localtime(entry.at).isoformat(), entry.username, entry.address or "",
            entry.get_act_display(), entry.what, entry.branch_code, entry.reason, entry.status,
            entry.file or "", "" if entry.rows is None else entry.rows, entry.request or "",
            bytes(entry.digest).hex(),
        )  # fmt: skip
        writer.writerow(map(escape_formula, values))
    return ExportFile(f"\ufeff{buffer.getvalue()}".encode(), count)
