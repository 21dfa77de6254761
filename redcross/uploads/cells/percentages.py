"""Percentages written as fractions: Excel stores 85% as 0.85."""

from decimal import Decimal

import polars as pl

from redcross.units import Unit
from redcross.uploads.cells.parsed import CellProblem, ParsedCell
from redcross.uploads.files.cell_kinds import NUMBER
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, FieldSpec

_BARE_NUMBER = r"^\d*\.?\d+$"
_MAX_OVERFULFILMENT = 2
"""1.16 among many fractions is a task fulfilled by 116 %; more than twice is a per cent."""
_MIN_FRACTIONS_PER_WHOLE = 3
_MIN_CERTAIN_PERCENT = 10
"""Nobody reaches a thousand per cent: a number from here on is written in per cent."""
_REASONS = {
    "percent.scaled": "是小数，读作 {}%",
    "percent.doubtful": "同一栏既有小于 1 的数，又有大于 1 的数，仍读作 {}%",
}


def is_percent(field: FieldSpec) -> bool:
    """Tell whether a field's numbers are per cent."""
    has_unit = field.unit is Unit.PERCENT or "%" in field.label or field.label.endswith("率")
    return field.kind in NUMERIC_KINDS and has_unit


def scale_percentages(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[int], str]:
    """Read 0.85 as 85 where the whole column is written so.

    `frame` has the columns text and kind. Return it, the positions to be reported, and
    their finding code: the scaled ones, or those in doubt where a column has both.
    """
    # A csv has its numbers as texts; one that says 14% is none of them.
    is_bare = (pl.col("kind") == NUMBER) | pl.col("text").str.contains(_BARE_NUMBER)
    number = pl.when(is_bare).then(pl.col("text")).cast(pl.Float64, strict=False)
    numbers = frame.select(number.alias("number"))["number"]
    fractions = int(((numbers > 0) & (numbers < 1)).sum())
    if not fractions:
        return frame, [], ""
    wholes = int((numbers > 1).sum())
    is_mixed = wholes * _MIN_FRACTIONS_PER_WHOLE > fractions
    if wholes and (is_mixed or bool((numbers > _MAX_OVERFULFILMENT).any())):
        # 1.1 beside 0.47 is as doubtful as 0.47: both may be fractions, or per cent.
        doubtful = (numbers > 0) & (numbers < _MIN_CERTAIN_PERCENT)
        return frame, doubtful.fill_null(value=False).arg_true().to_list(), "percent.doubtful"
    scaled = (numbers > 0).fill_null(value=False)
    texts = [
        f"{Decimal(text).scaleb(2).normalize():f}" if is_scaled else text
        for text, is_scaled in zip(frame["text"], scaled, strict=True)
    ]
    frame = frame.with_columns(pl.Series("text", texts, dtype=pl.String))
    return frame, scaled.arg_true().to_list(), "percent.scaled"


def percent_problem(position: int, code: str, *, text: str, read: str) -> CellProblem:
    """Return the problem of a cell written as `text` and read as `read` per cent."""
    return CellProblem(position, ParsedCell(None, code, _REASONS[code].format(read)), text)
