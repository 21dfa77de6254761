"""A board as a print report that can be forwarded."""

from collections.abc import Sequence
from typing import Any

from redcross.dashboards.boards import Board
from redcross.dashboards.compose import BranchRow, Card, CompositionRow
from redcross.indicators.declare.declaration import Indicator
from redcross.indicators.print.model import PrintReport, TablePage
from redcross.indicators.query.formatting import NO_VALUE, format_cut_off
from redcross.indicators.query.query_params import FigureQuery
from redcross.indicators.query.question import Figure


def build_print_report(
    board: Board, query: FigureQuery, content: dict[str, Any], notice: str
) -> PrintReport:
    """Lay out the content of a board: key figures, branches, trend, compositions."""
    area = f"{query.branch}{'（本级）' if query.own else ''}"
    cards = [*content["cards"], *(card for _, cards in content["blocks"] for card in cards)]
    missing = sorted({name for card in cards for name in card.figure.missing})
    remarks = [f"报告期：{query.period.label}，{query.comparison}", format_cut_off(query.cut_off)]
    if missing:
        remarks.append(f"不含{'、'.join(missing)}")
    if notice:
        remarks.append(notice)
    return PrintReport(
        f"{board.title}：{area} {query.period.label}",
        tuple(remarks),
        (
            _card_page(cards, query.comparison),
            _branch_page(content["lines"], content["columns"], query.comparison),
            _trend_page(content["trend_table"][::-1]),
            *(_composition_page(label, parts) for label, parts in content["compositions"] if parts),
        ),
    )


def _card_page(cards: Sequence[Card], comparison: str) -> TablePage:
    return TablePage(
        "主要指标",
        ("指标", "数值", comparison, "年度目标完成"),
        [
            (
                card.figure.indicator.label,
                card.figure,
                card.change,
                f"{card.completion}% {card.light_word}" if card.completion is not None else "",
            )
            for card in cards
        ],
    )


def _branch_page(
    rows: Sequence[BranchRow], columns: Sequence[Indicator], comparison: str
) -> TablePage:
    headings = (f"{indicator.label}（{indicator.unit.label}）" for indicator in columns)
    return TablePage(
        "各单位",
        ("单位", *headings, "位次", "变化", comparison),
        [
            (
                f"{row.branch}{'本级' if row.own else ''}",
                *row.figures,
                str(row.rank or NO_VALUE),
                row.rank_change,
                row.change,
            )
            for row in rows
        ],
        chart="bar",
        rows_outside_chart=sum(row.own for row in rows),
    )


def _trend_page(months: Sequence[tuple[Figure, Figure]]) -> TablePage:
    return TablePage(
        "近24个月",
        ("月份", "本期", "上年同月"),
        [(f"{now.month:%Y年%-m月}", now, before) for now, before in months],
        chart="line",
    )


def _composition_page(label: str, parts: Sequence[CompositionRow]) -> TablePage:
    return TablePage(
        label,
        ("类别", "数值", "占比"),
        [
            (
                part.figure.category,
                part.figure,
                NO_VALUE if part.share is None else f"{part.share}%",
            )
            for part in parts
        ],
    )
