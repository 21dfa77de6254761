"""Days as staff write them; never silently today, never silently none."""

import datetime as dt
import re
import unicodedata

from redcross.periods import Period, add_months
from redcross.uploads.cells.parsed import INVISIBLE, Parsed

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)
# A time is told from a day by what stands between: a blank, a T or 日.
_TIME = (
    r"(?:(?:(?<=日)|(?<=号)|[ T])"
    r"(?:\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?分?(?:Z|[+]\d\d:?\d\d)?|\d{1,2}时))?"
)
_WHOLE = re.compile(
    r"(?P<year>\d{4}|\d{2})(?P<s>[-/.年、,\\])(?P<month>\d{1,2})(?:(?P=s)|[-/.月、,\\])"
    r"(?P<day>\d{1,2})(?:日|号)?" + _TIME + r"(?:星期.|周.)?\.?"
)
_IN_WORDS = re.compile(
    r"(?:(?P<year>[〇○零一二三四五六七八九]{4})年)?(?P<month>十[一二]?|[一二三四五六七八九])月"
    r"(?P<day>[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
)
_DIGITS = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})" + _TIME)
_WITHOUT_YEAR = re.compile(r"(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})(?:日|号)?" + _TIME)
_MONTH_ONLY = re.compile(r"\d{4}(?:[-/.]\d{1,2}|年\d{1,2}月?份?)")
_SERIAL_FROM, _SERIAL_TO = 18_000, 80_000
EPOCH, EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
_STOPS = str.maketrans({"。": ".", "—": "-", "–": "-", "−": "-", "·": "."})
_CENTURY_BREAK = 50
_RANGE_OF_DAYS = re.compile(
    r"(.*\d[日号]?)(?:[-~至到]|--)((?:\d{4}[-/.年])?(?:\d{1,2}[-/.月])?\d{1,2}[日号]?)"
)
_LONGEST_RANGE = 62
_UNREADABLE = "请写成 2021-08-08 的样子。"


def parse_date(
    text: str,
    *,
    is_number: bool,
    is_date: bool,
    period: Period,
    epoch: dt.date = EPOCH,
    month_ends: bool = False,
) -> Parsed:
    """Read a day; the period gives the year where the cell has none (with a warning).

    `epoch` is day 0 of the workbook's serial numbers. Goods that keep until 2022年6月 keep
    until its last day: with `month_ends` a month is read so, with a warning.
    """
    if is_date:
        return _from_cell(text)
    bare = _in_digits(_spaced(text))
    if is_number and re.fullmatch(r"\d+(\.\d+)?", bare):
        return _from_number(bare, period, epoch)
    for pattern in (_COMPACT, _WHOLE):
        match = pattern.fullmatch(bare)
        if match:
            return _day(match["year"], match["month"], match["day"], bare)
    match = _WITHOUT_YEAR.fullmatch(bare)
    if match and not _MONTH_ONLY.fullmatch(bare):
        return _in_period(int(match["month"]), int(match["day"]), bare, period)
    first = _first_of_range(bare, period)
    if first is not None:
        return first
    if _MONTH_ONLY.fullmatch(bare):
        if month_ends:
            return _end_of_month(bare)
        return Parsed(
            code="date.month_only",
            reason=f"“{bare}”只有年月，没有日",
            suggestion=_UNREADABLE,
        )
    if re.fullmatch(r"\d{5}", bare):
        return _from_number(bare, period, epoch)
    return Parsed(
        code="date.unreadable",
        reason=f"“{text.strip()[:40]}”不是日期",
        suggestion=_UNREADABLE,
    )


def _spaced(text: str) -> str:
    """Fold widths; keep only the blanks that stand between two digits."""
    text = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).translate(_STOPS)
    return re.sub(r" ?([^\d ]) ?", r"\1", " ".join(text.split()))


def _in_digits(text: str) -> str:
    """Write 二〇二一年八月二十三日 as 2021年8月23日."""
    match = _IN_WORDS.fullmatch(text)
    if match is None:
        return text
    year = "".join(_DIGITS[char] for char in match["year"] or "")
    month, day = _number(match["month"]), _number(match["day"])
    return f"{year}年{month}月{day}日" if year else f"{month}月{day}日"


def _number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    return (int(_DIGITS[tens]) if tens else 1) * 10 * bool(ten) + int(_DIGITS[ones] if ones else 0)


