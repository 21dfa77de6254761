"""Generated spellings of dates and amounts are parsed as meant, or give a finding."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcross.periods import Period
from redcross.uploads.cells.amounts import parse_decimal
from redcross.uploads.cells.dates import EPOCH, EPOCH_1904, parse_date
from redcross.uploads.schema.finding_catalogue import CODES

FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
YEAR_2021 = Period.parse("2021")
DAYS = st.dates(dt.date(1930, 1, 1), dt.date(2049, 12, 31))
YUAN = st.integers(0, 10**13).map(lambda fen: Decimal(fen) / 100)
BLANK = st.sampled_from(["", " ", "\t", "\u3000", "\u00a0", "\u200b"])
SPELLINGS = [
    "{0.year}-{0.month:02}-{0.day:02}",
    "{0.year}-{0.month}-{0.day}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}.{0.month:02}.{0.day:02}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}年 {0.month}月 {0.day}日",
    "{0.year}年{0.month}月{0.day}号",
    "{0.year}。{0.month}。{0.day}",
    "{0.year}、{0.month}、{0.day}",
    "{0.year}-{0.month}-{0.day} 02:24",
    "{0.year}/{0.month}/{0.day} 14:05:09",
    "{0.year}年{0.month}月{0.day}日 8时30分",
]


def read_date(text, **more):
    return parse_date(text, **{"is_number": False, "is_date": False, "period": YEAR_2021, **more})


def parse_yuan(text, *, multiple=1, is_number=False):
    return parse_decimal(
        text, is_number=is_number, places=2, multiple=Decimal(multiple), money=True
    )


@given(DAYS, st.sampled_from(SPELLINGS), st.booleans(), BLANK, BLANK)
def test_date_in_any_spelling_is_parsed(value, spelling, wide, before, after):
    text = before + spelling.format(value) + after

    parsed = read_date(text.translate(FULL_WIDTH) if wide else text)

    assert (parsed.value, parsed.code) == (value, "")


@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
def test_eight_digit_date_is_parsed_from_number_or_text(value):
    assert read_date(f"{value:%Y%m%d}").value == value
    assert read_date(f"{value:%Y%m%d}", is_number=True).value == value


@given(st.dates(dt.date(1955, 1, 1), dt.date(2049, 12, 31)), st.sampled_from([EPOCH, EPOCH_1904]))
def test_date_serial_number_is_parsed_by_the_workbook_epoch(value, epoch):
    serial = (value - epoch).days

    assert read_date(str(serial), is_number=True, epoch=epoch).value == value


@given(st.dates(dt.date(2021, 1, 1), dt.date(2021, 12, 31)))
def test_date_without_year_takes_the_period_year_with_a_notice(value):
    for text in (f"{value.month}月{value.day}日", f"{value.month}/{value.day}"):
        parsed = read_date(text)

        assert (parsed.value, parsed.code) == (value, "date.year_assumed")


@given(DAYS.filter(lambda value: value.year >= 1950))
def test_date_with_two_digit_year_gives_a_notice(value):
    parsed = read_date(f"{value:%y}.{value.month}.{value.day}")

    assert (parsed.value, parsed.code) == (value, "date.two_digit_year")


@given(st.integers(2000, 2030), st.integers(1, 99), st.integers(29, 99))
def test_impossible_date_is_refused(year, month, number):
    try:
        dt.date(year, month, number)
    except ValueError:
        parsed = read_date(f"{year}-{month}-{number}")

        assert (parsed.value, parsed.code) == (None, "date.impossible")


@given(st.text(max_size=20))
def test_text_without_a_date_is_never_parsed_as_date(text):
    parsed = read_date(text)

    if len(re.findall(r"\d", text)) < 2:
        assert parsed.value is None
    assert parsed.value is not None or parsed.code in CODES


def spell_amount(value, unit):
    shown = f"{value / unit:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


@given(YUAN, st.booleans(), st.sampled_from(["", "￥", "¥", "人民币"]), BLANK, BLANK)
def test_amount_in_any_spelling_is_parsed(value, wide, mark, before, after):
    plain = spell_amount(value, 1)
    for text in (plain, f"{value:,f}", f"{plain}元", f"{plain} 元整"):
        written = before + mark + (text.translate(FULL_WIDTH) if wide else text) + after

        parsed = parse_yuan(written)

        assert (parsed.value, parsed.code) == (value, ""), written


@given(YUAN)
def test_amount_in_ten_thousands_is_parsed_by_header_and_by_cell(value):
    shown = spell_amount(value, 10_000)

    assert parse_yuan(shown, multiple=10_000).value == value
    assert parse_yuan(f"{shown}万元").value == value
    assert parse_yuan(f"{shown}万元", multiple=10_000).value == value
    assert parse_yuan(f"{spell_amount(value, 1)}元", multiple=10_000).value == value


@given(st.integers(0, 10**13).map(lambda fen: Decimal(fen) / 100))
def test_amount_stored_as_double_is_the_typed_decimal(value):
    assert parse_yuan(repr(float(value)), is_number=True).value == value
    assert parse_yuan(f"{float(value):.17g}", is_number=True).value == value


@given(st.integers(1, 10**6), st.sampled_from(["余元", "多", "万余元", "元左右", "美元", "元/人"]))
def test_inexact_or_foreign_amount_is_refused(number, word):
    parsed = parse_yuan(f"{number}{word}")

    assert parsed.value is None
    assert parsed.code in CODES


@pytest.mark.parametrize("text", ["²", "100①", "100²", "½"])
def test_footnote_mark_is_not_a_digit_of_an_amount(text):
    assert parse_yuan(text).code == "amount.unreadable"


@given(st.text(max_size=20))
def test_text_without_a_digit_is_never_parsed_as_amount(text):
    parsed = parse_yuan(text)

    if not re.search(r"\d", text):
        assert parsed.value is None
    assert parsed.value is not None or parsed.code in CODES
