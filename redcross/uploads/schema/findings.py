"""What the checks report: one finding a cell, grouped by cause for people."""

import dataclasses
import enum


class Severity(enum.StrEnum):
    """ERROR blocks; WARNING passes with a written 说明; NOTICE only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


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
