"""The records a figure was counted from."""

import functools
import operator
from typing import Any

from django.db.models import Q, QuerySet

from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import PLUS, Indicator
from redcross.indicators.query.question import Question


def select_source_records(question: Question) -> QuerySet[Any] | None:
    """Return the source rows of a figure, unrestricted: the caller asks `visible_to`.

    None where no records stand behind it: ratios and outside facts.
    """
    indicator: Indicator | None = question.indicator
    if indicator is not None and indicator.kind is Kind.CUMULATIVE:
        indicator = indicator.of
    if indicator is None or indicator.source is None or not indicator.is_counted:
        return None
    rows = indicator.source._default_manager.filter(indicator.where)
    branch = indicator.branch
    if question.own:
        rows = rows.filter(**{branch: question.branch})
    else:
        rows = rows.filter(**{f"{branch}__code__startswith": question.branch.code})
    rows = rows.filter(**{f"{indicator.at}__lt": question.period.end})
    cumulative = question.indicator.kind is Kind.CUMULATIVE
    if indicator.kind is Kind.FLOW and not cumulative and question.period.first is not None:
        rows = rows.filter(**{f"{indicator.at}__gte": question.period.start})
    for name in indicator.until if indicator.kind is Kind.STOCK else ():
        still = Q(**{f"{name}__gte": question.period.last_day}) | Q(**{f"{name}__isnull": True})
        rows = rows.filter(still)
    if question.category is not None and question.breakdown:
        fields = indicator.breakdowns[question.breakdown]
        wanted = Q()
        for category in question.category.split(PLUS):
            parts = zip(fields, category.split("/"), strict=False)
            wanted |= functools.reduce(
                operator.and_, (_category_condition(indicator, name, key) for name, key in parts)
            )
        rows = rows.filter(wanted)
    return rows.order_by("-pk")


def _category_condition(indicator: Indicator, name: str, key: str) -> Q:
    column = indicator.source._meta.get_field(name) if indicator.source else None
    if key == "" and column is not None and column.null:
        return Q(**{f"{name}__isnull": True})
    if key in ("true", "false"):
        return Q(**{name: key == "true"})
    return Q(**{name: key})
