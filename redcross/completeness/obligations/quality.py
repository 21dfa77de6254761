"""报送质量评价: punctuality, first-pass rate, delays, returns and urgings, by branch."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from redcross.branches.models import Branch
from redcross.completeness.choices import SUBMITTED_STATUSES, ObligationStatus
from redcross.completeness.models import Urging
from redcross.completeness.obligations.evaluate import Obligation
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.models import UploadStep

_DECIDED_STATUSES = SUBMITTED_STATUSES - {ObligationStatus.WAITING, ObligationStatus.COVERED}
"""Statuses of the branch's own submissions that were decided on."""
_NOT_DUE_STATUSES = (ObligationStatus.EXEMPT, ObligationStatus.NOT_OPEN)


@dataclasses.dataclass(frozen=True, slots=True)
class ReportingQuality:
    """How a branch with all below it reports, as counts of obligations.

    及时率: of what is due or submitted, the share first submitted by the due date.
    一次通过率 (准确率): of what has become effective, the share that was never returned
    and never submitted again because of errors; submissions by the level above do not count.
    """

    branch: Branch
    due: int = 0
    submitted: int = 0
    late: int = 0
    on_time: int = 0
    timed: int = 0
    """Obligations of which it is decided whether they were on time."""
    first_pass: int = 0
    decided: int = 0
    returned: int = 0
    urged: int = 0

    @property
    def submitted_share(self) -> Decimal | None:
        """已报率 in percent."""
        return _percentage(self.submitted, self.due)

    @property
    def on_time_share(self) -> Decimal | None:
        """及时率 in percent."""
        return _percentage(self.on_time, self.timed)

    @property
    def first_pass_share(self) -> Decimal | None:
        """一次通过率 in percent."""
        return _percentage(self.first_pass, self.decided)

    @property
    def summary(self) -> str:
        """The text shown on the map."""
        if not self.due:
            return "本期没有应报"
        return f"应报{self.due}，已报{self.submitted}，逾期{self.late}"


def _percentage(part: int, whole: int) -> Decimal | None:
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1")) if whole else None


@dataclasses.dataclass(frozen=True, slots=True)
class _Rework:
    """One time that an upload was returned or had errors."""

    branch: int
    sheet: str
    first: dt.date
    last: dt.date
    is_return: bool


def measure_quality(
    branches: Sequence[Branch],
    obligations: Sequence[Obligation],
    period: Period,
    *,
    urgings: Iterable[Urging] | None = None,
) -> list[ReportingQuality]:
    """Return the quality of each branch with all below it, in at most two queries."""
    rework = _list_rework(obligations, period)
    if urgings is None:
        urgings = list_urgings(obligations, period)
    urged = [(urging.branch_id, urging.sheet) for urging in urgings]
    keys = {(obligation.branch.pk, obligation.sheet.key) for obligation in obligations}
    codes = {obligation.branch.pk: obligation.branch.code for obligation in obligations}
    return [
        _measure_branch(
            branch,
            [obligation for obligation in obligations if branch.contains(obligation.branch)],
            [event for event in rework if codes.get(event.branch, "").startswith(branch.code)],
            sum(key in keys and codes[key[0]].startswith(branch.code) for key in urged),
        )
        for branch in branches
    ]


def list_urgings(obligations: Sequence[Obligation], period: Period) -> list[Urging]:
    """Return the urgings of the branches for months that end in the period, newest first."""
    rows = Urging.objects.filter(
        branch__in={obligation.branch.pk for obligation in obligations},
        last_month__gte=period.start,
        last_month__lte=period.last,
    )
    return list(rows.select_related("by").order_by("-at", "-pk"))


def _list_rework(obligations: Sequence[Obligation], period: Period) -> list[_Rework]:
    steps = UploadStep.objects.filter(
        state__in=[UploadState.RETURNED, UploadState.HAS_ERRORS],
        branch__in={obligation.branch.pk for obligation in obligations},
        upload__first_month__lte=period.last,
        upload__last_month__gte=period.start,
    ).values_list("branch", "upload__sheet", "upload__first_month", "upload__last_month", "state")
    return [
        _Rework(branch, sheet, first, last, state == UploadState.RETURNED)
        for branch, sheet, first, last, state in steps
    ]


def _measure_branch(
    branch: Branch, obligations: list[Obligation], rework: list[_Rework], urged: int
) -> ReportingQuality:
    due = [item for item in obligations if item.status not in _NOT_DUE_STATUSES]
    decided = [item for item in due if item.status in _DECIDED_STATUSES]
    sheets = {item.sheet.key for item in obligations}
    rework_by_key: dict[tuple[int, str], list[_Rework]] = {}
    for event in rework:
        rework_by_key.setdefault((event.branch, event.sheet), []).append(event)

    def is_first_pass(item: Obligation) -> bool:
        events = rework_by_key.get((item.branch.pk, item.sheet.key), ())
        return not any(event.first <= item.period.last <= event.last for event in events)

    return ReportingQuality(
        branch,
        due=len(due),
        submitted=sum(item.is_submitted for item in due),
        late=sum(item.days_late > 0 for item in due),
        on_time=sum(item.on_time is True for item in due),
        timed=sum(item.on_time is not None for item in due),
        first_pass=sum(is_first_pass(item) for item in decided),
        decided=len(decided),
        returned=sum(event.is_return and event.sheet in sheets for event in rework),
        urged=urged,
    )
