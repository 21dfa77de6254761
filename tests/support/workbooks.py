"""Workbooks built by code; every person in them is invented."""

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from redcross.uploads.files.workbook import Grid, read_workbook

GIFT_HEADINGS = ("捐赠人", "金额（元）", "到账日期", "票据号码")


def write_xlsx(
    rows: Sequence[Sequence[object]], *, name: str = "明细", merges: Sequence[str] = ()
) -> bytes:
    """Return a workbook of one worksheet; a merge is an Excel range whose first cell is written."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2022, 2, 1)})  # equal rows, equal bytes
    sheet = book.add_worksheet(name)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(at, column, value)
    for merge in merges:
        first = merge.partition(":")[0]
        row, column = xlsxwriter.utility.xl_cell_to_rowcol(first)
        sheet.merge_range(merge, rows[row][column])
    book.close()
    return buffer.getvalue()


def read_grid(content: bytes, folder: Path, filename: str = "表.xlsx") -> Grid:
    """Open a workbook of one worksheet as an upload does."""
    path = folder / filename
    path.write_bytes(content)
    return read_workbook(path, filename=filename).grids[0]


def gift_workbook(*rows: Sequence[object], headings: Sequence[str] = GIFT_HEADINGS) -> bytes:
    """Return a ledger of gifts under a title."""
    return write_xlsx([["捐赠款物明细表"], headings, *rows])
