"""Parse dates as staff write them; a guessed part always gives a finding."""

import datetime as dt
import re
import unicodedata

from redcross.chinese_dates import to_digits
from redcross.periods import Period, add_months
from redcross.uploads.cells.parsed import INVISIBLE, ParsedCell

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)
# A time follows the day after a blank, a T or 日.
_TIME = (
    r"(?:(?:(?<=日)|(?<=号)|[ T])"
    r"(?:\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?分?(?:Z|[+]\d\d:?\d\d)?|\d{1,2}时))?"
)
_FULL_DATE = re.compile(
    r"(?P<year>\d{4}|\d{2})(?P<s>[-/.年、,\\])(?P<month>\d{1,2})(?:(?P=s)|[-/.月、,\\])"
    r"(?P<day>\d{1,2})(?:日|号)?" + _TIME + r"(?:星期.|周.)?\.?"
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})" + _TIME)
_WITHOUT_YEAR = re.compile(r"(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})(?:日|号)?" + _TIME)
_MONTH_ONLY = re.compile(r"\d{4}(?:[-/.]\d{1,2}|年\d{1,2}月?份?)")
_SERIAL_FROM, _SERIAL_TO = 18_000, 80_000
EPOCH, EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
_SEPARATORS = str.maketrans({"。": ".", "—": "-", "–": "-", "−": "-", "·": "."})
_CENTURY_BREAK = 50
_DATE_RANGE = re.compile(
    r"(.*\d[日号]?)(?:[-~至到]|--)((?:\d{4}[-/.年])?(?:\d{1,2}[-/.月])?\d{1,2}[日号]?)"
)
_MAX_RANGE_DAYS = 62
_SUGGESTION = "请写成 2021-08-08 的样子。"


def parse_date(
    text: str,
    *,
    is_number: bool,
    is_date: bool,
    period: Period,
    epoch: dt.date = EPOCH,
    default_to_month_end: bool = False,
) -> ParsedCell:
    """Parse a date; the period gives the year where the cell has none, with a warning.

    `is_number` and `is_date` are the kind of the cell, `epoch` is day 0 of the workbook's
    serial numbers. With `default_to_month_end` a month without a day is its last day, with
    a warning: goods that keep until 2022年6月 keep until the end of it.
    """
    if is_date:
        return _parse_iso(text)
    bare = to_digits(_normalize_spaces(text))
    if is_number and re.fullmatch(r"\d+(\.\d+)?", bare):
        return _parse_number(bare, period, epoch)
    for pattern in (_COMPACT, _FULL_DATE):
        match = pattern.fullmatch(bare)
        if match:
            return _date_of(match["year"], match["month"], match["day"], bare)
    match = _WITHOUT_YEAR.fullmatch(bare)
    if match and not _MONTH_ONLY.fullmatch(bare):
        return _date_in_period(int(match["month"]), int(match["day"]), bare, period)
    first = _parse_range(bare, period)
    if first is not None:
        return first
    if _MONTH_ONLY.fullmatch(bare):
        if default_to_month_end:
            return _parse_month_end(bare)
        return ParsedCell(
            code="date.month_only",
            reason=f"“{bare}”只有年月，没有日",
            suggestion=_SUGGESTION,
        )
    if re.fullmatch(r"\d{5}", bare):
        return _parse_number(bare, period, epoch)
    return ParsedCell(
        code="date.unreadable",
        reason=f"“{text.strip()[:40]}”不是日期",
        suggestion=_SUGGESTION,
    )


def _normalize_spaces(text: str) -> str:
    """Return the text in NFKC form with only those blanks that separate two digits."""
    text = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).translate(_SEPARATORS)
    return re.sub(r" ?([^\d ]) ?", r"\1", " ".join(text.split()))


def _parse_iso(text: str) -> ParsedCell:
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return ParsedCell(
            code="date.unreadable",
            reason=f"“{text}”是时间，不是日期",
            suggestion=_SUGGESTION,
        )
    return _check_bounds(day, text)


