"""Fetches everything that answers need: the number of queries does not grow with the questions."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from redcross.branches.models import Branch, Population
from redcross.branches.tree import get_tree
from redcross.indicators.choices import FigureScope, Kind
from redcross.indicators.declare.declaration import POPULATION
from redcross.indicators.models import FigureNote, ReportedFigure
from redcross.indicators.query.labels import fetch_category_labels
from redcross.indicators.query.missing import MissingBranches, fetch_missing_branches
from redcross.indicators.query.question import Question
from redcross.indicators.query.series import Series
from redcross.indicators.rollup import TABLE

_FIRST_DAY = dt.date(1900, 1, 1)

BreakdownKey = tuple[str, str]
"""Indicator key and breakdown name."""
RollupCell = tuple[str, dt.date, Decimal]
"""Branch code, month, value."""


@dataclasses.dataclass(slots=True)
class FetchedData:
    """All data of a set of questions; computing with it asks the database nothing more."""

    tree: Sequence[Branch]
    reported: Mapping[BreakdownKey, list[ReportedFigure]]
    cells: Mapping[BreakdownKey, dict[str, list[RollupCell]]]
    """Category → cells of the rollup."""
    notes: Sequence[FigureNote]
    labels: Mapping[BreakdownKey, dict[str, str]]
    """Category key → name, in the order of display."""
    missing: MissingBranches
    _by_month: dict[tuple[object, ...], dict[dt.date, list[tuple[str, Decimal]]]] = (
        dataclasses.field(default_factory=dict)
    )

    def cells_by_month(self, series: Series) -> dict[dt.date, list[tuple[str, Decimal]]]:
        """Return month → (branch code, value) of the records of a series.

        Sorted once and remembered: the trend of 24 months asks for them 48 times.
        """
        key = (*series.key, series.category, series.branch.code, series.own)
        if key not in self._by_month:
            by_month: defaultdict[dt.date, list[tuple[str, Decimal]]] = defaultdict(list)
            for code, month, value in self.cells.get(series.key, {}).get(series.category, ()):
                if series.contains(code):
                    by_month[month].append((code, value))
            self._by_month[key] = dict(by_month)
        return self._by_month[key]

    def reported_figures(self, series: Series) -> list[ReportedFigure]:
        """Return the reported figures that may count for a series, the first to count in front.

        A higher branch's figure precedes those of the branches below it, one of a whole
        subtree those of its root alone, a longer range a shorter.
        """
        figures = [
            figure
            for figure in self.reported.get(series.key, [])
            if figure.category == series.category and _belongs_to(figure, series)
        ]
        return sorted(
            figures,
            key=lambda figure: (
                len(figure.branch.code),
                figure.scope == FigureScope.OWN,
                -(figure.period.length or 10_000),
                figure.last_month,
            ),
        )


def _belongs_to(figure: ReportedFigure, series: Series) -> bool:
    if series.own:
        return figure.branch_id == series.branch.pk and figure.scope == FigureScope.OWN
    return figure.branch.code.startswith(series.branch.code)


def fetch_data(questions: Iterable[Question]) -> FetchedData:
    """Fetch what the questions need, and the indicators they are computed from."""
    parts = [part for question in questions for part in _expand_question(question)]
    tree = get_tree().branches
    return FetchedData(
        tree=tree,
        reported=_fetch_reported(parts, tree),
        cells=_fetch_rollup(parts),
        notes=_fetch_notes(parts),
        labels=fetch_category_labels({(part.indicator, part.breakdown) for part in parts}),
        missing=fetch_missing_branches(parts, tree),
    )


def _expand_question(question: Question) -> list[Question]:
    """Return the questions whose data are needed: a ratio needs those of two others."""
    indicator = question.indicator
    if indicator.kind is Kind.RATIO and indicator.base and indicator.denominator:
        return [
            part
            for operand in (indicator.base, indicator.denominator)
            for part in _expand_question(dataclasses.replace(question, indicator=operand))
        ]
    if indicator.kind in (Kind.CUMULATIVE, Kind.BRANCHES) and indicator.base:
        return [question, dataclasses.replace(question, indicator=indicator.base)]
    return [question]


def _fetch_reported(
    questions: Sequence[Question], tree: Sequence[Branch]
) -> dict[BreakdownKey, list[ReportedFigure]]:
    keys = {question.indicator.key for question in questions}
    branches = {branch.pk: branch for branch in tree}
    reported: defaultdict[BreakdownKey, list[ReportedFigure]] = defaultdict(list)
    for figure in ReportedFigure.objects.filter(indicator__in=keys).order_by("pk"):
        figure.branch = branches[figure.branch_id]
        reported[figure.indicator, figure.breakdown].append(figure)
    if POPULATION.key in keys:
        for count in Population.objects.all():
            reported[POPULATION.key, ""].append(
                ReportedFigure(
                    branch=branches[count.branch_id],
                    indicator=POPULATION.key,
                    last_month=dt.date(count.year, 12, 1),
                    value=Decimal(count.people),
                    source=count.source,
                )
            )
    return reported


def _fetch_rollup(questions: Sequence[Question]) -> dict[BreakdownKey, dict[str, list[RollupCell]]]:
    """Fetch every cell that can matter in one query."""
    cells: defaultdict[BreakdownKey, dict[str, list[RollupCell]]] = defaultdict(
        lambda: defaultdict(list)
    )
    if not questions:
        return cells
    ranges = _cell_ranges(questions)
    values = ", ".join(["(%s, %s, %s, %s::date, %s::date)"] * len(ranges))
    parameters: list[Any] = []
    for (indicator, breakdown), (prefix, first, last) in ranges.items():
        parameters += [indicator, breakdown, f"{prefix}%", first, last]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.indicator, r.breakdown, r.category, b.code, r.month, r.value"
            f" FROM (VALUES {values}) q(indicator, breakdown, prefix, first, last)"
            f" JOIN {TABLE} r ON r.indicator = q.indicator AND r.breakdown = q.breakdown"
            " AND r.month BETWEEN q.first AND q.last AND (r.rows <> 0 OR r.value <> 0)"
            " JOIN branches_branch b ON b.id = r.branch_id AND b.code LIKE q.prefix",
            parameters,
        )
        for indicator, breakdown, category, code, month, value in cursor.fetchall():
            cells[indicator, breakdown][category].append((code, month, value))
    return cells


def _cell_ranges(
    questions: Sequence[Question],
) -> dict[BreakdownKey, tuple[str, dt.date, dt.date]]:
    """Return for each indicator and breakdown a branch code prefix, first and last month."""
    cumulated = {
        question.indicator.base.key
        for question in questions
        if question.indicator.kind is Kind.CUMULATIVE and question.indicator.base is not None
    }
    ranges: dict[BreakdownKey, tuple[str, dt.date, dt.date]] = {}
    for question in questions:
        indicator, period = question.indicator, question.period
        needs_all = (
            indicator.kind is not Kind.FLOW
            or period.first is None
            or indicator.key in cumulated
            or indicator.marks_record_high
        )
        first = _FIRST_DAY if needs_all else period.start
        key = (indicator.key, question.breakdown)
        code = question.branch.code
        prefix, known_first, known_last = ranges.get(key, (code, first, period.last))
        ranges[key] = (
            _common_prefix(prefix, code),
            min(known_first, first),
            max(known_last, period.last),
        )
    return ranges


def _common_prefix(one: str, other: str) -> str:
    if one.startswith(other):
        return other
    while not other.startswith(one):
        one = one[:-1]
    return one


def _fetch_notes(questions: Iterable[Question]) -> list[FigureNote]:
    keys = {question.indicator.key for question in questions}
    return list(FigureNote.objects.filter(indicator__in=keys))
