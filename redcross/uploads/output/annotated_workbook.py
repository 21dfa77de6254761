"""What goes back to the uploader: his own workbook annotated, or its bad rows alone."""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from redcross.files.workbooks import ExportWorkbook
from redcross.uploads.cells.columns import DITTO_MARKS
from redcross.uploads.files.parser import NUMBER, TEXT
from redcross.uploads.files.workbook import Grid, Workbook
from redcross.uploads.schema.import_spec import SheetSpec
from redcross.uploads.schema.row_ids import ROW_ID, ROW_ID_FIELD

MAX_IN_PLACE_CELLS = 400_000
"""Above so many cells the workbook is written anew instead of being kept as it is."""
MAX_WHOLE_CELLS = 3_000_000
"""Above so many cells only the head and the rows in question are written."""

_ROWS_ABOVE_HEADING = 6
"""So many rows above a heading are kept: a unit is looked for as far up."""
_UNIT = re.compile(r"单位\s*[:：]\s*(?:人民币)?[万亿千百]?元")
_EXACT_DIGITS = 15

_COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "notice": "DDEBF7"}
_SEVERITY_NAMES = {"error": "错误", "warning": "提醒", "notice": "提示"}
_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")

Annotation = Sequence[Any]
"""(worksheet, row, column, code, severity, message, suggestion), as kept beside an upload."""


def escape_formula(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_PREFIXES) else text


def annotate_workbook(
    path: Path, filename: str, book: Workbook, findings: Iterable[Annotation]
) -> bytes:
    """Return 批注本: the workbook with its bad cells coloured, the message beside the row."""
    listed = list(findings)
    cells = sum(grid.cells.height * len(grid.letters) for grid in book.grids)
    if filename.lower().endswith((".xlsx", ".xlsm")) and cells <= MAX_IN_PLACE_CELLS:
        try:
            return _annotate_in_place(path, listed)
        except Exception:  # noqa: BLE001  whatever a strange file does to the library
            return _write_annotated_copy(book, listed)
    return _write_annotated_copy(book, listed)


def _annotate_in_place(path: Path, findings: Sequence[Annotation]) -> bytes:
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
            sheet.cell(row, beside).value = escape_formula(_join_messages(notes))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_annotated_copy(book: Workbook, findings: Sequence[Annotation]) -> bytes:
    target = ExportWorkbook()
    colours = {name: target.add_format({"bg_color": f"#{code}"}) for name, code in _COLOURS.items()}
    by_worksheet = _by_worksheet(findings)
    for grid in book.grids:
        notes = _by_row(by_worksheet.get(grid.worksheet, []))
        sheet = target.add_worksheet(_sheet_name(grid.worksheet, target))
        _write_grid(sheet, grid, _positions_to_write(grid, notes), notes, colours)
    return target.content()


def _positions_to_write(grid: Grid, notes: Mapping[int, Any]) -> Sequence[int]:
    """Return the frame rows of a worksheet that 批注本 holds: all, or those in question."""
    height = grid.cells.height
    if height * len(grid.letters) <= MAX_WHOLE_CELLS:
        return range(height)
    noted = {row - grid.first_row for row in notes}
    return sorted(at for at in {*range(_ROWS_ABOVE_HEADING), *noted} if 0 <= at < height)


def build_bad_rows(
    book: Workbook,
    tables: Sequence[Mapping[str, Any]],
    findings: Iterable[Annotation],
    spec: SheetSpec,
    *,
    upload_id: int,
    unmarked: bool = False,
) -> bytes:
    """Return 待改行: the rows with errors under their own headings, to be sent as it is.

    `tables` are an upload's tables as kept. What stands above a heading stays, for the unit
    may stand there; cells that meant the ones above them say it themselves. Each row bears
    where it came from, unless its sheet knows rows by their month (`unmarked`).
    """
    target = ExportWorkbook()
    colours = {name: target.add_format({"bg_color": f"#{code}"}) for name, code in _COLOURS.items()}
    by_worksheet = _by_worksheet(each for each in findings if each[4] == "error")
    for grid in book.grids:
        notes = _by_row(by_worksheet.get(grid.worksheet, []))
        mine = [each for each in tables if each["worksheet"] == grid.worksheet]
        if notes:
            sheet = target.add_worksheet(_sheet_name(grid.worksheet, target))
            marks = {} if unmarked else {row: f"b{upload_id}r{row}" for row in notes}
            _write_bad_tables(sheet, grid, mine, notes, colours, spec, marks)
    if not target.worksheets():
        target.add_worksheet("待改行")
    return target.content()


