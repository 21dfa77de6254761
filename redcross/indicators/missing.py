"""Which branches a figure lacks: they owe a sheet it is counted from (不含××)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from redcross.branches.models import Branch
from redcross.indicators.choices import Kind
from redcross.indicators.declaration import Indicator
from redcross.periods import Period
from redcross.uploads.models import Upload
from redcross.uploads.sheet import Monthly, Sheet, registry


class _Asked(Protocol):
    @property
    def indicator(self) -> Indicator: ...
    @property
    def branch(self) -> Branch: ...
    @property
    def period(self) -> Period: ...


def sheets_of(indicator: Indicator) -> list[Sheet]:
    """Return the sheets that are due each month and fill the indicator's source."""
    return [
        sheet
        for sheet in registry.values()
        if sheet.model is indicator.source
        and any(isinstance(due.calendar, Monthly) for due in sheet.due)
    ]


class Missing:
    """Who has handed in what, for the months asked about."""

    def __init__(self, tree: list[Branch], handed_in: dict[str, dict[dt.date, set[str]]]) -> None:
        self.tree = tree
        self.handed_in = handed_in

    def of(self, indicator: Indicator, branch: Branch, period: Period) -> tuple[str, ...]:
        """Name the branches just below that owe a month which others have handed in."""
        if indicator.kind is not Kind.FLOW or period.first is None:
            return ()
        owing: list[str] = []
        for sheet in sheets_of(indicator):
            levels = {due.level for due in sheet.due}
            months = self.handed_in.get(sheet.key, {})
            for each in self.tree:
                if each.parent_id != branch.pk or each.level not in levels:
                    continue
                # A prefecture that reports for its counties (代报) covers them.
                if any(
                    codes and not any(each.code.startswith(code) for code in codes)
                    for month, codes in months.items()
                    if period.start <= month < period.end
                ):
                    owing.append(each.short_name)
        return tuple(dict.fromkeys(owing))


def missing_from(asked: Iterable[_Asked], tree: list[Branch]) -> Missing:
    """Fetch in one query which effective uploads cover the months asked about."""
    keys: set[str] = set()
    first, last = dt.date.max, dt.date.min
    for each in asked:
        if each.period.first is not None and each.indicator.kind is Kind.FLOW:
            keys |= {sheet.key for sheet in sheets_of(each.indicator)}
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
    return Missing(tree, found)
