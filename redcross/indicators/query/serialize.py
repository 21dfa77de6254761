"""Questions as texts, answers as JSON: what the command and the API share."""

from collections.abc import Sequence
from typing import Any

from redcross.branches.services import find_branch
from redcross.indicators.declare.declaration import PLUS, registry
from redcross.indicators.query.question import (
    BRANCH,
    MONTH,
    Figure,
    Question,
    parse_level,
)
from redcross.periods import Period


class UnknownWordError(Exception):
    """A word of a question names nothing."""


def parse_questions(
    keys: Sequence[str],
    *,
    period: str,
    branch: str,
    own: bool = False,
    units: str = "",
    by: str = "",
    category: str | None = None,
) -> list[Question]:
    """Return the questions, about every indicator where no key is named.

    Raise UnknownWordError or UnknownPeriodError, with a sentence for the person.
    """
    months = Period.parse(period)
    unknown = [key for key in keys if key not in registry]
    if unknown:
        message = f"没有名为“{'、'.join(unknown)}”的指标。可用：{'、'.join(registry)}。"
        raise UnknownWordError(message)
    root = find_branch(branch)
    if root is None:
        message = f"没有代码或名称为“{branch}”的机构。"
        raise UnknownWordError(message)
    grouping = _parse_grouping(by)
    breakdown = next((name for name in grouping if name not in (BRANCH, MONTH)), "")
    questions = []
    for key in keys or list(registry):
        indicator = registry[key]
        if breakdown and breakdown not in indicator.breakdowns:
            if not keys:
                continue
            known = "、".join([BRANCH, MONTH, *indicator.breakdowns])
            message = f"指标“{indicator.label}”不能按“{breakdown}”分组。可用：{known}。"
            raise UnknownWordError(message)
        questions.append(
            Question(
                indicator=indicator,
                period=months,
                branch=root,
                own=own,
                level=parse_level(units) if units else "",
                by=grouping,
                category=category,
            )
        )
    return questions


def _parse_grouping(text: str) -> tuple[str, ...]:
    """Parse branch, month and one breakdown; a breakdown of two fields stays one word."""
    parts = [part for part in text.split(PLUS) if part]
    dimensions = tuple(part for part in parts if part in (BRANCH, MONTH))
    breakdown = PLUS.join(part for part in parts if part not in (BRANCH, MONTH))
    return (*dimensions, breakdown) if breakdown else dimensions


def serialize_figure(figure: Figure) -> dict[str, Any]:
    """Return a figure as the command and the API print it."""
    return {
        "indicator": figure.indicator.key,
        "label": figure.indicator.label,
        "period": str(figure.period),
        "branch": figure.branch.code,
        "level": "own" if figure.own else figure.level.lower() or figure.branch.level.lower(),
        "month": f"{figure.month:%Y-%m}" if figure.month else None,
        "breakdown": figure.breakdown,
        "category": figure.category,
        "category_key": figure.category_key,
        "value": None if figure.value is None else format_decimal(figure.value),
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "from": figure.origin.value,
        "missing": list(figure.missing),
        "hidden": figure.hidden,
    }


def format_decimal(value: Any) -> str:
    """Return a decimal without an exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
