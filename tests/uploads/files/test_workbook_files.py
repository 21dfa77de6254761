"""Workbook files of every format: each is read or refused by name."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import xlwt

from redcross.uploads.files import spreadsheets
from redcross.uploads.files.workbook import UnreadableError, read_workbook
from tests.support.workbooks import gift_workbook, write_xlsx
from tests.uploads.support.ledger_spec import open_in_process, parse_ledger

ROW = ("示例甲", 100, "2020-01-22", "T1")
HTML = (
    "<html><table><tr><th>捐赠人</th><th>金额</th><th>日期</th></tr>"
    "<tr><td>示例甲</td><td>100</td><td>2020-01-22</td></tr></table></html>"
)
ODS = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="明细">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
CSV = "捐赠人,金额,日期\n示例甲,100,2020-01-22\n"


def refusal_code(content, folder, filename="表.xlsx"):
    path = folder / filename
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as caught:
        read_workbook(path, filename=filename)
    assert str(caught.value).endswith("。")
    return caught.value.code


def zip_entries(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"%PDF-1.4 something", "file.not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n", "file.not_a_workbook"),
        (b"PK\x03\x04 cut off", "file.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file.damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "file.encrypted",
        ),
        (bytes(range(256)) * 20, "file.not_a_workbook"),
        (b"just some words", "file.not_a_workbook"),
        (
            b'<?xml version="1.0"?><office:document><table:table/></office:document>',
            "file.not_a_workbook",
        ),
        (zip_entries({"word/document.xml": "x"}), "file.not_a_workbook"),
        (zip_entries({"readme.txt": "x"}), "file.not_a_workbook"),
        (zip_entries({"xl/workbook.xml": "<broken"}), "file.damaged"),
    ],
)
def test_non_workbook_file_is_refused_with_its_reason(content, code, tmp_path):
    assert refusal_code(content, tmp_path) == code


def test_zip_bomb_is_refused_before_opening(tmp_path):
    content = zip_entries({"xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": b"0" * 200_000_000})

    assert refusal_code(content, tmp_path) == "file.bomb"


def test_truncated_workbook_is_refused(tmp_path):
    assert refusal_code(gift_workbook(ROW)[:-200], tmp_path) == "file.damaged"


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("表.csv", CSV.encode()),
        ("表.csv", b"\xef\xbb\xbf" + CSV.encode()),
        ("表.csv", CSV.encode("gb18030")),
        ("表.csv", CSV.encode("utf-16")),
        ("表.tsv", CSV.replace(",", "\t").encode()),
        ("表.xls", HTML.encode()),
        ("表.xls", CSV.replace(",", "\t").encode("gb18030")),
    ],
)
def test_csv_text_in_any_encoding_and_extension_is_read(filename, content, tmp_path):
    reading = parse_ledger(content, tmp_path, filename=filename)

    assert reading.frame["giver"].to_list() == ["示例甲"]
    assert not reading.findings


def test_xls_workbook_is_read(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("明细")
    for at, row in enumerate([("捐赠人", "金额", "日期"), ("示例甲", 100, "2020-01-22")]):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    buffer = io.BytesIO()
    book.save(buffer)

    assert parse_ledger(buffer.getvalue(), tmp_path, filename="表.xls").frame.height == 1


def test_hidden_worksheets_are_skipped_with_a_notice(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["捐赠人", "金额", "日期"])
    book.active.append(["示例甲", 1, "2020-01-02"])
    hidden = book.create_sheet("旧")
    hidden.append(["捐赠人", "金额", "日期"])
    hidden.append(["示例乙", 2, "2020-01-02"])
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)

    reading = parse_ledger(buffer.getvalue(), tmp_path)

    assert reading.frame["giver"].to_list() == ["示例甲"]
    assert "旧" in reading.findings[0].message


def test_workbook_with_overstated_dimension_is_read(tmp_path):
    content = gift_workbook(ROW)
    source = zipfile.ZipFile(io.BytesIO(content))
    entries = {name: source.read(name) for name in source.namelist()}
    name = "xl/worksheets/sheet1.xml"
    entries[name] = entries[name].replace(b'ref="A1:D3"', b'ref="A1:XFD1048576"')

    assert parse_ledger(zip_entries(entries), tmp_path).frame.height == 1


def test_workbook_with_a_cell_in_the_far_corner_ends_in_a_named_result(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "捐赠人"
    book.active["XFD1048576"] = "x"
    buffer = io.BytesIO()
    book.save(buffer)

    assert refusal_code(buffer.getvalue(), tmp_path) in {
        "file.too_many_cells",
        "file.out_of_memory",
    }


def test_workbook_of_the_1904_calendar_keeps_its_dates(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["捐赠人", "金额", "日期"])
    book.active.append(["示例甲", 1, 42399])
    book.active["C2"].number_format = "yyyy-mm-dd"
    buffer = io.BytesIO()
    book.save(buffer)

    frame = parse_ledger(buffer.getvalue(), tmp_path).frame

    assert str(frame["received_on"][0]) == "2020-01-31"


def test_workbook_with_thousands_of_merges_is_read_quickly(tmp_path):
    rows = [["捐赠人", None, "金额", "日期"]]
    rows += [[f"示例{number}", None, 1, "2020-01-02"] for number in range(3000)]
    merges = [f"A{number}:B{number}" for number in range(1, 3002)]

    assert parse_ledger(write_xlsx(rows, merges=merges), tmp_path).frame.height == 3000


def test_percent_formatted_number_is_read_as_displayed(tmp_path):
    book = openpyxl.Workbook()
    rows = [("完成率", "编号"), (1.1, 1.1), (0.472, 7), (0.285, 7), (3.2, 7), ("无", 7)]
    for at, row in enumerate(rows, 1):
        book.active.append(row)
        book.active.cell(at, 1).number_format = "0.0%"
    book.active["A5"].number_format = '0.0"%"'  # a mark written behind the number, no format
    path = tmp_path / "表.xlsx"
    book.save(path)

    (grid,) = read_workbook(path, filename=path.name).grids

    assert grid.cells["A"].to_list() == ["完成率", "110%", "47.2%", "28.5%", "3.2", "无"]
    assert grid.cells["B"].to_list() == ["编号", "1.1", "7", "7", "7", "7"]


def test_ods_merged_names_are_filled_down(tmp_path):
    def text(value, more=""):
        kind = f'office:value-type="string"{more}'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    def row(*cells):
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    covered = "<table:covered-table-cell/>"
    table = (
        row(*map(text, ("捐赠人", "品名", "金额", "日期")))
        + row(
            text("示例公司", ' table:number-rows-spanned="2"'),
            *map(text, ("棉被", "5", "2020-01-22")),
        )
        + row(covered, *map(text, ("帐篷", "7", "2020-01-23")))
        + row(text("示例乙"), *map(text, ("口罩", "9", "2020-01-24")))
    )
    mark = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<?xml version="1.0"?><manifest/>'
    content = zip_entries(
        {"mimetype": mark, "META-INF/manifest.xml": manifest, "content.xml": ODS.format(table)}
    )

    reading = parse_ledger(content, tmp_path, filename="表.ods")

    assert reading.frame["giver"].to_list() == ["示例公司", "示例公司", "示例乙"]
    assert reading.findings == ()


def test_worksheet_read_in_chunks_equals_worksheet_read_whole(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    for row in range(20):
        for column, value in enumerate((f"示例{row}", row / 100, dt.date(2020, 1, 1 + row))):
            book.active.cell(row + 4, column + 3, value)
        book.active.cell(row + 4, 4).number_format = "0%"
    path = tmp_path / "表.xlsx"
    book.save(path)
    (whole,) = open_in_process(path).grids

    monkeypatch.setattr(spreadsheets, "_BATCH_CELLS", 10)
    (parts,) = open_in_process(path).grids

    assert parts.cells.equals(whole.cells)
    assert (parts.first_row, whole.letters) == (4, ["C", "D", "E"])
    assert whole.cells["D"].to_list()[5] == "5%"


def test_hidden_worksheet_is_recognised_as_ours_by_exact_name_only(tmp_path):
    book = openpyxl.Workbook()
    for row in (["捐赠人", "金额", "到账日期"], list(ROW[:3])):
        book.active.append(row)
    for name in ("可选项", "填写说明", "填写说明及数据"):
        book.create_sheet(name).sheet_state = "hidden"
    book.create_sheet("可选项2021").append(["甲", "乙"])
    buffer = io.BytesIO()
    book.save(buffer)

    reading = parse_ledger(buffer.getvalue(), tmp_path)

    assert [finding.message for finding in reading.findings] == [
        "工作表“填写说明及数据”是隐藏的，已跳过。",
        "工作表“可选项2021”没有本表的表头，已跳过。",
    ]


def test_percent_formatted_number_in_xls_is_read_as_displayed(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("完成率")
    shown = [xlwt.easyxf(num_format_str=code) for code in ("0.0%", "0%", '0.0"%"', "0.0")]
    for at, value in enumerate((1.1, 0.472, 3)):
        for column, style in enumerate(shown):
            sheet.write(at, column, value, style)
    for at, word in enumerate(("无", None)):
        sheet.write(3, at, word, shown[0])
    path = tmp_path / "表.xls"
    book.save(str(path))

    (grid,) = read_workbook(path, filename=path.name).grids

    assert grid.cells["A"].to_list() == ["110%", "47.2%", "300%", "无"]
    assert grid.cells["B"].to_list() == ["110%", "47.2%", "300%", ""]
    assert grid.cells["C"].to_list() == ["1.1", "0.472", "3", ""]
    assert grid.cells["D"].to_list() == ["1.1", "0.472", "3", ""]
