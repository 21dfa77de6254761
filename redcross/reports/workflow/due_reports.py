"""Scheduled reports: written automatically, once, in order, caught up after an outage."""

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
    """A report to be written, and from which day on."""

    due_on: dt.date
    code: str
    kind: ReportKind = dataclasses.field(compare=False)
    branch: Branch = dataclasses.field(compare=False)
    period: Period = dataclasses.field(compare=False)


def write_due_reports(now: dt.datetime) -> list[Report]:
    """Write every report that is due and not yet written, the oldest first; return them.

    Nothing is written twice, not even by two beats at once: each report is one transaction
    under its own lock, and the database allows one a period. A worker that is killed
    loses at most the one it was writing. One that fails does not block the others, stays
    in the list of due reports, and is tried again by the next beat.
    """
    written = []
    for due in list_due_reports(timezone.localtime(now).date()):
        try:
            with acting_as_system("到期报告"):
                report, created = create_report(
                    due.kind, due.branch, due.period, now=now, may_be_empty=True
                )
        except Exception:
            logger.exception("%s of %s for %s", due.kind.key, due.period, due.code)
            continue
        if created:
            written.append(report)
    return written


def list_due_reports(today: dt.date) -> list[DueReport]:
    """Return the reports that are due by a day and not written, the oldest first."""
    with acting_as_system("到期报告"):
        return sorted(
            DueReport(due_on, branch.code, kind, branch, period)
            for kind in report_kinds.values()
            for due_on, period in _due_periods(kind, today)
            for branch in _branches_without_report(kind, period)
        )


def list_next_reports(branches: Iterable[Branch], today: dt.date) -> Iterator[DueReport]:
    """Yield the first unwritten report of each kind for each branch, overdue or to come."""
    schedules = {schedule.kind: schedule for schedule in ReportSchedule.objects.all()}
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
            period = calendar.containing_period(start)
            while (kind.key, branch.pk, period.last) in written:
                period = period.next
            yield DueReport(calendar.due_on(period), branch.code, kind, branch, period)


def _effective_calendar(kind: ReportKind, schedule: ReportSchedule | None) -> Calendar:
    """Return the declared calendar with the day of the schedule, where it has one."""
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
    period = calendar.containing_period(schedule.starts_on)
    while calendar.due_on(period) <= today:
        yield calendar.due_on(period), period
        period = period.next


def _branches_without_report(kind: ReportKind, period: Period) -> list[Branch]:
    branches_with_report = Report.objects.filter(
        kind=kind.key, first_month=period.start, last_month=period.last
    ).values("branch")
    branches = Branch.objects.filter(level__in=kind.levels)
    return list(branches.exclude(pk__in=branches_with_report).order_by("code"))
