"""The published figures the demonstration must reproduce exactly."""

import dataclasses
from decimal import Decimal

from redcross.discovery import discover


@dataclasses.dataclass(frozen=True, slots=True)
class ExpectedFigure:
    """One figure of the province, as published."""

    indicator: str
    period: str
    value: Decimal
    breakdown: str = ""
    category: str = ""
    own: bool = False
    level: str = ""


_expected_figures: list[ExpectedFigure] = []


def expect_figures(*figures: ExpectedFigure) -> None:
    """Register figures an app's workbooks must add up to."""
    _expected_figures.extend(figures)


def list_expected_figures() -> list[ExpectedFigure]:
    """Return every app's figures."""
    discover("demo")
    return list(_expected_figures)
