"""Where tables begin and end in the workbooks offices keep."""

from decimal import Decimal

import pytest

from tests.uploads.readers import codes, reading_of
from tests.workbooks import xlsx


def sums(reading):
    return [dict(table.sums) for table in reading.tables]


def test_a_title_in_column_b_a_unit_alone_and_totals_are_no_data(tmp_path):
    content = xlsx(
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

    reading = reading_of(content, tmp_path)

    assert reading.frame.height == 2
    assert sums(reading) == [{"value": Decimal("300.50")}]
    assert reading.tables[0].layout.heading_rows == (3,)
    assert [check.agrees for check in reading.tables[0].total_checks] == [True]
    assert codes(reading) == []


def test_a_total_that_differs_is_a_warning_that_names_both_numbers(tmp_path):
    content = xlsx(
        [["捐赠人", "金额（元）", "日期"], ["示例甲", 100, "2020-01-22"], ["合计", 150, None]]
    )

    reading = reading_of(content, tmp_path)

    (finding,) = reading.findings
    assert (finding.code, finding.severity) == ("total.differs", "warning")
    assert "150" in finding.message
    assert "100" in finding.message


def test_headings_of_two_levels_are_joined(tmp_path):
    content = xlsx(
        [
            ["捐赠明细", None, None, None],
            ["单位", "捐赠", None, "票据号"],
            [None, "姓名", "金额（万元）", None],
            ["五华区", "示例甲", 1.5, "A1"],
        ],
        merges=["A2:A3", "B2:C2", "D2:D3"],
    )

    reading = reading_of(content, tmp_path)

    layout = reading.tables[0].layout
    assert layout.heading_rows == (2, 3)
    assert layout.by_heading == {
        "单位": "branch",
        "捐赠／姓名": "giver",
        "捐赠／金额（万元）": "value",
        "票据号": "ticket",
    }
    assert sums(reading) == [{"value": Decimal("15000.00")}]


def test_two_tables_in_one_worksheet_are_both_read(tmp_path):
    content = xlsx(
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

    reading = reading_of(content, tmp_path)

    assert reading.frame["giver"].to_list() == ["示例公司", "示例公司", "示例学校"]
    assert sums(reading) == [{"quantity": Decimal("201.00")}, {"quantity": Decimal("7.00")}]
    assert codes(reading) == ["label.carried", "column.missing", "column.missing"]


def test_a_footer_written_as_text_is_compared(tmp_path):
    content = xlsx(
        [["捐赠人", "金额", "日期"], ["示例甲", 100, "2020-01-22"], ["共计1人次/总金额100.00"]]
    )

    reading = reading_of(content, tmp_path)

    assert reading.frame.height == 1
    assert [check.agrees for check in reading.tables[0].total_checks] == [True]


def test_a_sum_without_a_label_in_the_last_row_is_no_gift(tmp_path):
    content = xlsx(
        [
            ["姓名", "金额", "日期"],
            ["示例甲", 100, "2020-01-22"],
            ["示例乙", 50, "2020-01-22"],
            [None, 150, None],
        ]
    )

    assert reading_of(content, tmp_path).frame.height == 2


def test_a_heading_repeated_on_each_page_is_skipped(tmp_path):
    heading = ["捐赠人", "金额", "日期"]
    content = xlsx([heading, ["示例甲", 1, "2020-01-22"], heading, ["示例乙", 2, "2020-01-23"]])

    reading = reading_of(content, tmp_path)

    assert reading.frame["giver"].to_list() == ["示例甲", "示例乙"]


def test_without_a_heading_the_finding_says_what_is_expected(tmp_path):
    reading = reading_of(xlsx([["甲", "乙"], [1, 2]]), tmp_path)

    assert codes(reading) == ["heading.missing"]
    assert "捐赠人" in reading.findings[0].suggestion


def test_unknown_headings_are_named_and_the_nearest_field_proposed(tmp_path):
    content = xlsx(
        [["捐赠人", "日期", "金额", "联系电号", "序号"], ["示例甲", "2020-01-02", 5, "", 1]]
    )

    layout = reading_of(content, tmp_path).tables[0].layout

    assert layout.unknown == ("联系电号",)
    assert layout.proposals["联系电号"][0] == "phone"


def test_a_unit_in_a_cell_above_counts_for_money_only(tmp_path):
    content = xlsx(
        [
            ["表", None, "单位：万元"],
            ["捐赠人", "金额", "数量", "日期"],
            ["示例甲", 2, 3, "2020-01-22"],
        ]
    )

    assert sums(reading_of(content, tmp_path)) == [
        {"value": Decimal("20000.00"), "quantity": Decimal("3.00")}
    ]


def test_tables_side_by_side_are_both_read(tmp_path):
    content = xlsx([["捐赠人", "金额", "捐赠人", "金额"], ["甲", 1, "乙", 2], ["丙", 3, "丁", 4]])

    reading = reading_of(content, tmp_path)

    assert sorted(reading.frame["giver"]) == ["丁", "丙", "乙", "甲"]
    assert sums(reading) == [{"value": Decimal("4.00")}, {"value": Decimal("6.00")}]


def test_tables_side_by_side_may_have_other_columns(tmp_path):
    left, right = ["序号", "捐赠单位", "金额", "日期"], ["序号", "姓名", "金额"]
    content = xlsx([[*left, *right], [1, "甲公司", 1, "2020-01-22", 1, "乙", 2]])

    reading = reading_of(content, tmp_path)

    assert reading.frame.select("giver", "value").rows() == [("甲公司", 1), ("乙", 2)]
    assert [table.layout.unknown for table in reading.tables] == [(), ()]


def test_money_beside_goods_is_not_read_as_one_gift(tmp_path):
    content = xlsx([["捐赠人", "金额", "捐赠单位", "品名", "数量"], ["甲", 1, "乙公司", "口罩", 5]])

    frame = reading_of(content, tmp_path).frame

    assert frame.select("giver", "item").rows() == [("甲", None), ("乙公司", "口罩")]


def test_two_days_of_one_gift_are_one_table(tmp_path):
    content = xlsx(
        [
            ["捐赠日期", "捐赠人", "金额", "到账日期", "备注"],
            ["2020-1-2", "甲", 1, "2020-1-3", "谢"],
        ]
    )

    reading = reading_of(content, tmp_path)

    assert reading.frame.select("giver", "remark").rows() == [("甲", "谢")]


def test_a_second_table_far_below_is_known_however_its_heading_is_spelt(tmp_path):
    issue_8 = [["捐赠人", "金额", "日期"], *(["甲", 1, "2020-01-22"] for _ in range(99))]
    issue_9 = [["日  期", "捐 赠\n人", "金 额（元）"], ["2020-01-23", "乙", 2]]

    reading = reading_of(xlsx([*issue_8, *issue_9]), tmp_path)

    assert sums(reading) == [{"value": Decimal(99)}, {"value": Decimal(2)}]


def test_a_notes_page_with_two_known_words_is_no_table(tmp_path):
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

    assert reading_of(buffer.getvalue(), tmp_path).frame.height == 1


def test_a_summary_of_channels_is_told_of_and_not_read_as_gifts(tmp_path):
    gifts = [["捐赠人", "金额", "日期"], ["甲", 1, "2020-01-02"], ["乙", 2, "2020-01-02"], []]
    summary = [["渠道", "金额"], ["银行", 1], ["微信", 2]]

    reading = reading_of(xlsx([*gifts, *summary]), tmp_path)

    assert reading.frame["giver"].to_list() == ["甲", "乙"]
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == ("table.skipped", "warning")
    assert "第5行起的表格（2行）" in finding.message


def test_a_heading_is_told_by_words_within_it_where_numbers_stand_below(tmp_path):
    heading = ["捐赠单位名称或姓名", "捐赠金额（元整）", "接收日期"]

    reading = reading_of(xlsx([["公示"], heading, ["甲", 1, "2020-01-02"]]), tmp_path)

    assert reading.tables[0].layout.by_heading == {
        "捐赠单位名称或姓名": "giver",
        "捐赠金额（元整）": "value",
    }


def test_a_count_of_givers_is_not_their_names(tmp_path):
    heading = ["日期", "捐赠单位数", "捐赠金额"]

    layout = reading_of(xlsx([heading, ["2020-01-02", 57, 100]]), tmp_path).tables[0].layout

    assert layout.unknown == ("捐赠单位数",)
    assert "giver" in layout.missing


def test_a_gift_whose_words_are_headings_elsewhere_is_data(tmp_path):
    content = xlsx(
        [
            ["捐赠人", "金额", "日期", "备注"],
            ["甲", 1, "2020-01-02", None],
            ["姓名", 2, "2020-01-02", "日期"],
        ]
    )

    reading = reading_of(content, tmp_path)

    assert len(reading.tables) == 1
    assert sums(reading) == [{"value": Decimal("3.00")}]


def test_where_givers_work_is_no_branch_and_that_is_said(tmp_path):
    heading = ["姓名", "单位", "金额", "日期"]
    rows = [["甲", "示例医院", 1, "2020-01-02"], ["乙", "某某一中", 2, "2020-01-02"]]

    reading = reading_of(xlsx([heading, *rows]), tmp_path)

    assert "branch" not in reading.frame.columns
    assert codes(reading) == ["branch.workplace", "column.unknown"]


@pytest.mark.parametrize(
    ("heading", "names"), [("县区", ["某某县"] * 2), ("单位", ["某某县", "五华区"])]
)
def test_a_branch_that_nobody_knows_stays_an_error(heading, names, tmp_path):
    rows = [[name, "甲", 1, "2020-01-02"] for name in names]

    reading = reading_of(xlsx([[heading, "姓名", "金额", "日期"], *rows]), tmp_path)

    assert set(codes(reading)) == {"branch.unknown"}