def _from_cell(text: str) -> Parsed:
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return Parsed(
            code="date.unreadable",
            reason=f"“{text}”是时间，不是日期",
            suggestion=_UNREADABLE,
        )
    return _bounded(day, text)


def _from_number(bare: str, period: Period, epoch: dt.date) -> Parsed:
    match = _COMPACT.fullmatch(bare)
    if match:
        return _day(match["year"], match["month"], match["day"], bare)
    number = float(bare)
    if _SERIAL_FROM <= number < _SERIAL_TO:
        return _bounded(epoch + dt.timedelta(days=int(number)), bare)
    # 8.8 typed into a number cell is a day without its year; 8.10 has become 8.1.
    if re.fullmatch(r"\d{1,2}\.\d{2}", bare):
        month, _, day = bare.partition(".")
        return _in_period(int(month), int(day), bare, period)
    return Parsed(
        code="date.unreadable",
        reason=f"数字 {bare} 不是日期",
        suggestion="请把该列设为日期格式，或写成 2021-08-08 的样子。",
    )


def _day(year: str, month: str, day: str, written: str) -> Parsed:
    if len(year) == 4:
        return _bounded_day(int(year), int(month), int(day), written)
    century = 2000 if int(year) < _CENTURY_BREAK else 1900
    parsed = _bounded_day(century + int(year), int(month), int(day), written)
    if parsed.value is None:
        return parsed
    return Parsed(
        parsed.value,
        "date.two_digit_year",
        f"“{written}”的年份只有两位，按 {parsed.value} 读取",
        "请写四位年份。",
    )


def _in_period(month: int, day: int, written: str, period: Period) -> Parsed:
    """Take the year in which the period holds the month; refuse where two years do."""
    if period.first is None:
        years = [period.last.year]
    else:
        years = [each.year for each in period.months if each.month == month]
    if not years:
        years = sorted({period.start.year, period.last.year})
    if len(years) != 1:
        return Parsed(
            code="date.year_missing",
            reason=f"“{written}”没有年份，报告期跨年，无法确定",
            suggestion=_UNREADABLE,
        )
    parsed = _bounded_day(years[0], month, day, written)
    if parsed.value is None:
        return parsed
    return Parsed(
        parsed.value,
        "date.year_assumed",
        f"“{written}”没有年份，按报告期读作 {parsed.value}",
        "请写明年份。",
    )


def _bounded_day(year: int, month: int, day: int, written: str) -> Parsed:
    try:
        value = dt.date(year, month, day)
    except ValueError:
        return Parsed(
            code="date.impossible",
            reason=f"没有“{written}”这一天",
            suggestion="请核对月和日。",
        )
    return _bounded(value, written)


def _bounded(value: dt.date, written: str) -> Parsed:
    if not EARLIEST <= value <= LATEST:
        return Parsed(
            code="date.impossible",
            reason=f"“{written}”的年份不合理",
            suggestion="请核对年份。",
        )
    return Parsed(value)


def _first_of_range(bare: str, period: Period) -> Parsed | None:
    """Read 9月10日-11日 and 2026.9.11-9.12 as the first day, warned of; None for anything else."""
    match = _RANGE_OF_DAYS.fullmatch(bare)
    first = _as_day(match[1], period) if match else None
    if match is None or first is None:
        return None
    own = Period.month(first)
    ends = (
        _as_day(text, own) for text in (match[2], f"{first.month}月{match[2].rstrip('日号')}日")
    )
    last = next((end for end in ends if end is not None), None)
    if last is None or not first < last <= first + dt.timedelta(days=_LONGEST_RANGE):
        return None
    return Parsed(first, "date.range", f"“{bare}”是一段日期，按第一天读作 {first}")


def _as_day(text: str, period: Period) -> dt.date | None:
    value = parse_date(text, is_number=False, is_date=False, period=period).value
    return value if isinstance(value, dt.date) else None


def _end_of_month(bare: str) -> Parsed:
    year, month = (int(each) for each in re.findall(r"\d+", bare)[:2])
    if not 1 <= month <= 12:
        return Parsed(None, "date.impossible", f"没有“{bare}”这个月", "请核对年和月。")
    last = add_months(dt.date(year, month, 1), 1) - dt.timedelta(days=1)
    return Parsed(last, "date.month_end", f"“{bare}”没有日，按当月最后一天读作 {last}", "")
