"""Guess the months of a workbook, by its titles, its dates and the link that led to the page."""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence

from redcross.chinese_dates import parse_numeral, to_digits
from redcross.periods import FIRST_YEAR, LAST_YEAR, Period, add_months, month_start
from redcross.uploads.files.workbook import Grid
from redcross.uploads.intake.guess.certainty import Certainty
from redcross.uploads.intake.guess.workbook_texts import WorkbookTexts, column_texts
from redcross.uploads.schema.import_spec import SheetSpec

_PERIOD_LABELS = ("统计时间", "报告期", "统计期间", "统计日期")
_MAX_DATED_MONTHS = 12
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_MONTH = r"(?P<{name}>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_OPTIONAL_DAY = r"(?:\s*(?:3[01]|[12]\d|0?[1-9])\s*日)?"
_MONTH_RANGE = re.compile(
    rf"{_YEAR}\s*[年./-]\s*{_MONTH.format(name='first')}\s*月?\s*(?:份)?{_OPTIONAL_DAY}\s*(?:[-—–~至到]+)\s*"
    rf"(?:(?P<year2>(?:19|20)\d{{2}})\s*[年./-]\s*)?{_MONTH.format(name='last')}\s*月"
)
_DAY_RANGE = re.compile(
    rf"{_YEAR}[年./-]{_MONTH.format(name='first')}[月./-](?:3[01]|[12]\d|0?[1-9])日?\s*[-—–~至到]+\s*"
    rf"(?:(?P<year2>(?:19|20)\d{{2}})[年./-])?{_MONTH.format(name='last')}[月./-]\d"
)
_QUARTER = re.compile(
    rf"{_YEAR}\s*年?度?\s*(?:第?(?P<quarter>[一二三四1-4])\s*季度?|[Qq](?P<q>[1-4]))"
)
_HALF = re.compile(rf"{_YEAR}\s*年?\s*(?P<half>上半年|下半年|[Hh][12])")
_ONE_MONTH = re.compile(
    rf"{_YEAR}\s*(?:年\s*{_MONTH.format(name='m')}\s*月"
    rf"|[-./_](?P<m2>1[0-2]|0?[1-9])(?!\d))"
)
_COMPACT_DAY = re.compile(rf"(?<!\d){_YEAR}(?P<m>0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)")
_ONE_YEAR = re.compile(rf"(?<!\d){_YEAR}\s*年")
_BARE_MONTH = re.compile(rf"(?<![\d年]){_MONTH.format(name='m')}\s*月(?:份)?")
_BARE_QUARTER = re.compile(r"第?(?P<quarter>[一二三四])季度")
_DATE = re.compile(
    r"^\s*(?P<y>(?:19|20)\d{2})(?:[-/.年]\s*(?P<m>\d{1,2})[-/.月]\s*\d{1,2}|(?P<m2>\d{2})\d{2}$)"
)
_SERIAL = re.compile(r"^[234]\d{4}(?:\.\d+)?$")
_EPOCH = dt.date(1899, 12, 30)


@dataclasses.dataclass(frozen=True, slots=True)
class PeriodGuess:
    """The months, how certain they are, and why."""

    period: Period
    certainty: Certainty
    reason: str


def guess_period(
    texts: WorkbookTexts,
    *,
    dated: Period | None,
    today: dt.date,
    requested: Period | None = None,
) -> PeriodGuess:
    """Take the written period, else that of the dates, the requested one, the last month.

    `dated` are the months of the date column (see `dated_months`), `requested` those of the
    link by which the person came.
    """
    written = _written_period(texts, dated, today)
    if written is not None:
        return written
    if dated is not None and (dated.length or 0) <= _MAX_DATED_MONTHS:
        certainty = Certainty.YES if dated.length == 1 else Certainty.LIKELY
        return PeriodGuess(dated, certainty, f"日期列都在{dated.label}")
    if requested is not None:
        return PeriodGuess(requested, Certainty.LIKELY, f"您要报的是{requested.label}")
    last = Period.month(add_months(month_start(today), -1))
    return PeriodGuess(last, Certainty.NO, "表中没有写报告期，暂按上个月，请核对")


