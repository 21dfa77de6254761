"""A table of counts held against the period before it and against the rosters: warnings."""

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
"""元 in a 万元 table stand at ten thousand times, 万元 in a 元 table at the like part."""

_FigureKey = tuple[int, str, str, str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class CountRow:
    """One branch's line of a table as read: column → figure, empty cells left out."""

    worksheet: str
    row: int
    branch: int
    own: bool
    values: Mapping[str, Decimal]

    def told(self, column: CountedColumn) -> _FigureKey:
        """Return what a figure of this line is kept under."""
        scope = FigureScope.OWN if self.own else FigureScope.SUBTREE
        return (self.branch, scope.value, *column.told)

    def doubt(self, field: str, code: str, message: str) -> PlausibilityWarning:
        """Say what is doubted of one cell."""
        value = self.values[field]
        return PlausibilityWarning(self.worksheet, self.row, field, code, message, f"{value:f}")


def is_own_row(frame: pl.DataFrame) -> pl.Expr:
    """Tell the rows of branches that stand above others of the table: these tell 本级 alone."""
    codes = dict(Branch.objects.filter(pk__in=frame["branch"].to_list()).values_list("pk", "code"))
    own = [
        pk
        for pk, code in codes.items()
        if any(other != code and other.startswith(code) for other in codes.values())
    ]
    return pl.col("branch").is_in(own)


def read_count_rows(frame: pl.DataFrame, columns: Mapping[str, CountedColumn]) -> list[CountRow]:
    """Return the lines of a cleaned table."""
    named = [name for name in columns if name in frame.columns]
    return [
        CountRow(
            line["worksheet"],
            line["row"],
            line["branch"],
            line["_own"],
            {name: Decimal(line[name]) for name in named if line[name] is not None},
        )
        for line in frame.with_columns(_own=is_own_row(frame)).iter_rows(named=True)
    ]


def compare_with_previous_period(
    sheet: str, columns: Mapping[str, CountedColumn], rows: Sequence[CountRow], period: Period
) -> Iterator[PlausibilityWarning]:
    """Doubt what changes by more than half, and a total that does not carry on.

    The period before is the one of equal length, as the same sheet told it.
    """
    if period.first is None or not rows:
        return
    before = _previous_figures(sheet, rows, period.previous)
    for row in rows:
        for name in row.values:
            column = columns[name]
            if column.adds:
                yield from _check_running_total(row, name, columns, before, period)
            elif row.told(column) in before:
                yield from _check_change(row, name, column, before[row.told(column)], period)


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
    now, least = row.values[name], column.doubted_from()
    if column.unit is Unit.YUAN and _is_unit_error(now, before):
        said = f"读作 {_said(now, column)}，{_last(before, column, period)}"
        yield row.doubt(name, "amount.jump", said)
    elif (
        least is not None
        and before >= least
        and abs(now - before) > before * _MAX_CHANGE
        and registry[column.indicator].comparable
    ):
        change = (now - before) / before
        yield row.doubt(
            name,
            "swing.large",
            f"本期 {_said(now, column)}，{_last(before, column, period)}，变动 {change:+.1%}",
        )


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
    """Doubt a running total that is not the last one and what has been added since."""
    total, part = columns[name], columns[columns[name].adds]
    now, added = row.values[name], row.values.get(total.adds)
    previous = period.previous
    new_year = previous.last.year != period.last.year
    last = before.get(row.told(total))
    if last is None or added is None:
        return
    if total.anew_each_year and new_year:
        last = Decimal(0)
    accepted = {last + added}
    earlier = before.get(row.told(part))
    if earlier is not None and not new_year:
        # 本年 is filled as what has come since January as often as what this period brought.
        accepted.add(last + added - earlier)
    if now not in accepted:
        yield row.doubt(
            name,
            "total.not_carried",
            f"本期为 {_said(now, total)}，上期累计 {_said(last, total)} 加"
            f"「{part.label}」{_said(added, part)} 应为 {_said(last + added, total)}",
        )


def compare_with_rosters(
    columns: Mapping[str, CountedColumn], rows: Sequence[CountRow], period: Period
) -> Iterator[PlausibilityWarning]:
    """Doubt a count that the roster of the same branch and period tells otherwise.

    Nothing is said where there is no roster, or where branches below still owe theirs.
    """
    rostered = {name: column for name, column in columns.items() if column.rostered}
    branches = Branch.objects.in_bulk({row.branch for row in rows})
    asked = [
        (row, name, _roster_question(row, column, branches[row.branch], period))
        for row in rows
        for name, column in rostered.items()
        if name in row.values
    ]
    if not asked:
        return
    for (row, name, _), lines in zip(
        asked, answer_questions(*(each for _, _, each in asked)), strict=True
    ):
        counted, column = lines[0], rostered[name]
        if counted.value is None or counted.origin is not FigureOrigin.ROWS or counted.missing:
            continue
        if counted.value != row.values[name]:
            gap = abs(counted.value - row.values[name])
            yield row.doubt(
                name,
                "roster.differs",
                f"本表为 {_said(row.values[name], column)}，名册中同期{counted.indicator.label}为"
                f" {_said(counted.value, column)}，相差 {_said(gap, column)}",
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


def _last(before: Decimal, column: CountedColumn, period: Period) -> str:
    return f"上期（{period.previous.label}）为 {_said(before, column)}"


def _said(value: Decimal, column: CountedColumn) -> str:
    return format_exact(value, column.unit)
