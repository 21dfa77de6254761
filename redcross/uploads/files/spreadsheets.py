"""Open xlsx, xls, et and ods files; runs in the sandboxed child only."""

import itertools
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineWorkbook

from redcross.uploads.files.arrow_grid import add_column
from redcross.uploads.files.cell_formats import MAX_PART_BYTES, SheetFormats, read_formats
from redcross.uploads.files.cell_kinds import column_letter
from redcross.uploads.files.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_COMPRESSION_RATIO,
    MAX_UNZIPPED_BYTES,
    MIN_RATIO_BYTES,
    UnopenableError,
)

_BATCH_CELLS = 1_000_000
"""So many cells are held as values of Python, which take several times the memory of texts."""
_INDENT = re.compile(rb">\s+(</?(?:table|draw|office|svg|text:p\b))")
_DATE_1904_RECORD = b"\x22\x00\x02\x00\x01\x00"
"""The DATEMODE record of BIFF, two bytes long, with the value 1."""


def open_archive(path: Path, folder: Path) -> dict[str, Any]:
    """Open an xlsx or ods file; refuse other archives, encrypted ones and zip bombs."""
    names = _checked_names(path)
    notices = []
    if any(name.endswith("vbaProject.bin") for name in names):
        notices.append("macros")
    if any("externalLink" in name for name in names):
        notices.append("external_links")
    return (_open_ods if "content.xml" in names else open_workbook)(path, folder, notices)


def open_workbook(path: Path, folder: Path, notices: list[str]) -> dict[str, Any]:
    """Open any workbook that calamine reads; worksheets that are left out become notices."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = list(book.sheets_metadata)
    except BaseException as error:  # noqa: BLE001  calamine's panics are no Exception
        raise _to_unopenable(error) from None
    grids, errors = [], []
    formats = read_formats(path)
    for number, sheet in enumerate(sheets):
        reason = _reason_to_skip(sheet, sheets[:number])
        if reason is not None:
            notices.append(f"{reason}:{sheet.name}")
            continue
        try:
            sheet_formats = formats.get(sheet.name, SheetFormats())
            grid = _write_sheet(book, sheet.name, folder / f"{number}.arrow", sheet_formats)
        except BaseException as error:  # noqa: BLE001  calamine's panics are no Exception
            errors.append(error)
            notices.append(f"damaged:{sheet.name}")
            continue
        if grid is not None:
            grids.append(grid)
    if errors and not grids:
        raise _to_unopenable(errors[0])
    return {
        "grids": grids,
        "notices": notices,
        "worksheets": len(sheets),
        "from_1904": _uses_1904_dates(path),
    }


def _checked_names(path: Path) -> set[str]:
    """Return the names of the parts of an archive that may be a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnopenableError("file.damaged") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnopenableError("file.encrypted")
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    is_bomb = size > MIN_RATIO_BYTES and size / packed > MAX_COMPRESSION_RATIO
    if size > MAX_UNZIPPED_BYTES or is_bomb:
        raise UnopenableError("file.bomb", f"{size // 1_000_000}")
    names = {entry.filename for entry in entries}
    for folder, format_name in (("word/", "Word 文档"), ("ppt/", "演示文稿")):
        if any(name.startswith(folder) for name in names):
            raise UnopenableError("file.not_a_workbook", format_name)
    if "content.xml" not in names and not any(name.startswith("xl/") for name in names):
        raise UnopenableError("file.not_a_workbook", "压缩包")
    return names


def _open_ods(path: Path, folder: Path, notices: list[str]) -> dict[str, Any]:
    try:
        return open_workbook(path, folder, list(notices))
    except UnopenableError as error:
        if error.code != "file.damaged":
            raise
    return open_workbook(_remove_indents(path, folder), folder, notices)


def _remove_indents(path: Path, folder: Path) -> Path:
    """Copy an ods file without the blanks between its elements, which calamine refuses."""
    target = folder / "without-indents.ods"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target, "w") as after:
        if before.getinfo("content.xml").file_size > MAX_PART_BYTES:
            raise UnopenableError("file.damaged")
        for name in ("mimetype", "META-INF/manifest.xml"):
            after.writestr(name, before.read(name))
        after.writestr("content.xml", _INDENT.sub(rb">\1", before.read("content.xml")))
    return target


