"""A column of counts: each number is a figure of an indicator, or only serves the checks."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from redcross.units import Unit
from redcross.uploads.schema.import_spec import CellKind, FieldSpec
from redcross.uploads.schema.sheet import UnstoredColumn

MIN_COMPARED: Mapping[Unit, int] = {Unit.YUAN: 100_000, Unit.NONE: 100}
"""By unit, the least figure of the period before from which a change by half gives a warning:
below it chance alone changes more. Units without an entry are not compared."""
MAX_DIGITS = 24


@dataclasses.dataclass(slots=True)
class CountedColumn(UnstoredColumn):
    """A column whose number is a figure of an indicator, or only serves the checks."""

    indicator: str = ""
    breakdown: str = ""
    category: str = ""
    min_compared: int | None = None
    """The least figure before from which a change gives a warning; None: by the unit."""
    adds: str = ""
    """The column whose figure this running total grows by from one period to the next."""
    restarts_each_year: bool = False
    """Whether the running total begins again in January."""
    has_roster: bool = False
    """Whether the indicator is counted from a roster too, so that both must agree."""

    @property
    def figure_key(self) -> tuple[str, str, str]:
        """Indicator, breakdown and category of its figures."""
        return self.indicator, self.breakdown, self.category

    @property
    def is_exact(self) -> bool:
        """Whether its numbers have two decimals."""
        return self.unit in (Unit.YUAN, Unit.PERCENT)

    def comparison_threshold(self) -> Decimal | None:
        """Return from which earlier figure a change by half gives a warning; None for never."""
        least = MIN_COMPARED.get(self.unit) if self.min_compared is None else self.min_compared
        return None if least is None else Decimal(least)

    def adapt(self, spec: FieldSpec) -> FieldSpec:
        """Read whole numbers, amounts and shares with two decimals."""
        return dataclasses.replace(
            spec,
            kind=CellKind.DECIMAL if self.is_exact else CellKind.INTEGER,
            max_digits=MAX_DIGITS,
            decimal_places=2 if self.is_exact else 0,
            note=self.note or ("" if self.indicator else "仅用于核对，不单独登记。"),
        )
