"""What is due: written by itself, once, in order, caught up after an outage."""

import dataclasses
import datetime as dt
import logging
from collections.abc import Iterable, Iterator

from django.utils import timezone

from redcross.accounts.scope import acting_as_system
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.reports.declare.declaration import (
    Calendar,
    ReportKind,
    last_complete_period,
    report_kinds,
)
from redcross.reports.models import Report, ReportSchedule
from redcross.reports.workflow.services import create_report

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class DueReport:
    """One report that is to be written, and from which day on."""

    due_on: dt.date
    code: str
    kind: ReportKind = dataclasses.field(compare=False)
    branch: Branch = dataclasses.field(compare=False)
    period: Period = dataclasses.field(compare=False)


def write_due_reports(now: dt.datetime) -> list[Report]:
    """Write every report that is due and not yet written, the oldest first.

    Nothing is written twice, also by two beats at once: each report is one transaction
    under its own lock, and the database allows one a period. A worker that is killed
    loses at most the one it was writing. One that cannot be written keeps no other back,
    is listed as due, and is asked again by the next beat.
    """
    made = []
    for each in list_due_reports(timezone.localtime(now).date()):
        try:
            with acting_as_system("到期报告"):
                report, created = create_report(
                    each.kind, each.branch, each.period, now=now, may_be_empty=True
                )
        except Exception:
            logger.exception("%s of %s for %s", each.kind.key, each.period, each.code)
            continue
        if created:
            made.append(report)
    return made


def list_due_reports(today: dt.date) -> list[DueReport]:
    """Return what is due by a day and not written, the oldest first."""
    with acting_as_system("到期报告"):
        found = [
            DueReport(due_on, branch.code, kind, branch, period)
            for kind in report_kinds.values()
            for due_on, period in _due_periods(kind, today)
            for branch in _branches_without_report(kind, period)
        ]
    return sorted(found)


def list_next_reports(branches: Iterable[Branch], today: dt.date) -> Iterator[DueReport]:
    """Yield the next report of each kind that branches write: the overdue first, else the next."""
    schedules = {each.kind: each for each in ReportSchedule.objects.all()}
    written = {
        (report.kind, report.branch_id, report.last_month)
        for report in Report.objects.filter(branch__in=list(branches)).only(
            "kind", "branch_id", "last_month"
        )
    }
    for kind in report_kinds.values():
        schedule = schedules.get(kind.key)
        if schedule is not None and not schedule.enabled:
            continue
        calendar = _effective_calendar(kind, schedule)
        start = schedule.starts_on if schedule else last_complete_period(kind.calendar, today).last
        for branch in branches:
            if branch.level not in kind.levels:
                continue
            period = calendar.period_of(start)
            while (kind.key, branch.pk, period.last) in written:
                period = period.next
            yield DueReport(calendar.due_on(period), branch.code, kind, branch, period)


def _effective_calendar(kind: ReportKind, schedule: ReportSchedule | None) -> Calendar:
    if schedule is None or not schedule.day:
        return kind.calendar
    return dataclasses.replace(kind.calendar, day=schedule.day)


def _due_periods(kind: ReportKind, today: dt.date) -> Iterator[tuple[dt.date, Period]]:
    schedule, _ = ReportSchedule.objects.get_or_create(
        kind=kind.key, defaults={"starts_on": last_complete_period(kind.calendar, today).last}
    )
    if not schedule.enabled:
        return
    calendar = _effective_calendar(kind, schedule)
    period = calendar.period_of(schedule.starts_on)
    while calendar.due_on(period) <= today:
        yield calendar.due_on(period), period
        period = period.next


def _branches_without_report(kind: ReportKind, period: Period) -> list[Branch]:
    written_for = Report.objects.filter(
        kind=kind.key, first_month=period.start, last_month=period.last
    ).values("branch")
    return list(
        Branch.objects.filter(level__in=kind.levels).exclude(pk__in=written_for).order_by("code")
    )
