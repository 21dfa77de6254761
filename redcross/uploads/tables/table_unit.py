"""The unit of a whole table: 单位：万元 in a cell above it, or in a note below it."""

import re
import unicodedata

import polars as pl

from redcross.uploads.tables.cell_texts import RowTexts

UNIT_CELL = re.compile(
    r"(?:单位(?::|为|是|均为)|[(]|计量单位)\s*(?:人民币)?(?P<unit>万元|亿元|千元|百元|元)(?!/)"
)


_MAX_UNIT_CELL_LENGTH = 120


_MAX_CELLS_BESIDE = 3


_ROWS_ABOVE, _ROWS_BELOW = 6, 8
"""Rows away from the table in which its unit is looked for."""


def unit_above(texts: RowTexts, at: int, depth: int) -> str:
    """Return the 万元 of a "单位：万元" cell near the heading, "" where none stands."""
    for position in range(max(at - _ROWS_ABOVE, 0), at + depth):
        for text in texts.row(position):
            match = UNIT_CELL.search(unicodedata.normalize("NFKC", text))
            if match is None or len(text) > _MAX_UNIT_CELL_LENGTH:
                continue
            # 资助额度（万元） in a heading is the unit of its own column.
            is_heading = position >= at or len(texts.written(position)) > _MAX_CELLS_BESIDE
            if "单位" in text or not is_heading:
                return match["unit"]
    return ""


def unit_below(texts: RowTexts, data: pl.Series, end: int) -> str:
    """Return the unit a note under the table names: 注：金额单位为万元."""
    start = (int(data[-1]) if data.len() else end) + 1
    for position in range(start, min(start + _ROWS_BELOW, end)):
        for text in texts.row(position):
            match = UNIT_CELL.search(unicodedata.normalize("NFKC", text))
            if match and "单位" in text:
                return match["unit"]
    return ""
