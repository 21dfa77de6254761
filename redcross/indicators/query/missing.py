"""Which branches a figure lacks: they owe a sheet it is counted from (不含××)."""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from redcross.branches.models import Branch
from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import Indicator
from redcross.periods import Period
from redcross.uploads.models import Record, Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Monthly
from redcross.uploads.schema.sheet import Sheet


class _FigureQuestion(Protocol):
    @property
    def indicator(self) -> Indicator: ...
    @property
    def branch(self) -> Branch: ...
    @property
    def period(self) -> Period: ...


def list_source_sheets(indicator: Indicator) -> list[Sheet]:
    """Return the sheets that are due each month and fill the indicator's source."""
    return _monthly_sheets().get(indicator.source, [])


@functools.cache
def _monthly_sheets() -> dict[type[Record] | None, list[Sheet]]:
    found: dict[type[Record] | None, list[Sheet]] = {}
    for sheet in registry.values():
        if any(isinstance(due.calendar, Monthly) for due in sheet.due):
            found.setdefault(sheet.model, []).append(sheet)
    return found


class MissingBranches:
    """Who has handed in what, for the months asked about."""

    def __init__(
        self, tree: Sequence[Branch], handed_in: dict[str, dict[dt.date, set[str]]]
    ) -> None:
        self.below: defaultdict[int | None, list[Branch]] = defaultdict(list)
        for branch in tree:
            self.below[branch.parent_id].append(branch)
        self.handed_in = handed_in
        self._owing: dict[tuple[str, int, Period], list[str]] = {}

    def of(self, indicator: Indicator, branch: Branch, period: Period) -> tuple[str, ...]:
        """Name the branches just below that owe a month which others have handed in."""
        if indicator.kind is not Kind.FLOW or period.first is None:
            return ()
        owing = (
            name
            for sheet in list_source_sheets(indicator)
            for name in self._of_sheet(sheet, branch, period)
        )
        return tuple(dict.fromkeys(owing))

    def _of_sheet(self, sheet: Sheet, branch: Branch, period: Period) -> list[str]:
        """Name them for one sheet, found once: many figures come from the same one."""
        asked = (sheet.key, branch.pk, period)
        if asked not in self._owing:
            start, last = period.start, period.last
            levels = {due.level for due in sheet.due}
            months = [
                codes
                for month, codes in self.handed_in.get(sheet.key, {}).items()
                if codes and start <= month <= last
            ]
            self._owing[asked] = [
                each.short_name
                for each in self.below[branch.pk]
                if each.level in levels and any(map(_codes_up_to_root(each).isdisjoint, months))
            ]
        return self._owing[asked]


def _codes_up_to_root(branch: Branch) -> set[str]:
    """Return every code that holds a branch: a prefecture may report for its counties (代报)."""
    return {branch.code[:length] for length in range(1, len(branch.code) + 1)}


def fetch_missing_branches(
    asked: Iterable[_FigureQuestion], tree: Sequence[Branch]
) -> MissingBranches:
    """Fetch in one query which effective uploads cover the months asked about."""
    keys: set[str] = set()
    first, last = dt.date.max, dt.date.min
    for each in asked:
        if each.period.first is not None and each.indicator.kind is Kind.FLOW:
            keys |= {sheet.key for sheet in list_source_sheets(each.indicator)}
            first, last = min(first, each.period.first), max(last, each.period.last)
    found: defaultdict[str, dict[dt.date, set[str]]] = defaultdict(lambda: defaultdict(set))
    if keys:
        by_id = {branch.pk: branch.code for branch in tree}
        covering = Upload.objects.effective().filter(
            sheet__in=keys, first_month__lte=last, last_month__gte=first
        )
        rows = covering.exclude(branch__parent__isnull=True).values_list(
            "sheet", "branch_id", "first_month", "last_month"
        )
        for sheet, branch_id, start, end in rows:
            for month in Period(start, end).months:
                found[sheet][month].add(by_id[branch_id])
    return MissingBranches(tree, found)