def _reason_to_skip(sheet: Any, earlier: list[Any]) -> str | None:
    """Return the notice for a worksheet that is not read, None for one that is."""
    # "SheetVisibleEnum.Hidden": the type's own name must not be taken for its value.
    kind = str(sheet.typ).rpartition(".")[2]
    visible = str(sheet.visible).rpartition(".")[2]
    if kind != "WorkSheet":
        return "chart"
    if visible != "Visible":
        return "hidden"
    if any(sheet.name == other.name for other in earlier):
        return "same_name"  # asked for the second by its name, calamine gives the first
    return None


def _uses_1904_dates(path: Path) -> bool:
    """Tell whether the workbook's serial numbers of dates count from 1904."""
    if not zipfile.is_zipfile(path):
        return _DATE_1904_RECORD in path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        workbook = archive.read("xl/workbook.xml")
    return b'date1904="1"' in workbook or b'date1904="true"' in workbook


def _write_sheet(
    book: Any, name: str, target: Path, formats: SheetFormats
) -> dict[str, Any] | None:
    """Write a worksheet's cells as an Arrow file; None where it is empty."""
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return None
    (first_row, first_column), (last_row, last_column) = sheet.start, sheet.end
    width = last_column - first_column + 1
    if (last_row - first_row + 1) * width > MAX_CELLS or width > MAX_COLUMNS:
        raise UnopenableError("file.too_many_cells", name)
    # The iterator begins at row 0, the columns at the first one with a cell.
    rows = itertools.islice(sheet.iter_rows(), first_row, None)
    percent_cells = _percent_columns(formats, first_column, last_column)
    frames = []
    for start, block in _blocks(rows, first_row, 1 + _BATCH_CELLS // width):
        for row in percent_cells.keys() & range(start, start + len(block)):
            cells = block[row - start]
            for column in percent_cells[row]:
                cells[column] = _as_percent(cells[column])
        columns: dict[str, pl.Series] = {}
        for index, values in enumerate(zip(*block, strict=True)):
            add_column(columns, column_letter(first_column + index), values)
        frames.append(pl.DataFrame(columns))
    if not frames:
        return None
    pl.concat(frames, rechunk=True).write_ipc(target)
    ranges = sheet.merged_cell_ranges
    merged = formats.merged if ranges is None else [[*start, *end] for start, end in ranges]
    return {"name": name, "file": target.name, "first_row": first_row + 1, "merged": merged}


def _blocks(
    rows: Iterator[list[Any]], first_row: int, size: int
) -> Iterator[tuple[int, list[list[Any]]]]:
    """Yield the rows in blocks, each with the number of its first row."""
    start = first_row
    while block := list(itertools.islice(rows, size)):
        yield start, block
        start += len(block)


def _percent_columns(formats: SheetFormats, first: int, last: int) -> dict[int, list[int]]:
    """Return row → indexes of its cells that are shown as per cent."""
    by_row: dict[int, list[int]] = {}
    for row, column in formats.percent_cells:
        if first <= column <= last:
            by_row.setdefault(row, []).append(column - first)
    return by_row


def _as_percent(value: Any) -> Any:
    """Return a number as its cell shows it: 1.102 as 110.2%."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return f"{Decimal(f'{value:.15g}').scaleb(2):f}%"


def _to_unopenable(error: BaseException) -> UnopenableError:
    """Return the error for people of an error of calamine."""
    if isinstance(error, UnopenableError):
        return error
    text = f"{type(error).__name__} {error}".lower()
    if "password" in text or "encrypt" in text:
        return UnopenableError("file.encrypted")
    if "capacity overflow" in text or "cell limit exceeded" in text:
        return UnopenableError("file.too_many_cells")
    # A value of Python for which no memory was left is a null pointer to the libraries.
    if isinstance(error, MemoryError) or "alloc" in text or "pointer is null" in text:
        return UnopenableError("file.out_of_memory")
    return UnopenableError("file.damaged", type(error).__name__)
