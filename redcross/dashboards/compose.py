"""A board's figures for one branch and period, asked in one go."""

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
from redcross.indicators.query.resolve import Figure, Question, answer_questions
from redcross.periods import Period, add_months
from redcross.units import Unit

TREND_MONTHS = 24
RANKS_SHOWN = 8
WARNING_MARGIN = Decimal(20)
_LIGHTS = {"good": "正常", "warn": "预警", "late": "滞后"}


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """A key figure with its comparison and target."""

    figure: Figure
    before: Figure
    target: Decimal | None
    expected: Decimal

    @property
    def change(self) -> str:
        """The change in words: in percent, between ranges of unequal length as a difference."""
        indicator, now, then = self.figure.indicator, self.figure.value, self.before.value
        if not indicator.comparable:
            return ""
        alike = self.figure.period.length == self.before.period.length
        if alike or indicator.kind is not Kind.FLOW:
            return formatting.format_change(formatting.percent_change(now, then))
        if now is None or then is None:
            return formatting.NO_VALUE
        told = formatting.format_short(abs(now - then), indicator.unit)
        return "持平" if now == then else f"{'超出' if now > then else '少'}{told}"

    @property
    def done(self) -> Decimal | None:
        """完成率 in percent."""
        if self.figure.value is None or not self.target:
            return None
        return (self.figure.value * 100 / self.target).quantize(Decimal("0.1"))

    @property
    def light(self) -> str:
        """The light's name: good, warn, late; empty without a target."""
        if self.done is None:
            return ""
        if self.done >= self.expected:
            return "good"
        return "warn" if self.done >= self.expected - WARNING_MARGIN else "late"

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
    place: int | None
    change: str
    moved: str
    """How the place changed against the period compared with: ↑2, ↓1, or nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class CompositionRow:
    """One category of a composition, and its share of what is told, in percent."""

    figure: Figure
    share: Decimal | None


def compose_cards(board: Board, asked: FigureQuery, reader: Reader) -> list[Card]:
    """Return a board's key figures alone, for a page that shows nothing else of it."""
    cards = [registry[key] for key in board.cards]
    answers = answer_questions(*_card_questions(cards, asked), reader=reader)
    return _read_card_answers(answers, len(cards), asked)


def _card_periods(asked: FigureQuery) -> tuple[Period, Period, Period]:
    """Return the period itself, what it is compared with, and the year so far."""
    return asked.period, asked.compared, asked.period.year_so_far


def _card_questions(cards: list[Indicator], asked: FigureQuery) -> list[Question]:
    # A year's own beginning is asked once: at home the period is the year so far.
    return [
        Question(each, period, asked.branch, own=asked.own)
        for period in dict.fromkeys(_card_periods(asked))
        for each in cards
    ]


def _read_card_answers(answers: list[list[Figure]], count: int, asked: FigureQuery) -> list[Card]:
    told = {
        period: [lines[0] for lines in answers[at * count : (at + 1) * count]]
        for at, period in enumerate(dict.fromkeys(_card_periods(asked)))
    }
    now, last, so_far = (told[period] for period in _card_periods(asked))
    return _build_cards(now, last, so_far, _fetch_targets(asked.branch, asked.period), asked.period)


def compose_board(board: Board, asked: FigureQuery, reader: Reader) -> dict[str, Any]:
    """Return everything a board shows; the number of queries does not grow with branches."""
    branch, period, own, against = asked.branch, asked.period, asked.own, asked.compared
    main = registry[board.main]
    columns = [registry[key] for key in (board.main, *board.columns)]
    keys = [*board.cards, *(key for block in board.blocks for key in block.cards)]
    cards = [registry[key] for key in keys]
    trend = Period(add_months(period.last, 1 - TREND_MONTHS), period.last)
    before = trend.same_last_year
    of_cards = _card_questions(cards, asked)
    questions = [
        *of_cards,
        *(Question(each, period, branch, by=("branch",)) for each in columns),
        Question(main, against, branch, by=("branch",)),
        Question(main, trend, branch, own=own, by=("month",)),
        Question(main, before, branch, own=own, by=("month",)),
        *(
            Question(registry[key], period, branch, own=own, by=(name,))
            for key, name in board.breakdowns
        ),
    ]
    answers = answer_questions(*questions, reader=reader)
    count = len(cards)
    width = len(columns)
    by_branch = answers[len(of_cards) : len(of_cards) + width]
    rest = answers[len(of_cards) + width :]
    made = _read_card_answers(answers, count, asked)
    by_key = dict(zip(keys, made, strict=True))
    lines = _build_branch_rows(by_branch, rest[0])
    return {
        "cards": made[: len(board.cards)],
        "blocks": [(block, [by_key[key] for key in block.cards]) for block in board.blocks],
        "map": compose_map(branch, by_branch[0]),
        "lines": lines,
        "columns": columns,
        "trend": _compose_trend(rest[1], rest[2], _chart_unit(main.unit)),
        "trend_table": list(zip(rest[1], rest[2], strict=True))[::-1],
        "ranking": _compose_ranking(by_branch[0]),
        "first_places": sorted(
            (line for line in lines if line.place and line.place <= RANKS_SHOWN),
            key=lambda line: line.place or 0,
        ),
        "compositions": [
            (told[0].indicator.label, _compose_shares(told)) for told in rest[3:] if told
        ],
    }