def _parse_number(bare: str, period: Period, epoch: dt.date) -> ParsedCell:
    match = _COMPACT.fullmatch(bare)
    if match:
        return _date_of(match["year"], match["month"], match["day"], bare)
    number = float(bare)
    if _SERIAL_FROM <= number < _SERIAL_TO:
        return _check_bounds(epoch + dt.timedelta(days=int(number)), bare)
    # 8.08 in a number cell is a day without its year; 8.10 has become 8.1 and is refused.
    if re.fullmatch(r"\d{1,2}\.\d{2}", bare):
        month, _, day = bare.partition(".")
        return _date_in_period(int(month), int(day), bare, period)
    return ParsedCell(
        code="date.unreadable",
        reason=f"数字 {bare} 不是日期",
        suggestion="请把该列设为日期格式，或写成 2021-08-08 的样子。",
    )


def _date_of(year: str, month: str, day: str, written: str) -> ParsedCell:
    if len(year) == 4:
        return _checked_date(int(year), int(month), int(day), written)
    century = 2000 if int(year) < _CENTURY_BREAK else 1900
    parsed = _checked_date(century + int(year), int(month), int(day), written)
    if parsed.value is None:
        return parsed
    return ParsedCell(
        parsed.value,
        "date.two_digit_year",
        f"“{written}”的年份只有两位，按 {parsed.value} 读取",
        "请写四位年份。",
    )


def _date_in_period(month: int, day: int, written: str, period: Period) -> ParsedCell:
    """Return the date in the year in which the period has the month; refuse where two years do."""
    if period.first is None:
        years = [period.last.year]
    else:
        years = [first.year for first in period.months if first.month == month]
    if not years:
        years = sorted({period.start.year, period.last.year})
    if len(years) != 1:
        return ParsedCell(
            code="date.year_missing",
            reason=f"“{written}”没有年份，报告期跨年，无法确定",
            suggestion=_SUGGESTION,
        )
    parsed = _checked_date(years[0], month, day, written)
    if parsed.value is None:
        return parsed
    return ParsedCell(
        parsed.value,
        "date.year_assumed",
        f"“{written}”没有年份，按报告期读作 {parsed.value}",
        "请写明年份。",
    )


def _checked_date(year: int, month: int, day: int, written: str) -> ParsedCell:
    try:
        value = dt.date(year, month, day)
    except ValueError:
        return ParsedCell(
            code="date.impossible",
            reason=f"没有“{written}”这一天",
            suggestion="请核对月和日。",
        )
    return _check_bounds(value, written)


def _check_bounds(value: dt.date, written: str) -> ParsedCell:
    if not EARLIEST <= value <= LATEST:
        return ParsedCell(
            code="date.impossible",
            reason=f"“{written}”的年份不合理",
            suggestion="请核对年份。",
        )
    return ParsedCell(value)


def _parse_range(bare: str, period: Period) -> ParsedCell | None:
    """Return the first day of 9月10日-11日 or 2026.9.11-9.12, with a warning; None for others."""
    match = _DATE_RANGE.fullmatch(bare)
    first = _plain_date(match[1], period) if match else None
    if match is None or first is None:
        return None
    own = Period.month(first)
    ends = (
        _plain_date(text, own) for text in (match[2], f"{first.month}月{match[2].rstrip('日号')}日")
    )
    last = next((end for end in ends if end is not None), None)
    if last is None or not first < last <= first + dt.timedelta(days=_MAX_RANGE_DAYS):
        return None
    return ParsedCell(first, "date.range", f"“{bare}”是一段日期，按第一天读作 {first}")


def _plain_date(text: str, period: Period) -> dt.date | None:
    value = parse_date(text, is_number=False, is_date=False, period=period).value
    return value if isinstance(value, dt.date) else None


def _parse_month_end(bare: str) -> ParsedCell:
    year, month = (int(digits) for digits in re.findall(r"\d+", bare)[:2])
    if not 1 <= month <= 12:
        return ParsedCell(None, "date.impossible", f"没有“{bare}”这个月", "请核对年和月。")
    last = add_months(dt.date(year, month, 1), 1) - dt.timedelta(days=1)
    return ParsedCell(last, "date.month_end", f"“{bare}”没有日，按当月最后一天读作 {last}", "")
