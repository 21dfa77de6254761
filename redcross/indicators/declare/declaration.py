"""The declaration of an indicator, beside the records it is counted from."""

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
Breakdown = str | tuple[str, ...]


class DeclarationError(Exception):
    """An indicator is declared wrongly; raised at start-up, for the developer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sum:
    """Add up an exact number of the source; rows without one add nothing."""

    column: str


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """Count the rows."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """One figure the portal can be asked for.

    `measure`, `at`, `until`, `branch`, `where` and the categories are columns of the
    source table itself: a change in another table would fire no trigger here, and the
    figure would be wrong for good.
    """

    key: str
    label: str
    unit: Unit
    kind: Kind = Kind.FLOW
    source: type[Record] | None = None
    measure: Sum | Count = Count()
    at: str = ""
    until: Sequence[str] = ()
    where: Q = dataclasses.field(default_factory=Q)
    by: Sequence[Breakdown] = ()
    branch: str = "branch"
    of: "Indicator | None" = None
    over: "Indicator | None" = None
    definition: str = ""
    sensitive: bool = False
    comparable: bool = True
    part_of: "Indicator | None" = None
    """The sensitive figure it is one kind of: hidden as a category of it would be."""
    tells_highest: bool = False
    """Whether a year above all years before it is printed with 历史新高."""

    @property
    def domain(self) -> str:
        """The field of work it belongs to."""
        return self.key.partition(".")[0]

    @property
    def breakdowns(self) -> dict[str, tuple[str, ...]]:
        """Every breakdown by its name (form, form+designated), with its fields."""
        if self.of is not None and self.kind is Kind.CUMULATIVE:
            return self.of.breakdowns
        named = [(each,) if isinstance(each, str) else tuple(each) for each in self.by]
        return {PLUS.join(fields): fields for fields in named}

    @property
    def is_guarded(self) -> bool:
        """Whether small values are hidden: its own, or those it is reckoned from."""
        parts = [each for each in (self.of, self.over) if each is not None]
        return self.sensitive or any(each.is_guarded for each in parts)

    @property
    def is_counted(self) -> bool:
        """Whether the rollup keeps it."""
        return self.source is not None and self.kind in (Kind.FLOW, Kind.STOCK)

    @property
    def digest(self) -> str:
        """A fingerprint of all that its rollup depends on."""
        parts = (
            self.key,
            self.kind,
            self.source._meta.label if self.source else "",
            self.measure,
            self.at,
            tuple(self.until),
            str(self.where),
            tuple(self.breakdowns.items()),
            self.branch,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def check(self) -> None:
        """Raise DeclarationError where a column is not the source's own."""
        if self.source is None:
            return
        fields = [self.at, *self.until, self.branch]
        fields += [name for each in self.breakdowns.values() for name in each]
        fields += [name for name, _ in _iterate_conditions(self.where)]
        if isinstance(self.measure, Sum):
            fields.append(self.measure.column)
        for path in fields:
            name, _, rest = path.partition("__")
            lookup = rest in ("", "in", "isnull", "gt", "gte", "lt", "lte", "exact")
            try:
                field = self.source._meta.get_field(name)
            except FieldDoesNotExist:
                field = None
            if not lookup or not isinstance(field, models.Field):
                message = f"{self.key}: {path} is no column of {self.source.__name__}"
                raise DeclarationError(message)

    def column(self, name: str) -> str:
        """Return the database column of a field of the source."""
        assert self.source is not None  # noqa: S101  only counted indicators ask
        return str(self.source._meta.get_field(name).column)  # type: ignore[union-attr]


def _iterate_conditions(condition: Q) -> Iterator[tuple[str, Any]]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _iterate_conditions(child)
        else:
            yield child  # type: ignore[misc]


def Cumulative(  # noqa: N802  a declaration reads as a noun
    key: str, label: str, *, of: Indicator, definition: str = ""
) -> Indicator:
    """Declare the sum of a FLOW since the beginning."""
    return Indicator(
        key=key,
        label=label,
        unit=of.unit,
        kind=Kind.CUMULATIVE,
        of=of,
        definition=definition or f"{of.label}自开展以来的累计。",
        sensitive=of.sensitive,
        comparable=of.comparable,
    )


def Ratio(  # noqa: N802
    key: str,
    label: str,
    *,
    of: Indicator,
    over: Indicator,
    unit: Unit = Unit.PERCENT,
    definition: str = "",
) -> Indicator:
    """Declare one figure over another; nothing where the denominator is missing or 0."""
    return Indicator(
        key=key,
        label=label,
        unit=unit,
        kind=Kind.RATIO,
        of=of,
        over=over,
        definition=definition or f"{of.label}÷{over.label}。",
    )


def Branches(  # noqa: N802
    key: str, label: str, *, of: Indicator | None = None, definition: str = ""
) -> Indicator:
    """Declare how many branches have a figure of their own above nothing in the period.

    Without `of`, how many branches there are: what the share is taken of.
    """
    return Indicator(
        key=key,
        label=label,
        unit=Unit.PIECES,
        kind=Kind.BRANCHES,
        of=of,
        definition=definition or (f"报告期内{of.label}大于0的单位数。" if of else label),
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
        at="",
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
