"""Which rows a printed total stands for, in published lists of gifts."""

from decimal import Decimal

import pytest

from tests.support.workbooks import write_xlsx
from tests.uploads.support.ledger_spec import finding_codes, parse_ledger

HEADING = ["序号", "捐赠单位", "金额（元）"]


def compared_totals(reading):
    """Return each printed total with the sum it was compared with."""
    return [
        (int(check.printed), int(check.read))
        for table in reading.tables
        for check in table.total_checks
    ]


def parse_table(folder, *rows, merges=()):
    return parse_ledger(write_xlsx(rows, merges=merges), folder)


@pytest.mark.parametrize(
    "foot",
    [
        ["合计", None, 6],
        [None, None, None, "合计", None, 6],
        ["合计：6元"],
        ["合计", None, None, None, None, 6],
    ],
)
def test_total_below_side_by_side_tables_is_compared_with_all_tables(foot, tmp_path):
    reading = parse_table(tmp_path, HEADING * 2, [1, "甲", 1, 3, "丙", 3], [2, "乙", 2], foot)

    assert reading.frame.height == 3
    assert compared_totals(reading) == [(6, 6)]


def test_total_of_each_side_by_side_table_is_compared_with_its_table(tmp_path):
    foot = ["合计", None, 3, "合计", None, 4]
    reading = parse_table(tmp_path, HEADING * 2, [1, "甲", 1, 3, "丙", 3], [2, "乙", 2], foot)

    assert compared_totals(reading) == [(3, 3), (4, 3)]
    assert finding_codes(reading).count("total.differs") == 1


def test_total_on_the_last_page_is_compared_with_every_page(tmp_path):
    page_1 = [HEADING, [1, "甲", 1], ["本页小计", None, 1], [None, "第1页，共2页"]]
    page_2 = [HEADING, [2, "乙", 2], ["本页小计", None, 2], ["合计", None, 3]]

    assert compared_totals(parse_table(tmp_path, *page_1, *page_2)) == [(1, 1), (2, 2), (3, 3)]


def test_total_is_compared_with_pages_since_the_previous_total(tmp_path):
    issue_8 = [HEADING, [1, "甲", 1], HEADING, [2, "乙", 2], ["合计", None, 3]]
    issue_9 = [HEADING, [1, "丙", 4], HEADING, [2, "丁", 5], ["合计", None, 9]]

    assert compared_totals(parse_table(tmp_path, *issue_8, *issue_9)) == [(3, 3), (9, 9)]


def test_total_mismatch_names_the_rows_since_the_previous_total(tmp_path):
    issue_8 = [HEADING, [1, "甲", 1], ["合计", None, 1]]
    issue_9 = [HEADING, [1, "乙", 2], ["合计", None, 5]]

    reading = parse_table(tmp_path, *issue_8, *issue_9)

    assert compared_totals(reading) == [(1, 1), (5, 2)]
    (finding,) = [finding for finding in reading.findings if finding.code == "total.differs"]
    assert (finding.row, finding.severity) == (6, "warning")
    assert "合计行为 5.00元" in finding.message
    assert "明细之和为 2.00元" in finding.message


@pytest.mark.parametrize(
    "foot",
    [
        ["共计2856人次", "总金额3.00"],
        ["共计2856人次／总金额3.00"],
        ["合计：57人，3.00元"],
        ["截至2月2日24时共收到捐款57笔", "3元"],
        ["总计（人民币）", "￥3.00元"],
        [None, None, 3],
    ],
)
def test_footer_text_total_is_read_for_money_not_people(foot, tmp_path):
    reading = parse_table(tmp_path, ["捐赠人", "金额"], ["甲", 1], ["乙", 2], foot)

    assert reading.frame.height == 2
    assert compared_totals(reading) == [(3, 3)]


def test_unlabelled_sum_beside_the_last_row_is_compared(tmp_path):
    agreeing = parse_table(tmp_path, ["捐赠人", "金额"], ["甲", 1], ["乙", 2, 3])
    differing = parse_table(tmp_path, ["捐赠人", "金额"], ["甲", 1], ["乙", 2, 4])

    assert compared_totals(agreeing) == [(3, 3)]
    assert compared_totals(differing) == [(4, 3)]
    assert "total.differs" in finding_codes(differing)


def test_number_beside_a_middle_row_is_not_a_total(tmp_path):
    reading = parse_table(tmp_path, ["捐赠人", "金额"], ["甲", 1, 7], ["乙", 2])

    assert compared_totals(reading) == []


def test_total_between_title_and_header_is_compared(tmp_path):
    reading = parse_table(
        tmp_path, ["公示"], ["合计金额：", None, 3], HEADING, [1, "甲", 1], [2, "乙", 2]
    )

    assert compared_totals(reading) == [(3, 3)]


def test_daily_subtotal_is_not_read_as_a_gift(tmp_path):
    day_1 = [["2020.02.01", "甲", 1], [None, "乙", 2], ["2月1日小计", None, 3]]
    day_2 = [["2020.02.02", "丙", 4], ["2月2日小计", None, 4]]

    reading = parse_table(tmp_path, ["日期", "捐赠人", "金额"], *day_1, *day_2, ["累计", None, 7])

    assert reading.frame.height == 3
    assert compared_totals(reading) == [(3, 3), (4, 4), (7, 7)]


def test_section_row_with_subtotal_is_not_read_as_a_gift(tmp_path):
    units = [["一", "单位捐款", 3], [1, "甲公司", 1], [2, "乙公司", 2]]
    persons = [["二", "个人捐款", 4], [1, "丙", 4], [2, "丁", 0.5], [3, "戊", 0.5]]

    reading = parse_table(tmp_path, HEADING, *units, *persons)

    assert reading.frame["giver"].to_list() == ["甲公司", "乙公司", "丙", "丁", "戊"]
    assert compared_totals(reading) == [(3, 3), (4, 5)]


def test_rows_numbered_in_chinese_are_read_as_gifts(tmp_path):
    reading = parse_table(tmp_path, HEADING, ["一", "甲", 1], ["二", "乙", 2], ["三", "丙", 3])

    assert reading.frame["value"].sum() == Decimal(6)


def test_merged_section_row_is_not_read_as_a_gift_without_amount(tmp_path):
    reading = parse_table(
        tmp_path,
        ["捐赠人", "金额"],
        ["单位捐款", None],
        ["甲公司", 1],
        ["个人捐款", None],
        ["乙", 2],
        merges=["A2:B2", "A4:B4"],
    )

    assert reading.frame["giver"].to_list() == ["甲公司", "乙"]
    assert "required.empty" not in finding_codes(reading)


def test_giver_name_resembling_a_total_is_read_as_a_gift(tmp_path):
    givers = ["合计划科技公司", "总计（云南）集团", "小计算机店", "共计生活超市", "张合计"]

    reading = parse_table(
        tmp_path, HEADING, *([1 + at, giver, 1] for at, giver in enumerate(givers))
    )

    assert reading.frame["giver"].to_list() == givers


def test_giver_name_containing_a_count_is_not_a_total(tmp_path):
    reading = parse_table(
        tmp_path, ["捐赠人", "品名", "金额"], ["全县共20家企业", "口罩"], ["甲", "棉被"]
    )

    assert reading.frame["giver"].to_list() == ["全县共20家企业", "甲"]
