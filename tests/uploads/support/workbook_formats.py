"""A grid of cells written in each format that staff hand in."""

import csv
import datetime as dt
import io
import random
from collections.abc import Sequence

import xlsxwriter
import xlwt

from tests.uploads.support.form_columns import Cell, Form

Grid = list[list[Cell]]
Merge = tuple[int, int, int, int]
"""Top, left, bottom and right, counted from 0."""
DATE_FORMATS = [
    "yyyy-mm-dd",
    'yyyy"年"m"月"d"日"',
    "yyyy/m/d;@",
    "[$-804]yyyy年m月d日",
    "m/d/yyyy",
]
HTML_HEAD = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head>'
    "<body><table border=1>"
)


def write_workbook(
    rng: random.Random, form: Form, grid: Grid, merges: Sequence[Merge], kind: str, dirt: list[str]
) -> tuple[str, bytes]:
    """Return the file's name and its content; what is irregular in the file is added to `dirt`."""
    name = form.title[:10]
    match kind:
        case "xlsx":
            return f"{name}.xlsx", _write_xlsx(rng, form, grid, merges, dirt)
        case "xls":
            return f"{name}.xls", _write_xls(grid, merges)
        case "html":
            return f"{name}.xls", _write_html(grid, merges).encode("utf-8")
        case "csv-gb18030":
            return f"{name}.csv", _write_text(grid, ",").encode("gb18030")
        case "csv-bom":
            return f"{name}.csv", _write_text(grid, ",").encode("utf-8-sig")
        case "utf-16":
            return f"{name}.xls", _write_text(grid, "\t").encode("utf-16")
        case _:
            return f"{name}.tsv", _write_text(grid, "\t").encode("utf-8")


def _write_xlsx(
    rng: random.Random, form: Form, grid: Grid, merges: Sequence[Merge], dirt: list[str]
) -> bytes:
    buffer = io.BytesIO()
    is_1904 = rng.random() < 0.2
    if is_1904:
        dirt.append("1904")
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "date_1904": is_1904, "strings_to_numbers": False}
    )
    sheet = _add_worksheets(rng, form, book, dirt)
    date_format = book.add_format({"num_format": rng.choice(DATE_FORMATS)})
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            if value is not None:
                _write_cell(sheet, row, column, value, date_format)
    for top, left, bottom, right in merges:
        value = grid[top][left]
        is_written_apart = isinstance(value, (dt.date, str))
        text = "" if is_written_apart or value is None else value
        sheet.merge_range(top, left, bottom, right, text)
        if is_written_apart:
            _write_cell(sheet, top, left, value, date_format)
    book.close()
    return buffer.getvalue()


def _add_worksheets(
    rng: random.Random, form: Form, book: xlsxwriter.Workbook, dirt: list[str]
) -> xlsxwriter.worksheet.Worksheet:
    """Return the worksheet of the table, sometimes with a hidden one before and empty ones after."""
    hidden = None
    if rng.random() < 0.25:
        dirt.append("hidden-sheet")
        hidden = book.add_worksheet("旧表")
        hidden.write_row(0, 0, [column.headings[0][-1] for column in form.columns])
        hidden.write_row(1, 0, ["作废" for _ in form.columns])
    sheet = book.add_worksheet("Sheet1")
    if hidden:
        sheet.activate()
        sheet.set_first_sheet()
        hidden.hide()
    if rng.random() < 0.5:
        dirt.append("empty-sheets")
        book.add_worksheet("Sheet2")
        book.add_worksheet("Sheet3")
    return sheet


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    value: Cell,
    date_format: xlsxwriter.format.Format,
) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, date_format)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _write_xls(grid: Grid, merges: Sequence[Merge]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            if isinstance(value, dt.date):
                sheet.write(row, column, value, style)
            elif value is not None:
                sheet.write(row, column, value)
    for top, left, bottom, right in merges:
        sheet.merge(top, bottom, left, right)
    book.add_sheet("Sheet2")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_html(grid: Grid, merges: Sequence[Merge]) -> str:
    """Write the page that office programs save under the name of a workbook."""
    spans = {
        (top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges
    }
    covered = {
        (row, column)
        for top, left, bottom, right in merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(spans)
    lines = [HTML_HEAD]
    for row, cells in enumerate(grid):
        lines.append("<tr>")
        for column, value in enumerate(cells):
            if (row, column) in covered:
                continue
            span = spans.get((row, column))
            attributes = f' rowspan="{span[0]}" colspan="{span[1]}"' if span else ""
            text = _as_text(value).replace("&", "&amp;").replace("<", "&lt;")
            lines.append(f"<td{attributes}>{text.replace(chr(10), '<br>')}</td>")
        lines.append("</tr>")
    lines.append("</table></body></html>")
    return "\n".join(lines)


def _write_text(grid: Grid, delimiter: str) -> str:
    rows = [[_as_text(value) for value in cells] for cells in grid]
    if delimiter == "\t":
        rows = [[text.replace("\t", " ") for text in cells] for cells in rows]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def _as_text(value: Cell) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.strftime("%Y/%m/%d %H:%M")
        case dt.date():
            return f"{value.year}/{value.month}/{value.day}"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)
