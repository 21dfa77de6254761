"""The published figures the demonstration must reproduce exactly."""

import dataclasses
from decimal import Decimal

from redcross.discovery import DeclarationList


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


_expected_figures: DeclarationList[ExpectedFigure] = DeclarationList(module="demo")


def expect_figures(*figures: ExpectedFigure) -> None:
    """Register figures that an app's demonstration workbooks must add up to."""
    for figure in figures:
        _expected_figures.add(figure)


def list_expected_figures() -> list[ExpectedFigure]:
    """Return the figures of every app."""
    return list(_expected_figures)
