"""Compares a table of counts with the period before it and with the rosters: warnings."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import polars as pl
from django.db.models import Q

from redcross.branches.models import Branch
from redcross.indicators.choices import FigureOrigin, FigureScope
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.declare.declaration import registry
from redcross.indicators.models import ReportedFigure
from redcross.indicators.query.formatting import format_exact
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.schema.findings import PlausibilityWarning

_MAX_CHANGE = Decimal("0.5")
_UNIT_ERROR_FACTOR, _UNIT_ERROR_MIN = 1_000, 10_000
"""A value this many times larger or smaller than one of at least 10,000元 before is taken for
a wrong unit: 元 in a column of 万元, or 万元 in one of 元, differ by 10,000."""

_FigureKey = tuple[int, str, str, str, str]
"""Branch id, scope, indicator, breakdown, category."""


@dataclasses.dataclass(frozen=True, slots=True)
class CountRow:
    """One branch's row of a table as read: column → figure, empty cells left out."""

    worksheet: str
    row: int
    branch: int
    own: bool
    values: Mapping[str, Decimal]

    def figure_key(self, column: CountedColumn) -> _FigureKey:
        """Return the key under which a figure of this row is stored."""
        scope = FigureScope.OWN if self.own else FigureScope.SUBTREE
        return (self.branch, scope.value, *column.figure_key)

    def warning(self, field: str, code: str, message: str) -> PlausibilityWarning:
        """Return a warning about one cell."""
        value = self.values[field]
        return PlausibilityWarning(self.worksheet, self.row, field, code, message, f"{value:f}")


def is_own_row(frame: pl.DataFrame) -> pl.Expr:
    """Return an expression for the rows that state 本级 alone.

    These are the rows of branches that have a branch below them in the same table.
    """
    codes = dict(Branch.objects.filter(pk__in=frame["branch"].to_list()).values_list("pk", "code"))
    own = [
        pk
        for pk, code in codes.items()
        if any(other != code and other.startswith(code) for other in codes.values())
    ]
    return pl.col("branch").is_in(own)


def read_count_rows(frame: pl.DataFrame, columns: Mapping[str, CountedColumn]) -> list[CountRow]:
    """Return the rows of a cleaned table."""
    names = [name for name in columns if name in frame.columns]
    return [
        CountRow(
            row["worksheet"],
            row["row"],
            row["branch"],
            row["_own"],
            {name: Decimal(row[name]) for name in names if row[name] is not None},
        )
        for row in frame.with_columns(_own=is_own_row(frame)).iter_rows(named=True)
    ]


# The period before ---------------------------------------------------------------


def compare_with_previous_period(
    sheet: str, columns: Mapping[str, CountedColumn], rows: Sequence[CountRow], period: Period
) -> Iterator[PlausibilityWarning]:
    """Warn of figures that change by more than half, and of totals that do not carry on.

    The period before is the one of equal length, as the same sheet reported it.
    """
    if period.first is None or not rows:
        return
    before = _previous_figures(sheet, rows, period.previous)
    for row in rows:
        for name in row.values:
            column = columns[name]
            key = row.figure_key(column)
            if column.adds:
                yield from _check_running_total(row, name, columns, before, period)
            elif key in before:
                yield from _check_change(row, name, column, before[key], period)


def _previous_figures(
    sheet: str, rows: Sequence[CountRow], previous: Period
) -> dict[_FigureKey, Decimal]:
    figures = ReportedFigure.objects.filter(
        Q(first_month=previous.first) | Q(first_month__isnull=True),
        upload__sheet=sheet,
        branch__in={row.branch for row in rows},
        last_month=previous.last,
    )
    return {
        (branch, scope, indicator, breakdown, category): value
        for branch, scope, indicator, breakdown, category, value in figures.values_list(
            "branch_id", "scope", "indicator", "breakdown", "category", "value"
        )
    }


def _check_change(
    row: CountRow, name: str, column: CountedColumn, before: Decimal, period: Period
) -> Iterator[PlausibilityWarning]:
    now, threshold = row.values[name], column.comparison_threshold()
    previous = f"上期（{period.previous.label}）为 {_format(before, column)}"
    if column.unit is Unit.YUAN and _is_unit_error(now, before):
        yield row.warning(name, "amount.jump", f"读作 {_format(now, column)}，{previous}")
    elif (
        threshold is not None
        and before >= threshold
        and abs(now - before) > before * _MAX_CHANGE
        and registry[column.indicator].comparable
    ):
        change = (now - before) / before
        message = f"本期 {_format(now, column)}，{previous}，变动 {change:+.1%}"
        yield row.warning(name, "swing.large", message)


def _is_unit_error(now: Decimal, before: Decimal) -> bool:
    smaller, larger = sorted((now, before))
    return smaller > 0 and before >= _UNIT_ERROR_MIN and larger >= smaller * _UNIT_ERROR_FACTOR


def _check_running_total(
    row: CountRow,
    name: str,
    columns: Mapping[str, CountedColumn],
    before: Mapping[_FigureKey, Decimal],
    period: Period,
) -> Iterator[PlausibilityWarning]:
    """Warn of a running total that is not the previous one plus what was added since."""
    total, part = columns[name], columns[columns[name].adds]
    now, added = row.values[name], row.values.get(total.adds)
    is_new_year = period.previous.last.year != period.last.year
    previous = before.get(row.figure_key(total))
    if previous is None or added is None:
        return
    if total.restarts_each_year and is_new_year:
        previous = Decimal(0)
    accepted = {previous + added}
    added_before = before.get(row.figure_key(part))
    if added_before is not None and not is_new_year:
        # Some branches fill 本年 with the sum since January, others with this period's own.
        accepted.add(previous + added - added_before)
    if now not in accepted:
        yield row.warning(
            name,
            "total.not_carried",
            f"本期为 {_format(now, total)}，上期累计 {_format(previous, total)} 加"
            f"「{part.label}」{_format(added, part)} 应为 {_format(previous + added, total)}",
        )


# The rosters ----------------------------------------------------------------------


def compare_with_rosters(
    columns: Mapping[str, CountedColumn], rows: Sequence[CountRow], period: Period
) -> Iterator[PlausibilityWarning]:
    """Warn of counts that differ from the roster of the same branch and period.

    No warning where there is no roster, or where branches below have not reported theirs.
    """
    rostered = {name: column for name, column in columns.items() if column.has_roster}
    branches = Branch.objects.in_bulk({row.branch for row in rows})
    cells = [(row, name) for row in rows for name in rostered if name in row.values]
    questions = [
        _roster_question(row, rostered[name], branches[row.branch], period) for row, name in cells
    ]
    if not questions:
        return
    for (row, name), lines in zip(cells, answer_questions(*questions), strict=True):
        counted, column, value = lines[0], rostered[name], row.values[name]
        if counted.value is None or counted.origin is not FigureOrigin.ROWS or counted.missing:
            continue
        if counted.value != value:
            yield row.warning(
                name,
                "roster.differs",
                f"本表为 {_format(value, column)}，名册中同期{counted.indicator.label}为"
                f" {_format(counted.value, column)}，"
                f"相差 {_format(abs(counted.value - value), column)}",
            )


def _roster_question(
    row: CountRow, column: CountedColumn, branch: Branch, period: Period
) -> Question:
    indicator = registry[column.indicator]
    if not column.breakdown:
        return Question(indicator, period, branch, own=row.own)
    return Question(
        indicator, period, branch, own=row.own, by=(column.breakdown,), category=column.category
    )


def _format(value: Decimal, column: CountedColumn) -> str:
    return format_exact(value, column.unit)
