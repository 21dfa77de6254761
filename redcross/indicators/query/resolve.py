"""Answers questions about indicators: every figure of the portal comes from here."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from redcross.branches.models import Branch
from redcross.indicators.choices import FigureOrigin, Kind
from redcross.indicators.declare.declaration import PLUS
from redcross.indicators.disclosure.disclosure_control import (
    FigureAudience,
    Reader,
    SuppressionPlan,
    figure_audience,
)
from redcross.indicators.models import FigureNote
from redcross.indicators.query.compute import SeriesValue, combine, compute_value
from redcross.indicators.query.fetch import FetchedData, fetch_data
from redcross.indicators.query.formatting import is_record_high
from redcross.indicators.query.question import BRANCH, MONTH, Figure, Question
from redcross.indicators.query.series import Series
from redcross.periods import Period

_HIDDEN_REASON = "为保护个人信息不显示。"
CUMULATIVE, RECORD_HIGH = "累计", "历史新高"


@dataclasses.dataclass(frozen=True, slots=True)
class _AnswerLine:
    """One line of an answer: a series in a period."""

    series: Series
    level: str
    period: Period
    month: dt.date | None


def answer_questions(
    *questions: Question, reader: Reader = FigureAudience.OUTSIDE
) -> list[list[Figure]]:
    """Answer each question with its lines; the number of queries does not grow with them.

    Without a reader the answers are those that may leave the portal: small figures of
    sensitive indicators are hidden.
    """
    data = fetch_data(questions)
    answers = [
        [_build_figure(line, data) for line in _answer_lines(question, data)]
        for question in questions
    ]
    return _hide_figures(reader, questions, answers, data.tree)


def answer_question(question: Question, reader: Reader = FigureAudience.OUTSIDE) -> Figure:
    """Answer a question of one line."""
    return answer_questions(question, reader=reader)[0][0]


def _hide_figures(
    reader: Reader,
    questions: Sequence[Question],
    answers: list[list[Figure]],
    tree: Sequence[Branch],
) -> list[list[Figure]]:
    """Hide the values that the reader of each question may not see."""
    audiences = [
        figure_audience(reader, question.branch, question.indicator.domain)
        if question.indicator.is_guarded
        else FigureAudience.RECORDS
        for question in questions
    ]
    if all(audience is FigureAudience.RECORDS for audience in audiences):
        return answers
    plan = SuppressionPlan((question.indicator for question in questions), tree)

    def hide(figure: Figure, audience: FigureAudience) -> Figure:
        nodes = plan.line_nodes(figure.branch, own=figure.own, level=figure.level)
        if not plan.is_hidden(figure.indicator, figure.period, nodes, figure.breakdown, audience):
            return figure
        return dataclasses.replace(
            figure, value=None, qualifier="", note="", reason=_HIDDEN_REASON, hidden=True
        )

    return [
        lines
        if audience is FigureAudience.RECORDS
        else [hide(figure, audience) for figure in lines]
        for lines, audience in zip(answers, audiences, strict=True)
    ]


# Lines of an answer -------------------------------------------------------------


def _answer_lines(question: Question, data: FetchedData) -> Iterator[_AnswerLine]:
    """Yield the lines of a question: branch by branch, month by month, category by category."""
    months: Sequence[dt.date | None] = question.period.months if MONTH in question.by else (None,)
    categories = _categories(question, data)
    for branch, own, level in _answer_branches(question, data):
        for month in months:
            period = Period(month, month) if month else question.period
            for category in categories:
                series = Series(question.indicator, question.breakdown, category, branch, own)
                yield _AnswerLine(series, level, period, month)


def _answer_branches(question: Question, data: FetchedData) -> Iterator[tuple[Branch, bool, str]]:
    """Yield (branch, whether it alone, level): the children and then the branch itself."""
    root = question.branch
    if BRANCH not in question.by:
        yield root, question.own, question.level
    elif question.level:
        for branch in data.tree:
            if root.contains(branch) and branch.level == question.level:
                yield branch, True, ""
    else:
        for branch in data.tree:
            if branch.parent_id == root.pk:
                yield branch, False, ""
        yield root, True, ""


def _categories(question: Question, data: FetchedData) -> list[str]:
    """Return the categories with data, those that have a name first, in its order."""
    breakdown = question.breakdown
    if not breakdown:
        return [""]
    labels = data.labels.get((question.indicator.key, breakdown), {})
    if question.category is not None:
        return [_category_key(question.category, labels)]
    base = question.indicator.base
    keys = {(question.indicator.key, breakdown)}
    if base is not None:
        keys.add((base.key, breakdown))
    known = {category for key in keys for category in data.cells.get(key, ())}
    known |= {
        figure.category for figure in data.reported.get((question.indicator.key, breakdown), [])
    }
    named = [category for category in labels if category in known]
    return named + sorted(known.difference(named))


def _category_key(text: str, labels: dict[str, str]) -> str:
    """Return the key a category's name means; names joined by + each by itself."""
    keys = {label: key for key, label in labels.items()}
    if text in keys or text in labels or PLUS not in text:
        return keys.get(text, text)
    return PLUS.join(keys.get(part, part) for part in text.split(PLUS))


