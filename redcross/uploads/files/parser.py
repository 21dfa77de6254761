"""The child that opens a stranger's file: `python -m redcross.uploads.files.parser FILE FOLDER`.

It runs with limits on memory and time, knows nothing of Django or the database, and
hands over one Arrow file a worksheet and a JSON line. Whatever a file does to it (a
panic, an abort, no end) stays in this process; the parent names it.
"""

import csv
import datetime as dt
import gc
import io
import itertools
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from redcross.uploads.files.cell_formats import MAX_PART_BYTES, SheetFormats, read_formats

MAX_MEMORY_BYTES = 1_500_000_000
MAX_UNZIPPED_BYTES = 1_500_000_000
MAX_COMPRESSION_RATIO, MIN_RATIO_BYTES = 300, 100_000_000
MAX_CELLS = 60_000_000
MAX_COLUMNS = 2000
BATCH_CELLS = 1_000_000
"""So many cells are held as values of Python, which take several times the room of texts."""
MAX_CELL_LENGTH = 32_768
"""One more than a cell of Excel holds."""
NUL = "\0"
"""No cell shows it, and no database keeps it."""
MAX_SPANNED_CELLS = 300_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
HEAD_ROWS = 12
EMPTY, TEXT, NUMBER, DATE, BOOLEAN, ERROR = range(6)
KIND_SUFFIX = "?"

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FILEPASS_RECORD = b"\x2f\0\x06\0\0\0"
"""The record that says a BIFF workbook is hidden under a password of the oldest kind."""
_FOREIGN_FORMATS = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"BM": "图片",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"MZ": "程序文件",
    b"\x7fELF": "程序文件",
    b"SQLite format 3": "数据库文件",
    b"{\\rtf": "RTF 文档",
}
_INDENT = re.compile(rb">\s+(</?(?:table|draw|office|svg|text:p\b))")
_ERROR_WORDS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"}
)


class UnopenableError(Exception):
    """The file cannot be read, by code."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def column_letter(index: int) -> str:
    """Return the column's letter: 0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def open_file(path: Path, folder: Path) -> dict[str, Any]:
    """Write the grids into `folder` and return what was found."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\0 \r\n\t"):
        raise UnopenableError("file.empty")
    if head.startswith(b"PK"):
        return _open_archive(path, folder)
    if head.startswith(_OLE_MAGIC):
        content = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnopenableError("file.encrypted")
        try:
            return _open_workbook(path, folder, [])
        except UnopenableError as error:
            if error.code == "file.damaged" and _FILEPASS_RECORD in content:
                raise UnopenableError("file.encrypted") from None
            raise
    if head[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00") and head[2:4] in (
        b"\x10\x00",
        b"\x08\x00",
        b"\x06\x00",
        b"\x04\x00",
    ):
        return _open_workbook(path, folder, [])
    for magic, name in _FOREIGN_FORMATS.items():
        if head.startswith(magic):
            raise UnopenableError("file.not_a_workbook", name)
    return _open_text(path, folder)


def _open_archive(path: Path, folder: Path) -> dict[str, Any]:
    notices: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            size = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries) or 1
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnopenableError("file.encrypted")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnopenableError("file.damaged") from None
    if size > MAX_UNZIPPED_BYTES or (
        size > MIN_RATIO_BYTES and size / packed > MAX_COMPRESSION_RATIO
    ):
        raise UnopenableError("file.bomb", f"{size // 1_000_000}")
    if any(name.startswith("word/") for name in names):
        raise UnopenableError("file.not_a_workbook", "Word 文档")
    if any(name.startswith("ppt/") for name in names):
        raise UnopenableError("file.not_a_workbook", "演示文稿")
    if not any(name.startswith("xl/") for name in names) and "content.xml" not in names:
        raise UnopenableError("file.not_a_workbook", "压缩包")
    if any(name.endswith("vbaProject.bin") for name in names):
        notices.append("macros")
    if any("externalLink" in name for name in names):
        notices.append("external_links")
    return (_open_ods if "content.xml" in names else _open_workbook)(path, folder, notices)


def _open_ods(path: Path, folder: Path, notices: list[str]) -> dict[str, Any]:
    try:
        return _open_workbook(path, folder, list(notices))
    except UnopenableError as error:
        if error.code != "file.damaged":
            raise
    return _open_workbook(_remove_indents(path, folder), folder, notices)


def _remove_indents(path: Path, folder: Path) -> Path:
    """Write an ODS anew without the blanks between its elements, which calamine refuses."""
    target = folder / "without-indents.ods"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target, "w") as after:
        if before.getinfo("content.xml").file_size > MAX_PART_BYTES:
            raise UnopenableError("file.damaged")
        for name in ("mimetype", "META-INF/manifest.xml"):
            after.writestr(name, before.read(name))
        after.writestr("content.xml", _INDENT.sub(rb">\1", before.read("content.xml")))
    return target


def _open_workbook(path: Path, folder: Path, notices: list[str]) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  only this format needs it

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = list(book.sheets_metadata)
    except BaseException as error:  # noqa: BLE001  calamine's panics are no Exception
        raise _name_error(error) from None
    grids, problems = [], []
    unseen = read_formats(path)
    for number, sheet in enumerate(sheets):
        # "SheetVisibleEnum.Hidden": the type's own name must not be taken for its value.
        kind = str(sheet.typ).rpartition(".")[2]
        visible = str(sheet.visible).rpartition(".")[2]
        if kind != "WorkSheet":
            notices.append(f"chart:{sheet.name}")
            continue
        if visible != "Visible":
            notices.append(f"hidden:{sheet.name}")
            continue
        if sheet.name in (each.name for each in sheets[:number]):
            notices.append(f"same_name:{sheet.name}")  # asked for it, calamine gives the first
            continue
        try:
            under = unseen.get(sheet.name, SheetFormats())
            grid = _write_sheet(book, sheet.name, folder / f"{number}.arrow", under)
        except BaseException as error:  # noqa: BLE001  calamine's panics are no Exception
            problems.append(error)
            notices.append(f"damaged:{sheet.name}")
            continue
        if grid is not None:
            grids.append(grid)
    if problems and not grids:
        raise _name_error(problems[0])
    from_1904 = _uses_1904_dates(path)
    return {
        "grids": grids,
        "notices": notices,
        "worksheets": len(sheets),
        "from_1904": from_1904,
    }


def _uses_1904_dates(path: Path) -> bool:
    """Tell the 1904 date system, for numbers that stand where days are asked."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return False
            return b'date1904="1"' in archive.read("xl/workbook.xml") or (
                b'date1904="true"' in archive.read("xl/workbook.xml")
            )
    # BIFF: the DATEMODE record, two bytes long, holds 1.
    return b"\x22\x00\x02\x00\x01\x00" in path.read_bytes()