def dated_months(grids: Sequence[Grid], spec: SheetSpec) -> Period | None:
    """Return the months that the sheet's own date column spans, None where no date is plain."""
    if spec.dated_by is None:
        return None
    texts = column_texts(grids, spec, spec.dated_by)
    months = [month for text in texts if (month := _month_of_date(text))]
    return Period(month_start(min(months)), month_start(max(months))) if months else None


def find_period(text: str, *, today: dt.date) -> tuple[Period, Certainty] | None:
    """Return the period that a title or a name contains; without a year the latest one."""
    text = to_digits(unicodedata.normalize("NFKC", text))
    for find in (_find_range, _find_quarter, _find_half, _find_month, _find_year):
        period = find(text)
        if period is not None:
            return period, Certainty.YES
    period = _find_yearless(text, today)
    return None if period is None else (period, Certainty.LIKELY)


def _written_period(
    texts: WorkbookTexts, dated: Period | None, today: dt.date
) -> PeriodGuess | None:
    for source, text in _period_sources(texts):
        match = find_period(text, today=today)
        if match is None:
            continue
        period, certainty = match
        if dated is not None and dated not in period:
            reason = f"{source}是{period.label}，但日期列是{dated.label}，请核对"
            return PeriodGuess(period, Certainty.NO, reason)
        remark = "（没有写年份，按最近的一期）" if certainty is Certainty.LIKELY else ""
        return PeriodGuess(period, certainty, f"{source}是{period.label}{remark}")
    return None


def _period_sources(texts: WorkbookTexts) -> Iterator[tuple[str, str]]:
    """Yield (source for people, text), the most reliable first."""
    yield from texts.first_labeled(_PERIOD_LABELS)
    yield from (("标题写的", text) for text in texts.titles)
    yield "文件名写的", texts.filename
    yield from (("工作表名写的", text) for text in texts.worksheets)


def _month_of_date(text: str) -> dt.date | None:
    """Return a day of the month of a cell that is plainly a date, None for any other."""
    text = unicodedata.normalize("NFKC", text)
    if _SERIAL.match(text):
        return _EPOCH + dt.timedelta(days=int(float(text)))
    match = _DATE.match(text)
    if match is None:
        return None
    year, month = int(match["y"]), int(match["m"] or match["m2"])
    is_plausible = FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12
    return dt.date(year, month, 1) if is_plausible else None


def _find_range(text: str) -> Period | None:
    match = _MONTH_RANGE.search(text) or _DAY_RANGE.search(text)
    if match is None:
        return None
    year = int(match["year"])
    first = dt.date(year, _to_number(match["first"]), 1)
    last = dt.date(int(match["year2"] or year), _to_number(match["last"]), 1)
    return Period(first, last) if first <= last else None


def _find_quarter(text: str) -> Period | None:
    match = _QUARTER.search(text)
    if match is None:
        return None
    return Period.parse(f"{match['year']}Q{_to_number(match['quarter'] or match['q'])}")


def _find_half(text: str) -> Period | None:
    match = _HALF.search(text)
    if match is None:
        return None
    number = 1 if match["half"] in ("上半年", "H1", "h1") else 2
    return Period.parse(f"{match['year']}H{number}")


def _find_month(text: str) -> Period | None:
    match = _ONE_MONTH.search(text)
    if match is not None:
        return Period.month(dt.date(int(match["year"]), _to_number(match["m"] or match["m2"]), 1))
    match = _COMPACT_DAY.search(text)
    return Period.month(dt.date(int(match["year"]), int(match["m"]), 1)) if match else None


def _find_year(text: str) -> Period | None:
    match = _ONE_YEAR.search(text)
    return Period.year(int(match["year"])) if match else None


def _find_yearless(text: str, today: dt.date) -> Period | None:
    match = _BARE_QUARTER.search(text)
    if match is not None:
        period = Period.parse(f"{today.year}Q{_to_number(match['quarter'])}")
        return period if period.start <= today else period.same_last_year
    match = _BARE_MONTH.search(text)
    if match is None:
        return None
    period = Period.month(dt.date(today.year, _to_number(match["m"]), 1))
    return period if period.start <= today else period.same_last_year


def _to_number(text: str) -> int:
    return parse_numeral(text) or int(text)
