"""What several cells of a row say together, as offices write it in lists of gifts."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import xlsxwriter

from tests.uploads.readers import codes
from tests.uploads.registered import errors, read, read_book

pytestmark = pytest.mark.django_db
LEDGER = "donations.ledger"


def gifts(reading):
    """Return giver, amount and day of each row."""
    return reading.frame.select("giver_name", "value", "received_on").rows()


def book(**worksheets):
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
def test_year_month_and_day_stand_in_columns_of_their_own(heading, tmp_path, now):
    found = read(LEDGER, heading, tmp_path, now=now)

    assert errors(found) == []
    assert gifts(found) == [
        ("示例甲", Decimal(50), dt.date(2021, 9, 3)),
        ("示例乙", Decimal(20), dt.date(2021, 9, 4)),
    ]


def test_a_day_alone_above_its_gifts_is_that_of_each(tmp_path, now):
    rows = [
        ["序号", "捐赠人", "金额（元）"],
        ["9月3日"], [1, "示例甲", 50], [2, "示例乙", 20],
        ["9月4日"], [3, "示例丙", 10],
    ]  # fmt: skip

    found = read(LEDGER, rows, tmp_path, now=now)

    days = [dt.date(2021, 9, 3)] * 2 + [dt.date(2021, 9, 4)]
    assert found.frame["received_on"].to_list() == days
    assert "column.by_period" not in codes(found)


def test_gifts_before_the_first_day_have_none(tmp_path, now):
    rows = [["捐赠人", "金额（元）"], ["示例甲", 50], ["9月4日"], ["示例丙", 10]]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert "column.by_period" in codes(found)


def test_a_worksheet_called_by_its_month_gives_the_month_of_its_days(tmp_path, now):
    heading = ["日期", "捐赠人", "金额（元）"]
    content = book(**{"8月": [heading, [28, "示例甲", 5]], "9月": [heading, ["3日", "示例乙", 6]]})

    found = read_book(LEDGER, content, tmp_path, period="2021Q3", now=now)

    assert errors(found) == []
    assert found.frame["received_on"].to_list() == [dt.date(2021, 8, 28), dt.date(2021, 9, 3)]
    assert codes(found).count("date.year_assumed") == 2


def test_days_without_a_month_are_told(tmp_path, now):
    rows = [["日期", "捐赠人", "金额（元）"], [28, "示例甲", 5], [29, "示例乙", 6]]

    found = read(LEDGER, rows, tmp_path, period="2021Q3", now=now)

    assert errors(found) == ["date.unreadable"] * 2


# Amounts ------------------------------------------------------------------------


def test_an_amount_in_the_column_of_its_channel_is_the_gift_and_tells_the_channel(tmp_path, now):
    heading = ["日期", "捐款人", "银行转账", "现金", "微信"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", 5000, "", ""],
        ["2021-09-03", "示例乙", "", "", 8.5],
        ["2021-09-04", "示例丙", "", 20, 10],
        ["合计", "", 5000, 20, 18.5],
    ]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].to_list() == [Decimal(5000), Decimal("8.5"), Decimal(30)]
    assert found.frame["channel"].to_list() == ["BANK", "WECHAT", None]
    assert [check.agrees for table in found.tables for check in table.total_checks] == [True]
    assert "column.unknown" not in codes(found)


def test_designated_and_other_gifts_in_two_columns_are_told_apart(tmp_path, now):
    rows = [
        ["日期", "捐款人", "捐赠金额", ""],
        ["", "", "定向", "非定向"],
        ["2021-09-03", "示例甲", 500, ""],
        ["2021-09-03", "示例乙", "", 20],
    ]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].to_list() == [Decimal(500), Decimal(20)]
    assert found.frame["designated"].to_list() == [True, False]


def test_the_sum_beside_its_parts_is_the_gift(tmp_path, now):
    heading = ["日期", "捐赠单位", "现金", "物资折价", "合计"]
    rows = [heading, ["2021-09-03", "示例甲", 800, "", 800], ["2021-09-03", "示例乙", 5, 100, 105]]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert found.frame["value"].to_list() == [Decimal(800), Decimal(105)]


def test_money_and_the_value_of_goods_are_one_amount(tmp_path, now):
    heading = ["日期", "捐赠单位", "捐赠现金（元）", "捐赠物资名称", "物资数量", "价值（万元）"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", "", "棉被", "300床", 3.3],
        ["2021-09-03", "示例乙", 99, "", "", ""],
    ]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].to_list() == [Decimal(33000), Decimal(99)]


def test_a_part_that_holds_words_is_no_amount(tmp_path, now):
    heading = ["日期", "捐款人", "银行转账", "现金"]
    rows = [heading, ["2021-09-03", "示例甲", "农行", 5], ["2021-09-03", "示例乙", "工行", 8]]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert "required.empty" in errors(found)


def test_cash_in_the_columns_of_goods_is_money(tmp_path, now):
    heading = ["日期", "捐赠者", "捐赠内容", "数量", "单位"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", "现金", 8.88, "元"],
        ["2021-09-03", "示例乙", "口罩", 300, "只"],
        ["2021-09-03", "示例丙", "人民币", 2, "万元"],
    ]

    frame = read(LEDGER, rows, tmp_path, now=now).frame

    assert frame["value"].to_list() == [Decimal("8.88"), None, Decimal(20000)]
    assert frame["item"].to_list() == [None, "口罩", None]
    assert frame["quantity"].to_list() == [None, Decimal(300), None]


def test_money_and_goods_in_one_column_are_told_apart(tmp_path, now):
    rows = [["爱心人士", "捐赠款物", "时间"], ["示例甲", "现金20元", "9月3日"], ["示例乙", "口罩98个", "9月3日"]]  # fmt: skip

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].to_list() == [Decimal(20), None]
    assert found.frame["item"].to_list() == [None, "口罩98个"]
    assert "amount.goods" in codes(found)


def test_an_amount_in_words_is_told_and_is_no_goods(tmp_path, now):
    rows = [["捐赠人", "捐赠金额", "时间"], ["示例甲", "六万", "9月3日"], ["示例乙", 5, "9月3日"]]

    assert "amount.in_words" in errors(read(LEDGER, rows, tmp_path, now=now))


def test_a_gift_from_abroad_counts_as_what_it_comes_to_in_yuan(tmp_path, now):
    heading = ["日期", "捐赠人", "币种", "原币金额", "汇率", "折合人民币（元）"]
    rows = [
        heading,
        ["2021-09-03", "示例甲", "EUR", 2000, 7.6421, 15284.2],
        ["2021-09-03", "示例乙", "人民币", "", "", 50],
    ]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].to_list() == [Decimal("15284.2"), Decimal(50)]
    assert found.frame["original_value"].to_list() == [Decimal(2000), None]


def test_foreign_money_that_nobody_has_reckoned_is_refused(tmp_path, now):
    rows = [["日期", "捐赠人", "币种", "金额"], ["2021-09-03", "示例甲", "美元", 2000]]

    assert errors(read(LEDGER, rows, tmp_path, now=now)) == ["amount.foreign"]


# Columns that hold something else -------------------------------------------------


def test_kinds_of_goods_side_by_side_are_no_names_of_goods(tmp_path, now):
    rows = [
        ["日期", "捐赠单位", "物资名称", ""],
        ["", "", "口罩", "手套"],
        ["2021-09-03", "示例甲", 300, 5],
        ["2021-09-03", "示例乙", 20, ""],
    ]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == ["required.empty"] * 2


@pytest.mark.parametrize(
    ("word", "channel"),
    [("农行转账", "BANK"), ("对方转入", "OTHER"), ("微信", "WECHAT")],
)
def test_a_channel_nobody_has_listed_is_the_one_within_it_or_another(word, channel, tmp_path, now):
    rows = [["捐赠人", "金额", "日期", "渠道"], ["示例甲", 5, "2021-09-03", word]]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["channel"].to_list() == [channel]
    assert ("choice.other" in codes(found)) == (word != "微信")
    if word != "微信":
        assert found.frame["remark"].to_list() == [word]


def test_a_misspelt_word_of_a_list_is_asked_about(tmp_path, now):
    rows = [["捐赠人", "金额", "日期", "渠道"], ["示例甲", 5, "2021-09-03", "支付保"]]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == ["choice.unknown"]


def test_a_telephone_number_that_is_masked_is_left_out_or_is_all_there_is_of_a_giver(tmp_path, now):
    masked = "138****1234"
    named = [["捐赠人", "联系电话", "金额", "日期"], ["示例甲", masked, 5, "2021-09-03"]]
    unnamed = [["手机号码", "金额", "日期"], [masked, 5, "2021-09-03"]]

    beside, alone = (read(LEDGER, rows, tmp_path, now=now) for rows in (named, unnamed))

    assert errors(beside) == errors(alone) == []
    assert beside.frame["phone"].to_list() == [None]
    assert alone.frame["giver_name"].to_list() == [masked]


@pytest.mark.parametrize("word", ["不标价", "未折价", "/"])
def test_goods_without_a_price_say_so_in_the_column_of_amounts(word, tmp_path, now):
    heading = ["捐赠单位", "品名", "数量", "金额（元）", "接收日期", "有效期至"]
    rows = [heading, ["示例甲", "口罩", 5, word, "2021-09-03", "2022.6"]]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].to_list() == [None]
    assert found.frame["expires_on"].to_list() == [dt.date(2022, 6, 30)]
    assert "date.month_end" in codes(found)


# Rows that are none ---------------------------------------------------------------


def test_what_is_printed_again_on_each_page_is_no_gift(tmp_path, now):
    heading = ["序号", "捐款人", "金额", "日期"]
    rows = [
        heading, [1, "示例甲", 5, "2021-09-03"],
        ["", "单位：元", "", "第2页"], heading, [2, "示例乙", 6, "2021-09-03"],
    ]  # fmt: skip

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["giver_name"].to_list() == ["示例甲", "示例乙"]


def test_a_giver_called_by_the_word_for_a_sum_is_one_where_the_line_is_numbered_and_dated(
    tmp_path, now
):
    rows = [["序号", "捐款人", "金额", "日期"], [1, "示例甲", 5, "2021-09-03"], [2, "小计", 6, "2021-09-03"]]  # fmt: skip

    assert read(LEDGER, rows, tmp_path, now=now).frame["value"].sum() == 11


def test_the_summary_at_the_foot_of_an_export_is_no_gift(tmp_path, now):
    rows = [
        ["商户订单号", "昵称", "订单金额", "交易时间"],
        ["T1", "示例甲", 5, "2021-09-03 08:00:00"], ["T2", "示例乙", 6, "2021-09-03 09:00:00"],
        ["总交易单数", "订单总金额", "退款总金额"], [2, 11, 0],
    ]  # fmt: skip

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].sum() == 11


def test_what_an_account_book_carries_over_is_no_gift(tmp_path, now):
    rows = [
        ["日期", "捐赠人", "摘要", "贷方", "余额"],
        ["", "", "承前页", "", 100],
        ["2021-09-03", "示例甲", "捐款", 5, 105],
        ["2021-09-30", "", "本月合计", 5, 105],
        ["2021-09-30", "", "本年累计", 105, 105],
    ]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].sum() == 5
    assert "total.differs" not in codes(found)


def test_the_sums_of_days_beside_the_lists_of_days_are_no_gifts(tmp_path, now):
    heading = ["捐款人", "金额"]
    content = book(
        汇总=[["日期", "笔数", "金额"], ["9月3日", 2, 11], ["9月4日", 1, 7]],
        三日=[["捐款日期：2021年9月3日"], heading, ["示例甲", 5], ["示例乙", 6]],
        四日=[["捐款日期：2021年9月4日"], heading, ["示例丙", 7]],
    )

    found = read_book(LEDGER, content, tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["value"].sum() == 18
    assert "table.skipped" in codes(found)


def test_a_worksheet_that_repeats_rows_of_another_is_read_once(tmp_path, now):
    heading = ["捐款人", "金额", "日期"]
    rows = [[f"示例{at}", 1000 * at, "2021-09-03"] for at in range(1, 9)]
    content = book(全部=[heading, *rows], 其中五千元以上=[heading, *rows[4:]])

    found = read_book(LEDGER, content, tmp_path, now=now)

    assert found.frame["value"].sum() == 36_000
    assert "table.excerpt" in codes(found)


@pytest.mark.parametrize(
    "others",
    [
        [["爱心人士", 10, "2021-09-03"]] * 3,  # alike by chance
        [["示例1", 1000, "2021-09-03"], ["示例9", 5, "2021-09-03"], ["示例8", 8000, "2021-09-03"]],
    ],
)
def test_rows_that_may_be_others_are_read(others, tmp_path, now):
    heading = ["捐款人", "金额", "日期"]
    rows = [[f"示例{at}", 1000 * at, "2021-09-03"] for at in range(1, 9)]
    rows += [["爱心人士", 10, "2021-09-03"]] * 3

    found = read_book(LEDGER, book(一=[heading, *rows], 二=[heading, *others]), tmp_path, now=now)

    assert found.frame.height == 14


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
def test_the_many_words_for_who_gives_what_and_when(heading, tmp_path, now):
    found = read(LEDGER, [heading, ["示例甲", 5, "2021-09-03"]], tmp_path, now=now)

    assert errors(found) == []
    assert gifts(found) == [("示例甲", Decimal(5), dt.date(2021, 9, 3))]


@pytest.mark.parametrize("heading", ["捐款人数", "认捐金额", "捐款人次", "捐款单位数"])
def test_what_is_counted_beside_is_neither_giver_nor_amount(heading, tmp_path, now):
    rows = [["捐款人", "金额", "日期", heading], ["示例甲", 5, "2021-09-03", 77]]

    found = read(LEDGER, rows, tmp_path, now=now)

    assert gifts(found) == [("示例甲", Decimal(5), dt.date(2021, 9, 3))]
