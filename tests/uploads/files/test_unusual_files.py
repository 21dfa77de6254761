"""Unusual files as found in mailboxes: each is read or refused by name."""

import io
import re
import struct
import subprocess
import sys
import zipfile

import openpyxl
import pytest
import xlwt

from redcross.uploads.files import spreadsheets
from redcross.uploads.files.workbook import ERROR_MESSAGES, UnreadableError, read_workbook
from redcross.uploads.parsing.parse import parse_workbook
from tests.support.workbooks import write_xlsx
from tests.uploads.support.ledger_spec import LEDGER, ledger_context

ROWS = [
    ["捐赠人", "金额（元）", "到账日期"],
    ["示例甲", 100, "2020-08-08"],
    ["示例乙", 2, "2020-08-09"],
]
PLAIN = write_xlsx(ROWS)
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ODS_CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="S">{}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)
SPREADSHEETML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>{}'
    "</Table></Worksheet></Workbook>"
)


def zip_parts(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unzip_parts(content=PLAIN):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def change_part(name, change):
    parts = unzip_parts()
    return zip_parts({**parts, name: change(parts[name])})


def add_many_rows(xml):
    return change_part(SHEET, lambda part: part.replace(b"</sheetData>", xml + b"</sheetData>"))


def merge_cells(*references):
    cells = b"".join(b'<mergeCell ref="%s"/>' % reference.encode() for reference in references)
    xml = b"</sheetData><mergeCells>" + cells + b"</mergeCells>"
    return change_part(SHEET, lambda part: part.replace(b"</sheetData>", xml))


def xls(*more):
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for at, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    for place, value in more:
        sheet.write(*xlwt.Utils.cell_to_rowcol2(place), value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def formula_without_value():
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active["B2"] = "=SUM(1,2)"
    hidden = book.create_sheet("藏")
    hidden.sheet_state = "veryHidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ods(rows):
    return zip_parts({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        "content.xml": '<?xml version="1.0"?>' + ODS_CONTENT.format(rows),
    })  # fmt: skip


def biff_header(version, kind=0x0809):
    return struct.pack("<HHHHHH", kind, 8, version, 0x10, 0, 0) + struct.pack("<HH", 0x0A, 0)


TEXT = "捐赠人,金额,到账日期\n示例甲,1,2020-08-08\n"
READ = "read"
UNUSUAL_FILES = {
    "plain.xlsx": (PLAIN, READ),
    "says-it-is-huge.xlsx": (
        change_part(SHEET, lambda part: re.sub(rb'ref="A1:C3"', b'ref="A1:XFD1048576"', part)),
        READ,
    ),
    "last-cell.xlsx": (
        add_many_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "file.too_many_cells",
    ),
    "phantom-rows.xlsx": (
        add_many_rows(b"".join(b'<row r="%d"/>' % row for row in range(4, 200_000))),
        READ,
    ),
    "merges.xlsx": (merge_cells(*(f"A{row}:B{row}" for row in range(10, 30_000))), READ),
    "merged-whole.xlsx": (merge_cells("A4:XFD1048576"), READ),
    "error-cell.xlsx": (add_many_rows(b'<row r="4"><c r="B4" t="e"><v>#REF!</v></c></row>'), READ),
    "no-cached-value.xlsx": (formula_without_value(), READ),
    "long-cell.xlsx": (
        change_part(STRINGS, lambda part: part.replace("示例甲".encode(), "长".encode() * 500_000)),
        READ,
    ),
    "entity.xlsx": (
        change_part(
            SHEET,
            lambda part: part.replace(
                b"?>", b'?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1
            ),
        ),
        None,
    ),
    "no-strings.xlsx": (zip_parts({k: v for k, v in unzip_parts().items() if k != STRINGS}), None),
    "half-sheet.xlsx": (change_part(SHEET, lambda part: part[: len(part) // 2]), None),
    "truncated.xlsx": (PLAIN[: len(PLAIN) // 2], "file.damaged"),
    "document.xlsx": (zip_parts({"word/document.xml": "<a/>"}), "file.not_a_workbook"),
    "archive.xlsx": (zip_parts({"a.txt": "a"}), "file.not_a_workbook"),
    "bomb.xlsx": (zip_parts({"xl/a.xml": b"0" * 120_000_000}), "file.bomb"),
    "picture.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(40), "file.not_a_workbook"),
    "empty.xlsx": (b"", "file.empty"),
    "ok.xls": (xls(), READ),
    "far-corner.xls": (xls(("IV65536", "x")), "file.too_many_cells"),
    "truncated.xls": (xls()[:3000], "file.damaged"),
    "noise.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8, "file.damaged"),
    "biff5.xls": (biff_header(0x500), None),
    "biff4.xls": (biff_header(0, 0x0409), None),
    "lotus.xls": (b"\x00\x00\x02\x00\x06\x04\x06\x00" + bytes(30), "file.not_a_workbook"),
    "repeated.ods": (
        ods(
            "<table:table-row><table:table-cell/></table:table-row>"
            '<table:table-row table:number-rows-repeated="1048575">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        ),
        None,
    ),
    "indented.ods": (
        ods(
            "\n".join(
                "<table:table-row>\n  "
                + "\n  ".join(
                    '<table:table-cell office:value-type="string">'
                    f"\n    <text:p>{value}</text:p>\n  </table:table-cell>"
                    for value in row
                )
                + "\n</table:table-row>"
                for row in ROWS
            )
        ),
        READ,
    ),
    "spans.xls": (
        ("<table>" + '<tr><td rowspan="200" colspan="200">a</td></tr>' * 400 + "</table>").encode(),
        "file.too_many_cells",
    ),
    "no-table.xls": (b"<html></html>", "file.empty"),
    "index.xls": (
        SPREADSHEETML.format('<Row ss:Index="999999999"><Cell ss:Index="9"/></Row>').encode(),
        "file.too_many_cells",
    ),
    "words-for-index.xls": (SPREADSHEETML.format('<Row ss:Index="x"/>').encode(), "file.damaged"),
    "of-2003.xls": (
        SPREADSHEETML.format(
            "".join(
                "<Row>"
                + "".join(f"<Cell><Data>{value}</Data></Cell>" for value in row)
                + "</Row>"
                for row in ROWS
            )
        ).encode(),
        READ,
    ),
    "bom.csv": (b"\xef\xbb\xbf", "file.empty"),
    "zeros.csv": (bytes(5000), "file.empty"),
    "one-column.csv": ("捐赠人\n示例甲\n".encode(), "file.not_a_workbook"),
    "wide.csv": (("a," * 100_000).encode(), "file.too_many_cells"),
    "open-quote.csv": (TEXT.replace("示例甲", '"示例甲').encode(), None),
    "semicolons.csv": (TEXT.replace(",", ";").encode("gb18030"), READ),
    "carriage-returns.csv": (TEXT.replace("\n", "\r").encode(), READ),
    "long-field.csv": (TEXT.replace("示例甲", "长" * 200_000).encode(), READ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSUAL_FILES)
def test_unusual_file_is_read_or_refused_with_a_named_reason(name, tmp_path):
    content, expected = UNUSUAL_FILES[name]
    path = tmp_path / name
    path.write_bytes(content)

    try:
        reading = parse_workbook(read_workbook(path, filename=name), LEDGER, ledger_context())
        ended = READ
        assert reading.frame.height or reading.findings
    except UnreadableError as error:
        ended = error.code if "{" not in str(error) and error.code in ERROR_MESSAGES else "unnamed"

    assert expected in (None, ended)
    assert ended == READ or ended in ERROR_MESSAGES


@pytest.mark.parametrize(
    "content",
    [
        "捐赠人,金额,日期\n甲,1,2020-01-02\n" * 2001,
        ("捐赠人,金额," * 500 + "\n" + "甲,1," * 500 + "\n") * 5,
        "<html>" + "<table><tr><td>捐赠人<td>金额</tr><tr><td>甲<td>1</tr></table>" * 2001,
    ],
    ids=["below", "beside", "apart"],
)
def test_workbook_with_too_many_tables_is_refused(content, tmp_path):
    path = tmp_path / "表.csv"
    path.write_text(content)

    with pytest.raises(UnreadableError) as error:
        parse_workbook(read_workbook(path, filename=path.name), LEDGER, ledger_context())

    assert error.value.code == "file.too_many_tables"


def test_workbook_with_xor_password_is_reported_as_protected(tmp_path):
    book = xlwt.Workbook()
    book.add_sheet("S").write(0, 0, "捐赠人")
    buffer = io.BytesIO()
    book.save(buffer)
    content = bytearray(buffer.getvalue())
    start = content.index(b"\x09\x08\x10\0") + 20  # behind the record that begins a workbook
    hidden = bytes(byte ^ 0x5A for byte in content[start + 10 : start + 2000])
    content[start : start + 2000] = b"\x2f\0\x06\0\0\0abcd" + hidden
    path = tmp_path / "表.xls"
    path.write_bytes(bytes(content))

    with pytest.raises(UnreadableError) as error:
        read_workbook(path, filename=path.name)

    assert error.value.code == "file.encrypted"


WIDE = """
import resource

from redcross.uploads.files.cell_kinds import KIND_SUFFIX, NUMBER, TEXT, column_letter
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.tables.detect import detect_tables
from redcross.uploads.files.workbook import Grid
from tests.uploads.support.ledger_spec import LEDGER
import polars as pl

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
columns = {}
for at, heading in enumerate(["捐赠人", "金额", *[f"栏{at}" for at in range(1990)]]):
    columns[column_letter(at)] = [heading, "1", "2"]
    columns[column_letter(at) + KIND_SUFFIX] = pl.Series([TEXT, NUMBER, NUMBER], dtype=pl.UInt8)
(layout,) = detect_tables(Grid("S", 1, pl.DataFrame(columns)), HeadingRanker(LEDGER))
assert layout.data.len() == 2
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)
"""


def test_widest_allowed_table_is_recognised_in_little_memory():
    command = [sys.executable, "-c", WIDE]

    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert int(text) < 300


def test_parser_out_of_memory_is_reported_by_its_own_code():
    errors = [
        MemoryError(),
        RuntimeError("PyObject pointer is null"),
        RuntimeError("capacity overflow"),
        RuntimeError("Cell limit exceeded (17177772032 cells requested, max 100000000)"),
    ]

    assert [spreadsheets._to_unopenable(error).code for error in errors] == [
        "file.out_of_memory",
        "file.out_of_memory",
        "file.too_many_cells",
        "file.too_many_cells",
    ]


def test_worksheets_with_equal_names_are_each_read_once(tmp_path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("另一张")):
        for row in ROWS:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    parts = unzip_parts(buffer.getvalue())
    names = parts["xl/workbook.xml"].replace("另一张".encode(), b"Sheet")
    path = tmp_path / "表.xlsx"
    path.write_bytes(zip_parts({**parts, "xl/workbook.xml": names}))

    result = read_workbook(path, filename=path.name)

    assert len(result.grids) == 1
    assert result.notices == ("有两张工作表都叫“Sheet”，只读取了前一张。请改名后重新上传。",)
