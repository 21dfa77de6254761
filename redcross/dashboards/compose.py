"""A board's figures for one branch and period, answered together."""

import dataclasses
from decimal import Decimal
from typing import Any

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.dashboards.boards import Board
from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import Indicator, registry
from redcross.indicators.disclosure.disclosure_control import Reader
from redcross.indicators.models import Target
from redcross.indicators.query import formatting
from redcross.indicators.query.query_params import FigureQuery
from redcross.indicators.query.question import Figure, Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period, add_months
from redcross.units import Unit

TREND_MONTHS = 24
RANKS_SHOWN = 8
WARNING_MARGIN = Decimal(20)
"""How many percent points behind the share of time gone a target is not yet 滞后."""
_LIGHTS = {"good": "正常", "warn": "预警", "late": "滞后"}


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """A key figure with its comparison and target."""

    figure: Figure
    before: Figure
    target: Decimal | None
    expected: Decimal
    """时间进度: the share of the year that is over, in percent."""

    @property
    def change(self) -> str:
        """The change in words: in percent, between ranges of unequal length as a difference."""
        indicator, now, before = self.figure.indicator, self.figure.value, self.before.value
        if not indicator.comparable:
            return ""
        is_same_length = self.figure.period.length == self.before.period.length
        if is_same_length or indicator.kind is not Kind.FLOW:
            return formatting.format_change(formatting.percent_change(now, before))
        if now is None or before is None:
            return formatting.NO_VALUE
        if now == before:
            return "持平"
        difference = formatting.format_short(abs(now - before), indicator.unit)
        return f"{'超出' if now > before else '少'}{difference}"

    @property
    def completion(self) -> Decimal | None:
        """完成率 in percent."""
        if self.figure.value is None or not self.target:
            return None
        return (self.figure.value * 100 / self.target).quantize(Decimal("0.1"))

    @property
    def light(self) -> str:
        """The light's name: good, warn, late; empty without a target."""
        if self.completion is None:
            return ""
        if self.completion >= self.expected:
            return "good"
        return "warn" if self.completion >= self.expected - WARNING_MARGIN else "late"

    @property
    def light_word(self) -> str:
        """The word that goes with the light."""
        return _LIGHTS.get(self.light, "")


@dataclasses.dataclass(frozen=True, slots=True)
class BranchRow:
    """One branch of the table."""

    branch: Branch
    own: bool
    figures: tuple[Figure, ...]
    rank: int | None
    change: str
    rank_change: str
    """How the rank changed against the period of comparison: ↑2, ↓1, or nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class CompositionRow:
    """One category of a composition, and its share of the visible total, in percent."""

    figure: Figure
    share: Decimal | None


def compose_cards(board: Board, query: FigureQuery, reader: Reader) -> list[Card]:
    """Return a board's key figures alone, for a page that shows nothing else of it."""
    indicators = [registry[key] for key in board.cards]
    answers = answer_questions(*_card_questions(indicators, query), reader=reader)
    return _read_card_answers(answers, len(indicators), query)


def _card_periods(query: FigureQuery) -> tuple[Period, Period, Period]:
    """Return the period itself, the one it is compared with, and the year so far."""
    return query.period, query.baseline, query.period.year_so_far


def _card_questions(indicators: list[Indicator], query: FigureQuery) -> list[Question]:
    # Equal periods are asked for once: on the home page the period is the year so far.
    return [
        Question(indicator, period, query.branch, own=query.own)
        for period in dict.fromkeys(_card_periods(query))
        for indicator in indicators
    ]


def _read_card_answers(answers: list[list[Figure]], count: int, query: FigureQuery) -> list[Card]:
    figures = {
        period: [lines[0] for lines in answers[index * count : (index + 1) * count]]
        for index, period in enumerate(dict.fromkeys(_card_periods(query)))
    }
    now, before, so_far = (figures[period] for period in _card_periods(query))
    targets = _fetch_targets(query.branch, query.period)
    return _build_cards(now, before, so_far, targets, query.period)


def compose_board(board: Board, query: FigureQuery, reader: Reader) -> dict[str, Any]:
    """Return everything a board shows; the number of queries does not grow with branches."""
    branch, period, own = query.branch, query.period, query.own
    main = registry[board.main]
    columns = [registry[key] for key in (board.main, *board.columns)]
    keys = [*board.cards, *(key for block in board.blocks for key in block.cards)]
    card_questions = _card_questions([registry[key] for key in keys], query)
    trend = Period(add_months(period.last, 1 - TREND_MONTHS), period.last)
    answers = answer_questions(
        *card_questions,
        *(Question(indicator, period, branch, by=("branch",)) for indicator in columns),
        Question(main, query.baseline, branch, by=("branch",)),
        Question(main, trend, branch, own=own, by=("month",)),
        Question(main, trend.same_last_year, branch, own=own, by=("month",)),
        *(
            Question(registry[key], period, branch, own=own, by=(name,))
            for key, name in board.breakdowns
        ),
        reader=reader,
    )
    first = len(card_questions)
    by_branch = answers[first : first + len(columns)]
    baseline, months, months_before, *compositions = answers[first + len(columns) :]
    cards = _read_card_answers(answers, len(keys), query)
    card_of = dict(zip(keys, cards, strict=True))
    rows = _build_branch_rows(by_branch, baseline)
    return {
        "cards": cards[: len(board.cards)],
        "blocks": [(block, [card_of[key] for key in block.cards]) for block in board.blocks],
        "map": compose_map(branch, by_branch[0]),
        "lines": rows,
        "columns": columns,
        "trend": _compose_trend(months, months_before, _chart_unit(main.unit)),
        "trend_table": list(zip(months, months_before, strict=True))[::-1],
        "ranking": _compose_ranking(by_branch[0]),
        "first_ranks": sorted(
            (row for row in rows if row.rank and row.rank <= RANKS_SHOWN),
            key=lambda row: row.rank or 0,
        ),
        "compositions": [
            (lines[0].indicator.label, _compose_shares(lines)) for lines in compositions if lines
        ],
    }


