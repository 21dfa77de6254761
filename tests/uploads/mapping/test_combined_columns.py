"""Values that several cells of a row make up: dates, amounts by channel, goods."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import xlsxwriter

from tests.uploads.support.ledger_spec import finding_codes
from tests.uploads.support.registered_sheets import error_codes, parse_rows, parse_workbook_bytes

pytestmark = pytest.mark.django_db
LEDGER = "donations.ledger"


def read_gifts(reading):
    """Return giver, amount and date of each row."""
    return reading.frame.select("giver_name", "value", "received_on").rows()


def make_workbook(**worksheets):
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for name, rows in worksheets.items():
        sheet = made.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    made.close()
    return buffer.getvalue()


# Days ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        [["年", "月", "日", "捐助人", "捐助款数"], [2021, 9, 3, "示例甲", 50], ["", "", 4, "示例乙", 20]],
        [["2021年", "", "捐助人", "捐助款数"], ["月", "日", "", ""], [9, 3, "示例甲", 50], ["", 4, "示例乙", 20]],
    ],
)  # fmt: skip
def test_date_in_separate_year_month_day_columns_is_combined(heading, tmp_path, now):
    result = parse_rows(LEDGER, heading, tmp_path, now=now)

    assert error_codes(result) == []
    assert read_gifts(result) == [
        ("示例甲", Decimal(50), dt.date(2021, 9, 3)),
        ("示例乙", Decimal(20), dt.date(2021, 9, 4)),
    ]


def test_date_row_above_gifts_applies_to_each_gift(tmp_path, now):
    rows = [
        ["序号", "捐赠人", "金额（元）"],
        ["9月3日"], [1, "示例甲", 50], [2, "示例乙", 20],
        ["9月4日"], [3, "示例丙", 10],
    ]  # fmt: skip

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    days = [dt.date(2021, 9, 3)] * 2 + [dt.date(2021, 9, 4)]
    assert result.frame["received_on"].to_list() == days
    assert "column.by_period" not in finding_codes(result)


def test_gifts_above_the_first_date_row_have_no_date(tmp_path, now):
    rows = [["捐赠人", "金额（元）"], ["示例甲", 50], ["9月4日"], ["示例丙", 10]]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert "column.by_period" in finding_codes(result)


def test_worksheet_named_by_month_gives_the_month_of_its_days(tmp_path, now):
    heading = ["日期", "捐赠人", "金额（元）"]
    content = make_workbook(
        **{"8月": [heading, [28, "示例甲", 5]], "9月": [heading, ["3日", "示例乙", 6]]}
    )

    result = parse_workbook_bytes(LEDGER, content, tmp_path, period="2021Q3", now=now)

    assert error_codes(result) == []
    assert result.frame["received_on"].to_list() == [dt.date(2021, 8, 28), dt.date(2021, 9, 3)]
    assert finding_codes(result).count("date.year_assumed") == 2


def test_day_numbers_without_a_month_are_an_error(tmp_path, now):
    rows = [["日期", "捐赠人", "金额（元）"], [28, "示例甲", 5], [29, "示例乙", 6]]

    result = parse_rows(LEDGER, rows, tmp_path, period="2021Q3", now=now)

    assert error_codes(result) == ["date.unreadable"] * 2


# Amounts ------------------------------------------------------------------------


def test_amount_in_a_channel_column_gives_gift_and_channel(tmp_path, now):
    heading = ["日期", "捐款人", "银行转账", "现金", "微信"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", 5000, "", ""],
        ["2021-09-03", "示例乙", "", "", 8.5],
        ["2021-09-04", "示例丙", "", 20, 10],
        ["合计", "", 5000, 20, 18.5],
    ]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].to_list() == [Decimal(5000), Decimal("8.5"), Decimal(30)]
    assert result.frame["channel"].to_list() == ["BANK", "WECHAT", None]
    assert [check.agrees for table in result.tables for check in table.total_checks] == [True]
    assert "column.unknown" not in finding_codes(result)


def test_designated_and_undesignated_amount_columns_are_distinguished(tmp_path, now):
    rows = [
        ["日期", "捐款人", "捐赠金额", ""],
        ["", "", "定向", "非定向"],
        ["2021-09-03", "示例甲", 500, ""],
        ["2021-09-03", "示例乙", "", 20],
    ]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].to_list() == [Decimal(500), Decimal(20)]
    assert result.frame["designated"].to_list() == [True, False]


def test_sum_column_beside_its_parts_is_the_gift_amount(tmp_path, now):
    heading = ["日期", "捐赠单位", "现金", "物资折价", "合计"]
    rows = [heading, ["2021-09-03", "示例甲", 800, "", 800], ["2021-09-03", "示例乙", 5, 100, 105]]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert result.frame["value"].to_list() == [Decimal(800), Decimal(105)]


def test_money_and_goods_value_columns_are_combined(tmp_path, now):
    heading = ["日期", "捐赠单位", "捐赠现金（元）", "捐赠物资名称", "物资数量", "价值（万元）"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", "", "棉被", "300床", 3.3],
        ["2021-09-03", "示例乙", 99, "", "", ""],
    ]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].to_list() == [Decimal(33000), Decimal(99)]


def test_part_column_holding_text_is_not_an_amount(tmp_path, now):
    heading = ["日期", "捐款人", "银行转账", "现金"]
    rows = [heading, ["2021-09-03", "示例甲", "农行", 5], ["2021-09-03", "示例乙", "工行", 8]]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert "required.empty" in error_codes(result)


def test_cash_in_a_goods_column_is_read_as_money(tmp_path, now):
    heading = ["日期", "捐赠者", "捐赠内容", "数量", "单位"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", "现金", 8.88, "元"],
        ["2021-09-03", "示例乙", "口罩", 300, "只"],
        ["2021-09-03", "示例丙", "人民币", 2, "万元"],
    ]

    frame = parse_rows(LEDGER, rows, tmp_path, now=now).frame

    assert frame["value"].to_list() == [Decimal("8.88"), None, Decimal(20000)]
    assert frame["item"].to_list() == [None, "口罩", None]
    assert frame["quantity"].to_list() == [None, Decimal(300), None]


def test_money_and_goods_in_one_column_are_distinguished(tmp_path, now):
    rows = [["爱心人士", "捐赠款物", "时间"], ["示例甲", "现金20元", "9月3日"], ["示例乙", "口罩98个", "9月3日"]]  # fmt: skip

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].to_list() == [Decimal(20), None]
    assert result.frame["item"].to_list() == [None, "口罩98个"]
    assert "amount.goods" in finding_codes(result)


def test_amount_in_words_is_an_error_not_goods(tmp_path, now):
    rows = [["捐赠人", "捐赠金额", "时间"], ["示例甲", "六万", "9月3日"], ["示例乙", 5, "9月3日"]]

    assert "amount.in_words" in error_codes(parse_rows(LEDGER, rows, tmp_path, now=now))


def test_foreign_gift_counts_by_its_yuan_amount(tmp_path, now):
    heading = ["日期", "捐赠人", "币种", "原币金额", "汇率", "折合人民币（元）"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", "EUR", 2000, 7.6421, 15284.2],
        ["2021-09-03", "示例乙", "人民币", "", "", 50],
    ]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].to_list() == [Decimal("15284.2"), Decimal(50)]
    assert result.frame["original_value"].to_list() == [Decimal(2000), None]


def test_foreign_gift_without_yuan_amount_is_refused(tmp_path, now):
    rows = [["日期", "捐赠人", "币种", "金额"], ["2021-09-03", "示例甲", "美元", 2000]]

    assert error_codes(parse_rows(LEDGER, rows, tmp_path, now=now)) == ["amount.foreign"]


# Columns that hold something else -------------------------------------------------


def test_goods_category_columns_are_not_goods_names(tmp_path, now):
    rows = [
        ["日期", "捐赠单位", "物资名称", ""],
        ["", "", "口罩", "手套"],
        ["2021-09-03", "示例甲", 300, 5],
        ["2021-09-03", "示例乙", 20, ""],
    ]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == ["required.empty"] * 2


@pytest.mark.parametrize(
    ("word", "channel"),
    [("农行转账", "BANK"), ("对方转入", "OTHER"), ("微信", "WECHAT")],
)
def test_unlisted_channel_is_the_contained_one_or_other(word, channel, tmp_path, now):
    rows = [["捐赠人", "金额", "日期", "渠道"], ["示例甲", 5, "2021-09-03", word]]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["channel"].to_list() == [channel]
    assert ("choice.other" in finding_codes(result)) == (word != "微信")
    if word != "微信":
        assert result.frame["remark"].to_list() == [word]


def test_misspelt_choice_word_is_questioned(tmp_path, now):
    rows = [["捐赠人", "金额", "日期", "渠道"], ["示例甲", 5, "2021-09-03", "支付保"]]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == ["choice.unknown"]


def test_masked_phone_number_is_dropped_or_used_as_giver(tmp_path, now):
    masked = "138****1234"
    named = [["捐赠人", "联系电话", "金额", "日期"], ["示例甲", masked, 5, "2021-09-03"]]
    unnamed = [["手机号码", "金额", "日期"], [masked, 5, "2021-09-03"]]

    beside, alone = (parse_rows(LEDGER, rows, tmp_path, now=now) for rows in (named, unnamed))

    assert error_codes(beside) == error_codes(alone) == []
    assert beside.frame["phone"].to_list() == [None]
    assert alone.frame["giver_name"].to_list() == [masked]


@pytest.mark.parametrize("word", ["不标价", "未折价", "/"])
def test_unpriced_goods_noted_in_the_amount_column_are_read(word, tmp_path, now):
    heading = ["捐赠单位", "品名", "数量", "金额（元）", "接收日期", "有效期至"]
    rows = [heading, ["示例甲", "口罩", 5, word, "2021-09-03", "2022.6"]]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].to_list() == [None]
    assert result.frame["expires_on"].to_list() == [dt.date(2022, 6, 30)]
    assert "date.month_end" in finding_codes(result)


# Rows that are none ---------------------------------------------------------------


def test_page_header_repeated_in_the_data_is_not_a_gift(tmp_path, now):
    heading = ["序号", "捐款人", "金额", "日期"]
    rows = [
        heading, [1, "示例甲", 5, "2021-09-03"],
        ["", "单位：元", "", "第2页"], heading, [2, "示例乙", 6, "2021-09-03"],
    ]  # fmt: skip

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["giver_name"].to_list() == ["示例甲", "示例乙"]


def test_giver_named_like_a_total_is_a_gift_in_a_numbered_dated_row(tmp_path, now):
    rows = [["序号", "捐款人", "金额", "日期"], [1, "示例甲", 5, "2021-09-03"], [2, "小计", 6, "2021-09-03"]]  # fmt: skip

    assert parse_rows(LEDGER, rows, tmp_path, now=now).frame["value"].sum() == 11


def test_export_footer_summary_is_not_a_gift(tmp_path, now):
    rows = [
        ["商户订单号", "昵称", "订单金额", "交易时间"],
        ["T1", "示例甲", 5, "2021-09-03 08:00:00"], ["T2", "示例乙", 6, "2021-09-03 09:00:00"],
        ["总交易单数", "订单总金额", "退款总金额"], [2, 11, 0],
    ]  # fmt: skip

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].sum() == 11


def test_carried_over_balance_is_not_a_gift(tmp_path, now):
    rows = [
        ["日期", "捐赠人", "摘要", "贷方", "余额"],
        ["", "", "承前页", "", 100],
        ["2021-09-03", "示例甲", "捐款", 5, 105],
        ["2021-09-30", "", "本月合计", 5, 105],
        ["2021-09-30", "", "本年累计", 105, 105],
    ]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].sum() == 5
    assert "total.differs" not in finding_codes(result)


def test_daily_sums_beside_daily_lists_are_not_gifts(tmp_path, now):
    heading = ["捐款人", "金额"]
    content = make_workbook(
        汇总=[["日期", "笔数", "金额"], ["9月3日", 2, 11], ["9月4日", 1, 7]],
        三日=[["捐款日期：2021年9月3日"], heading, ["示例甲", 5], ["示例乙", 6]],
        四日=[["捐款日期：2021年9月4日"], heading, ["示例丙", 7]],
    )

    result = parse_workbook_bytes(LEDGER, content, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["value"].sum() == 18
    assert "table.skipped" in finding_codes(result)


def test_worksheet_repeating_rows_of_another_is_read_once(tmp_path, now):
    heading = ["捐款人", "金额", "日期"]
    rows = [[f"示例{at}", 1000 * at, "2021-09-03"] for at in range(1, 9)]
    content = make_workbook(全部=[heading, *rows], 其中五千元以上=[heading, *rows[4:]])

    result = parse_workbook_bytes(LEDGER, content, tmp_path, now=now)

    assert result.frame["value"].sum() == 36_000
    assert "table.excerpt" in finding_codes(result)


@pytest.mark.parametrize(
    "others",
    [
        [["爱心人士", 10, "2021-09-03"]] * 3,  # alike by chance
        [["示例1", 1000, "2021-09-03"], ["示例9", 5, "2021-09-03"], ["示例8", 8000, "2021-09-03"]],
    ],
)
def test_partially_repeated_rows_are_read(others, tmp_path, now):
    heading = ["捐款人", "金额", "日期"]
    rows = [[f"示例{at}", 1000 * at, "2021-09-03"] for at in range(1, 9)]
    rows += [["爱心人士", 10, "2021-09-03"]] * 3

    result = parse_workbook_bytes(
        LEDGER, make_workbook(一=[heading, *rows], 二=[heading, *others]), tmp_path, now=now
    )

    assert result.frame.height == 14


@pytest.mark.parametrize(
    "heading",
    [
        ["交款单位或个人", "捐资额", "捐资时间"],
        ["捐方", "善款", "收款日"],
        ["微信昵称", "支付金额", "支付时间"],
        ["捐助单位及个人名称", "捐助款数", "捐助日期"],
        ["爱心企业", "实捐金额", "到款日期"],
    ],
)
def test_header_aliases_for_giver_amount_and_date_are_matched(heading, tmp_path, now):
    result = parse_rows(LEDGER, [heading, ["示例甲", 5, "2021-09-03"]], tmp_path, now=now)

    assert error_codes(result) == []
    assert read_gifts(result) == [("示例甲", Decimal(5), dt.date(2021, 9, 3))]


@pytest.mark.parametrize("heading", ["捐款人数", "认捐金额", "捐款人次", "捐款单位数"])
def test_count_columns_are_neither_giver_nor_amount(heading, tmp_path, now):
    rows = [["捐款人", "金额", "日期", heading], ["示例甲", 5, "2021-09-03", 77]]

    result = parse_rows(LEDGER, rows, tmp_path, now=now)

    assert read_gifts(result) == [("示例甲", Decimal(5), dt.date(2021, 9, 3))]
