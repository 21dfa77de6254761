"""Categories are stored as keys and named when shown."""

from collections.abc import Iterable
from itertools import product

from django.db import models

from redcross.indicators.declare.declaration import Indicator

UNSPECIFIED = "未指定"


def fetch_category_labels(
    wanted: Iterable[tuple[Indicator, str]],
) -> dict[tuple[str, str], dict[str, str]]:
    """Return for each (indicator, breakdown) every category's key and name, in order.

    A model that rows point at is asked once, however many indicators name it.
    """
    known: dict[type[models.Model], dict[str, str]] = {}
    found = {}
    for indicator, breakdown in wanted:
        if not breakdown:
            continue
        source = indicator.source or (indicator.of.source if indicator.of else None)
        fields = indicator.breakdowns.get(breakdown)
        if source is None or fields is None:
            continue
        each = [_fetch_field_labels(source, name, known) for name in fields]
        found[indicator.key, breakdown] = {
            "/".join(key for key, _ in pair): "/".join(label for _, label in pair)
            for pair in product(*(labels.items() for labels in each))
        }
    return found


def _fetch_field_labels(
    source: type[models.Model],
    name: str,
    known: dict[type[models.Model], dict[str, str]],
) -> dict[str, str]:
    field = source._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        if target not in known:
            known[target] = {str(row.pk): str(row) for row in target._base_manager.all()}
        return {**known[target], "": UNSPECIFIED}
    if isinstance(field, models.BooleanField):
        yes = str(field.verbose_name)
        return {"true": yes, "false": f"非{yes}"}
    labels = {str(key): str(label) for key, label in getattr(field, "flatchoices", ())}
    return {**labels, "": UNSPECIFIED}


def find_category_key(indicator: Indicator, breakdown: str, text: str) -> str:
    """Return the key a written category means; the text itself where none is known."""
    labels = fetch_category_labels([(indicator, breakdown)]).get((indicator.key, breakdown), {})
    return {label: key for key, label in labels.items()}.get(text, text)


def format_breakdown(indicator: Indicator, breakdown: str) -> str:
    """Return what a breakdown is called: 形式, 募捐活动和形式."""
    source = indicator.source or (indicator.of.source if indicator.of else None)
    if source is None:
        return "类别"
    fields = indicator.breakdowns[breakdown]
    return "和".join(
        str(getattr(source._meta.get_field(name), "verbose_name", name)) for name in fields
    )
