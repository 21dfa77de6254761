"""The declaration of a report: its calendar, its levels, and the sections of its chapters."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator

from redcross.branches.choices import Level
from redcross.discovery import Registry
from redcross.periods import Period, add_months, month_start
from redcross.reports.narrative.report_context import SectionWriter

NUMERALS = "一二三四五六七八九十"


class ReportError(Exception):
    """A report is declared wrongly; raised for the developer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """How many months a report covers, and the day after them on which it is due."""

    months: int
    day: int
    months_after: int = 1

    def containing_period(self, month: dt.date) -> Period:
        """Return the period that contains a month."""
        first = month.replace(month=(month.month - 1) // self.months * self.months + 1, day=1)
        return Period(first, add_months(first, self.months - 1))

    def due_on(self, period: Period) -> dt.date:
        """Return the day from which the report of a period is written."""
        return add_months(period.last, self.months_after).replace(day=self.day)

    def fits(self, period: Period) -> bool:
        """Whether a period is one of the calendar's own."""
        return period.first is not None and self.containing_period(period.first) == period

    @property
    def word(self) -> str:
        """The name of one of its periods."""
        return {1: "一个月", 3: "一个季度", 6: "半年", 12: "一年"}[self.months]


@dataclasses.dataclass(frozen=True, slots=True)
class Subchapter:
    """A heading of the second level and the keys of the sections under it."""

    heading: str
    sections: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what follows it: keys of sections, or subchapters."""

    heading: str
    sections: tuple[str | Subchapter, ...]

    @property
    def subchapters(self) -> list[Subchapter]:
        """All sections as subchapters; the one of a section by itself has no heading."""
        return [
            item if isinstance(item, Subchapter) else Subchapter("", (item,))
            for item in self.sections
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
    """Whether it is sent to the branches below, and names them as recipients."""
    annexes: tuple[str, ...] = ()
    """Sections whose tables follow the signature, each on a page of its own."""


class ReportRegistry(Registry[ReportKind]):
    """Every report by its key, and the sections that reports name by theirs."""

    def __init__(self) -> None:
        super().__init__("reports", module="reports")
        self._sections: Registry[SectionWriter] = Registry("sections", module="reports")

    def add(self, kind: ReportKind) -> ReportKind:
        """Register a report; raise DuplicateKeyError where the key has another one."""
        return self.put(kind.key, kind)

    def add_section(self, key: str) -> Callable[[SectionWriter], SectionWriter]:
        """Return a decorator that registers the writer of a section under its key."""

        def add(writer: SectionWriter) -> SectionWriter:
            return self._sections.put(key, writer)

        return add

    def section_writers(self, kind: ReportKind) -> dict[str, SectionWriter]:
        """Return the writers of a report's sections by key; raise ReportError without one."""
        subchapters = [part for chapter in kind.chapters for part in chapter.subchapters]
        keys = [key for part in subchapters for key in part.sections] + [*kind.annexes]
        unknown = [key for key in keys if key not in self._sections]
        if unknown:
            message = f"{kind.key}: no app writes {', '.join(unknown)}"
            raise ReportError(message)
        return {key: self._sections[key] for key in keys}

    @contextlib.contextmanager
    def replaced_section(self, key: str, writer: SectionWriter) -> Iterator[None]:
        """Let another writer write a section meanwhile, for tests."""
        with self._sections.replaced(key, writer):
            yield


report_kinds = ReportRegistry()
register = report_kinds.add
section = report_kinds.add_section


def number_chapter(index: int, text: str) -> str:
    """Number a chapter, counted from 0: 一、总体情况."""
    return f"{NUMERALS[index]}、{text}"


def number_subchapter(index: int, text: str) -> str:
    """Number a part of a chapter, counted from 0: （一）募捐筹资."""
    return f"（{NUMERALS[index]}）{text}"


def last_complete_period(calendar: Calendar, today: dt.date) -> Period:
    """Return the latest period that is over on a day."""
    period = calendar.containing_period(month_start(today))
    return period if period.end <= today else period.previous
