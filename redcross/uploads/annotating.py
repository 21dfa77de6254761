"""What goes back to the uploader: his own workbook annotated, or its bad rows alone."""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from redcross.files.workbooks import Book
from redcross.uploads.opening import NUMBER
from redcross.uploads.workbook import Grid, Workbook

LARGEST_KEPT = 20_000
"""Above so many rows the workbook is written anew instead of being kept as it is."""

_COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "notice": "DDEBF7"}
_NAMES = {"error": "错误", "warning": "提醒", "notice": "提示"}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

Annotation = Sequence[Any]
"""(worksheet, row, column, code, severity, message, suggestion), as kept beside an upload."""


def safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def annotated(path: Path, filename: str, book: Workbook, findings: Iterable[Annotation]) -> bytes:
    """Return 批注本: the workbook with its bad cells coloured, the message beside the row."""
    listed = list(findings)
    rows = sum(grid.cells.height for grid in book.grids)
    if filename.lower().endswith((".xlsx", ".xlsm")) and rows <= LARGEST_KEPT:
        try:
            return _kept(path, listed)
        except Exception:  # noqa: BLE001  whatever a strange file does to the library
            return _anew(book, listed)
    return _anew(book, listed)


def _kept(path: Path, findings: Sequence[Annotation]) -> bytes:
    book = openpyxl.load_workbook(path)
    for name, found in _by_worksheet(findings).items():
        sheet = book[name] if name in book.sheetnames else book.worksheets[0]
        beside = sheet.max_column + 1
        for row, notes in _by_row(found).items():
            for _, _, column, _, severity, message, suggestion in notes:
                cell = sheet[f"{column}{row}"] if column else sheet.cell(row, 1)
                cell.fill = PatternFill("solid", fgColor=_COLOURS[severity])
                if type(cell).__name__ != "MergedCell":
                    cell.comment = Comment(f"{message}\n{suggestion}", "核对结果")
            sheet.cell(row, beside).value = safe(_told(notes))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _anew(book: Workbook, findings: Sequence[Annotation]) -> bytes:
    target = Book()
    colours = {name: target.add_format({"bg_color": f"#{code}"}) for name, code in _COLOURS.items()}
    by_worksheet = _by_worksheet(findings)
    for grid in book.grids:
        notes = _by_row(by_worksheet.get(grid.worksheet, []))
        sheet = target.add_worksheet(_sheet_name(grid.worksheet, target))
        _write_grid(sheet, grid, range(grid.cells.height), notes, colours, anew=False)
    return target.content()


def bad_rows(
    book: Workbook, heading_rows: Mapping[str, Sequence[int]], findings: Iterable[Annotation]
) -> bytes:
    """Return 待改行: the rows with errors under their own headings, to be sent as it is."""
    target = Book()
    colours = {name: target.add_format({"bg_color": f"#{code}"}) for name, code in _COLOURS.items()}
    by_worksheet = _by_worksheet(each for each in findings if each[4] == "error")
    for grid in book.grids:
        notes = _by_row(by_worksheet.get(grid.worksheet, []))
        headings = heading_rows.get(grid.worksheet, ())
        wanted = sorted({*headings, *notes})
        positions = [row - grid.first_row for row in wanted if row >= grid.first_row]
        if notes:
            sheet = target.add_worksheet(_sheet_name(grid.worksheet, target))
            _write_grid(sheet, grid, positions, notes, colours, anew=True)
    if not target.worksheets():
        target.add_worksheet("待改行")
    return target.content()


def _write_grid(
    sheet: Any,
    grid: Grid,
    positions: Iterable[int],
    notes: Mapping[int, Sequence[Annotation]],
    colours: Mapping[str, Any],
    *,
    anew: bool,
) -> None:
    letters = grid.letters
    width = len(letters)
    for count, position in enumerate(positions):
        row = grid.cells.row(position)
        number = grid.first_row + position
        at = count if anew else number - 1
        found = notes.get(number, ())
        for index, letter in enumerate(letters):
            text, kind = row[2 * index], row[2 * index + 1]
            severities = [each[4] for each in found if each[2] == letter]
            form = colours[min(severities, key=list(_COLOURS).index)] if severities else None
            if kind == NUMBER and len(text) <= 15:
                sheet.write_number(at, index, float(text), form)
            elif text or form:
                sheet.write_string(at, index, text or "", form)
        if found:
            sheet.write_string(at, width, safe(_told(found)))


def _told(notes: Iterable[Annotation]) -> str:
    return "；".join(
        f"{_NAMES[severity]}：{message}。{suggestion}"
        for _, _, _, _, severity, message, suggestion in notes
    )


def _by_worksheet(findings: Iterable[Annotation]) -> dict[str, list[Annotation]]:
    found: defaultdict[str, list[Annotation]] = defaultdict(list)
    for each in findings:
        if each[1] is not None:
            found[each[0]].append(each)
    return found


def _by_row(findings: Iterable[Annotation]) -> dict[int, list[Annotation]]:
    found: defaultdict[int, list[Annotation]] = defaultdict(list)
    for each in findings:
        found[each[1]].append(each)
    return found


def _sheet_name(name: str, target: Any) -> str:
    bare = "".join(char for char in name if char not in "[]:*?/\\'")[:28] or "数据"
    taken = {sheet.get_name() for sheet in target.worksheets()}
    return bare if bare not in taken else f"{bare}{len(taken) + 1}"
