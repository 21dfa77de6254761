"""Reporting periods: month, quarter, half, year, a range of these, and "since the beginning"."""

import dataclasses
import datetime as dt
import re
from typing import Self

from django.conf import settings
from django.utils import timezone

FIRST_YEAR, LAST_YEAR = 1900, 2999
_PART = re.compile(
    r"(?P<year>\d{4})(?:-?(?:(?:[Qq](?P<quarter>[1-4]))|(?:[Hh](?P<half>[12])))|-(?P<month>0?[1-9]|1[0-2]))?"
)
_QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
_HALVES = ("上半年", "下半年")
_MONTHS_OF = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class UnknownPeriodError(ValueError):
    """The text is not a period."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return (
            f"无法识别报告期“{self.text}”。请写成 2021、2021H1、2021Q3、2021-09、"
            "2020..2021 或 ..2021-12。"
        )


def month_start(day: dt.date) -> dt.date:
    """Return the first day of `day`'s month."""
    return day.replace(day=1)


def add_months(month: dt.date, count: int) -> dt.date:
    """Return the first day of the month `count` months from `month`."""
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return dt.date(years, index + 1, 1)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole months from `first` (None: since the beginning) to `last`, inclusive.

    Both are first days of months. `start` and `end` are the half-open range of days.
    """

    first: dt.date | None
    last: dt.date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2021, 2021H1, 2021Q3, 2021-09, A..B or ..B; raise UnknownPeriodError."""
        before, dots, after = text.strip().partition("..")
        try:
            if not dots:
                return cls(*_parse_part(before))
            last = _parse_part(after)[1]
            first = _parse_part(before)[0] if before else None
        except ValueError:
            raise UnknownPeriodError(text) from None
        if first is not None and first > last:
            raise UnknownPeriodError(text)
        return cls(first, last)

    @classmethod
    def month(cls, day: dt.date) -> Self:
        """Return the month of `day`."""
        return cls(month_start(day), month_start(day))

    @classmethod
    def year(cls, year: int) -> Self:
        """Return the calendar year."""
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 1))

    @property
    def start(self) -> dt.date:
        """The first day; the first day of the calendar if the period has no beginning."""
        return self.first or dt.date.min

    @property
    def end(self) -> dt.date:
        """The day after the last day."""
        return add_months(self.last, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the period."""
        return self.end - dt.timedelta(days=1)

    @property
    def length(self) -> int | None:
        """The number of months, None if it has no beginning."""
        if self.first is None:
            return None
        return _count_months(self.first, self.last) + 1

    @property
    def months(self) -> list[dt.date]:
        """The first day of each month; empty if the period has no beginning."""
        if self.first is None:
            return []
        return [add_months(self.first, index) for index in range(self.length or 0)]

    @property
    def kind(self) -> str:
        """One of month, quarter, half, year, range, beginning."""
        if self.first is None:
            return "beginning"
        for kind, length in _MONTHS_OF.items():
            if self.length == length and (self.first.month - 1) % length == 0:
                return kind
        return "range"

    @property
    def previous(self) -> Self:
        """The period of equal length just before (环比)."""
        if self.first is None or self.length is None:
            return type(self)(None, add_months(self.last, -1))
        return type(self)(add_months(self.first, -self.length), add_months(self.last, -self.length))

    @property
    def next(self) -> Self:
        """The period of equal length just after."""
        length = self.length or 1
        first = None if self.first is None else add_months(self.first, length)
        return type(self)(first, add_months(self.last, length))

    @property
    def same_last_year(self) -> Self:
        """The same months a year earlier (同比)."""
        first = None if self.first is None else add_months(self.first, -12)
        return type(self)(first, add_months(self.last, -12))

    @property
    def year_so_far(self) -> Self:
        """From January of its last year to its last month."""
        return type(self)(self.last.replace(month=1), self.last)

    @property
    def label(self) -> str:
        """The Chinese name: 2021年, 2021年9月, 2021年第三季度, 2020—2021年 …."""
        last = f"{self.last.year}年{self.last.month}月"
        if self.first is None:
            return f"截至{last}"
        match self.kind:
            case "month":
                return last
            case "quarter":
                return f"{self.last.year}年{_QUARTERS[self.last.month // 3 - 1]}"
            case "half":
                return f"{self.last.year}年{_HALVES[self.last.month // 6 - 1]}"
            case "year":
                return f"{self.last.year}年"
        if self.first.month == 1 and self.last.month == 12:
            return f"{self.first.year}—{self.last.year}年"
        if self.first.year == self.last.year:
            return f"{self.first.year}年{self.first.month}—{self.last.month}月"
        return f"{self.first.year}年{self.first.month}月—{last}"

    def __str__(self) -> str:
        last = f"{self.last:%Y-%m}"
        if self.first is None:
            return f"..{last}"
        match self.kind:
            case "month":
                return last
            case "quarter":
                return f"{self.last.year}Q{self.last.month // 3}"
            case "half":
                return f"{self.last.year}H{self.last.month // 6}"
            case "year":
                return str(self.last.year)
        if self.first.month == 1 and self.last.month == 12:
            return f"{self.first.year}..{self.last.year}"
        return f"{self.first:%Y-%m}..{last}"

    def __contains__(self, item: "dt.date | Period") -> bool:
        if isinstance(item, Period):
            starts = self.first is None or (item.first is not None and item.first >= self.first)
            return starts and item.last <= self.last
        return self.start <= item < self.end

    def overlaps(self, other: "Period") -> bool:
        """Return whether the two periods share a month."""
        return self.start < other.end and other.start < self.end


def _count_months(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _parse_part(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last month of one part; raise ValueError."""
    match = _PART.fullmatch(text.strip())
    if match is None or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        raise ValueError(text)
    year = int(match["year"])
    if match["month"]:
        first = dt.date(year, int(match["month"]), 1)
        return first, first
    if match["quarter"]:
        first = dt.date(year, int(match["quarter"]) * 3 - 2, 1)
        return first, add_months(first, 2)
    if match["half"]:
        first = dt.date(year, int(match["half"]) * 6 - 5, 1)
        return first, add_months(first, 5)
    return dt.date(year, 1, 1), dt.date(year, 12, 1)


def business_date(now: dt.datetime) -> dt.date:
    """Return the date the portal treats as today: fixed in the demonstration."""
    pinned: dt.date | None = settings.BUSINESS_DATE
    return pinned or timezone.localdate(now)


def business_now(now: dt.datetime) -> dt.datetime:
    """Return the time the portal treats as now: on the fixed date in the demonstration."""
    pinned: dt.date | None = settings.BUSINESS_DATE
    if pinned is None:
        return now
    return timezone.localtime(now).replace(year=pinned.year, month=pinned.month, day=pinned.day)