def _write_sheet(book: Any, name: str, target: Path, under: SheetFormats) -> dict[str, Any] | None:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return None
    first_row, first_column = sheet.start
    last_row, last_column = sheet.end
    cells = (last_row - first_row + 1) * (last_column - first_column + 1)
    if cells > MAX_CELLS or last_column - first_column >= MAX_COLUMNS:
        raise UnopenableError("file.too_many_cells", name)
    shown: dict[int, list[int]] = {}
    for row, column in under.percent_cells:
        if first_column <= column <= last_column:
            shown.setdefault(row, []).append(column - first_column)
    frames, start = [], first_row
    # What lies above and left of the first cell is told too, though only the rows of it.
    rows = itertools.islice(sheet.iter_rows(), first_row, None)
    while block := list(
        itertools.islice(rows, 1 + BATCH_CELLS // (last_column - first_column + 1))
    ):
        for row in shown.keys() & range(start, start + len(block)):
            line = block[row - start]
            for column in shown[row]:
                line[column] = _as_percent(line[column])
        columns: dict[str, pl.Series] = {}
        for index, values in enumerate(zip(*block, strict=True)):
            _add_column(columns, column_letter(first_column + index), values)
        frames.append(pl.DataFrame(columns))
        start += len(block)
    if not frames:
        return None
    pl.concat(frames, rechunk=True).write_ipc(target)
    merged = sheet.merged_cell_ranges
    told = under.merged if merged is None else [[*start, *end] for start, end in merged]
    return {"name": name, "file": target.name, "first_row": first_row + 1, "merged": told}


def _as_percent(value: Any) -> Any:
    """Return a number as its cell shows it: 1.102 as 110.2%."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return f"{Decimal(f'{value:.15g}').scaleb(2):f}%"


def _add_column(columns: dict[str, pl.Series], name: str, values: Sequence[Any]) -> None:
    """Add the texts of one column and their kinds; quick where all below the head are alike."""
    head, rest = values[:HEAD_ROWS], values[HEAD_ROWS:]
    pairs = [_cell_text(value) for value in head]
    texts = pl.Series(name, [pair[0] for pair in pairs], dtype=pl.String)
    kinds = pl.Series(name + KIND_SUFFIX, [pair[1] for pair in pairs], dtype=pl.UInt8)
    if rest:
        more, their_kinds = _uniform_column(name, rest)
        texts, kinds = texts.append(more), kinds.append(their_kinds.alias(name + KIND_SUFFIX))
    columns[name], columns[name + KIND_SUFFIX] = texts.rechunk(), kinds.rechunk()


def _uniform_column(name: str, values: Sequence[Any]) -> tuple[pl.Series, pl.Series]:
    types = set(map(type, values))
    if types == {str}:
        texts = pl.Series(name, values, dtype=pl.String).str.head(MAX_CELL_LENGTH)
        texts = texts.str.replace_all(NUL, "", literal=True)
        return texts, _text_kinds(texts)
    if types <= {int, float}:
        numbers = pl.Series(name, list(map(_number_text, values)), dtype=pl.String)
        return numbers, pl.Series([NUMBER], dtype=pl.UInt8).new_from_index(0, len(values))
    if types == {dt.date}:
        days = pl.Series(name, values, dtype=pl.Date).dt.to_string("%Y-%m-%d")
        return days, pl.Series([DATE], dtype=pl.UInt8).new_from_index(0, len(values))
    pairs = [_cell_text(value) for value in values]
    texts = pl.Series(name, [pair[0] for pair in pairs], dtype=pl.String)
    return texts, pl.Series([pair[1] for pair in pairs], dtype=pl.UInt8)


def _text_kinds(texts: pl.Series) -> pl.Series:
    frame = texts.to_frame("t").select(
        pl.when(pl.col("t") == "")
        .then(EMPTY)
        .when(pl.col("t").is_in(list(_ERROR_WORDS)))
        .then(ERROR)
        .otherwise(TEXT)
        .cast(pl.UInt8)
        .alias("k")
    )
    return frame["k"]


def _number_text(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _cell_text(value: Any) -> tuple[str, int]:
    match value:
        case None | "":
            return "", EMPTY
        case str():
            return value[:MAX_CELL_LENGTH].replace(
                NUL, ""
            ), ERROR if value in _ERROR_WORDS else TEXT
        case bool():
            return ("TRUE" if value else "FALSE"), BOOLEAN
        case int() | float():
            return _number_text(value), NUMBER
    return (value.isoformat() if hasattr(value, "isoformat") else str(value)), DATE


def _name_error(error: BaseException) -> UnopenableError:
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


def _open_text(path: Path, folder: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    text = _decode(raw).replace(NUL, "")
    if not text.strip():
        raise UnopenableError("file.empty")
    start = text.lstrip()[:600].lower()
    if start.startswith("<"):
        # Excel's XML of 2003 has a <Table> too, so it is asked for first.
        if start.startswith("<?xml") and "schemas-microsoft-com:office:spreadsheet" in text[:4000]:
            return _open_xml_spreadsheet(raw, folder)
        if "<html" in start or re.search(r"<table[\s>]", text[:200_000], re.IGNORECASE):
            return _open_html(text, folder)
        raise UnopenableError("file.not_a_workbook", "XML 文件")
    return _open_delimited(text, folder)


def _decode(raw: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    sample = raw[:4000]
    if sample.count(0) > len(sample) // 5:
        for encoding, at in (("utf-16-le", 1), ("utf-16-be", 0)):
            if sample[at::2].count(0) > len(sample) // 8:
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
    lines = text.splitlines()[:400]
    printable = sum(char.isprintable() or char in "\r\n\t" for char in text[:4000])
    if printable < 0.9 * len(text[:4000]):
        raise UnopenableError("file.not_a_workbook", "二进制文件")
    counts = {mark: sum(line.count(mark) for line in lines) for mark in "\t,;|"}
    mark = max(counts, key=lambda each: counts[each])
    if counts[mark] == 0:
        raise UnopenableError("file.not_a_workbook", "没有分栏的文本")
    csv.field_size_limit(len(text) + 1)
    try:
        sample = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=mark))
    except csv.Error:
        raise UnopenableError("file.damaged") from None
    width = max((len(row) for row in sample), default=0)
    if width > MAX_COLUMNS:
        raise UnopenableError("file.too_many_cells")
    frame = _parse_delimited(text, mark, width)
    frame = frame.with_columns(pl.all().fill_null("").str.head(MAX_CELL_LENGTH))
    texts = [frame[name] for name in frame.columns]
    columns: dict[str, pl.Series] = {}
    for series in texts:
        columns[series.name] = series
        columns[series.name + KIND_SUFFIX] = _text_kinds(series).alias(series.name + KIND_SUFFIX)
    pl.DataFrame(columns).write_ipc(folder / "0.arrow")
    grid = {"name": "", "file": "0.arrow", "first_row": 1, "merged": None}
    return {"grids": [grid], "notices": [], "worksheets": 1}


def _parse_delimited(text: str, mark: str, width: int) -> pl.DataFrame:
    schema = {column_letter(index): pl.String for index in range(width)}
    blank_lines = "\n\n" in text.replace("\r\n", "\n")
    if not blank_lines:
        try:
            return pl.read_csv(
                io.BytesIO(text.encode()),
                has_header=False,
                separator=mark,
                schema=schema,
                truncate_ragged_lines=True,
            )
        except (pl.exceptions.PolarsError, ValueError):
            pass
    rows = [
        [*row[:width], *[""] * (width - len(row))]
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _open_html(text: str, folder: Path) -> dict[str, Any]:
    from lxml import html  # noqa: PLC0415  only this format needs it

    try:
        tree = html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except Exception:  # noqa: BLE001  lxml's own, of many kinds
        raise UnopenableError("file.damaged") from None
    grids = []
    for number, table in enumerate(tree.iter("table")):
        if any(True for _ in table.iterdescendants("table")):
            continue
        rows, merged = _expand_spans(table)
        if any(map(any, rows)):
            grid = _write_rows(rows, folder / f"{number}.arrow", f"表{number + 1}")
            grids.append({**grid, "merged": merged})
    return {"grids": grids, "notices": [], "worksheets": len(grids)}


def _expand_spans(table: Any) -> tuple[list[list[str]], list[list[int]]]:
    """Lay out an HTML table, spans filled with their first cell only, and tell the spans."""
    rows: list[list[str]] = []
    merged: list[list[int]] = []
    blocked: set[tuple[int, int]] = set()
    for at, row in enumerate(table.iter("tr")):
        line: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (at, len(line)) in blocked:
                line.append("")
            wide, tall = (_span(cell, name) for name in ("colspan", "rowspan"))
            if len(blocked) + tall * wide > MAX_SPANNED_CELLS:
                raise UnopenableError("file.too_many_cells")
            for down in range(1, tall):
                blocked |= {(at + down, len(line) + right) for right in range(wide)}
            if wide > 1 or tall > 1:
                merged.append([at, len(line), at + tall - 1, len(line) + wide - 1])
            line += ["".join(cell.itertext()).strip(), *[""] * (wide - 1)]
        rows.append(line)
    return rows, merged


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name) or "1").strip()
    return min(max(int(value), 1), 200) if value.isdigit() else 1


def _open_xml_spreadsheet(raw: bytes, folder: Path) -> dict[str, Any]:
    from lxml import etree  # noqa: PLC0415  only this format needs it

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        raise UnopenableError("file.damaged") from None
    space = "{urn:schemas-microsoft-com:office:spreadsheet}"
    grids = []
    for number, sheet in enumerate(tree.iter(f"{space}Worksheet")):
        rows: list[list[str]] = []
        for row in sheet.iter(f"{space}Row"):
            index = int(row.get(f"{space}Index") or 0)
            if index > _LAST_ROW:
                raise UnopenableError("file.too_many_cells")
            rows += [[]] * (index - 1 - len(rows))
            line: list[str] = []
            for cell in row.iter(f"{space}Cell"):
                at = int(cell.get(f"{space}Index") or 0)
                across = int(cell.get(f"{space}MergeAcross") or 0)
                if max(at, across) > _LAST_COLUMN:
                    raise UnopenableError("file.too_many_cells")
                line += [""] * (at - 1 - len(line))
                line.append("".join(cell.itertext()).strip())
                line += [""] * across
            rows.append(line)
        if rows:
            name = sheet.get(f"{space}Name") or f"表{number + 1}"
            grids.append(_write_rows(rows, folder / f"{number}.arrow", name))
    return {"grids": grids, "notices": [], "worksheets": len(grids)}


def _write_rows(rows: Iterable[list[str]], target: Path, name: str) -> dict[str, Any]:
    table = list(rows)
    width = min(max(map(len, table), default=0), MAX_COLUMNS)
    columns: dict[str, pl.Series] = {}
    for index in range(width):
        values = [row[index] if index < len(row) else "" for row in table]
        _add_column(columns, column_letter(index), values)
    pl.DataFrame(columns).write_ipc(target)
    return {"name": name, "file": target.name, "first_row": 1, "merged": None}


def answer_for(path: Path, folder: Path) -> dict[str, Any]:
    """Limit this process, open the file in it, and say what was found or why it cannot be."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # cells hold no cycles; walking them over and over costs a fifth
    try:
        answer = open_file(path, folder)
    except UnopenableError as error:
        answer = {"error": error.code, "detail": error.detail}
    except MemoryError:
        answer = {"error": "file.out_of_memory", "detail": ""}
    except Exception as error:  # noqa: BLE001  the parent names it
        answer = {"error": "file.damaged", "detail": type(error).__name__}
    answer["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return answer


def main() -> None:
    """Open argv's file, answer in one JSON line."""
    answer = answer_for(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main()
