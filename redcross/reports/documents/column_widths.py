"""Computes the widths of a Word table's columns from their texts.

A template repeats one cell for every column, so that the document has no widths; Word,
WPS and LibreOffice then choose different ones, and break numbers in two.
"""

import unicodedata
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

EMU_PER_TWIP = 635
"""English Metric Units of a twip."""
HALF_CHARACTER = 120
"""Twips of half a character of 12 points."""
PADDING = 3
"""Half characters that a cell's two margins take."""
MAX_HEADING_LINES = 3


def set_widths(document: Any) -> None:
    """Set the widths of the columns in tables that a template's loops have built."""
    section = document.sections[0]
    width = (section.page_width - section.left_margin - section.right_margin) // EMU_PER_TWIP
    for table in document.element.body.iter(qn("w:tbl")):
        rows = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
        grid = table.find(qn("w:tblGrid"))
        is_regular = grid is not None and rows and len({len(row) for row in rows}) == 1
        has_widths = next(table.iter(qn("w:tcW")), None) is not None
        if is_regular and (len(grid) != len(rows[0]) or not has_widths):
            texts = [[_cell_text(cell) for cell in row] for row in rows]
            _apply_widths(table, grid, rows, compute_widths(texts, width))


def compute_widths(texts: list[list[str]], whole: int) -> list[int]:
    """Return the columns' widths in twips: no number is broken, the longest texts wrap first."""
    needed = [
        max(
            max((_half_characters(text) for text in column[1:]), default=0),
            -(-_half_characters(column[0]) // MAX_HEADING_LINES) + 1,
        )
        + PADDING
        for column in zip(*texts, strict=True)
    ]
    available = whole // HALF_CHARACTER
    limit = max(needed)
    while limit > 1 and sum(min(width, limit) for width in needed) > available:
        limit -= 1
    needed = [min(width, limit) for width in needed]
    return [width * whole // sum(needed) for width in needed]


def _half_characters(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _cell_text(cell: Any) -> str:
    return "".join(node.text or "" for node in cell.iter(qn("w:t")))


def _apply_widths(table: Any, grid: Any, rows: list[list[Any]], widths: list[int]) -> None:
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        column = OxmlElement("w:gridCol")
        column.set(qn("w:w"), str(width))
        grid.append(column)
    properties = table.tblPr
    for name in ("w:tblW", "w:tblLayout"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
    properties.autofit = False
    total = OxmlElement("w:tblW")
    total.set(qn("w:type"), "dxa")
    total.set(qn("w:w"), str(sum(widths)))
    properties.insert_element_before(
        total, "w:jc", "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout",
        "w:tblCellMar", "w:tblLook",
    )  # fmt: skip
    for row in rows:
        for cell, width in zip(row, widths, strict=True):
            cell.width = width * EMU_PER_TWIP
