"""Single cells that their field cannot hold and another field takes.

A 项目 nobody has registered is what a gift was meant for; 口罩98个 in a column of amounts is
what was given. The rest of the column is read as its field.
"""

import re
from collections.abc import Iterable

import polars as pl

from redcross.uploads.cells.parsed import CellProblem, ParsedCell, ParsedColumn
from redcross.uploads.cells.words import OTHER_KEY
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.import_spec import CellKind, FieldSpec

_SEPARATOR = "；"
_GOODS_WORDS = re.compile("物|内容")
_NOT_AN_AMOUNT_CODES = frozenset({"amount.unreadable", "amount.foreign_unit"})


def is_diverted_by_cell(field: FieldSpec, heading: str) -> bool:
    """Tell whether single cells go elsewhere, rather than the column as a whole."""
    if not field.fallback_column:
        return False
    match field.kind:
        case CellKind.REFERENCE:
            return True
        case CellKind.CHOICE:
            return OTHER_KEY in field.labels
        case CellKind.DECIMAL:  # 捐赠款物 holds 500元 and 口罩98个
            return _GOODS_WORDS.search(heading) is not None
    return False


def divert_unparsed(
    column: ParsedColumn, other: FieldSpec
) -> tuple[ParsedColumn, list[tuple[int, str]]]:
    """Take the cells that `other` holds out of a column: (index, text) of each.

    A name nobody has registered and a text among amounts become warnings that the text is
    stored in `other`; words read as 其他 are stored there too.
    """
    problems: list[CellProblem] = []
    diverted: list[tuple[int, str]] = []
    for index, cell, text in column.problems:
        fits = len(text) <= (other.max_length or len(text))
        replaced = _diverted_cell(cell, text, other) if fits else None
        if replaced is not None:
            diverted.append((index, text))
        problems.append(CellProblem(index, replaced or cell, text))
    return ParsedColumn(column.values, problems), diverted


def _diverted_cell(cell: ParsedCell, text: str, other: FieldSpec) -> ParsedCell | None:
    """Return what is reported of a cell that is stored in `other`, None for one that is not."""
    shown = text[: TUNING.quoted_length]
    if cell.code == "choice.other":
        return cell
    if cell.code == "reference.unknown":
        reason = f"“{shown}”没有登记过，记入「{other.label}」"
        return ParsedCell(None, "reference.as_text", reason, cell.suggestion)
    if cell.code in _NOT_AN_AMOUNT_CODES and not text.isdigit():
        return ParsedCell(None, "amount.goods", f"“{shown}”不是金额，记入「{other.label}」", "")
    return None


def append_words(frame: pl.DataFrame, name: str, words: Iterable[tuple[int, str]]) -> pl.DataFrame:
    """Add texts (index, text) to a column of texts, behind what stands there already."""
    texts = frame[name].to_list() if name in frame.columns else [None] * frame.height
    for index, text in words:
        if text not in (texts[index] or "").split(_SEPARATOR):
            texts[index] = f"{texts[index]}{_SEPARATOR}{text}" if texts[index] else text
    return frame.with_columns(pl.Series(name, texts, dtype=pl.String))
