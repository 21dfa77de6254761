"""A board as a paper that can be forwarded."""

from typing import Any

from redcross.dashboards.boards import Board
from redcross.indicators.print.print_report import Paper, Sheet
from redcross.indicators.query.formatting import NOTHING, told_at
from redcross.indicators.query.query_params import Asked


def paper_of(board: Board, asked: Asked, found: dict[str, Any], notice: str) -> Paper:
    """Lay out what a board shows: key figures, branches, trend, compositions."""
    where = f"{asked.branch}{'（本级）' if asked.own else ''}"
    cards = [*found["cards"], *(card for _, part in found["blocks"] for card in part)]
    missing = sorted({name for card in cards for name in card.figure.missing})
    said = [f"报告期：{asked.period.label}，{asked.comparison}", told_at(asked.cut_off)]
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
    return Paper(
        f"{board.title}：{where} {asked.period.label}",
        tuple(said),
        (
            Sheet(
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
            Sheet(
                "各单位",
                head,
                [
                    (
                        f"{line.branch}{'本级' if line.own else ''}",
                        *line.figures,
                        str(line.place or NOTHING),
                        line.moved,
                        line.change,
                    )
                    for line in found["lines"]
                ],
                chart="bar",
                undrawn=sum(line.own for line in found["lines"]),
            ),
            Sheet(
                "近24个月",
                ("月份", "本期", "上年同月"),
                [(f"{now.month:%Y年%-m月}", now, then) for now, then in found["trend_table"][::-1]],
                chart="line",
            ),
            *(
                Sheet(
                    label,
                    ("类别", "数值", "占比"),
                    [
                        (
                            part.figure.category,
                            part.figure,
                            NOTHING if part.share is None else f"{part.share}%",
                        )
                        for part in parts
                    ],
                )
                for label, parts in found["compositions"]
                if parts
            ),
        ),
    )
