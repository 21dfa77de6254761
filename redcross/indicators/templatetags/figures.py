"""Figures and small look-ups in templates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from redcross.indicators.declare.declaration import Indicator
from redcross.indicators.query.formatting import HIDDEN_VALUE, format_exact, format_short
from redcross.indicators.query.resolve import CUMULATIVE, RECORD_HIGH, Figure

register = template.Library()


@register.filter
def entry(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Return what a mapping holds under a key, the key itself where it holds nothing."""
    return (mapping or {}).get(key, key)


@register.filter
def written(figure: Figure) -> str:
    """Write a figure as leaders read it."""
    if figure.hidden:
        return HIDDEN_VALUE
    return format_short(figure.value, figure.indicator.unit, figure.qualifier)


@register.filter
def beside(figure: Figure) -> str:
    """Return the qualifier that stands beside a value, not in it: 累计, 历史新高."""
    return figure.qualifier if figure.qualifier in (CUMULATIVE, RECORD_HIGH) else ""


@register.filter
def in_full_of(value: Decimal | int, indicator: Indicator) -> str:
    """Write one of an indicator's numbers with every digit and its unit."""
    return format_exact(Decimal(value), indicator.unit)


@register.filter
def in_full(figure: Figure) -> str:
    """Write a figure with every digit."""
    return HIDDEN_VALUE if figure.hidden else format_exact(figure.value, figure.indicator.unit)
