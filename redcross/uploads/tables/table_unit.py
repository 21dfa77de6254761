"""The unit of a whole table: 单位：万元 in a cell above it, or in a note below it."""

import re
import unicodedata

import polars as pl

from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.tables.cell_texts import RowTexts

UNIT_CELL = re.compile(
    r"(?:单位(?::|为|是|均为)|[(]|计量单位)\s*(?:人民币)?(?P<unit>万元|亿元|千元|百元|元)(?!/)"
)


def unit_above(texts: RowTexts, heading: int, depth: int) -> str:
    """Return the 万元 of a "单位：万元" cell near the heading, "" where none stands."""
    for position in range(max(heading - TUNING.title_rows, 0), heading + depth):
        for text in texts.row(position):
            match = UNIT_CELL.search(unicodedata.normalize("NFKC", text))
            if match is None or len(text) > TUNING.max_unit_cell:
                continue
            # 资助额度（万元） in a heading is the unit of its own column.
            cells = len(texts.filled_texts(position))
            is_heading = position >= heading or cells > TUNING.max_unit_row_cells
            if "单位" in text or not is_heading:
                return match["unit"]
    return ""


def unit_below(texts: RowTexts, data: pl.Series, end: int) -> str:
    """Return the unit a note under the table names: 注：金额单位为万元."""
    start = (int(data[-1]) if data.len() else end) + 1
    for position in range(start, min(start + TUNING.note_rows, end)):
        for text in texts.row(position):
            match = UNIT_CELL.search(unicodedata.normalize("NFKC", text))
            if match and "单位" in text:
                return match["unit"]
    return ""
