"""Obligations (报送进度): which branch must submit which sheet for a period, and its status."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from redcross.branches.models import Branch
from redcross.branches.tree import attach_branches
from redcross.completeness.calendar.due_calendar import (
    DueCalendar,
    Requirement,
    list_requirements,
    load_due_calendar,
)
from redcross.completeness.choices import QUIET_STATUSES, SUBMITTED_STATUSES, ObligationStatus
from redcross.completeness.models import Exemption
from redcross.completeness.obligations.submissions import Submission, load_submissions
from redcross.periods import Period
from redcross.uploads.schema.sheet import Sheet

_STATUS_RANK = {value: rank for rank, value in enumerate(ObligationStatus.values)}


@dataclasses.dataclass(frozen=True, slots=True)
class Obligation:
    """One sheet of one branch for one period."""

    sheet: Sheet
    branch: Branch
    period: Period
    due_on: dt.date
    status: ObligationStatus
    upload: int | None = None
    days_late: int = 0
    on_time: bool | None = None
    """Whether it was first submitted by the due date; None while that is undecided."""
    opens_on: dt.date | None = None
    note: str = ""
    """Why the branch is exempt, or the occasion it is due for."""

    @property
    def is_submitted(self) -> bool:
        """Whether the branch, or the level above for it, has submitted the sheet."""
        return self.status in SUBMITTED_STATUSES

    @property
    def is_outstanding(self) -> bool:
        """Whether somebody still has to act on it, and may."""
        return self.status not in QUIET_STATUSES

    @property
    def is_in_work(self) -> bool:
        """Whether the branch has an unfinished upload for it."""
        return self.status is ObligationStatus.OPEN

    @property
    def key(self) -> tuple[int, str, dt.date, dt.date]:
        """Branch, sheet, first and last month: the identity of an obligation."""
        return self.branch.pk, self.sheet.key, self.period.start, self.period.last


def list_obligations(
    branches: Sequence[Branch],
    period: Period,
    *,
    today: dt.date,
    calendar: DueCalendar | None = None,
) -> list[Obligation]:
    """Return every obligation of the branches for periods that end in `period`.

    Six queries, whatever the number of branches and months. There are none for months before
    the 起报月份 of the rule (历史补录, 期初数), nor for branches that do not exist then.
    """
    requirements = list_requirements(period, calendar or load_due_calendar())
    submissions: dict[str, list[Submission]] = {}
    if requirements:
        submissions = load_submissions(
            branches,
            {requirement.sheet.key for requirement in requirements},
            min(requirement.period.start for requirement in requirements),
            max(requirement.period.last for requirement in requirements),
        )
    exemptions = attach_branches(Exemption.objects.in_force())
    obligations: dict[tuple[int, str, dt.date, dt.date], Obligation] = {}
    for branch in branches:
        for requirement in requirements:
            if _is_required_of(branch, requirement):
                obligation = _evaluate(
                    requirement, branch, submissions.get(requirement.sheet.key, ()), today
                )
                obligation = _apply_exemptions(obligation, exemptions)
                obligations.setdefault(obligation.key, obligation)
    return list(obligations.values())


def _is_required_of(branch: Branch, requirement: Requirement) -> bool:
    return (
        requirement.level == branch.level
        and branch.code.startswith(requirement.code_prefix)
        and branch.exists_on(requirement.period.last_day)
    )


def _evaluate(
    requirement: Requirement, branch: Branch, submissions: Iterable[Submission], today: dt.date
) -> Obligation:
    """Return the obligation with the status of the submission that ranks highest."""
    status, upload = _status_without_upload(requirement, today), None
    dates: list[dt.date] = []
    for submission in submissions:
        if not submission.covers(branch, requirement.period.last):
            continue
        if submission.submitted_on is not None:
            dates.append(submission.submitted_on)
        if _STATUS_RANK[submission.status] >= _STATUS_RANK[status]:
            status, upload = submission.status, submission.pk
    is_late = status not in SUBMITTED_STATUSES and today > requirement.due_on
    return Obligation(
        sheet=requirement.sheet,
        branch=branch,
        period=requirement.period,
        due_on=requirement.due_on,
        status=status,
        upload=upload,
        days_late=(today - requirement.due_on).days if is_late else 0,
        on_time=_is_on_time(requirement, status, dates, today),
        opens_on=requirement.opens_on,
        note=requirement.note,
    )


def _status_without_upload(requirement: Requirement, today: dt.date) -> ObligationStatus:
    if today < requirement.opens_on:
        return ObligationStatus.NOT_OPEN
    return ObligationStatus.LATE if today > requirement.due_on else ObligationStatus.DUE


def _is_on_time(
    requirement: Requirement, status: ObligationStatus, dates: list[dt.date], today: dt.date
) -> bool | None:
    if status in SUBMITTED_STATUSES:
        return bool(dates) and min(dates) <= requirement.due_on
    return False if today > requirement.due_on else None


def _apply_exemptions(obligation: Obligation, exemptions: Iterable[Exemption]) -> Obligation:
    """Return an exempt obligation if an exemption applies and nothing was submitted."""
    if not obligation.is_outstanding and obligation.status is not ObligationStatus.NOT_OPEN:
        return obligation
    for exemption in exemptions:
        is_for_branch = exemption.branch_id == obligation.branch.pk or (
            exemption.with_below and exemption.branch.contains(obligation.branch)
        )
        is_for_sheet = exemption.sheet in ("", obligation.sheet.key)
        if is_for_branch and is_for_sheet and obligation.period in exemption.period:
            return dataclasses.replace(
                obligation,
                status=ObligationStatus.EXEMPT,
                days_late=0,
                on_time=None,
                note=exemption.reason,
            )
    return obligation
