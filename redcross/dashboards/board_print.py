"""A board as a paper that can be forwarded."""

from typing import Any

from redcross.dashboards.boards import Board
from redcross.indicators.print.print_report import PrintReport, TablePage
from redcross.indicators.query.formatting import NO_VALUE, format_cut_off
from redcross.indicators.query.query_params import FigureQuery


def build_print_report(
    board: Board, asked: FigureQuery, found: dict[str, Any], notice: str
) -> PrintReport:
    """Lay out what a board shows: key figures, branches, trend, compositions."""
    where = f"{asked.branch}{'（本级）' if asked.own else ''}"
    cards = [*found["cards"], *(card for _, part in found["blocks"] for card in part)]
    missing = sorted({name for card in cards for name in card.figure.missing})
    said = [f"报告期：{asked.period.label}，{asked.comparison}", format_cut_off(asked.cut_off)]
    said += [f"不含{'、'.join(missing)}"] if missing else []
    said += [notice] if notice else []
    columns = found["columns"]
    head = (
        "单位",
        *(f"{each.label}（{each.unit.label}）" for each in columns),
        "位次",
        "变化",
        asked.comparison,
    )
    return PrintReport(
        f"{board.title}：{where} {asked.period.label}",
        tuple(said),
        (
            TablePage(
                "主要指标",
                ("指标", "数值", asked.comparison, "年度目标完成"),
                [
                    (
                        card.figure.indicator.label,
                        card.figure,
                        card.change,
                        f"{card.done}% {card.light_word}" if card.done is not None else "",
                    )
                    for card in cards
                ],
            ),
            TablePage(
                "各单位",
                head,
                [
                    (
                        f"{line.branch}{'本级' if line.own else ''}",
                        *line.figures,
                        str(line.place or NO_VALUE),
                        line.moved,
                        line.change,
                    )
                    for line in found["lines"]
                ],
                chart="bar",
                rows_outside_chart=sum(line.own for line in found["lines"]),
            ),
            TablePage(
                "近24个月",
                ("月份", "本期", "上年同月"),
                [(f"{now.month:%Y年%-m月}", now, then) for now, then in found["trend_table"][::-1]],
                chart="line",
            ),
            *(
                TablePage(
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
                for label, parts in found["compositions"]
                if parts
            ),
        ),
    )
