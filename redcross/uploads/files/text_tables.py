"""Open csv, html and Excel's XML of 2003; runs in the sandboxed child only."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree, html

from redcross.uploads.files.arrow_grid import NUL, add_texts, write_rows
from redcross.uploads.files.cell_kinds import column_letter
from redcross.uploads.files.limits import (
    MAX_CELL_LENGTH,
    MAX_COLUMNS,
    MAX_SHEET_COLUMNS,
    MAX_SHEET_ROWS,
    MAX_SPANNED_CELLS,
    UnopenableError,
)

_SAMPLE_CHARACTERS = 4000
_SAMPLE_LINES = 400
_HTML_CHARACTERS = 200_000
_MIN_PRINTABLE_SHARE = 0.9
_MAX_SPAN = 200
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SPREADSHEET_NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"


def open_text(path: Path, folder: Path) -> dict[str, Any]:
    """Open a file that is text, whatever its name; refuse one that is none or has no columns."""
    raw = path.read_bytes()
    text = _decode(raw).replace(NUL, "")
    if not text.strip():
        raise UnopenableError("file.empty")
    start = text.lstrip()[:600].lower()
    if not start.startswith("<"):
        return _open_delimited(text, folder)
    # Excel's XML of 2003 has a <Table> too, so it is looked for first.
    is_xml = start.startswith("<?xml")
    if is_xml and "schemas-microsoft-com:office:spreadsheet" in text[:_SAMPLE_CHARACTERS]:
        return _open_xml_spreadsheet(raw, folder)
    if "<html" in start or re.search(r"<table[\s>]", text[:_HTML_CHARACTERS], re.IGNORECASE):
        return _open_html(text, folder)
    raise UnopenableError("file.not_a_workbook", "XML 文件")


def _decode(raw: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    sample = raw[:_SAMPLE_CHARACTERS]
    if sample.count(0) > len(sample) // 5:
        for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
            if sample[first::2].count(0) > len(sample) // 8:
                return raw.decode(encoding, errors="replace")
    if b"\0" in sample:
        raise UnopenableError("file.not_a_workbook", "二进制文件")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnopenableError("file.not_a_workbook", "编码无法识别的文件")


def _open_delimited(text: str, folder: Path) -> dict[str, Any]:
    lines = text.splitlines()[:_SAMPLE_LINES]
    sample = text[:_SAMPLE_CHARACTERS]
    printable = sum(char.isprintable() or char in "\r\n\t" for char in sample)
    if printable < _MIN_PRINTABLE_SHARE * len(sample):
        raise UnopenableError("file.not_a_workbook", "二进制文件")
    counts = {separator: sum(line.count(separator) for line in lines) for separator in "\t,;|"}
    separator = max(counts, key=lambda candidate: counts[candidate])
    if counts[separator] == 0:
        raise UnopenableError("file.not_a_workbook", "没有分栏的文本")
    csv.field_size_limit(len(text) + 1)
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    except csv.Error:
        raise UnopenableError("file.damaged") from None
    width = max((len(row) for row in rows), default=0)
    if width > MAX_COLUMNS:
        raise UnopenableError("file.too_many_cells")
    frame = _parse_delimited(text, separator, width)
    frame = frame.with_columns(pl.all().fill_null("").str.head(MAX_CELL_LENGTH))
    columns: dict[str, pl.Series] = {}
    for name in frame.columns:
        add_texts(columns, frame[name])
    pl.DataFrame(columns).write_ipc(folder / "0.arrow")
    grid = {"name": "", "file": "0.arrow", "first_row": 1, "merged": None}
    return {"grids": [grid], "notices": [], "worksheets": 1}


def _parse_delimited(text: str, separator: str, width: int) -> pl.DataFrame:
    """Return the cells; by polars, or by the slower csv where polars would drop blank lines."""
    schema = {column_letter(index): pl.String for index in range(width)}
    has_blank_lines = "\n\n" in text.replace("\r\n", "\n")
    if not has_blank_lines:
        try:
            return pl.read_csv(
                io.BytesIO(text.encode()),
                has_header=False,
                separator=separator,
                schema=schema,
                truncate_ragged_lines=True,
            )
        except (pl.exceptions.PolarsError, ValueError):
            pass
    rows = [
        [*row[:width], *[""] * (width - len(row))]
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _open_html(text: str, folder: Path) -> dict[str, Any]:
    try:
        tree = html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except Exception:  # noqa: BLE001  lxml raises many kinds
        raise UnopenableError("file.damaged") from None
    grids = []
    for number, table in enumerate(tree.iter("table")):
        if any(True for _ in table.iterdescendants("table")):
            continue
        rows, merged = _expand_spans(table)
        if any(map(any, rows)):
            grid = write_rows(rows, folder / f"{number}.arrow", f"表{number + 1}")
            grids.append({**grid, "merged": merged})
    return {"grids": grids, "notices": [], "worksheets": len(grids)}


def _expand_spans(table: Any) -> tuple[list[list[str]], list[list[int]]]:
    """Return the texts of an html table, a span's in its first cell, and the spans' bounds."""
    rows: list[list[str]] = []
    merged: list[list[int]] = []
    blocked: set[tuple[int, int]] = set()
    for at, row in enumerate(table.iter("tr")):
        texts: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (at, len(texts)) in blocked:
                texts.append("")
            width, height = (_span(cell, name) for name in ("colspan", "rowspan"))
            if len(blocked) + height * width > MAX_SPANNED_CELLS:
                raise UnopenableError("file.too_many_cells")
            for down in range(1, height):
                blocked |= {(at + down, len(texts) + right) for right in range(width)}
            if width > 1 or height > 1:
                merged.append([at, len(texts), at + height - 1, len(texts) + width - 1])
            texts += ["".join(cell.itertext()).strip(), *[""] * (width - 1)]
        rows.append(texts)
    return rows, merged


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name) or "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdigit() else 1


def _open_xml_spreadsheet(raw: bytes, folder: Path) -> dict[str, Any]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        raise UnopenableError("file.damaged") from None
    grids = []
    for number, sheet in enumerate(tree.iter(f"{_SPREADSHEET_NAMESPACE}Worksheet")):
        rows = _xml_rows(sheet)
        if rows:
            name = sheet.get(f"{_SPREADSHEET_NAMESPACE}Name") or f"表{number + 1}"
            grids.append(write_rows(rows, folder / f"{number}.arrow", name))
    return {"grids": grids, "notices": [], "worksheets": len(grids)}


def _xml_rows(sheet: Any) -> list[list[str]]:
    """Return the texts of a worksheet; rows and cells may name their place, leaving gaps."""
    rows: list[list[str]] = []
    for row in sheet.iter(f"{_SPREADSHEET_NAMESPACE}Row"):
        index = _xml_number(row, "Index")
        if index > MAX_SHEET_ROWS:
            raise UnopenableError("file.too_many_cells")
        rows += [[]] * (index - 1 - len(rows))
        texts: list[str] = []
        for cell in row.iter(f"{_SPREADSHEET_NAMESPACE}Cell"):
            index, across = _xml_number(cell, "Index"), _xml_number(cell, "MergeAcross")
            if max(index, across) > MAX_SHEET_COLUMNS:
                raise UnopenableError("file.too_many_cells")
            texts += [""] * (index - 1 - len(texts))
            texts.append("".join(cell.itertext()).strip())
            texts += [""] * across
        rows.append(texts)
    return rows


def _xml_number(element: Any, name: str) -> int:
    return int(element.get(f"{_SPREADSHEET_NAMESPACE}{name}") or 0)
