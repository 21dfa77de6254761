"""The access log as the auditor takes it along."""

import csv
import io
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.dateparse import parse_date

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import holds
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry, AccessEntryQuerySet
from redcross.exports.declaration import Made, exported
from redcross.files import plain_text

ACCESS_LOG = "audit.access-log"
LONGEST = 500_000
HEAD = (
    "编号", "时间", "登录名", "来源地址", "动作", "对象", "机构代码", "理由", "结果",
    "文件", "行数", "请求编号", "指纹",
)  # fmt: skip


def entries_of(user: User, asked: Mapping[str, str]) -> AccessEntryQuerySet:
    """Return the newest entries first, by words, act and day; raise PermissionDenied."""
    if not holds(user, [Role.AUDITOR]):
        raise PermissionDenied
    rows: AccessEntryQuerySet = AccessEntry.objects.order_by("-pk")
    if words := asked.get("q", "").strip():
        rows = rows.of(words)
    if asked.get("act") in Act.values:
        rows = rows.filter(act=asked["act"])
    if day := _day(asked.get("day", "")):
        rows = rows.filter(at__date=day)
    return rows


def _day(said: str) -> object:
    try:
        return parse_date(said)
    except ValueError:
        return None


@exported(ACCESS_LOG)
def access_log(user: User, asked: Mapping[str, str]) -> Made:
    """Write the entries as csv."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEAD)
    count = 0
    for each in entries_of(user, asked)[:LONGEST].iterator(chunk_size=2000):
        count += 1
        told = (
            each.pk, timezone.localtime(each.at).isoformat(), each.username, each.address or "",
            each.get_act_display(), each.what, each.branch_code, each.reason, each.status,
            each.file or "", "" if each.rows is None else each.rows, each.request or "",
            bytes(each.digest).hex(),
        )  # fmt: skip
        writer.writerow(map(plain_text, told))
    return Made(f"\ufeff{buffer.getvalue()}".encode(), count)
