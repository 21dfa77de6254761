"""Read what calamine leaves out: which numbers are shown as per cent, merged cells of an ods.

Runs in the sandboxed child only. Where a file is unusual, nothing is returned, and the cells
are read by their values alone.
"""

import dataclasses
import re
import struct
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

import olefile
from lxml import etree

MAX_PART_BYTES = 100_000_000
"""A part with more bytes is not searched."""
MAX_NOTED_CELLS = 300_000
_BUILT_IN_PERCENT_FORMATS = frozenset({9, 10})
_CELL_TAG = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_CELL_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_CELL_STYLE = re.compile(rb'\bs="([0-9]+)"')


@dataclasses.dataclass(slots=True)
class SheetFormats:
    """Cells shown as per cent, and merged ranges, of one worksheet; rows and columns from 0."""

    percent_cells: set[tuple[int, int]] = dataclasses.field(default_factory=set)
    merged: list[list[int]] | None = None  # None: calamine reads them itself


def read_formats(path: Path) -> dict[str, SheetFormats]:
    """Return worksheet → formats; empty for a file that is no workbook."""
    try:
        if not zipfile.is_zipfile(path):
            return _read_biff_formats(path)
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename: entry.file_size for entry in archive.infolist()}
            if "content.xml" in names:
                if names["content.xml"] > MAX_PART_BYTES:
                    return {}
                with archive.open("content.xml") as part:
                    return _read_ods_formats(part)
            return {name: SheetFormats(cells) for name, cells in _percent_cells(archive, names)}
    except Exception:  # noqa: BLE001  libraries and this module raise many kinds on unusual files
        return {}


def _elements(part: IO[bytes], events: tuple[str, ...] = ("start",)) -> Iterator[tuple[str, Any]]:
    walk = etree.iterparse(part, events=events, resolve_entities=False, no_network=True)
    for event, element in walk:
        yield event, element
        if event == "end":
            element.clear()


def _local_name(name: str) -> str:
    return name.rpartition("}")[2]


def _attributes(element: Any) -> dict[str, str]:
    return {_local_name(name): value for name, value in element.attrib.items()}


# Excel -------------------------------------------------------------------------------


def _percent_cells(
    archive: zipfile.ZipFile, names: dict[str, int]
) -> Iterator[tuple[str, set[tuple[int, int]]]]:
    styles = _percent_styles(archive)
    if not styles:
        return
    with archive.open("xl/_rels/workbook.xml.rels") as part:
        relations = [_attributes(element) for _, element in _elements(part)]
    targets = {one["Id"]: one["Target"] for one in relations if "Id" in one}
    with archive.open("xl/workbook.xml") as part:
        sheets = [
            _attributes(element)
            for _, element in _elements(part)
            if _local_name(element.tag) == "sheet"
        ]
    for sheet in sheets:
        target = targets.get(sheet.get("id", ""), "")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if 0 < names.get(name, 0) <= MAX_PART_BYTES:
            yield sheet["name"], _cells_with_style(archive.read(name), styles)


def _percent_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Return the numbers of the cell styles that show a number as per cent."""
    formats = set(map(str, _BUILT_IN_PERCENT_FORMATS))
    styles: set[bytes] = set()
    with archive.open("xl/styles.xml") as part:
        count, inside = 0, False
        for event, element in _elements(part, ("start", "end")):
            tag = _local_name(element.tag)
            if tag == "cellXfs":
                inside = event == "start"
            elif event == "start" and tag == "numFmt":
                if _is_percent_format(element.get("formatCode", "")):
                    formats.add(element.get("numFmtId"))
            elif event == "start" and tag == "xf" and inside:
                if element.get("numFmtId") in formats:
                    styles.add(str(count).encode())
                count += 1
    return styles


def _is_percent_format(shown: str) -> bool:
    """Tell whether a number format multiplies by 100, rather than quotes or escapes a %."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", shown)


def _cells_with_style(content: bytes, styles: set[bytes]) -> set[tuple[int, int]]:
    cells: set[tuple[int, int]] = set()
    for cell in _CELL_TAG.finditer(content):
        style, at = _CELL_STYLE.search(cell[1]), _CELL_ADDRESS.search(cell[1])
        if style and at and style[1] in styles:
            column = 0
            for char in at[1]:
                column = column * 26 + char - 64
            cells.add((int(at[2]) - 1, column - 1))
    return cells


# Excel until 2003 ----------------------------------------------------------------------

_BEGIN, _END, _SHEET, _FORMAT, _FORM, _CODE_PAGE = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x42
_HEADER_RECORDS = (_BEGIN, _SHEET, _FORMAT, _FORM, _CODE_PAGE)
_ONE_NUMBER, _MANY_NUMBERS = frozenset({0x06, 0x203, 0x27E}), 0xBD
_UNICODE_VERSION = 0x600


