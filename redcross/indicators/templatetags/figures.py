"""Figures and small look-ups in templates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from redcross.indicators.declare.declaration import Indicator
from redcross.indicators.query.formatting import HIDDEN_VALUE, format_exact, format_short
from redcross.indicators.query.question import Figure
from redcross.indicators.query.resolve import CUMULATIVE, RECORD_HIGH

register = template.Library()


@register.filter
def entry(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Return the value of a key, the key itself where there is none."""
    return (mapping or {}).get(key, key)


@register.filter
def short_figure(figure: Figure) -> str:
    """Write a figure as leaders read it."""
    if figure.hidden:
        return HIDDEN_VALUE
    return format_short(figure.value, figure.indicator.unit, figure.qualifier)


@register.filter
def exact_figure(figure: Figure) -> str:
    """Write a figure with every digit."""
    if figure.hidden:
        return HIDDEN_VALUE
    return format_exact(figure.value, figure.indicator.unit)


@register.filter
def exact_number(value: Decimal | int, indicator: Indicator) -> str:
    """Write one of an indicator's numbers with every digit and its unit."""
    return format_exact(Decimal(value), indicator.unit)


@register.filter
def separate_qualifier(figure: Figure) -> str:
    """Return the qualifier that is printed beside a value, not in it: 累计, 历史新高."""
    return figure.qualifier if figure.qualifier in (CUMULATIVE, RECORD_HIGH) else ""


@register.filter
def figure_url(figure: Figure) -> str:
    """Return the address of a figure's own page."""
    params = {"branch": figure.branch.code, "period": str(figure.period)}
    if figure.own:
        params["own"] = "1"
    if figure.breakdown:
        params |= {"by": figure.breakdown, "category": figure.category_key}
    return (
        f"{reverse('figure', kwargs={'key': figure.indicator.key})}?{urlencode(params, safe='/')}"
    )