# One figure ---------------------------------------------------------------------


def _build_figure(line: _AnswerLine, data: FetchedData) -> Figure:
    series = line.series
    result = _level_total(line, data) if line.level else compute_value(series, line.period, data)
    note = _find_note(line, data)
    missing: tuple[str, ...] = ()
    if not series.own and not line.level:
        missing = data.missing.names(series.indicator, series.branch, line.period)
    labels = data.labels.get(series.key, {})
    return Figure(
        indicator=series.indicator,
        period=line.period,
        branch=series.branch,
        own=series.own,
        level=line.level,
        value=result.value,
        origin=result.origin,
        month=line.month,
        breakdown=series.breakdown,
        category_key=series.category,
        category=PLUS.join(labels.get(part, part) for part in series.category.split(PLUS)),
        qualifier=(note.qualifier if note else "") or _find_qualifier(line, result, data),
        note=note.text if note else "",
        reason=result.reason,
        missing=missing,
    )


def _level_total(line: _AnswerLine, data: FetchedData) -> SeriesValue:
    """Add up the own values of the branches of a level."""
    root = line.series.branch
    return combine(
        [
            compute_value(
                dataclasses.replace(line.series, branch=branch, own=True), line.period, data
            )
            for branch in data.tree
            if root.contains(branch) and branch.level == line.level
        ]
    )


def _find_note(line: _AnswerLine, data: FetchedData) -> FigureNote | None:
    series, period = line.series, line.period
    for note in data.notes:
        if (
            note.indicator == series.indicator.key
            and note.last_month == period.last
            and note.first_month == period.first
            and note.breakdown == series.breakdown
            and note.category == series.category
            and note.branch_id == series.branch.pk
        ):
            return note
    return None


def _find_qualifier(line: _AnswerLine, result: SeriesValue, data: FetchedData) -> str:
    """Return the qualifier of a figure without a note: as reported, else as computed."""
    qualifier = ""
    if result.origin is not FigureOrigin.ROWS:
        qualifier = _reported_qualifier(line, data)
    if not qualifier and result.value is not None:
        qualifier = _computed_qualifier(line, result.value, data)
    return qualifier


def _reported_qualifier(line: _AnswerLine, data: FetchedData) -> str:
    for figure in data.reported.get(line.series.key, []):
        if (
            figure.qualifier
            and figure.category == line.series.category
            and figure.branch_id == line.series.branch.pk
            and figure.last_month <= line.period.last
        ):
            return figure.qualifier
    return ""


def _computed_qualifier(line: _AnswerLine, value: Decimal, data: FetchedData) -> str:
    """Return 累计 for a running total, 历史新高 for a year above all years before it."""
    series, period = line.series, line.period
    if series.indicator.kind is Kind.CUMULATIVE:
        return CUMULATIVE
    if not series.indicator.marks_record_high or period.kind != "year" or line.level:
        return ""
    subtree = dataclasses.replace(series, own=False)
    years = {month.year for month in data.cells_by_month(subtree)}
    years |= {figure.last_month.year for figure in data.reported.get(series.key, [])}
    earlier = [
        compute_value(series, Period.year(year), data).value
        for year in sorted(years)
        if year < period.last.year
    ]
    return RECORD_HIGH if is_record_high(value, earlier) else ""
