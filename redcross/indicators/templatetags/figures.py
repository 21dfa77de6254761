"""Figures and small look-ups in templates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from redcross.indicators.declare.declaration import Indicator
from redcross.indicators.query.formatting import HIDDEN, exact, short
from redcross.indicators.query.resolve import CUMULATED, HIGHEST, Figure

register = template.Library()


@register.filter
def entry(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Return what a mapping holds under a key, the key itself where it holds nothing."""
    return (mapping or {}).get(key, key)


@register.filter
def written(figure: Figure) -> str:
    """Write a figure as leaders read it."""
    if figure.hidden:
        return HIDDEN
    return short(figure.value, figure.indicator.unit, figure.qualifier)


@register.filter
def beside(figure: Figure) -> str:
    """Return the qualifier that stands beside a value, not in it: 累计, 历史新高."""
    return figure.qualifier if figure.qualifier in (CUMULATED, HIGHEST) else ""


@register.filter
def in_full_of(value: Decimal | int, indicator: Indicator) -> str:
    """Write one of an indicator's numbers with every digit and its unit."""
    return exact(Decimal(value), indicator.unit)


@register.filter
def in_full(figure: Figure) -> str:
    """Write a figure with every digit."""
    return HIDDEN if figure.hidden else exact(figure.value, figure.indicator.unit)
