"""Statistics sheets: figures a branch counted itself, compared with those of its records.

Each figure of a row becomes a reported figure of its own (see `query/compute.py`): it counts
where the branch has no effective records, else it is compared and listed as 账表差异.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import polars as pl

from redcross.indicators.checks.consistency import (
    compare_with_previous_period,
    compare_with_rosters,
    is_own_row,
    read_count_rows,
)
from redcross.indicators.choices import FigureScope, Kind
from redcross.indicators.declare.counted_column import MAX_DIGITS, CountedColumn
from redcross.indicators.declare.declaration import registry
from redcross.indicators.models import ReportedFigure
from redcross.periods import Period
from redcross.uploads.schema.branch_rules import one_row_per_branch
from redcross.uploads.schema.findings import PlausibilityWarning
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.sheet import Column, Sheet, SheetError

_FIGURE_IDENTITY = ("indicator", "scope", "first_month", "last_month", "breakdown", "category")


class StatisticsSheet(Sheet):
    """One row a branch, one figure a column; declare the columns as `CountedColumn`."""

    model = ReportedFigure
    kind = SheetKind.STATISTICS
    exploded_identity = _FIGURE_IDENTITY
    columns: ClassVar[dict[str, Column]] = {}

    branch = Column(
        "单位",
        aliases=["填报单位", "州市", "州（市）", "县区", "县（市、区）", "单位名称", "机构"],
        note="本级写本单位；同一张表里另有下级单位时，本单位一行只填本级数。",
    )

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        for name, column in cls.columns.items():
            if not isinstance(column, CountedColumn):
                continue
            # A column without an indicator is not stored, so nothing can be compared with it.
            compared = [name, column.adds] if column.adds else [name] if column.has_roster else []
            if not all(getattr(cls.columns.get(other), "indicator", "") for other in compared):
                message = f"{cls.__name__}.{name}: {compared} are no figures of an indicator"
                raise SheetError(message)

    def rules(self) -> tuple[Rule, ...]:
        return (one_row_per_branch(),)

    def _figure_columns(self) -> Mapping[str, CountedColumn]:
        """Return the columns whose numbers are stored as figures, by name."""
        return {
            name: column
            for name, column in self.columns.items()
            if isinstance(column, CountedColumn) and column.indicator
        }

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Return one row a figure; an empty cell gives none."""
        scope = (
            pl.when(is_own_row(frame))
            .then(pl.lit(FigureScope.OWN.value))
            .otherwise(pl.lit(FigureScope.SUBTREE.value))
        )
        figures = [
            frame.filter(pl.col(name).is_not_null()).select(
                "branch",
                "worksheet",
                "row",
                indicator=pl.lit(column.indicator),
                scope=scope,
                first_month=_first_month(column, period),
                last_month=pl.lit(period.last),
                breakdown=pl.lit(column.breakdown),
                category=pl.lit(column.category),
                value=pl.col(name).cast(pl.Decimal(MAX_DIGITS, 6)),
                source=pl.lit(self.title),
            )
            for name, column in self._figure_columns().items()
            if name in frame.columns
        ]
        return pl.concat(figures) if figures else frame.clear()

    def collapse(self, records: Sequence[Any], period: Period) -> list[dict[str, object]]:
        """Return one row a branch with its figures side by side."""
        names = {column.figure_key: name for name, column in self._figure_columns().items()}
        rows: dict[int, dict[str, object]] = {}
        for record in records:
            name = names.get((record.indicator, record.breakdown, record.category))
            if name is not None:
                row = rows.setdefault(record.branch_id, {"branch": record.branch_id})
                row[name] = record.value
        return list(rows.values())

    def plausibility_warnings(
        self, frame: pl.DataFrame, period: Period
    ) -> Iterator[PlausibilityWarning]:
        """Compare each figure with the period before, and counts of persons with rosters."""
        columns = self._figure_columns()
        rows = read_count_rows(frame, columns)
        yield from compare_with_previous_period(self.key, columns, rows, period)
        yield from compare_with_rosters(columns, rows, period)


def _first_month(column: CountedColumn, period: Period) -> pl.Expr:
    """Return where the figure begins: a level has no beginning."""
    is_flow = registry[column.indicator].kind is Kind.FLOW
    return pl.lit(period.first if is_flow else None, dtype=pl.Date)


def cumulative_rule(sheet: StatisticsSheet, cumulative: str, current: str) -> Rule:
    """Return the rule that a cumulative figure is no less than the period's own."""
    whole, part = sheet.columns[cumulative].label, sheet.columns[current].label
    return Rule(
        code="sum.cumulative",
        violation=lambda: pl.col(cumulative) < pl.col(current),
        needs=(cumulative, current),
        message=f"{whole} {{{cumulative}}} 小于{part} {{{current}}}",
        suggestion="累计数不应小于当期数，请核对两栏是否填反。",
    )
