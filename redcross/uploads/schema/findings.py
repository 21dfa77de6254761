"""What the checks report: one finding a cell, grouped by cause for people."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from redcross.uploads.choices import Severity

FORMAT = 2
"""The form in which findings are stored; 1 was a list of lists without a version."""
_FORMAT_1_FIELDS = (
    "worksheet", "row", "column", "code", "severity", "message", "suggestion",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing to correct, at one cell of the uploaded workbook."""

    worksheet: str
    row: int | None  # as Excel numbers it; None for a whole column or table
    column: str | None  # "C"
    field: str | None
    code: str
    severity: Severity
    message: str  # 第12行「身份证号」：校验码不正确（末位应为X）
    suggestion: str = ""
    value: str = ""  # as read; masked where the field is personal

    @property
    def cell(self) -> str | None:
        """The address as Excel shows it, where it is one cell."""
        if self.row is None or self.column is None:
            return None
        return f"{self.column}{self.row}"

    def to_json(self) -> dict[str, Any]:
        """Return plain values without the empty ones, of which a large file has many."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["severity"] = self.severity.value
        return {name: value for name, value in values.items() if value not in (None, "")}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the finding of `to_json`."""
        arguments = {"worksheet": "", "row": None, "column": None, "field": None, **values}
        return cls(**arguments | {"severity": Severity(values["severity"])})


def findings_to_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return findings as they are stored beside an upload."""
    return {"format": FORMAT, "findings": [finding.to_json() for finding in findings]}


def findings_from_json(stored: Mapping[str, Any] | Sequence[Sequence[Any]]) -> list[Finding]:
    """Return stored findings; those of uploads before format 2 have neither field nor value."""
    if isinstance(stored, Mapping):
        return [Finding.from_json(values) for values in stored["findings"]]
    return [
        Finding.from_json(dict(zip(_FORMAT_1_FIELDS, values, strict=True))) for values in stored
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class PlausibilityWarning:
    """A cell that can be right by itself, and does not fit what is effective already."""

    worksheet: str
    row: int
    field: str
    code: str
    message: str  # what follows 第5行「救护员／人数」：
    value: str


@dataclasses.dataclass(frozen=True, slots=True)
class FindingGroup:
    """The same cause in one column: one line for a person, with how often and where."""

    first: Finding
    count: int
    rows: tuple[int, ...]  # the first 20, as Excel numbers them

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return self.first.severity