def _read_biff_formats(path: Path) -> dict[str, SheetFormats]:
    """Read a BIFF workbook; the records of its cells only where a style shows per cent."""
    with olefile.OleFileIO(path) as file:
        name = "Workbook" if file.exists("Workbook") else "Book"
        if file.get_size(name) > MAX_PART_BYTES:
            return {}
        content: bytes = file.openstream(name).read()
    headers: dict[int, list[bytes]] = {kind: [] for kind in _HEADER_RECORDS}
    for kind, at, size in _records(content, 0):
        if kind == _END:
            break
        if kind in headers:
            headers[kind].append(content[at : at + size])
    version = int.from_bytes(headers[_BEGIN][0][:2], "little")
    pages = [f"cp{int.from_bytes(body, 'little')}" for body in headers[_CODE_PAGE]]
    encoding = "utf-16-le" if version >= _UNICODE_VERSION else pages[0]
    formats = {
        int.from_bytes(body[:2], "little")
        for body in headers[_FORMAT]
        if _is_percent_format(_record_text(body[2:], encoding, wide=True))
    } | _BUILT_IN_PERCENT_FORMATS
    styles = {number for number, body in enumerate(headers[_FORM]) if _has_format(body, formats)}
    return {
        _record_text(body[6:], encoding): SheetFormats(
            _biff_cells_with_style(content, start, styles)
        )
        for body in headers[_SHEET]
        if styles and (start := int.from_bytes(body[:4], "little"))
    }


def _has_format(style: bytes, formats: Collection[int]) -> bool:
    """Tell whether an XF record is a cell's, not a named style's, and has one of the formats."""
    _, number, flags = struct.unpack_from("<HHH", style)
    return number in formats and not flags & 4


def _records(content: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield the kind of each record, the position of its body, and its length."""
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, at + 4, size
        at += 4 + size


def _record_text(body: bytes, encoding: str, *, wide: bool = False) -> str:
    """Return a text that follows its length; `wide`: the length takes two bytes in Unicode."""
    if encoding != "utf-16-le":
        return body[1 : 1 + body[0]].decode(encoding)
    before = 2 if wide else 1
    length = int.from_bytes(body[:before], "little")
    if body[before] & 1:
        return body[before + 1 :][: 2 * length].decode(encoding)
    return body[before + 1 :][:length].decode("latin-1")


def _biff_cells_with_style(content: bytes, start: int, styles: set[int]) -> set[tuple[int, int]]:
    """Return the number cells with one of the styles, of the worksheet that begins at `start`."""
    cells: set[tuple[int, int]] = set()
    depth = 0  # a chart inside the worksheet has number records of its own
    for kind, at, size in _records(content, start):
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if not depth:
                break
        elif depth == 1 and kind in _ONE_NUMBER:
            row, column, style = struct.unpack_from("<HHH", content, at)
            if style in styles:
                cells.add((row, column))
        elif depth == 1 and kind == _MANY_NUMBERS:
            row, first = struct.unpack_from("<HH", content, at)
            for index in range((size - 6) // 6):
                if struct.unpack_from("<H", content, at + 4 + 6 * index)[0] in styles:
                    cells.add((row, first + index))
    return cells


# OpenDocument ------------------------------------------------------------------------


def _read_ods_formats(part: IO[bytes]) -> dict[str, SheetFormats]:
    formats: dict[str, SheetFormats] = {}
    table, row, column = SheetFormats(merged=[]), 0, 0
    for event, element in _elements(part, ("start", "end")):
        tag = _local_name(element.tag)
        if event == "end":
            if tag == "table-row":
                row += int(_attributes(element).get("number-rows-repeated", 1))
            continue
        if tag == "table":
            table, row = SheetFormats(merged=[]), 0
            formats[_attributes(element).get("name", "")] = table
        elif tag == "table-row":
            column = 0
        elif tag in ("table-cell", "covered-table-cell"):
            attributes = _attributes(element)
            wide = int(attributes.get("number-columns-repeated", 1))
            _note_cell(table, attributes, row, column)
            column += wide
    return formats


def _note_cell(table: SheetFormats, attributes: dict[str, str], row: int, column: int) -> None:
    """Add one cell to the table: its merged range, and whether it is shown as per cent."""
    across = int(attributes.get("number-columns-spanned", 1))
    down = int(attributes.get("number-rows-spanned", 1))
    assert table.merged is not None  # noqa: S101  as every table of an ODS begins
    if (across > 1 or down > 1) and len(table.merged) < MAX_NOTED_CELLS:
        table.merged.append([row, column, row + down - 1, column + across - 1])
    if attributes.get("value-type") == "percentage" and len(table.percent_cells) < MAX_NOTED_CELLS:
        wide = min(int(attributes.get("number-columns-repeated", 1)), 100)
        table.percent_cells |= {(row, column + offset) for offset in range(wide)}
