"""报送质量评价: in time, right at the first go, late, returned, urged; by branch and below."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from redcross.branches.models import Branch
from redcross.completeness.choices import SUBMITTED_STATUSES, ObligationStatus
from redcross.completeness.models import Urging
from redcross.completeness.obligations import Obligation
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.models import UploadStep

_DECIDED_STATUSES = SUBMITTED_STATUSES - {ObligationStatus.WAITING, ObligationStatus.COVERED}
"""Decided on, and the branch's own work."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReportingQuality:
    """How a branch with all below it reports.

    及时率: of what is due or handed in, the share first submitted by the due day.
    一次通过率 (准确率): of what has become effective, the share that was never returned
    and never sent again because of errors; what the level above handed in does not count.
    """

    branch: Branch
    owed: int = 0
    handed_in: int = 0
    late: int = 0
    on_time: int = 0
    judged: int = 0
    first_pass: int = 0
    decided: int = 0
    returned: int = 0
    urged: int = 0

    @property
    def done_share(self) -> Decimal | None:
        """已报率 in percent."""
        return _percentage(self.handed_in, self.owed)

    @property
    def on_time_share(self) -> Decimal | None:
        """及时率 in percent."""
        return _percentage(self.on_time, self.judged)

    @property
    def first_pass_share(self) -> Decimal | None:
        """一次通过率 in percent."""
        return _percentage(self.first_pass, self.decided)

    @property
    def told(self) -> str:
        """What a map says of it."""
        if not self.owed:
            return "本期没有应报"
        return f"应报{self.owed}，已报{self.handed_in}，逾期{self.late}"


def _percentage(part: int, whole: int) -> Decimal | None:
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1")) if whole else None


@dataclasses.dataclass(frozen=True, slots=True)
class _Rework:
    """What went wrong with one upload."""

    branch: int
    sheet: str
    first: dt.date
    last: dt.date
    returned: bool


def measure_quality(
    branches: Sequence[Branch],
    found: Sequence[Obligation],
    period: Period,
    *,
    urgings: Iterable[Urging] | None = None,
) -> list[ReportingQuality]:
    """Return the quality of each branch with all below it, in at most two queries."""
    trouble = _list_rework(found, period)
    if urgings is None:
        urgings = list_urgings(found, period)
    urged = [(each.branch_id, each.sheet) for each in urgings]
    kept = {(each.branch.pk, each.sheet.key) for each in found}
    codes = {each.branch.pk: each.branch.code for each in found}
    return [
        _measure_branch(
            branch,
            [each for each in found if branch.contains(each.branch)],
            [each for each in trouble if codes.get(each.branch, "").startswith(branch.code)],
            sum(key in kept and codes[key[0]].startswith(branch.code) for key in urged),
        )
        for branch in branches
    ]


def list_urgings(found: Sequence[Obligation], period: Period) -> list[Urging]:
    """Return how the branches were urged for months that end in the period, newest first."""
    asked = Urging.objects.filter(
        branch__in={each.branch.pk for each in found},
        last_month__gte=period.start,
        last_month__lte=period.last,
    )
    return list(asked.select_related("by").order_by("-at", "-pk"))


def _list_rework(found: Sequence[Obligation], period: Period) -> list[_Rework]:
    steps = UploadStep.objects.filter(
        state__in=[UploadState.RETURNED, UploadState.HAS_ERRORS],
        branch__in={each.branch.pk for each in found},
        upload__first_month__lte=period.last,
        upload__last_month__gte=period.start,
    ).values_list("branch", "upload__sheet", "upload__first_month", "upload__last_month", "state")
    return [
        _Rework(branch, sheet, first, last, state == UploadState.RETURNED)
        for branch, sheet, first, last, state in steps
    ]


def _measure_branch(
    branch: Branch, found: list[Obligation], trouble: list[_Rework], urged: int
) -> ReportingQuality:
    owed = [
        each
        for each in found
        if each.standing not in (ObligationStatus.EXEMPT, ObligationStatus.NOT_OPEN)
    ]
    decided = [each for each in owed if each.standing in _DECIDED_STATUSES]
    sheets = {each.sheet.key for each in found}
    spoilt: dict[tuple[int, str], list[_Rework]] = {}
    for one in trouble:
        spoilt.setdefault((one.branch, one.sheet), []).append(one)
    return ReportingQuality(
        branch,
        owed=len(owed),
        handed_in=sum(each.handed_in for each in owed),
        late=sum(each.days_late > 0 for each in owed),
        on_time=sum(each.on_time is True for each in owed),
        judged=sum(each.on_time is not None for each in owed),
        first_pass=sum(
            not any(
                one.first <= each.period.last <= one.last
                for one in spoilt.get((each.branch.pk, each.sheet.key), ())
            )
            for each in decided
        ),
        decided=len(decided),
        returned=sum(one.returned and one.sheet in sheets for one in trouble),
        urged=urged,
    )
