"""Which figures of a stored report differ from today's (定稿后变化)."""

import dataclasses
from decimal import Decimal
from typing import Any

from redcross.branches.models import Branch
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period
from redcross.reports.compose.content import figures_digest
from redcross.reports.models import Report
from redcross.units import Unit


@dataclasses.dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure whose value today differs from the one in the report."""

    stored: dict[str, Any]
    value: str | None
    """The value of today; None where there is none."""


def list_figure_changes(report: Report) -> list[FigureChange]:
    """Answer every figure of a report again; return those that differ.

    Figures of indicators and branches that no longer exist are left out.
    """
    stored = [figure for figure in report.figures.values() if figure["indicator"] in registry]
    codes = {figure["branch"] for figure in stored}
    branches = {branch.code: branch for branch in Branch.objects.filter(code__in=codes)}
    stored = [figure for figure in stored if figure["branch"] in branches]
    questions = [_stored_question(figure, branches[figure["branch"]]) for figure in stored]
    values = [lines[0].value if lines else None for lines in answer_questions(*questions)]
    return [
        FigureChange(figure, _format_decimal(value))
        for figure, value in zip(stored, values, strict=True)
        if _format_decimal(value) != figure["value"]
    ]


def _stored_question(figure: dict[str, Any], branch: Branch) -> Question:
    return Question(
        registry[figure["indicator"]],
        Period.parse(figure["period"]),
        branch,
        own=figure["own"],
        level=figure["level"],
        by=(figure["breakdown"],) if figure["breakdown"] else (),
        category=figure["category_key"] if figure["breakdown"] else None,
    )


def _format_decimal(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def is_intact(report: Report) -> bool:
    """Whether the figures of a final report still have the digest taken at 定稿."""
    return figures_digest(report.figures) == report.figures_digest


def stored_unit(figure: dict[str, Any]) -> Unit:
    """Return the unit of a stored figure."""
    return registry[figure["indicator"]].unit
