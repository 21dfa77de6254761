"""The names of categories: stored by their keys, named when shown."""

from collections.abc import Iterable
from itertools import product

from django.db import models

from redcross.indicators.declare.declaration import Indicator

UNSPECIFIED = "未指定"


def fetch_category_labels(
    breakdowns: Iterable[tuple[Indicator, str]],
) -> dict[tuple[str, str], dict[str, str]]:
    """Return for each (indicator key, breakdown) every category's key and name, in order.

    A model that records point at is read once, however many indicators use it.
    """
    fetched: dict[type[models.Model], dict[str, str]] = {}
    labels = {}
    for indicator, breakdown in breakdowns:
        source = _source(indicator)
        fields = indicator.breakdowns.get(breakdown) if breakdown else None
        if source is None or fields is None:
            continue
        by_field = [_fetch_field_labels(source, name, fetched).items() for name in fields]
        labels[indicator.key, breakdown] = {
            "/".join(key for key, _ in category): "/".join(label for _, label in category)
            for category in product(*by_field)
        }
    return labels


def _source(indicator: Indicator) -> type[models.Model] | None:
    """Return the model whose fields an indicator is broken down by."""
    return indicator.source or (indicator.base.source if indicator.base else None)


def _fetch_field_labels(
    source: type[models.Model],
    name: str,
    fetched: dict[type[models.Model], dict[str, str]],
) -> dict[str, str]:
    field = source._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        if target not in fetched:
            fetched[target] = {str(row.pk): str(row) for row in target._base_manager.all()}
        return {**fetched[target], "": UNSPECIFIED}
    if isinstance(field, models.BooleanField):
        yes = str(field.verbose_name)
        return {"true": yes, "false": f"非{yes}"}
    labels = {str(key): str(label) for key, label in getattr(field, "flatchoices", ())}
    return {**labels, "": UNSPECIFIED}


def find_category_key(indicator: Indicator, breakdown: str, text: str) -> str:
    """Return the key that a category's name means; the text itself where it is no name."""
    labels = fetch_category_labels([(indicator, breakdown)]).get((indicator.key, breakdown), {})
    return {label: key for key, label in labels.items()}.get(text, text)


def format_breakdown(indicator: Indicator, breakdown: str) -> str:
    """Return the name of a breakdown: 形式, 募捐活动和形式."""
    source = _source(indicator)
    if source is None:
        return "类别"
    fields = indicator.breakdowns[breakdown]
    return "和".join(
        str(getattr(source._meta.get_field(name), "verbose_name", name)) for name in fields
    )
