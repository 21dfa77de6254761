"""The column of a table of counts: its number is a figure, or only serves the checks."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from redcross.units import Unit
from redcross.uploads.schema.sheet import Column

MIN_COMPARED: Mapping[Unit, int] = {Unit.YUAN: 100_000, Unit.NONE: 100}
"""The least figure of the period before from which a change by half is doubted, by unit:
below it chance alone moves more. Shares are not held against each other."""


@dataclasses.dataclass(slots=True)
class CountedColumn(Column):
    """A column whose number is a figure of an indicator, or only serves the checks."""

    indicator: str = ""
    breakdown: str = ""
    category: str = ""
    swings_from: int | None = None
    """The least figure before from which a change is doubted; None: by the unit."""
    adds: str = ""
    """The column whose figure this running total grows by from one period to the next."""
    anew_each_year: bool = False
    """Whether the running total begins again in January."""
    rostered: bool = False
    """Whether the indicator is counted from a roster too, so that both must say the same."""

    def __post_init__(self) -> None:
        if self.required is None:
            self.required = False

    @property
    def told(self) -> tuple[str, str, str]:
        """What of the indicator it tells."""
        return self.indicator, self.breakdown, self.category

    def doubted_from(self) -> Decimal | None:
        """Return from which figure before a change by half is doubted, None for never."""
        least = MIN_COMPARED.get(self.unit) if self.swings_from is None else self.swings_from
        return None if least is None else Decimal(least)
