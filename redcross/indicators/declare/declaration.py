"""The declaration of an indicator, in the app whose records it is counted from."""

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from redcross.discovery import Registry
from redcross.indicators.choices import Kind
from redcross.units import Unit
from redcross.uploads.models import Record

PLUS = "+"
"""Joins the fields of a breakdown (form+designated), and categories that are added up."""
Breakdown = str | tuple[str, ...]
_LOOKUPS = ("", "in", "isnull", "gt", "gte", "lt", "lte", "exact")


class DeclarationError(Exception):
    """An indicator is declared wrongly; raised at start-up, for the developer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sum:
    """Adds up an exact number of the source; records without one add nothing."""

    column: str


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """Counts the records."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """One figure that the portal computes.

    `measure`, `date_field`, `end_date_fields`, `branch`, `where` and the categories are
    columns of the source table itself: a change in another table would fire no trigger
    here, and the figure would stay wrong.
    """

    key: str
    label: str
    unit: Unit
    kind: Kind = Kind.FLOW
    source: type[Record] | None = None
    measure: Sum | Count = Count()
    date_field: str = ""
    """The day from which a record counts."""
    end_date_fields: Sequence[str] = ()
    """Of a level: the last valid day of a record is the earliest of these."""
    where: Q = dataclasses.field(default_factory=Q)
    by: Sequence[Breakdown] = ()
    branch: str = "branch"
    base: "Indicator | None" = None
    """The indicator it is computed from; of a ratio, the numerator."""
    denominator: "Indicator | None" = None
    definition: str = ""
    sensitive: bool = False
    comparable: bool = True
    part_of: "Indicator | None" = None
    """The sensitive figure it is one kind of: hidden as a category of it would be."""
    marks_record_high: bool = False
    """Whether a year above all years before it is printed with 历史新高."""

    @property
    def domain(self) -> str:
        """The field of work it belongs to."""
        return self.key.partition(".")[0]

    @property
    def breakdowns(self) -> dict[str, tuple[str, ...]]:
        """Every breakdown by its name (form, form+designated), with its fields."""
        if self.base is not None and self.kind is Kind.CUMULATIVE:
            return self.base.breakdowns
        fields = [(name,) if isinstance(name, str) else tuple(name) for name in self.by]
        return {PLUS.join(names): names for names in fields}

    @property
    def is_guarded(self) -> bool:
        """Whether small values are hidden: its own, or those it is computed from."""
        operands = [operand for operand in (self.base, self.denominator) if operand is not None]
        return self.sensitive or any(operand.is_guarded for operand in operands)

    @property
    def is_counted(self) -> bool:
        """Whether the rollup stores it."""
        return self.source is not None and self.kind in (Kind.FLOW, Kind.STOCK)

    @property
    def digest(self) -> str:
        """A fingerprint of everything its rollup depends on."""
        parts = (
            self.key,
            self.kind,
            self.source._meta.label if self.source else "",
            self.measure,
            self.date_field,
            tuple(self.end_date_fields),
            str(self.where),
            tuple(self.breakdowns.items()),
            self.branch,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def check(self) -> None:
        """Raise DeclarationError where a column is not the source's own."""
        if self.source is None:
            return
        paths = [self.date_field, *self.end_date_fields, self.branch]
        paths += [name for names in self.breakdowns.values() for name in names]
        paths += [path for path, _ in _iterate_conditions(self.where)]
        if isinstance(self.measure, Sum):
            paths.append(self.measure.column)
        for path in paths:
            name, _, lookup = path.partition("__")
            try:
                field = self.source._meta.get_field(name)
            except FieldDoesNotExist:
                field = None
            if lookup not in _LOOKUPS or not isinstance(field, models.Field):
                message = f"{self.key}: {path} is no column of {self.source.__name__}"
                raise DeclarationError(message)

    def column(self, name: str) -> str:
        """Return the database column of a field of the source."""
        assert self.source is not None  # noqa: S101  only counted indicators have columns
        return str(self.source._meta.get_field(name).column)  # type: ignore[union-attr]


def _iterate_conditions(condition: Q) -> Iterator[tuple[str, Any]]:
    """Yield (path, value) of each condition at any depth."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from _iterate_conditions(child)
        else:
            yield child  # type: ignore[misc]


def Cumulative(  # noqa: N802  a declaration is written like a class
    key: str, label: str, *, base: Indicator, definition: str = ""
) -> Indicator:
    """Declare the sum of a FLOW since the beginning."""
    return Indicator(
        key=key,
        label=label,
        unit=base.unit,
        kind=Kind.CUMULATIVE,
        base=base,
        definition=definition or f"{base.label}自开展以来的累计。",
        sensitive=base.sensitive,
        comparable=base.comparable,
    )


def Ratio(  # noqa: N802
    key: str,
    label: str,
    *,
    numerator: Indicator,
    denominator: Indicator,
    unit: Unit = Unit.PERCENT,
    definition: str = "",
) -> Indicator:
    """Declare one figure over another; no value where the denominator is missing or 0."""
    return Indicator(
        key=key,
        label=label,
        unit=unit,
        kind=Kind.RATIO,
        base=numerator,
        denominator=denominator,
        definition=definition or f"{numerator.label}÷{denominator.label}。",
    )


def Branches(  # noqa: N802
    key: str, label: str, *, base: Indicator | None = None, definition: str = ""
) -> Indicator:
    """Declare how many branches have a figure of their own above 0 in the period.

    Without `base`, how many branches there are: the denominator of shares.
    """
    return Indicator(
        key=key,
        label=label,
        unit=Unit.PIECES,
        kind=Kind.BRANCHES,
        base=base,
        definition=definition or (f"报告期内{base.label}大于0的单位数。" if base else label),
    )


def Stated(  # noqa: N802
    key: str,
    label: str,
    *,
    unit: Unit,
    by: Sequence[Breakdown] = (),
    source: type[Record] | None = None,
    definition: str = "",
    comparable: bool = False,
) -> Indicator:
    """Declare an outside fact: the latest value stated for exactly a branch, never summed.

    `source` only names the fields its categories come from.
    """
    return Indicator(
        key=key,
        label=label,
        unit=unit,
        kind=Kind.STATED,
        source=source,
        by=by,
        definition=definition,
        comparable=comparable,
    )


class IndicatorRegistry(Registry[Indicator]):
    """Every indicator by its key, filled by `autodiscover_modules("indicators")`."""

    def add(self, *indicators: Indicator) -> None:
        """Register declarations; raise DuplicateKeyError or DeclarationError at start-up."""
        for indicator in indicators:
            if indicator.kind is not Kind.STATED:
                indicator.check()
            self.put(indicator.key, indicator)

    def counted(self) -> list[Indicator]:
        """Return the indicators whose cells the rollup stores."""
        return [indicator for indicator in self.values() if indicator.is_counted]


registry = IndicatorRegistry("indicators")
register = registry.add

POPULATION = Stated(
    "population",
    "常住人口",
    unit=Unit.PEOPLE,
    definition="第七次全国人口普查及以后各年统计公报的常住人口。",
)
BRANCHES = Branches("branches", "红十字会机构数", definition="省、州市、县（市、区）三级机构数。")
register(POPULATION, BRANCHES)
