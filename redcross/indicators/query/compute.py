"""Values of a series over a period, computed from fetched data.

For each subtree and its months exactly one source counts. Records precede reported
figures: a reported figure counts only where it lies wholly inside the period and its
subtree has no effective record in its months; a higher branch's figure precedes those of
the branches below it, a longer range a shorter. What does not count is kept and listed
as 账表差异, and never adds. A reported range that the period splits gives no value, and
the reason. A level (时点数, 累计数) is the latest reported level at or before the end,
plus the movements after it.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from redcross.indicators.choices import FigureOrigin, FigureScope, Kind
from redcross.indicators.declare.declaration import PLUS, Indicator
from redcross.indicators.models import ReportedFigure
from redcross.indicators.query.fetch import FetchedData, RollupCell
from redcross.indicators.query.series import Series
from redcross.periods import Period, add_months
from redcross.units import Unit

PERCENT_PLACES = Decimal("0.0001")
_SPLIT_RANGE_REASON = "报告期切分了登记的历史数（{label}），无法分摊。"


class SeriesValue(NamedTuple):
    """A value, where it comes from, and the reason where there is none."""

    value: Decimal | None
    origin: FigureOrigin
    reason: str = ""


def compute_value(series: Series, period: Period, data: FetchedData) -> SeriesValue:
    """Return the value of a series; categories joined by + are added up."""
    if PLUS in series.category:
        parts = [
            dataclasses.replace(series, category=category)
            for category in series.category.split(PLUS)
        ]
        return combine([compute_value(part, period, data) for part in parts])
    match series.indicator.kind:
        case Kind.FLOW:
            return flow(series, period, data)
        case Kind.STOCK | Kind.CUMULATIVE:
            return level_at(series, period.last, data)
        case Kind.STATED:
            return latest_stated(series, period.last, data)
        case Kind.BRANCHES:
            return count_branches(series, period, data)
    return ratio(series, period, data)


def flow(series: Series, period: Period, data: FetchedData) -> SeriesValue:
    """Return the sum of a period: its records, and the reported figures that count beside them."""
    cells = _period_cells(series, period, data)
    counting, split = _select_reported(series, period, cells, data)
    for figure in split:
        if not _is_superseded(figure, counting, period):
            reason = _SPLIT_RANGE_REASON.format(label=figure.period.label)
            return SeriesValue(None, FigureOrigin.REPORTED, reason)
    if not cells and not counting:
        return SeriesValue(None, FigureOrigin.ROWS, "本期没有数据。")
    total = sum((value for _, _, value in cells), Decimal(0))
    total += sum((figure.value for figure in counting), Decimal(0))
    return SeriesValue(total, _combined_origin(bool(cells), bool(counting)))


def _period_cells(series: Series, period: Period, data: FetchedData) -> list[RollupCell]:
    by_month = data.cells_by_month(series)
    months: Iterable[dt.date] = by_month if period.first is None else period.months
    end = period.end
    return [
        (code, month, value)
        for month in months
        if month < end
        for code, value in by_month.get(month, ())
    ]


def _select_reported(
    series: Series, period: Period, cells: Sequence[RollupCell], data: FetchedData
) -> tuple[list[ReportedFigure], list[ReportedFigure]]:
    """Return the reported figures that count, and those whose range the period splits."""
    counting: list[ReportedFigure] = []
    split: list[ReportedFigure] = []
    for figure in data.reported_figures(series):
        months = figure.period
        if not months.overlaps(period):
            continue
        start, last = months.start, months.last
        if any(start <= month <= last and _covers(figure, code) for code, month, _ in cells):
            continue
        if any(_supersedes(other, figure) for other in counting):
            continue
        (counting if months in period else split).append(figure)
    return counting, split


def level_at(series: Series, last: dt.date, data: FetchedData) -> SeriesValue:
    """Return the level at the end of a month: the latest reported one, plus what came after."""
    levels = [figure for figure in data.reported_figures(series) if figure.last_month <= last]
    own_levels = [
        figure
        for figure in levels
        if figure.branch_id == series.branch.pk and (figure.scope == FigureScope.OWN) == series.own
    ]
    if own_levels:
        latest = max(own_levels, key=lambda figure: (figure.last_month, figure.pk or 0))
        change = net_change(series, add_months(latest.last_month, 1), last, data)
        return SeriesValue(latest.value + (change or 0), _combined_origin(change is not None, True))
    if levels and not series.own:
        parts = [
            level_at(dataclasses.replace(series, branch=child), last, data)
            for child in data.tree
            if child.parent_id == series.branch.pk
        ]
        parts.append(level_at(dataclasses.replace(series, own=True), last, data))
        return combine(parts)
    change = net_change(series, None, last, data)
    return SeriesValue(change, FigureOrigin.ROWS, "" if change is not None else "没有数据。")


def net_change(
    series: Series, first: dt.date | None, last: dt.date, data: FetchedData
) -> Decimal | None:
    """Return the movements of a level from `first` to `last`; None where there are none."""
    if first is not None and first > last:
        return None
    period = Period(first, last)
    if series.indicator.kind is Kind.CUMULATIVE:
        base = series.indicator.base
        assert base is not None  # noqa: S101  by its declaration
        return flow(dataclasses.replace(series, indicator=base), period, data).value
    values = [
        value
        for month, cells in data.cells_by_month(series).items()
        if period.start <= month <= last
        for _, value in cells
    ]
    return sum(values, Decimal(0)) if values else None


def latest_stated(series: Series, last: dt.date, data: FetchedData) -> SeriesValue:
    """Return the latest value stated for exactly the branch, up to a month."""
    stated = [
        figure
        for figure in data.reported.get(series.key, [])
        if figure.branch_id == series.branch.pk
        and figure.category == series.category
        and figure.last_month <= last
    ]
    if not stated:
        return SeriesValue(None, FigureOrigin.REPORTED, "没有登记。")
    latest = max(stated, key=lambda figure: (figure.last_month, figure.pk or 0))
    return SeriesValue(latest.value, FigureOrigin.REPORTED)


def count_branches(series: Series, period: Period, data: FetchedData) -> SeriesValue:
    """Count the branches with a value of their own above 0.

    A branch whose value is reported only as part of a branch above it is not known.
    """
    branch, base = series.branch, series.indicator.base
    branches = [
        other
        for other in data.tree
        if other == branch or (not series.own and branch.contains(other))
    ]
    if base is None:
        return SeriesValue(Decimal(len(branches)), FigureOrigin.ROWS)
    counted = Series(base, "", "", branch, series.own)
    values: defaultdict[str, Decimal] = defaultdict(Decimal)
    for month, cells in data.cells_by_month(counted).items():
        if period.start <= month <= period.last:
            for code, value in cells:
                values[code] += value
    for figure in data.reported.get(counted.key, []):
        if figure.scope == FigureScope.OWN and figure.period in period:
            values[figure.branch.code] += figure.value
    codes = {other.code for other in branches}
    count = sum(1 for code, value in values.items() if value > 0 and code in codes)
    return SeriesValue(Decimal(count), FigureOrigin.ROWS)


def ratio(series: Series, period: Period, data: FetchedData) -> SeriesValue:
    """Divide one indicator by another, in percent where its unit is; totals only."""
    indicator = series.indicator
    assert indicator.base is not None  # noqa: S101  by its declaration
    assert indicator.denominator is not None  # noqa: S101

    def total(operand: Indicator) -> SeriesValue:
        return compute_value(Series(operand, "", "", series.branch, series.own), period, data)

    part, origin, reason = total(indicator.base)
    whole = total(indicator.denominator).value
    if part is None:
        return SeriesValue(None, origin, reason)
    if not whole:
        return SeriesValue(None, origin, f"缺少{indicator.denominator.label}，无法计算。")
    scale = 100 if indicator.unit is Unit.PERCENT else 1
    return SeriesValue((part * scale / whole).quantize(PERCENT_PLACES), origin)


def combine(parts: Sequence[SeriesValue]) -> SeriesValue:
    """Add the values that are known."""
    known = [(part.value, part.origin) for part in parts if part.value is not None]
    if not known:
        return SeriesValue(None, FigureOrigin.ROWS, "没有数据。")
    origins = {origin for _, origin in known}
    origin = origins.pop() if len(origins) == 1 else FigureOrigin.MIXED
    return SeriesValue(sum((value for value, _ in known), Decimal(0)), origin)


def _combined_origin(has_rows: bool, has_reported: bool) -> FigureOrigin:
    if has_rows and has_reported:
        return FigureOrigin.MIXED
    return FigureOrigin.REPORTED if has_reported else FigureOrigin.ROWS


def _covers(figure: ReportedFigure, code: str) -> bool:
    """Whether a reported figure includes the branch with this code."""
    if figure.scope == FigureScope.OWN:
        return figure.branch.code == code
    return code.startswith(figure.branch.code)


def _supersedes(counting: ReportedFigure, figure: ReportedFigure) -> bool:
    """Whether a figure that counts already includes this one."""
    return _covers(counting, figure.branch.code) and counting.period.overlaps(figure.period)


def _is_superseded(
    split: ReportedFigure, counting: Iterable[ReportedFigure], period: Period
) -> bool:
    """Whether figures that count cover all months of a split range inside the period."""
    covering = [figure for figure in counting if _covers(figure, split.branch.code)]
    months = [month for month in split.period.months if period.start <= month < period.end]
    return bool(months) and all(
        any(figure.period.start <= month < figure.period.end for figure in covering)
        for month in months
    )
