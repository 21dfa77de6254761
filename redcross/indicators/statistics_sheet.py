"""Statistics sheets: what a branch counted itself, kept beside what its records say.

Each figure of a row becomes a reported figure of its own (see `answers.py`): it counts
where the branch has no effective records, else it is compared and listed as 账表差异.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import polars as pl
from django.db import models

from redcross.indicators.checks.consistency import (
    compare_with_previous_period,
    compare_with_rosters,
    is_own_row,
    read_count_rows,
)
from redcross.indicators.choices import FigureScope, Kind
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.declare.declaration import registry
from redcross.indicators.models import ReportedFigure
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.schema.findings import PlausibilityWarning
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, Rule, SheetKind
from redcross.uploads.schema.sheet import Column, Sheet, SheetError

_INTEGER_PLACES, _MAX_DIGITS = 0, 24
_FIGURE_IDENTITY = ("indicator", "scope", "first_month", "last_month", "breakdown", "category")


class StatisticsSheet(Sheet):
    """One row a branch, one figure a column; declare the columns as `Counted`."""

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
            # Nothing is kept of a column without an indicator, so nothing could be held against it.
            held = [name, column.adds] if column.adds else [name] if column.rostered else []
            kept = [getattr(cls.columns.get(each), "indicator", "") for each in held]
            if not all(kept):
                message = f"{cls.__name__}.{name}: {held} are no figures of an indicator"
                raise SheetError(message)

    def _field(self, name: str, column: Column) -> FieldSpec:
        if not isinstance(column, CountedColumn):
            return super()._field(name, column)
        exact = column.unit in (Unit.YUAN, Unit.PERCENT)
        return FieldSpec(
            name=name,
            label=column.label,
            kind=CellKind.DECIMAL if exact else CellKind.INTEGER,
            aliases=tuple(column.aliases),
            substrings=tuple(column.substrings),
            required=bool(column.required),
            unit=column.unit,
            max_digits=_MAX_DIGITS,
            decimal_places=2 if exact else _INTEGER_PLACES,
            note=column.note or ("" if column.indicator else "仅用于核对，不单独登记。"),
            sample=column.sample,
        )

    def model_field(self, name: str) -> "models.Field[object, object]":
        if isinstance(self.columns.get(name), CountedColumn):
            return models.TextField(blank=True)
        return super().model_field(name)

    def rules(self) -> tuple[Rule, ...]:
        """A branch has one row, else nobody knows which one counts."""
        return (
            Rule(
                code="row.repeated",
                violation=lambda: pl.col("branch").is_not_null() & pl.col("branch").is_duplicated(),
                needs=("branch",),
                message="同一单位在表中出现了多行",
                suggestion="请合并为一行。",
            ),
        )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Make one row a figure; an empty cell says nothing and gives none."""
        scope = self._scope(frame)
        told = [
            frame.filter(pl.col(name).is_not_null()).select(
                "branch",
                "worksheet",
                "row",
                indicator=pl.lit(column.indicator),
                scope=scope,
                first_month=self._first_month(column, period),
                last_month=pl.lit(period.last),
                breakdown=pl.lit(column.breakdown),
                category=pl.lit(column.category),
                value=pl.col(name).cast(pl.Decimal(_MAX_DIGITS, 6)),
                source=pl.lit(self.title),
            )
            for name, column in self.columns.items()
            if isinstance(column, CountedColumn) and column.indicator and name in frame.columns
        ]
        return pl.concat(told) if told else frame.clear()

    def collapse(self, records: Sequence[Any], period: Period) -> list[dict[str, object]]:
        """Lay each branch's figures side by side again."""
        columns = {
            (column.indicator, column.breakdown, column.category): name
            for name, column in self.columns.items()
            if isinstance(column, CountedColumn) and column.indicator
        }
        rows: dict[int, dict[str, object]] = {}
        for record in records:
            name = columns.get((record.indicator, record.breakdown, record.category))
            if name is not None:
                row = rows.setdefault(record.branch_id, {"branch": record.branch_id})
                row[name] = record.value
        return list(rows.values())

    def plausibility_warnings(
        self, frame: pl.DataFrame, period: Period
    ) -> Iterator[PlausibilityWarning]:
        """Hold each figure against the period before, and those of persons against rosters."""
        counted = {
            name: column
            for name, column in self.columns.items()
            if isinstance(column, CountedColumn) and column.indicator
        }
        rows = read_count_rows(frame, counted)
        yield from compare_with_previous_period(self.key, counted, rows, period)
        yield from compare_with_rosters(counted, rows, period)

    def _first_month(self, column: CountedColumn, period: Period) -> pl.Expr:
        """Return where the figure begins: a level begins nowhere."""
        flows = registry[column.indicator].kind is Kind.FLOW
        return pl.lit(period.first if flows else None, dtype=pl.Date)

    def _scope(self, frame: pl.DataFrame) -> pl.Expr:
        """Take a branch's row for its own figures where branches below it have theirs."""
        return (
            pl.when(is_own_row(frame))
            .then(pl.lit(FigureScope.OWN.value))
            .otherwise(pl.lit(FigureScope.SUBTREE.value))
        )


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
