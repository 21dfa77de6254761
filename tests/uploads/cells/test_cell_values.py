"""Parsing of cell values: read as meant or refused, never read as something else."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcross.periods import Period
from redcross.uploads.cells.amounts import parse_decimal, parse_integer
from redcross.uploads.cells.branches import branch_parser
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.identifiers import (
    check_character,
    parse_credit_code,
    parse_id_number,
    parse_phone,
)
from redcross.uploads.cells.words import MAX_SUGGESTIONS, choice_parser
from tests.support.workbooks import write_xlsx
from tests.uploads.support.ledger_spec import BRANCH_LABELS, finding_codes, parse_ledger

YEAR = Period.parse("2021")


def read_date(text, *, number=False, cell=False, period=YEAR):
    return parse_date(text, is_number=number, is_date=cell, period=period)


def parse_amount(text, *, number=False, multiple=Decimal(1)):
    return parse_decimal(text, is_number=number, places=2, multiple=multiple, money=True)


@pytest.mark.parametrize(
    "text",
    [
        "2021-08-08", "2021/8/8", "2021.8.8", "2021.08.08", "2021年8月8日", "20210808",
        "２０２１年８月８日", " 2021-8-8 ", "2021-08-08 02:24", "2021/8/8 2:24:05", "2021年8月8号",
        "2021-08-08T02:24:00", "2021\u200b-08-08", "二〇二一年八月八日", "二○二一年 八月 八日",
        "2021，8，8", "2021年8月8日 星期日",
    ],
)  # fmt: skip
def test_date_spelling_is_parsed_to_that_date(text):
    parsed = read_date(text)

    assert (parsed.value, parsed.code) == (dt.date(2021, 8, 8), "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二一年十月十日", dt.date(2021, 10, 10)),
        ("二〇二一年十一月二十三日", dt.date(2021, 11, 23)),
        ("二零二一年十二月三十一日", dt.date(2021, 12, 31)),
        ("二〇二一年二月三十日", None),
        ("二〇二一年八月", None),
    ],
)
def test_date_in_chinese_words_is_parsed_or_refused(text, day):
    parsed = read_date(text)

    assert parsed.value == day
    assert bool(parsed.code) == (day is None)


@pytest.mark.parametrize("text", ["8月8日", "8.8", "8/8", "08-08", "8月8号", "八月八日"])
def test_date_without_year_takes_the_period_year_with_a_warning(text):
    assert (read_date(text).value, read_date(text).code) == (
        dt.date(2021, 8, 8),
        "date.year_assumed",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2021-02-30", "date.impossible"), ("2021年13月1日", "date.impossible"),
        ("2023.5", "date.month_only"), ("2023年5月", "date.month_only"),
        ("今天", "date.unreadable"), ("5月", "date.unreadable"), ("08/08/2021", "date.unreadable"),
        ("2021-08-08至2021-08-10", "date.unreadable"),
    ],
)  # fmt: skip
def test_invalid_date_is_refused(text, code):
    assert (read_date(text).value, read_date(text).code) == (None, code)


def test_date_without_year_in_a_two_year_period_is_refused():
    parsed = read_date("8月8日", period=Period.parse("2020..2021"))

    assert (parsed.value, parsed.code) == (None, "date.year_missing")


def test_date_serial_and_compact_numbers_are_parsed():
    assert read_date("44416", number=True).value == dt.date(2021, 8, 8)
    assert read_date("20210808", number=True).value == dt.date(2021, 8, 8)


@given(
    day=st.dates(dt.date(1950, 1, 1), dt.date(2050, 12, 31)),
    form=st.sampled_from(
        ["{d:%Y-%m-%d}", "{d.year}.{d.month}.{d.day}", "{d.year}/{d.month:02d}/{d.day}",
         "{d.year}年{d.month}月{d.day}日", "{d:%Y%m%d}", "{d:%Y-%m-%d} 23:59", " {d:%Y.%m.%d}\t"]
    ),
)  # fmt: skip
def test_generated_date_spelling_is_parsed_to_that_date(day, form):
    assert read_date(form.format(d=day)).value == day


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.50"), ("1,234.5", "1234.50"), ("１，２３４．５", "1234.50"),
        ("￥1,234.50", "1234.50"), ("1234.5元", "1234.50"), ("6，307.34万元", "63073400.00"),
        ("1.2亿元", "120000000.00"), ("(300)", "-300.00"), ("-300.5", "-300.50"),
        (" 88 ", "88.00"), ("人民币500元整", "500.00"), ("0.01", "0.01"), ("3万", "30000.00"),
    ],
)  # fmt: skip
def test_amount_spelling_is_parsed_to_that_amount(text, value):
    assert parse_amount(text).value == Decimal(value)


def test_amount_stored_as_double_is_rounded_to_fifteen_digits():
    parsed = parse_amount("3482232.1100000003", number=True)

    assert (parsed.value, parsed.code) == (Decimal("3482232.11"), "")


def test_amount_unit_in_the_cell_overrides_the_header():
    ten_thousand = Decimal(10_000)

    assert parse_amount("5元", multiple=ten_thousand).value == Decimal("5.00")
    assert parse_amount("5", multiple=ten_thousand).value == Decimal("50000.00")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("六万", "amount.in_words"), ("约300", "amount.unreadable"), ("12,34", "amount.unreadable"),
        ("33,133美元", "amount.foreign_unit"), ("1.2.3", "amount.unreadable"),
        ("100+200", "amount.unreadable"), ("1e5", "amount.unreadable"),
    ],
)  # fmt: skip
def test_invalid_amount_is_refused(text, code):
    assert (parse_amount(text).value, parse_amount(text).code) == (None, code)


@given(
    value=st.decimals(Decimal("-9999999999.99"), Decimal("9999999999.99"), places=2),
    form=st.sampled_from(["{:,}", "{}", "￥{:,}", "{}元", " {:,} 元"]),
)
def test_generated_amount_spelling_is_parsed_to_that_amount(value, form):
    assert parse_amount(form.format(value)).value == value


@given(st.text(max_size=12))
def test_arbitrary_text_never_raises_in_cell_parsers(text):
    read_date(text)
    parse_amount(text)
    parse_id_number(text, is_number=False)
    parse_phone(text, is_number=False)


def test_count_with_unit_is_parsed_and_fraction_is_refused():
    assert parse_integer("198件", is_number=False, multiple=Decimal(1)).value == 198
    assert parse_integer("1.5", is_number=True, multiple=Decimal(1)).code == "integer.fraction"


def test_id_number_is_checked_and_rounded_number_is_refused():
    good = "53010219900101001"
    number = good + check_character(good)

    assert parse_id_number(number.lower(), is_number=False).value == number
    wrong = good + ("0" if number[-1] != "0" else "1")
    assert parse_id_number(wrong, is_number=False).code == "id.check_digit"
    assert parse_id_number("5.30102199001e+17", is_number=True).code == "id.rounded"
    assert parse_id_number("530102199001010010", is_number=True).code == "id.rounded"


def test_phone_cell_with_several_numbers_is_kept_and_short_number_is_refused():
    assert parse_phone("138 0000 1234", is_number=False).value == "13800001234"
    assert parse_phone("138 0000 123", is_number=False).code == "phone.unreadable"
    assert parse_phone("13800001234/0871-63620000", is_number=False).value == (
        "13800001234、0871-63620000"
    )
    assert parse_phone("1380000", is_number=False).value == "1380000"
    assert parse_phone("138000", is_number=False).code == "phone.unreadable"


def test_credit_code_with_wrong_check_digit_is_a_warning():
    assert parse_credit_code("91350100M000100Y43", is_number=False).code == ""
    assert parse_credit_code("91350100M000100Y44", is_number=False).value is not None


def test_branch_name_is_resolved_and_outside_or_ambiguous_name_is_refused(tmp_path):
    heading = ["单位", "捐赠人", "金额", "日期"]
    rows = [
        [name, "示例", 1, "2020-01-02"] for name in ("五华区红十字会", "大理", "瑞丽市", "月球")
    ]

    reading = parse_ledger(write_xlsx([heading, *rows]), tmp_path)

    assert reading.frame["branch"].to_list() == [2, None, None, None]
    assert finding_codes(reading) == ["branch.ambiguous", "branch.outside", "branch.unknown"]


@pytest.mark.parametrize(
    ("beside", "read"),
    [
        (("昆明市", "曲靖市", "玉溪市"), "大理州"),
        (("昆明市", "曲靖市"), None),
        (("昆明市", "曲靖市", "玉溪市", "五华区"), None),
    ],
)
def test_branch_name_of_two_levels_is_resolved_by_the_column_level(beside, read, tmp_path):
    rows = [[name, "示例", 1, "2020-01-02"] for name in (*beside, "大理")]

    reading = parse_ledger(write_xlsx([["单位", "捐赠人", "金额", "日期"], *rows]), tmp_path)

    last = reading.frame["branch"][-1]
    assert (BRANCH_LABELS[last] if last else None) == read
    assert finding_codes(reading) == ["branch.by_level" if read else "branch.ambiguous"]


def test_same_as_above_mark_takes_the_value_above(tmp_path):
    content = write_xlsx(
        [
            ["捐赠人", "金额", "日期", "渠道"],
            ["示例", 1, "2020-01-02", "银行"],
            ["示例乙", 2, "同上", "〃"],
        ]
    )

    frame = parse_ledger(content, tmp_path).frame

    assert frame["received_on"].to_list() == [dt.date(2020, 1, 2)] * 2
    assert frame["channel"].to_list() == ["BANK", "BANK"]


def test_finding_masks_personal_cell_value(tmp_path):
    content = write_xlsx(
        [["捐赠人", "金额", "日期", "联系电话"], ["示例", 1, "2020-01-02", "138000012345678"]]
    )

    (finding,) = parse_ledger(content, tmp_path).findings

    assert finding.code == "phone.unreadable"
    assert "138000012345678" not in finding.value + finding.message


def test_date_outside_the_period_is_an_error(tmp_path):
    content = write_xlsx([["捐赠人", "金额", "日期"], ["示例", 1, "2019-12-31"]])

    assert finding_codes(parse_ledger(content, tmp_path)) == ["date.outside_period"]


def test_date_in_the_future_within_the_period_is_a_warning(tmp_path):
    days = ["2022-02-22", "2022-02-23", "2022-03-01"]
    content = write_xlsx([["捐赠人", "金额", "日期"], *(["示例", 1, day] for day in days)])

    findings = parse_ledger(content, tmp_path, period="2022-02").findings

    assert [(finding.row, finding.code) for finding in findings] == [
        (4, "date.outside_period"), (3, "date.future"),
    ]  # fmt: skip


def test_repeated_ticket_number_is_a_warning_naming_the_other_row(tmp_path):
    row = ["示例", 1, "2020-01-02", "T1"]
    content = write_xlsx([["捐赠人", "金额", "日期", "票据号"], row, row])

    (finding,) = parse_ledger(content, tmp_path).findings

    assert (finding.code, finding.severity) == ("identity.repeated", "warning")
    assert "第2行" in finding.message


def test_ticket_number_at_two_branches_is_not_a_repeat(tmp_path):
    rows = [[name, "示例", 1, "2020-01-02", "T1"] for name in ("五华区", "盘龙区")]
    content = write_xlsx([["单位", "捐赠人", "金额", "日期", "票据号"], *rows])

    assert finding_codes(parse_ledger(content, tmp_path)) == []


@pytest.mark.parametrize("reader", ["branch", "choice"])
def test_nearest_word_proposals_are_limited_in_number(reader):
    words = {"昆明市": (1,), "曲靖市": (6,)}
    parse = {
        "branch": lambda: branch_parser(words, BRANCH_LABELS, frozenset({1, 6})),
        "choice": lambda: choice_parser({"昆明市": "A"}, {"A": "昆明市"}),
    }[reader]()

    findings = [
        parse(f"昆明市{number:04}", is_number=False) for number in range(MAX_SUGGESTIONS + 100)
    ]

    assert [finding.code for finding in findings] == [f"{reader}.unknown"] * len(findings)
    assert sum("是否指“昆明市”" in finding.suggestion for finding in findings) == MAX_SUGGESTIONS