def _compose_shares(figures: list[Figure]) -> list[CompositionRow]:
    """Return the categories that have a value; a place or a rate has no share of anything.

    Where one is hidden none has a share: the shares of the others would reveal it.
    """
    shown = [figure for figure in figures if figure.value is not None or figure.hidden]
    total = sum((figure.value or Decimal(0) for figure in shown), Decimal(0))
    has_shares = (
        figures[0].indicator.kind in (Kind.FLOW, Kind.STOCK)
        and total > 0
        and not any(figure.hidden for figure in shown)
    )
    return [
        CompositionRow(
            figure,
            (figure.value * 100 / total).quantize(Decimal("0.1"))
            if has_shares and figure.value is not None
            else None,
        )
        for figure in shown
    ]


def _fetch_targets(branch: Branch, period: Period) -> dict[str, Decimal]:
    targets = Target.objects.filter(branch=branch, year=period.last.year)
    return dict(targets.values_list("indicator", "value"))


def _build_cards(
    now: list[Figure],
    before: list[Figure],
    so_far: list[Figure],
    targets: dict[str, Decimal],
    period: Period,
) -> list[Card]:
    expected = Decimal(period.last.month * 100) / 12
    is_within_year = period.first is not None and period.first.year == period.last.year
    cards = []
    for figure, baseline, year in zip(now, before, so_far, strict=True):
        has_target = is_within_year and figure.indicator.comparable and figure.value == year.value
        target = targets.get(figure.indicator.key) if has_target else None
        cards.append(Card(figure, baseline, target, expected))
    return cards


def _build_branch_rows(columns: list[list[Figure]], baseline: list[Figure]) -> list[BranchRow]:
    first = columns[0]
    ranks = formatting.rank_values([None if figure.own else figure.value for figure in first])
    before = formatting.rank_values([None if figure.own else figure.value for figure in baseline])
    return [
        BranchRow(
            branch=figure.branch,
            own=figure.own,
            figures=tuple(column[index] for column in columns),
            rank=ranks[index],
            change=formatting.format_change(
                formatting.percent_change(figure.value, baseline[index].value)
            ),
            rank_change=_format_rank_change(ranks[index], before[index]),
        )
        for index, figure in enumerate(first)
    ]


def _format_rank_change(rank: int | None, before: int | None) -> str:
    if rank is None or before is None or rank == before:
        return ""
    return f"↑{before - rank}" if rank < before else f"↓{rank - before}"


def compose_map(
    branch: Branch, figures: list[Figure], *, point: tuple[Decimal, Decimal] | None = None
) -> dict[str, Any] | None:
    """Return the branches below as a map paints them; None for a county.

    `point` is a place to mark, as longitude and latitude in degrees.
    """
    layers = {Level.PROVINCE: "prefectures", Level.PREFECTURE: "counties"}
    layer = layers.get(Level(branch.level))
    if layer is None or not figures:
        return None
    return {
        "kind": "map",
        "layer": layer,
        "parent": branch.code,
        "point": [float(degrees) for degrees in point] if point else None,
        "unit": _chart_unit(figures[0].indicator.unit),
        "values": [
            {
                "name": figure.branch.code,
                "label": figure.branch.short_name,
                "value": _chart_value(figure),
                "text": _map_text(figure),
            }
            for figure in figures
            if not figure.own
        ],
    }


def _map_text(figure: Figure) -> str:
    if figure.hidden:
        return formatting.HIDDEN_VALUE
    return formatting.format_short(figure.value, figure.indicator.unit, figure.qualifier)


def _compose_trend(now: list[Figure], before: list[Figure], unit: str) -> dict[str, Any]:
    return {
        "kind": "trend",
        "unit": unit,
        "names": [f"{figure.month:%Y-%m}" for figure in now if figure.month],
        "series": [
            {"name": "本期", "values": [_chart_value(figure) for figure in now]},
            {"name": "上年同月", "values": [_chart_value(figure) for figure in before]},
        ],
    }


def _compose_ranking(figures: list[Figure]) -> dict[str, Any]:
    ranked = sorted(
        (figure for figure in figures if not figure.own and figure.value is not None),
        key=lambda figure: figure.value or 0,
        reverse=True,
    )
    return {
        "kind": "ranking",
        "unit": _chart_unit(figures[0].indicator.unit) if figures else "",
        "names": [figure.branch.short_name for figure in ranked],
        "series": [{"name": "本期", "values": [_chart_value(figure) for figure in ranked]}],
    }


def _chart_unit(unit: Unit) -> str:
    return "万元" if unit is Unit.YUAN else str(unit.label)


def _chart_value(figure: Figure) -> float | None:
    """Return a value as a chart draws it; the table below the chart has the exact one."""
    if figure.value is None:
        return None
    scale = 10_000 if figure.indicator.unit is Unit.YUAN else 1
    return round(float(figure.value / scale), 2)