def _write_bad_tables(
    sheet: Any,
    grid: Grid,
    tables: Sequence[Mapping[str, Any]],
    notes: Mapping[int, Sequence[Annotation]],
    colours: Mapping[str, Any],
    spec: SheetSpec,
    marks: Mapping[int, str],
) -> None:
    """Write each table's head and its bad rows; a mark tells where each row came from."""
    width = len(grid.letters)
    starts = [min(table["heading_rows"]) for table in tables]
    at = 0
    for number, table in enumerate(tables):
        start = starts[number]
        after = min((each for each in starts if each > start), default=None)
        data = max(table["heading_rows"]) + 1
        rows = [row for row in notes if row >= data and (after is None or row < after)]
        if not rows or start in starts[:number]:
            continue
        first = max(grid.first_row, start - _ROWS_ABOVE_HEADING)
        above = [row for row in range(first, start) if _belongs_above(grid, row, starts, start)]
        head = [*above, *sorted(table["heading_rows"])]
        beside = [each for each in tables if min(each["heading_rows"]) == start]
        names = {each["letter"]: each["field"] for one in beside for each in one.get("layout", ())}
        marked = marks if ROW_ID not in names.values() else {}
        for row in head:
            _write_row(sheet, at, grid, row, {}, (), colours)
            at += 1
        if marked:
            sheet.write_string(at - 1, width, ROW_ID_FIELD.label)
        for row in sorted(rows):
            filled = _resolve_ditto(grid, names, spec, row, data)
            _write_row(sheet, at, grid, row, filled, notes[row], colours)
            if marked:
                sheet.write_string(at, width, marked[row])
            sheet.write_string(at, width + 1, escape_formula(_join_messages(notes[row])))
            at += 1


def _belongs_above(grid: Grid, row: int, starts: Sequence[int], start: int) -> bool:
    """Tell whether a row above a heading is kept: below another table only one of its unit."""
    if start == min(starts):
        return True
    texts = grid.cells.select(grid.letters).row(row - grid.first_row)
    return any(_UNIT.search(text) for text in texts if text)


def _resolve_ditto(
    grid: Grid, names: Mapping[str, str], spec: SheetSpec, row: int, data: int
) -> dict[str, str]:
    """Return the cells of a row that mean the one above: merged labels, and 同上."""
    found = {}
    position = row - grid.first_row
    for letter, name in names.items():
        if not name or name == ROW_ID:
            continue
        said = (grid.cells[letter][position] or "").strip()
        field = spec.field(name)
        if said not in DITTO_MARKS and not (field.fill_down and not said):
            continue
        texts = grid.cells[letter][data - grid.first_row : position].to_list()
        above = next(
            (text for text in reversed(texts) if text and text.strip() not in {"", *DITTO_MARKS}),
            "",
        )
        found[letter] = above
    return found


def _write_row(
    sheet: Any,
    at: int,
    grid: Grid,
    number: int,
    filled: Mapping[str, str],
    notes: Sequence[Annotation],
    colours: Mapping[str, Any],
) -> None:
    row = grid.cells.row(number - grid.first_row)
    for index, letter in enumerate(grid.letters):
        text, kind = row[2 * index], row[2 * index + 1]
        if letter in filled:
            text, kind = filled[letter], TEXT
        severities = [each[4] for each in notes if each[2] == letter]
        form = colours[min(severities, key=list(_COLOURS).index)] if severities else None
        _write_cell(sheet, at, index, text, kind, form)


def _write_cell(sheet: Any, at: int, index: int, text: str, kind: int, form: Any) -> None:
    """Write a cell as it was; a whole number too long for Excel stays a text."""
    if kind == NUMBER and not (text.isdigit() and len(text) > _EXACT_DIGITS):
        sheet.write_number(at, index, float(text), form)
    elif text or form:
        sheet.write_string(at, index, text or "", form)


def _write_grid(
    sheet: Any,
    grid: Grid,
    positions: Iterable[int],
    notes: Mapping[int, Sequence[Annotation]],
    colours: Mapping[str, Any],
) -> None:
    for position in positions:
        number = grid.first_row + position
        found = notes.get(number, ())
        _write_row(sheet, number - 1, grid, number, {}, found, colours)
        if found:
            sheet.write_string(number - 1, len(grid.letters), escape_formula(_join_messages(found)))


def _join_messages(notes: Iterable[Annotation]) -> str:
    return "；".join(
        f"{_SEVERITY_NAMES[severity]}：{message}。{suggestion}"
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
