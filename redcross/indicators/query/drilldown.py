"""The records behind a figure."""

import functools
import operator
from typing import Any

from django.db.models import Q, QuerySet

from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import PLUS, Indicator
from redcross.indicators.query.question import Question


def select_source_records(question: Question) -> QuerySet[Any] | None:
    """Return the records a figure is counted from, unrestricted: the caller uses `visible_to`.

    None where there are none: for ratios and outside facts.
    """
    indicator: Indicator | None = question.indicator
    is_cumulative = question.indicator.kind is Kind.CUMULATIVE
    if is_cumulative:
        indicator = question.indicator.base
    if indicator is None or indicator.source is None or not indicator.is_counted:
        return None
    rows = indicator.source._default_manager.filter(indicator.where)
    if question.own:
        rows = rows.filter(**{indicator.branch: question.branch})
    else:
        rows = rows.filter(**{f"{indicator.branch}__code__startswith": question.branch.code})
    rows = rows.filter(**{f"{indicator.date_field}__lt": question.period.end})
    if indicator.kind is Kind.STOCK:
        for name in indicator.end_date_fields:
            is_valid = Q(**{f"{name}__gte": question.period.last_day})
            rows = rows.filter(is_valid | Q(**{f"{name}__isnull": True}))
    elif not is_cumulative and question.period.first is not None:
        rows = rows.filter(**{f"{indicator.date_field}__gte": question.period.start})
    if question.category is not None and question.breakdown:
        rows = rows.filter(_category_condition(indicator, question.breakdown, question.category))
    return rows.order_by("-pk")


def _category_condition(indicator: Indicator, breakdown: str, categories: str) -> Q:
    """Return the condition of categories by their keys, several joined by +."""
    fields = indicator.breakdowns[breakdown]
    condition = Q()
    for category in categories.split(PLUS):
        parts = zip(fields, category.split("/"), strict=False)
        condition |= functools.reduce(
            operator.and_, (_field_condition(indicator, name, key) for name, key in parts)
        )
    return condition


def _field_condition(indicator: Indicator, name: str, key: str) -> Q:
    column = indicator.source._meta.get_field(name) if indicator.source else None
    if key == "" and column is not None and column.null:
        return Q(**{f"{name}__isnull": True})
    if key in ("true", "false"):
        return Q(**{name: key == "true"})
    return Q(**{name: key})
