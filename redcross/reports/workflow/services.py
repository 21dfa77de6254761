"""The life of a report: drafted, edited, finalised, issued, acknowledged."""

import datetime as dt
import hashlib
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import has_role, home_branch
from redcross.branches.models import Branch
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.notices.models import Notice
from redcross.notices.services import list_role_holders, notify
from redcross.periods import Period
from redcross.reports.choices import ReportState
from redcross.reports.compose.content import (
    Content,
    EmptyReportError,
    block_text,
    compose_report,
    figures_digest,
    has_no_values,
)
from redcross.reports.declare.declaration import ReportKind, report_kinds
from redcross.reports.models import Report, ReportReceipt

WRITER_ROLES = (Role.OFFICE,)


class ReportRefusedError(Exception):
    """An action is not possible; the text states why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


def find_report_kind(key: str) -> ReportKind:
    """Return a report's declaration; refuse an unknown one."""
    if key not in report_kinds:
        names = "、".join(f"{kind.key}（{kind.name}）" for kind in report_kinds.values())
        message = f"没有名为“{key}”的报告。可用：{names}。"
        raise ReportRefusedError(message)
    return report_kinds[key]


def check_report_scope(kind: ReportKind, branch: Branch, period: Period) -> None:
    """Refuse a period or a level that the report is not made for."""
    if not kind.calendar.fits(period):
        message = f"“{kind.name}”按{kind.calendar.word}编写，不能用“{period.label}”。"
        raise ReportRefusedError(message)
    if branch.level not in kind.levels:
        message = f"“{kind.name}”不面向{branch.get_level_display()}机构（{branch.short_name}）。"
        raise ReportRefusedError(message)


def compose_checked_report(
    kind: ReportKind, branch: Branch, period: Period, *, now: dt.datetime
) -> Content:
    """Compose a report without storing it; refuse a wrong scope and a period without data."""
    check_report_scope(kind, branch, period)
    content = compose_report(kind, branch, period, now=now)
    if has_no_values(content):
        raise EmptyReportError(kind, branch, period)
    return content


def find_report(kind: ReportKind, branch: Branch, period: Period) -> Report | None:
    """Return the report of a period, if it has been written."""
    return Report.objects.filter(
        kind=kind.key, branch=branch, first_month=period.start, last_month=period.last
    ).first()


def draft_report(
    kind: ReportKind, branch: Branch, period: Period, *, user: User, now: dt.datetime
) -> Report:
    """Write a report that a person orders; refuse where it exists or the period is not over."""
    _require_writer(user, branch)
    check_report_scope(kind, branch, period)
    if period.end > timezone.localtime(now).date():
        message = f"{period.label}还没有结束，结束后再编写“{kind.name}”。"
        raise ReportRefusedError(message)
    report, created = create_report(kind, branch, period, now=now, may_be_empty=False)
    if not created:
        message = f"{branch.society}{period.label}的“{kind.name}”已经生成，没有再写一份。"
        raise ReportRefusedError(message)
    return report


def create_report(
    kind: ReportKind, branch: Branch, period: Period, *, now: dt.datetime, may_be_empty: bool
) -> tuple[Report, bool]:
    """Return the report of a period and whether this call wrote it.

    One transaction under one lock: two callers at once write one report.
    """
    with transaction.atomic():
        _advisory_lock(f"report:{kind.key}:{branch.pk}:{period}")
        existing = find_report(kind, branch, period)
        if existing is not None:
            return existing, False
        content = compose_report(kind, branch, period, now=now)
        if has_no_values(content) and not may_be_empty:
            raise EmptyReportError(kind, branch, period)
        report = Report.objects.create(
            kind=kind.key,
            branch=branch,
            first_month=period.start,
            last_month=period.last,
            content=content,
            cut_off=now,
            created_at=now,
        )
    return report, True


def _advisory_lock(name: str) -> None:
    """Wait for a lock of this name until the transaction ends."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _require_writer(user: User, branch: Branch) -> None:
    if not has_role(user, WRITER_ROLES, branch):
        message = f"只有{branch.society}办公室可以编写这份报告。"
        raise ReportRefusedError(message)


def _lock_report(pk: int, *states: str) -> Report:
    """Return a report, locked; refuse it in any other state."""
    report = Report.objects.select_for_update(of=("self",)).select_related("branch").get(pk=pk)
    if report.state not in states:
        message = f"这份报告{report.get_state_display()}，不能这样做。"
        raise ReportRefusedError(message)
    return report


@transaction.atomic
def refresh_report(pk: int, *, user: User, now: dt.datetime) -> Report:
    """Compose a draft anew with today's figures; edited paragraphs stay."""
    report = _lock_report(pk, ReportState.DRAFT)
    _require_writer(user, report.branch)
    kind = find_report_kind(report.kind)
    report.content = compose_report(kind, report.branch, report.period, now=now)
    report.cut_off = now
    report.save(update_fields=["content", "cut_off"])
    return report


