"""A report is declared: its calendar, its levels, and the passages of its chapters."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from redcross.branches.choices import Level
from redcross.discovery import discover
from redcross.periods import Period, add_months, month_start
from redcross.reports.narrative.report_context import SectionWriter

NUMERALS = "一二三四五六七八九十"


class ReportError(Exception):
    """A report is declared wrongly; raised at start-up, for the developer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """How many months a report covers, and the day after them on which it is due."""

    months: int
    day: int
    months_after: int = 1

    def period_of(self, month: dt.date) -> Period:
        """Return the period that holds a month."""
        first = month.replace(month=(month.month - 1) // self.months * self.months + 1, day=1)
        return Period(first, add_months(first, self.months - 1))

    def due_on(self, period: Period) -> dt.date:
        """Return the day from which the report of a period is written."""
        return add_months(period.last, self.months_after).replace(day=self.day)

    def fits(self, period: Period) -> bool:
        """Tell whether a period is one of the calendar's own."""
        return period.first is not None and self.period_of(period.first) == period

    @property
    def word(self) -> str:
        """What one of its periods is called."""
        return {1: "一个月", 3: "一个季度", 6: "半年", 12: "一年"}[self.months]


@dataclasses.dataclass(frozen=True, slots=True)
class Subchapter:
    """A heading of the second level and the passages under it, by key."""

    heading: str
    passages: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what stands under it: passages by key, or sections of them."""

    heading: str
    passages: tuple[str | Subchapter, ...]

    @property
    def sections(self) -> list[Subchapter]:
        """All that stands under it as sections; a passage alone has no heading."""
        return [
            each if isinstance(each, Subchapter) else Subchapter("", (each,))
            for each in self.passages
        ]


@dataclasses.dataclass(frozen=True, slots=True)
class ReportKind:
    """One periodic document."""

    key: str
    name: str
    title: str
    """With {where} (全省) and {period} (2021年第三季度)."""
    calendar: Calendar
    chapters: tuple[Chapter, ...]
    levels: tuple[str, ...] = (Level.PROVINCE,)
    addressed: bool = True
    """Whether it is sent to the branches below, and says so."""
    annexes: tuple[str, ...] = ()
    """Passages whose tables stand behind the signature, each on a page of its own."""


class ReportRegistry(Mapping[str, ReportKind]):
    """Every report by its key, filled by `discover("reports")`."""

    def __init__(self) -> None:
        self._kinds: dict[str, ReportKind] = {}
        self._passages: dict[str, SectionWriter] = {}

    def add(self, kind: ReportKind) -> ReportKind:
        """Register a report; a key used twice fails."""
        if self._kinds.get(kind.key, kind) != kind:
            message = f"two reports are called {kind.key}"
            raise ReportError(message)
        self._kinds[kind.key] = kind
        return kind

    def passage(self, key: str) -> Callable[[SectionWriter], SectionWriter]:
        """Register a passage that reports name by its key."""

        def add(passage: SectionWriter) -> SectionWriter:
            self._passages[key] = passage
            return passage

        return add

    def passages_of(self, kind: ReportKind) -> dict[str, SectionWriter]:
        """Return a report's passages; one that no app tells fails."""
        self._all()
        told = [section for chapter in kind.chapters for section in chapter.sections]
        names = [name for section in told for name in section.passages] + [*kind.annexes]
        unknown = [name for name in names if name not in self._passages]
        if unknown:
            message = f"{kind.key}: no app tells {', '.join(unknown)}"
            raise ReportError(message)
        return {name: self._passages[name] for name in names}

    def _all(self) -> dict[str, ReportKind]:
        discover("reports")
        return self._kinds

    def __getitem__(self, key: str) -> ReportKind:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


report_kinds = ReportRegistry()
register = report_kinds.add
section = report_kinds.passage


def number_chapter(at: int, text: str) -> str:
    """Number a chapter: 一、总体情况."""
    return f"{NUMERALS[at]}、{text}"


def number_subchapter(at: int, text: str) -> str:
    """Number a section of a chapter: （一）募捐筹资."""
    return f"（{NUMERALS[at]}）{text}"


def last_complete_period(calendar: Calendar, today: dt.date) -> Period:
    """Return the latest period that is over on a day."""
    period = calendar.period_of(month_start(today))
    return period if period.end <= today else period.previous
