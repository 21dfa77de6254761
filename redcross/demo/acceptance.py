"""The published figures the demonstration must reproduce exactly."""

import dataclasses
from decimal import Decimal

from redcross.discovery import discover


@dataclasses.dataclass(frozen=True, slots=True)
class Expectation:
    """One figure of the province, as published."""

    indicator: str
    period: str
    value: Decimal
    breakdown: str = ""
    category: str = ""
    own: bool = False
    level: str = ""


_expected: list[Expectation] = []


def expected(*figures: Expectation) -> None:
    """Register figures an app's workbooks must add up to."""
    _expected.extend(figures)


def all_expected() -> list[Expectation]:
    """Return every app's figures."""
    discover("demo")
    return list(_expected)