@transaction.atomic
def edit_paragraph(pk: int, block_id: str, text: str | None, *, user: User) -> Report:
    """Replace a paragraph with a person's words; None restores the composed text."""
    report = _lock_report(pk, ReportState.DRAFT)
    _require_writer(user, report.branch)
    block = _paragraphs_by_id(report.content).get(block_id)
    if block is None:
        message = "这一段已经不在底稿里，请刷新页面。"
        raise ReportRefusedError(message)
    base = block_text(block)
    if text is None or text.strip() == base.strip():
        report.edits.pop(block_id, None)
    else:
        report.edits[block_id] = {"text": text.strip(), "base": base}
    report.save(update_fields=["edits"])
    return report


def _paragraphs_by_id(content: Content) -> dict[str, dict[str, Any]]:
    return {
        block["id"]: block
        for chapter in content["chapters"]
        for block in chapter["blocks"]
        if block["kind"] == "text"
    }


@transaction.atomic
def finalise_report(pk: int, *, document_number: str, user: User, now: dt.datetime) -> Report:
    """Freeze texts and figures (定稿)."""
    report = _lock_report(pk, ReportState.DRAFT)
    _require_writer(user, report.branch)
    report.state = ReportState.FINAL
    report.document_number = document_number.strip()
    report.figures_digest = figures_digest(report.figures)
    report.finalised_by, report.finalised_at = user, now
    report.save()
    return report


@transaction.atomic
def reopen_report(pk: int, *, user: User) -> Report:
    """Return a final report that is not issued to editing."""
    report = _lock_report(pk, ReportState.FINAL)
    _require_writer(user, report.branch)
    report.state = ReportState.DRAFT
    report.figures_digest, report.finalised_by, report.finalised_at = "", None, None
    report.save()
    return report


@transaction.atomic
def issue_report(pk: int, *, user: User, now: dt.datetime) -> Report:
    """Issue a final report (发布) under the year's next number, without gaps."""
    report = _lock_report(pk, ReportState.FINAL)
    _require_writer(user, report.branch)
    year = timezone.localtime(now).year
    _advisory_lock(f"issue:{report.kind}:{report.branch_id}:{year}")
    numbered = Report.objects.filter(kind=report.kind, branch=report.branch, issue_year=year)
    report.issue_year = year
    report.issue_number = (numbered.aggregate(last=Max("issue_number"))["last"] or 0) + 1
    report.state = ReportState.ISSUED
    report.issued_by, report.issued_at = user, now
    report.save()
    below = Branch.objects.filter(parent=report.branch)
    notify(
        list_role_holders(below, FIGURE_ROLES, timezone.localtime(now).date()),
        f"{report.branch.society}发布了{report}（{report.issue}），请阅读并签收。",
        link=reverse("report", kwargs={"pk": report.pk}),
        sent_by=user,
        now=now,
    )
    return report


def acknowledge_report(report: Report, *, user: User, now: dt.datetime) -> None:
    """Record that a person has read an issued report (签收), once."""
    branch = home_branch(user)
    if not report.is_issued or branch is None:
        message = "只有已发布的报告可以签收。"
        raise ReportRefusedError(message)
    ReportReceipt.objects.get_or_create(
        report=report, user=user, defaults={"branch": branch, "read_at": now}
    )


def list_unread_branches(report: Report) -> list[Branch]:
    """Return the branches just below of which nobody has read an issued report."""
    below = Branch.objects.filter(parent=report.branch).in_official_order()
    return list(below.exclude(pk__in=report.receipts.values("branch")))


def remind_branches(report: Report, *, user: User, now: dt.datetime) -> list[Branch]:
    """Remind the branches that have not read an issued report (催阅), once a day."""
    _require_writer(user, report.branch)
    if not report.is_issued:
        message = "发布以后才能催阅。"
        raise ReportRefusedError(message)
    unread = list_unread_branches(report)
    if not unread:
        message = "各单位都已签收，不必催阅。"
        raise ReportRefusedError(message)
    link, today = reverse("report", kwargs={"pk": report.pk}), timezone.localtime(now).date()
    text = f"请尽快阅读并签收{report.branch.society}的{report}（{report.issue}）。"
    if Notice.objects.filter(link=link, text=text[:500], created_at__date=today).exists():
        message = "今天已经催阅过，明天可以再催。"
        raise ReportRefusedError(message)
    notify(list_role_holders(unread, FIGURE_ROLES, today), text, link=link, sent_by=user, now=now)
    return unread
