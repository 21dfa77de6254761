"""访问日志: read and exported by the security auditor alone."""

import csv
import io

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from redcross.accounts.choices import Role
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import holds
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.files import sent

PAGE = 100
EXPORTED = 100_000
HEAD = ("编号", "时间", "登录名", "来源地址", "动作", "对象", "机构代码", "理由", "结果", "指纹")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@login_required
@require_GET
def log(request: SignedInRequest) -> HttpResponse:
    """Show the newest entries first, by words, act and day."""
    rows = _asked(request)
    if request.GET.get("format") == "csv":
        return _exported(rows)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "acts": Act.choices,
        "asked": request.GET,
    }
    return render(request, "audit/log.html", context)


def _asked(request: SignedInRequest) -> "QuerySet[AccessEntry]":
    if not holds(request.user, [Role.AUDITOR]):
        raise PermissionDenied
    rows = AccessEntry.objects.order_by("-pk")
    if words := request.GET.get("q", "").strip():
        rows = rows.of(words)
    if request.GET.get("act") in Act.values:
        rows = rows.filter(act=request.GET["act"])
    if day := parse_date(request.GET.get("day", "") or "none"):
        rows = rows.filter(at__date=day)
    return rows


def _exported(rows: "QuerySet[AccessEntry]") -> HttpResponse:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEAD)
    for each in rows[:EXPORTED].iterator(chunk_size=2000):
        told = (
            each.pk, timezone.localtime(each.at).isoformat(), each.username, each.address or "",
            each.get_act_display(), each.what, each.branch_code, each.reason, each.status,
            bytes(each.digest).hex(),
        )  # fmt: skip
        writer.writerow(
            f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
            for cell in told
        )
    return sent(f"\ufeff{buffer.getvalue()}".encode(), "access-log.csv")
