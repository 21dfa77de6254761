"""Detection of tables: headings, units, totals, notes, tables side by side."""

import dataclasses
from decimal import Decimal

import polars as pl
import pytest

from redcross.units import Unit
from redcross.uploads.files.cell_kinds import KIND_SUFFIX, NUMBER, TEXT, column_letter
from redcross.uploads.files.workbook import Grid, read_workbook
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.parsing.parse import parse_workbook
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, SheetKind, SheetSpec
from redcross.uploads.tables.detect import detect_tables
from tests.support.workbooks import write_xlsx
from tests.uploads.support.ledger_spec import (
    BRANCH_NAMES,
    LEDGER,
    finding_codes,
    ledger_context,
    parse_ledger,
)


def printed_totals(reading):
    return [dict(table.sums) for table in reading.tables]


def test_title_unit_and_total_rows_are_not_data(tmp_path):
    content = write_xlsx(
        [
            [None, "某某市红十字会捐款信息公示表（截至2月2日24：00）"],
            [None, None, None, None, "单位：元"],
            ["序号", "捐赠日期", "捐赠（单位/姓名）", "捐赠金额（元）", "备注"],
            [1, "2020.01.22", "示例甲\t", 100, None],
            [2, "2020.01.23", "示例乙", 200.5, None],
            ["合计", None, None, 300.5, None],
            ["制表人：示例", None, None, "2020年2月2日", None],
        ]
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.frame.height == 2
    assert printed_totals(reading) == [{"value": Decimal("300.50")}]
    assert reading.tables[0].layout.heading_rows == (3,)
    assert [check.agrees for check in reading.tables[0].total_checks] == [True]
    assert finding_codes(reading) == []


def test_total_mismatch_is_a_warning_naming_both_numbers(tmp_path):
    content = write_xlsx(
        [["捐赠人", "金额（元）", "日期"], ["示例甲", 100, "2020-01-22"], ["合计", 150, None]]
    )

    reading = parse_ledger(content, tmp_path)

    (finding,) = reading.findings
    assert (finding.code, finding.severity) == ("total.differs", "warning")
    assert "150" in finding.message
    assert "100" in finding.message


def test_two_level_headers_are_joined(tmp_path):
    content = write_xlsx(
        [
            ["捐赠明细", None, None, None],
            ["单位", "捐赠", None, "票据号"],
            [None, "姓名", "金额（万元）", None],
            ["五华区", "示例甲", 1.5, "A1"],
        ],
        merges=["A2:A3", "B2:C2", "D2:D3"],
    )

    reading = parse_ledger(content, tmp_path)

    layout = reading.tables[0].layout
    assert layout.heading_rows == (2, 3)
    assert layout.by_heading == {
        "单位": "branch",
        "捐赠／姓名": "giver",
        "捐赠／金额（万元）": "value",
        "票据号": "ticket",
    }
    assert printed_totals(reading) == [{"value": Decimal("15000.00")}]


def test_two_tables_in_one_worksheet_are_both_read(tmp_path):
    content = write_xlsx(
        [
            ["第1期"],
            ["捐赠单位", "入库物资", "数量总计"],
            ["示例公司", "口罩", "198件"],
            [None, "手套", 3],
            [],
            ["第2期"],
            ["捐赠单位", "数量总计", "入库物资"],
            ["示例学校", 7, "棉被"],
        ]
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.frame["giver"].to_list() == ["示例公司", "示例公司", "示例学校"]
    assert printed_totals(reading) == [
        {"quantity": Decimal("201.00")},
        {"quantity": Decimal("7.00")},
    ]
    assert finding_codes(reading) == ["label.carried", "column.missing", "column.missing"]


def test_footer_total_written_as_text_is_compared(tmp_path):
    content = write_xlsx(
        [["捐赠人", "金额", "日期"], ["示例甲", 100, "2020-01-22"], ["共计1人次/总金额100.00"]]
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.frame.height == 1
    assert [check.agrees for check in reading.tables[0].total_checks] == [True]


def test_unlabelled_sum_in_the_last_row_is_not_a_gift(tmp_path):
    content = write_xlsx(
        [
            ["姓名", "金额", "日期"],
            ["示例甲", 100, "2020-01-22"],
            ["示例乙", 50, "2020-01-22"],
            [None, 150, None],
        ]
    )

    assert parse_ledger(content, tmp_path).frame.height == 2


def test_header_repeated_on_each_page_is_skipped(tmp_path):
    heading = ["捐赠人", "金额", "日期"]
    content = write_xlsx(
        [heading, ["示例甲", 1, "2020-01-22"], heading, ["示例乙", 2, "2020-01-23"]]
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.frame["giver"].to_list() == ["示例甲", "示例乙"]


def test_missing_header_finding_names_the_expected_columns(tmp_path):
    reading = parse_ledger(write_xlsx([["甲", "乙"], [1, 2]]), tmp_path)

    assert finding_codes(reading) == ["heading.missing"]
    assert "捐赠人" in reading.findings[0].suggestion


def test_unknown_header_finding_proposes_the_nearest_field(tmp_path):
    content = write_xlsx(
        [["捐赠人", "日期", "金额", "联系电号", "序号"], ["示例甲", "2020-01-02", 5, "", 1]]
    )

    layout = parse_ledger(content, tmp_path).tables[0].layout

    assert layout.unknown == ("联系电号",)
    assert layout.proposals["联系电号"][0] == "phone"


def test_unit_in_a_cell_above_applies_to_money_only(tmp_path):
    content = write_xlsx(
        [
            ["表", None, "单位：万元"],
            ["捐赠人", "金额", "数量", "日期"],
            ["示例甲", 2, 3, "2020-01-22"],
        ]
    )

    assert printed_totals(parse_ledger(content, tmp_path)) == [
        {"value": Decimal("20000.00"), "quantity": Decimal("3.00")}
    ]


def test_side_by_side_tables_are_both_read(tmp_path):
    content = write_xlsx(
        [["捐赠人", "金额", "捐赠人", "金额"], ["甲", 1, "乙", 2], ["丙", 3, "丁", 4]]
    )

    reading = parse_ledger(content, tmp_path)

    assert sorted(reading.frame["giver"]) == ["丁", "丙", "乙", "甲"]
    assert printed_totals(reading) == [{"value": Decimal("4.00")}, {"value": Decimal("6.00")}]


def test_side_by_side_tables_with_different_columns_are_both_read(tmp_path):
    left, right = ["序号", "捐赠单位", "金额", "日期"], ["序号", "姓名", "金额"]
    content = write_xlsx([[*left, *right], [1, "甲公司", 1, "2020-01-22", 1, "乙", 2]])

    reading = parse_ledger(content, tmp_path)

    assert reading.frame.select("giver", "value").rows() == [("甲公司", 1), ("乙", 2)]
    assert [table.layout.unknown for table in reading.tables] == [(), ()]


def test_side_by_side_money_and_goods_are_not_one_gift(tmp_path):
    content = write_xlsx(
        [["捐赠人", "金额", "捐赠单位", "品名", "数量"], ["甲", 1, "乙公司", "口罩", 5]]
    )

    frame = parse_ledger(content, tmp_path).frame

    assert frame.select("giver", "item").rows() == [("甲", None), ("乙公司", "口罩")]


def test_two_date_columns_do_not_split_a_table(tmp_path):
    content = write_xlsx(
        [
            ["捐赠日期", "捐赠人", "金额", "到账日期", "备注"],
            ["2020-1-2", "甲", 1, "2020-1-3", "谢"],
        ]
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.frame.select("giver", "remark").rows() == [("甲", "谢")]


def test_second_table_far_below_is_detected_with_other_header_spelling(tmp_path):
    issue_8 = [["捐赠人", "金额", "日期"], *(["甲", 1, "2020-01-22"] for _ in range(99))]
    issue_9 = [["日  期", "捐 赠\n人", "金 额（元）"], ["2020-01-23", "乙", 2]]

    reading = parse_ledger(write_xlsx([*issue_8, *issue_9]), tmp_path)

    assert printed_totals(reading) == [{"value": Decimal(99)}, {"value": Decimal(2)}]


def test_notes_page_with_two_known_words_is_not_a_table(tmp_path):
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for row in (["捐赠人", "金额", "日期"], ["示例", 1, "2020-01-02"]):
        book.active.append(row)
    notes = book.create_sheet("说明")
    notes.append(["渠道", "备注"])
    notes.append(["银行", "请填写"])
    buffer = io.BytesIO()
    book.save(buffer)

    assert parse_ledger(buffer.getvalue(), tmp_path).frame.height == 1


def test_channel_summary_gives_a_notice_and_is_not_read_as_gifts(tmp_path):
    gifts = [["捐赠人", "金额", "日期"], ["甲", 1, "2020-01-02"], ["乙", 2, "2020-01-02"], []]
    summary = [["渠道", "金额"], ["银行", 1], ["微信", 2]]

    reading = parse_ledger(write_xlsx([*gifts, *summary]), tmp_path)

    assert reading.frame["giver"].to_list() == ["甲", "乙"]
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == ("table.skipped", "warning")
    assert "第5行起的表格（2行）" in finding.message


def test_header_is_matched_by_contained_words_above_numbers(tmp_path):
    heading = ["捐赠单位名称或姓名", "捐赠金额（元整）", "接收日期"]

    reading = parse_ledger(write_xlsx([["公示"], heading, ["甲", 1, "2020-01-02"]]), tmp_path)

    assert reading.tables[0].layout.by_heading == {
        "捐赠单位名称或姓名": "giver",
        "捐赠金额（元整）": "value",
        "接收日期": "received_on",
    }
    assert "column.akin" in finding_codes(reading)


def test_giver_count_column_is_not_matched_to_giver_names(tmp_path):
    heading = ["日期", "捐赠单位数", "捐赠金额"]

    layout = parse_ledger(write_xlsx([heading, ["2020-01-02", 57, 100]]), tmp_path).tables[0].layout

    assert layout.unknown == ("捐赠单位数",)
    assert "giver" in layout.missing


def test_row_of_words_used_as_headers_elsewhere_is_data(tmp_path):
    content = write_xlsx(
        [
            ["捐赠人", "金额", "日期", "备注"],
            ["甲", 1, "2020-01-02", None],
            ["姓名", 2, "2020-01-02", "日期"],
        ]
    )

    reading = parse_ledger(content, tmp_path)

    assert len(reading.tables) == 1
    assert printed_totals(reading) == [{"value": Decimal("3.00")}]


def test_giver_workplace_column_is_not_a_branch_and_gives_a_notice(tmp_path):
    heading = ["姓名", "单位", "金额", "日期"]
    rows = [["甲", "示例医院", 1, "2020-01-02"], ["乙", "某某一中", 2, "2020-01-02"]]

    reading = parse_ledger(write_xlsx([heading, *rows]), tmp_path)

    assert "branch" not in reading.frame.columns
    assert finding_codes(reading) == ["branch.workplace", "column.unknown"]


@pytest.mark.parametrize(
    ("heading", "names"), [("县区", ["某某县"] * 2), ("单位", ["某某县", "五华区"])]
)
def test_unknown_branch_name_is_an_error(heading, names, tmp_path):
    rows = [[name, "甲", 1, "2020-01-02"] for name in names]

    reading = parse_ledger(write_xlsx([[heading, "姓名", "金额", "日期"], *rows]), tmp_path)

    assert set(finding_codes(reading)) == {"branch.unknown"}


def test_signature_row_is_not_data(tmp_path):
    content = write_xlsx(
        [
            ["捐赠人", "金额（元）", "日期", "备注"],
            ["示例甲", 100, "2020-01-22", None],
            ["示例乙", 200, "2020-01-23", "注明：助学"],
            ["分管领导：", None, "科室（盖章）：", "经手：示例"],
        ]
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.frame["giver"].to_list() == ["示例甲", "示例乙"]
    assert finding_codes(reading) == []


def test_total_of_a_multi_page_table_is_compared_with_all_pages(tmp_path):
    heading = ["捐赠人", "金额（元）", "日期"]
    rows = [["示例甲", 100, "2020-01-22"], ["本页小计", 100, None], heading]
    rows += [["示例乙", 200, "2020-01-23"], ["本页小计", 200, None], ["合计", 300, None]]

    reading = parse_ledger(write_xlsx([heading, *rows]), tmp_path)

    assert reading.frame["giver"].to_list() == ["示例甲", "示例乙"]
    assert finding_codes(reading) == []


RAISED = SheetSpec(
    key="test.raised",
    title="募捐筹资统计表",
    kind=SheetKind.STATISTICS,
    fields=(
        FieldSpec("branch", "单位", CellKind.BRANCH),
        FieldSpec("whole", "合计", CellKind.DECIMAL, unit=Unit.YUAN),
        FieldSpec("money", "资金／小计", CellKind.DECIMAL, unit=Unit.YUAN),
        FieldSpec("goods", "物资折价／小计", CellKind.DECIMAL, unit=Unit.YUAN),
        FieldSpec("teachers", "救护员／教师", CellKind.INTEGER),
    ),
)


def recognised_columns(*rows):
    (layout,) = recognise(*rows)
    return layout


def recognise(*rows):
    """Detect tables in a worksheet of texts without merged cells."""
    width = max(map(len, rows))
    columns = {}
    for index in range(width):
        texts = [str(row[index] or "") if index < len(row) else "" for row in rows]
        kinds = [
            0 if not text else NUMBER if text.replace(".", "").isdigit() else TEXT for text in texts
        ]
        columns[column_letter(index)] = pl.Series(column_letter(index), texts, dtype=pl.String)
        columns[column_letter(index) + KIND_SUFFIX] = pl.Series(
            column_letter(index) + KIND_SUFFIX, kinds, dtype=pl.UInt8
        )
    return detect_tables(Grid("Sheet1", 1, pl.DataFrame(columns)), HeadingRanker(RAISED))


@pytest.mark.parametrize(
    ("parent", "leaf", "field"),
    [
        ("募集资金", "小计", "money"),
        ("资金", "合计", "money"),
        ("捐赠物资（折价）", "小计", "goods"),
        ("救护员培训", "其中：教师", "teachers"),
        ("物资", "小计", "goods"),
    ],
)
def test_header_group_with_slightly_different_words_is_the_same_group(parent, leaf, field):
    layout = recognised_columns(
        ["单位", "合计", parent, None], [None, None, leaf, "另一项"], ["五华区", 3, 1, 2]
    )

    assert layout.by_heading[f"{parent}／{leaf}"] == field
    assert layout.by_heading["合计"] == "whole"


def test_second_group_header_begins_a_second_table():
    head = [["单位", "甲组", None, "募集资金", None], [None, "子", "丑", "小计", "网络"]]

    _, second = recognise(
        *head, ["五华区", 1, 2, 3, 4], [None] * 5, ["第2期"], *head, ["盘龙区", 5, 6, 7, 8]
    )

    assert second.heading_rows == (6, 7)
    assert second.data.to_list() == [7]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("捐赠金额", "value"),
        ("捐赠额", "value"),
        ("捐赠单位名称", "giver"),
        ("捐赠时间", "received_on"),
        ("捐赠人数", None),
        ("捐赠", None),
        ("捐赠数量", None),
    ],
)
def test_filler_words_in_a_header_are_ignored(heading, field, tmp_path):
    rows = [["捐赠人", "到账日期", heading], ["示例甲", "2020-01-22", "1"]]
    if field in ("giver", "received_on"):
        rows[0] = ["渠道", "金额", heading]

    layout = parse_ledger(write_xlsx(rows), tmp_path).tables[0].layout

    assert layout.by_heading.get(heading) == field


def test_group_subtotal_column_is_not_the_row_total():
    layout = recognised_columns(
        ["单位", "募集资金", None, "支出", None],
        [None, "小计", "网络", "合计", "另一项"],
        ["五华区", 3, 1, 4, 2],
    )

    assert "whole" not in layout.columns.values()
    assert "支出／合计" in layout.unknown


def test_header_depth_follows_its_groups():
    layout = recognised_columns(
        ["单位", "合计", "甲组", None, "乙组", None],
        [None, None, "子", "丑", "寅", "卯"],
        ["五华区", 10, 1, 2, 3, 4],
    )

    assert layout.heading_rows == (1, 2)
    assert layout.unknown == ("甲组／子", "甲组／丑", "乙组／寅", "乙组／卯")
    assert layout.data.to_list() == [2]


def test_unit_column_beside_goods_is_the_measure_not_a_branch(tmp_path):
    spec_of_goods = [["捐赠单位", "品名", "单位", "数量", "日期"]]
    rows = [["示例公司", "棉被", "床", 3, "2020-01-22"], ["示例厂", "口罩", "箱", 5, "2020-01-23"]]

    reading = parse_ledger(write_xlsx(spec_of_goods + rows), tmp_path)

    assert reading.frame["measure"].to_list() == ["床", "箱"]
    assert finding_codes(reading) == []


def test_unknown_branch_name_is_not_taken_for_a_measure(tmp_path):
    content = write_xlsx(
        [["单位", "捐赠人", "金额", "日期"], ["某某红十字会", "示例", 3, "2020-01-22"]]
    )

    assert "branch.unknown" in finding_codes(parse_ledger(content, tmp_path))


@pytest.mark.parametrize("colon", [":", "："])
def test_note_row_with_a_colon_is_not_a_header(colon, tmp_path):
    content = write_xlsx(
        [
            [f"联系捐赠单位{colon}示例公司", f"捐赠金额{colon}元"],
            ["示例", 1],
            ["捐赠人", "金额（元）", "日期"],
            ["示例甲", 100, "2020-01-02"],
        ]
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.tables[0].layout.heading_rows == (3,)
    assert printed_totals(reading) == [{"value": Decimal(100)}]


@pytest.mark.parametrize("brackets", ["（{}）", "({})"])
def test_header_matched_by_contained_words_keeps_its_unit_in_either_width(brackets, tmp_path):
    amount = "捐助金额" + brackets.format("单位：万元")
    content = write_xlsx([["捐赠方称呼", amount, "日期"], ["示例甲", 2, "2020-01-02"]])

    assert printed_totals(parse_ledger(content, tmp_path)) == [{"value": Decimal(20000)}]


def test_merged_row_of_one_side_by_side_table_is_its_section(tmp_path):
    headings = ["捐赠人", "金额（元）", "日期"]
    content = write_xlsx(
        [
            [*headings, None, *headings],
            ["爱心企业", None, None, None, "爱心人士", None, None],
            ["示例甲", 1, "2020-01-02", None, "示例乙", 2, "2020-01-02"],
        ],
        merges=["A2:C2", "E2:G2"],
    )

    reading = parse_ledger(content, tmp_path)

    assert reading.frame["giver"].to_list() == ["示例甲", "示例乙"]
    assert finding_codes(reading) == []


def test_two_columns_of_one_field_do_not_split_a_table(tmp_path):
    headings = ["县区", "金额（元）", "捐赠单位", "日期", "姓名", "数量"]
    content = write_xlsx([headings, ["五华区", 100, "示例公司", "2020-01-02", "示例甲", 3]])

    reading = parse_ledger(content, tmp_path)

    assert len(reading.tables) == 1
    assert reading.frame.select("branch", "giver", "value", "quantity").row(0) == (
        2, "示例公司", Decimal("100.00"), Decimal(3),
    )  # fmt: skip


def test_branch_detection_stops_early_on_a_column_of_other_names(tmp_path):
    class Names(dict):
        lookups = 0

        def get(self, name, default=None):
            self.lookups += 1
            return super().get(name, default)

    heading = ["捐赠人", "金额", "到账日期", "经办"]
    rows = [["示例", number, "2020-01-02", f"姓名{number}"] for number in range(200)]
    path = tmp_path / "表.xlsx"
    path.write_bytes(write_xlsx([heading, *rows]))
    names = Names(BRANCH_NAMES)

    reading = parse_workbook(
        read_workbook(path, filename=path.name),
        LEDGER,
        dataclasses.replace(ledger_context(), branch_names=names),
    )

    assert "branch.not_read" not in finding_codes(reading)
    assert names.lookups == 42  # the worksheet's name among them


def test_worksheets_with_equal_names_are_reported_by_their_own_tables(tmp_path):
    def sheet(*rows):
        lines = ("".join(f"<Cell><Data>{value}</Data></Cell>" for value in cells) for cells in rows)
        table = "".join(f"<Row>{line}</Row>" for line in lines)
        return f'<Worksheet ss:Name="明细"><Table>{table}</Table></Worksheet>'

    space = "urn:schemas-microsoft-com:office:spreadsheet"
    gifts = sheet(["捐赠人", "金额", "日期"], ["甲", 1, "2020-01-02"])
    summary = sheet(["渠道", "金额"], ["银行", 1], ["微信", 2])
    book = f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">'

    reading = parse_ledger(f"{book}{gifts}{summary}</Workbook>".encode(), tmp_path)

    assert reading.frame["giver"].to_list() == ["甲"]
    assert finding_codes(reading) == ["table.skipped"]
