"""What checking a file returns, and how long its steps took."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl

from redcross.uploads.choices import Severity
from redcross.uploads.database.diff import Comparison
from redcross.uploads.parsing.preview_rows import PreviewRow
from redcross.uploads.schema.findings import Finding, FindingGroup

ProgressCallback = Callable[[str, int], object]
"""Called with the name of each step as it begins, and the rows it works on."""


@dataclasses.dataclass(slots=True)
class CheckResult:
    """What a file holds, as far as it could be read."""

    tables: list[dict[str, Any]]
    rows: int
    frame: pl.DataFrame
    """The rows without an error, prepared for loading."""
    findings: list[Finding]
    groups: list[FindingGroup]
    seconds: dict[str, float]
    """Step → how long it took."""
    lines: Sequence[PreviewRow] = ()
    comparison: Comparison = dataclasses.field(default_factory=Comparison)
    counts: pl.DataFrame | None = None
    """The few rows of a statistics sheet as read, to be compared with those effective."""
    letters: Mapping[tuple[str, str], str] = dataclasses.field(default_factory=dict)
    """(worksheet, field) → the column's letter."""

    def count(self, severity: Severity) -> int:
        """Return how many findings are of this severity."""
        return sum(group.count for group in self.groups if group.severity is severity)

    @property
    def has_errors(self) -> bool:
        """Whether anything blocks the whole."""
        return self.count(Severity.ERROR) > 0


class Stopwatch:
    """Seconds of each step; each is reported as it begins."""

    def __init__(self, report: ProgressCallback) -> None:
        self.seconds: dict[str, float] = {}
        self._report = report

    @contextmanager
    def step(self, name: str, rows: int = 0) -> Iterator[None]:
        """Time one step."""
        self._report(name, rows)
        start = time.perf_counter()
        yield
        spent = time.perf_counter() - start
        self.seconds[name] = round(self.seconds.get(name, 0) + spent, 3)