def _compose_shares(told: list[Figure]) -> list[CompositionRow]:
    """Return the categories that have a value; a place or a rate has no share of anything.

    One that is kept back has none either, nor have its neighbours: shares would tell it.
    """
    known = [each for each in told if each.value is not None or each.hidden]
    whole = sum((each.value or Decimal(0) for each in known), Decimal(0))
    adds_up = told[0].indicator.kind in (Kind.FLOW, Kind.STOCK) and whole > 0
    adds_up = adds_up and not any(each.hidden for each in known)
    return [
        CompositionRow(
            each,
            (each.value * 100 / whole).quantize(Decimal("0.1"))
            if adds_up and each.value is not None
            else None,
        )
        for each in known
    ]


def _fetch_targets(branch: Branch, period: Period) -> dict[str, Decimal]:
    targets = Target.objects.filter(branch=branch, year=period.last.year)
    return dict(targets.values_list("indicator", "value"))


def _build_cards(
    now: list[Figure],
    last: list[Figure],
    so_far: list[Figure],
    targets: dict[str, Decimal],
    period: Period,
) -> list[Card]:
    # 时间进度: the share of the year that is over at the period's end.
    expected = Decimal(period.last.month * 100) / 12
    cards = []
    for figure, before, whole in zip(now, last, so_far, strict=True):
        year = period.first is not None and period.first.year == period.last.year
        aims = year and figure.indicator.comparable and figure.value == whole.value
        target = targets.get(figure.indicator.key) if aims else None
        cards.append(Card(figure, before, target, expected))
    return cards


def _build_branch_rows(by_branch: list[list[Figure]], last_year: list[Figure]) -> list[BranchRow]:
    first = by_branch[0]
    ranked = formatting.places([None if each.own else each.value for each in first])
    before = formatting.places([None if each.own else each.value for each in last_year])
    return [
        BranchRow(
            branch=each.branch,
            own=each.own,
            figures=tuple(column[at] for column in by_branch),
            place=ranked[at],
            change=formatting.format_change(
                formatting.percent_change(each.value, last_year[at].value)
            ),
            moved=_format_rank_change(ranked[at], before[at]),
        )
        for at, each in enumerate(first)
    ]


def _format_rank_change(place: int | None, before: int | None) -> str:
    if place is None or before is None or place == before:
        return ""
    return f"↑{before - place}" if place < before else f"↓{place - before}"


def compose_map(
    branch: Branch, figures: list[Figure], *, point: tuple[Decimal, Decimal] | None = None
) -> dict[str, Any] | None:
    """Return the branches below as a map paints them; a county has none.

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
        "point": [float(each) for each in point] if point else None,
        "unit": _chart_unit(figures[0].indicator.unit),
        "values": [
            {
                "name": each.branch.code,
                "label": each.branch.short_name,
                "value": _chart_value(each),
                "told": formatting.HIDDEN_VALUE
                if each.hidden
                else formatting.format_short(each.value, each.indicator.unit, each.qualifier),
            }
            for each in figures
            if not each.own
        ],
    }


def _compose_trend(now: list[Figure], before: list[Figure], unit: str) -> dict[str, Any]:
    return {
        "kind": "trend",
        "unit": unit,
        "names": [f"{each.month:%Y-%m}" for each in now if each.month],
        "series": [
            {"name": "本期", "values": [_chart_value(each) for each in now]},
            {"name": "上年同月", "values": [_chart_value(each) for each in before]},
        ],
    }


def _compose_ranking(figures: list[Figure]) -> dict[str, Any]:
    ranked = sorted(
        (each for each in figures if not each.own and each.value is not None),
        key=lambda each: each.value or 0,
        reverse=True,
    )
    return {
        "kind": "ranking",
        "unit": _chart_unit(figures[0].indicator.unit) if figures else "",
        "names": [each.branch.short_name for each in ranked],
        "series": [{"name": "本期", "values": [_chart_value(each) for each in ranked]}],
    }


def _chart_unit(unit: Unit) -> str:
    return "万元" if unit is Unit.YUAN else str(unit.label)


def _chart_value(figure: Figure) -> float | None:
    """Return a value as a chart draws it; the table behind holds the exact one."""
    if figure.value is None:
        return None
    scale = 10_000 if figure.indicator.unit is Unit.YUAN else 1
    return round(float(figure.value / scale), 2)
