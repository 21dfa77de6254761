"""Figures in sentences: clauses without a value are left out, missing branches are named."""

import re
import string
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from redcross.indicators.query import formatting
from redcross.indicators.query.question import Figure
from redcross.reports.narrative.blocks import CellValue, Paragraph, TextPiece
from redcross.units import Unit

_REPEATED_STOPS = re.compile(r"[。；，\s]*([。；])")


def format_figure(figure: Figure) -> TextPiece:
    """Write a figure as documents do: 7.38亿元, 2000余万元, 第2位."""
    text = formatting.format_for_document(figure.value, figure.indicator.unit, figure.qualifier)
    return TextPiece(text, (figure,))


def format_value(
    value: Decimal | None, *figures: Figure, unit: Unit | None = None
) -> TextPiece | None:
    """Write a value computed from figures of one unit; None where it is None."""
    if value is None:
        return None
    text = formatting.format_for_document(value, unit or figures[0].indicator.unit)
    return TextPiece(text, figures)


def format_difference(one: Figure, other: Figure) -> TextPiece | None:
    """Write the absolute difference of two figures; None where one has no value."""
    if one.value is None or other.value is None:
        return None
    return format_value(abs(one.value - other.value), one, other)


def format_change(now: Figure, before: Figure, *, against: str = "同比") -> TextPiece | None:
    """Write 同比增长2.3%, 同比下降2.3%, 与上年同期持平; None without a base.

    `against` is 同比 or 环比.
    """
    if not now.indicator.comparable:
        return None
    percent = formatting.percent_change(now.value, before.value)
    if percent is None:
        return None
    same = {"同比": "与上年同期持平", "环比": "与上期持平"}[against]
    words = formatting.format_change(percent)
    return TextPiece(same if percent == 0 else f"{against}{words}", (now, before))


def format_share(part: Figure, whole: int) -> TextPiece | None:
    """Write a part in percent of a whole: 81.3%; None where one of them is missing or 0."""
    if part.value is None or not whole:
        return None
    percent = (part.value * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return TextPiece(f"{percent}%", (part,))


def fill_clause(template: str, **values: CellValue | None) -> tuple[TextPiece, ...]:
    """Fill the fields of a template; return () where one of its figures has no value."""
    pieces: list[TextPiece] = []
    for text, name, _, _ in string.Formatter().parse(template):
        if text:
            pieces.append(TextPiece(text))
        if name is None:
            continue
        value = values[name]
        if isinstance(value, Figure):
            value = None if value.value is None else format_figure(value)
        if value is None:
            return ()
        pieces.append(value if isinstance(value, TextPiece) else TextPiece(str(value)))
    return tuple(pieces)


def join_clauses(
    *clauses: tuple[TextPiece, ...], by: str = "，", end: str = "。"
) -> tuple[TextPiece, ...]:
    """Join the clauses that are not empty to a sentence; name the branches that are missing."""
    filled = [clause for clause in clauses if clause]
    if not filled:
        return ()
    pieces = list(filled[0])
    for clause in filled[1:]:
        pieces += [TextPiece(by), *clause]
    missing = dict.fromkeys(
        name for piece in pieces for figure in piece.figures for name in figure.missing
    )
    if missing:
        pieces.append(TextPiece(f"（不含{'、'.join(missing)}）"))
    return (*pieces, TextPiece(end))


def build_text_paragraph(text: str) -> Iterator[Paragraph]:
    """Yield a paragraph without figures that ends with one full stop; none for no text.

    What people typed into records may end with punctuation of its own.
    """
    if text:
        text = _REPEATED_STOPS.sub(r"\1", text)
        yield Paragraph((TextPiece(text if text.endswith(("。", "！", "？")) else f"{text}。"),))
