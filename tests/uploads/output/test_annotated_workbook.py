"""批注本 of workbooks too wide for the library in a web process."""

import io

import polars as pl
from python_calamine import CalamineWorkbook

from redcross.uploads.files.cell_kinds import KIND_SUFFIX, TEXT, column_letter
from redcross.uploads.files.workbook import Grid, Workbook
from redcross.uploads.output.annotated_workbook import MAX_WHOLE_CELLS, annotate_workbook
from redcross.uploads.schema.findings import findings_from_json


def test_annotated_copy_of_a_very_wide_workbook_keeps_header_and_marked_rows(tmp_path):
    width, height = 1000, MAX_WHOLE_CELLS // 1000 + 10
    columns = {}
    for at in range(width):
        columns[column_letter(at)] = pl.repeat(f"栏{at}", height, dtype=pl.String, eager=True)
        columns[column_letter(at) + KIND_SUFFIX] = pl.repeat(
            TEXT, height, dtype=pl.UInt8, eager=True
        )
    book = Workbook((Grid("宽", 1, pl.DataFrame(columns)),), ())
    findings = findings_from_json(
        [["宽", 2000, "B", "amount.unreadable", "error", "不是数字", "请改正。"]]
    )

    content = annotate_workbook(tmp_path / "无", "宽.csv", book, findings)

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = [row for row in sheet.to_python() if any(row)]
    assert len(rows) == 7  # six of the head, and row 2000
    assert "不是数字" in rows[-1][-1]
