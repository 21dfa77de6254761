"""Numerals, days and months within Chinese texts."""

import pytest

from redcross.chinese_dates import find_days, find_months, is_day_line, parse_numeral, to_digits


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("三十一", 31),
        ("零", 0), ("〇", 0), ("", None), ("百", None), ("一二", None), ("二十一三", None),
        ("7", None),
    ],
)  # fmt: skip
def test_numeral_below_a_hundred_is_a_number(text, number):
    assert parse_numeral(text) == number


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("二〇二一年八月二十三日", "2021年8月23日"),
        ("二○二一年十月十日", "2021年10月10日"),
        ("二O二一年", "2021年"),
        ("二零二一年一月", "2021年1月"),
        ("八月三号", "8月3号"),
        ("2021年10月20日", "2021年10月20日"),
        ("2000年", "2000年"),
        ("九九公益日", "九九公益日"),
        ("第一季度", "第一季度"),
        ("一二月", "一二月"),  # no number: stays
    ],
)
def test_numerals_before_a_unit_of_time_become_digits(text, digits):
    assert to_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("截至2月2日24:00", ["2月2日"]),
        ("捐款信息公示(2020年2月2日—2020年2月5日)", ["2020年2月2日", "2020年2月5日"]),
        ("2020.1月24号", ["2020.1月24号"]),
        ("2021-08-08至2021/8/9", ["2021-08-08", "2021/8/9"]),
        ("二〇二一年八月三日", ["2021年8月3日"]),
        ("2021年8月", []),
        ("13月40日", []),
        ("1.2.3", []),
        ("2021.8.100", []),
    ],
)
def test_days_within_a_text_are_found_as_they_are_written(text, days):
    assert find_days(text) == days


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("8月", {8}),
        ("2021年8月份捐款", {8}),
        ("八月", {8}),
        ("1月、12月", {1, 12}),
        ("8月3日", set()),  # a day, not the month of a table
        ("13月", set()),
        ("128月", set()),
    ],
)
def test_months_that_a_text_names_are_found(text, months):
    assert find_months(text) == months


@pytest.mark.parametrize(
    "text", ["2021年8月3日", "2021年  月  日", "二〇二一年八月三十一日", "2021 年 8 月 3 日"]
)
def test_day_or_its_blank_form_is_a_day_line(text):
    assert is_day_line(text)


@pytest.mark.parametrize("text", ["8月3日", "2021年8月", "2021年8月3日前", "2021-08-03", ""])
def test_anything_else_is_no_day_line(text):
    assert not is_day_line(text)
