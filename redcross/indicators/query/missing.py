"""The branches that a figure lacks: they have not handed in a sheet it is counted from (不含××)."""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from redcross.branches.models import Branch
from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import Indicator
from redcross.indicators.query.question import Question
from redcross.periods import Period
from redcross.uploads.models import Record, Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Monthly
from redcross.uploads.schema.sheet import Sheet

_CoveredMonths = Mapping[str, Mapping[dt.date, set[str]]]
"""Sheet key → month → codes of the branches whose effective uploads cover it."""


def list_source_sheets(indicator: Indicator) -> list[Sheet]:
    """Return the sheets that are due each month and fill the indicator's source."""
    return _monthly_sheets().get(indicator.source, [])


@functools.cache
def _monthly_sheets() -> dict[type[Record] | None, list[Sheet]]:
    sheets: dict[type[Record] | None, list[Sheet]] = {}
    for sheet in registry.values():
        if any(isinstance(due.calendar, Monthly) for due in sheet.due):
            sheets.setdefault(sheet.model, []).append(sheet)
    return sheets


class MissingBranches:
    """The branches below any branch that have not handed in a sheet for a period."""

    def __init__(self, tree: Sequence[Branch], covered: _CoveredMonths) -> None:
        self._children: defaultdict[int | None, list[Branch]] = defaultdict(list)
        for branch in tree:
            self._children[branch.parent_id].append(branch)
        self._covered = covered
        self._by_sheet: dict[tuple[str, int, Period], list[str]] = {}

    def names(self, indicator: Indicator, branch: Branch, period: Period) -> tuple[str, ...]:
        """Return the branches just below that lack a month which others have handed in."""
        if indicator.kind is not Kind.FLOW or period.first is None:
            return ()
        names = (
            name
            for sheet in list_source_sheets(indicator)
            for name in self._names_of_sheet(sheet, branch, period)
        )
        return tuple(dict.fromkeys(names))

    def _names_of_sheet(self, sheet: Sheet, branch: Branch, period: Period) -> list[str]:
        """Return the names for one sheet, computed once: many figures have the same source."""
        key = (sheet.key, branch.pk, period)
        if key not in self._by_sheet:
            start, last = period.start, period.last
            levels = {due.level for due in sheet.due}
            months = [
                codes
                for month, codes in self._covered.get(sheet.key, {}).items()
                if codes and start <= month <= last
            ]
            self._by_sheet[key] = [
                child.short_name
                for child in self._children[branch.pk]
                if child.level in levels and any(map(_codes_up_to_root(child).isdisjoint, months))
            ]
        return self._by_sheet[key]


def _codes_up_to_root(branch: Branch) -> set[str]:
    """Return the codes of a branch and of all above it, which may report for it (代报)."""
    return {branch.code[:length] for length in range(1, len(branch.code) + 1)}


def fetch_missing_branches(
    questions: Iterable[Question], tree: Sequence[Branch]
) -> MissingBranches:
    """Fetch in one query which effective uploads cover the months of the questions."""
    keys: set[str] = set()
    first, last = dt.date.max, dt.date.min
    for question in questions:
        period = question.period
        if period.first is not None and question.indicator.kind is Kind.FLOW:
            keys |= {sheet.key for sheet in list_source_sheets(question.indicator)}
            first, last = min(first, period.first), max(last, period.last)
    covered: defaultdict[str, dict[dt.date, set[str]]] = defaultdict(lambda: defaultdict(set))
    if keys:
        codes = {branch.pk: branch.code for branch in tree}
        uploads = Upload.objects.effective().filter(
            sheet__in=keys, first_month__lte=last, last_month__gte=first
        )
        rows = uploads.exclude(branch__parent__isnull=True).values_list(
            "sheet", "branch_id", "first_month", "last_month"
        )
        for sheet, branch_id, start, end in rows:
            for month in Period(start, end).months:
                covered[sheet][month].add(codes[branch_id])
    return MissingBranches(tree, covered)
