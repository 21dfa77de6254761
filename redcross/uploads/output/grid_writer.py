"""Write rows of an opened workbook into a new one, with the findings beside and in colour."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from redcross.files import escape_formula
from redcross.files.workbooks import ExportWorkbook
from redcross.uploads.choices import Severity
from redcross.uploads.files.cell_kinds import NUMBER, TEXT
from redcross.uploads.files.workbook import Grid
from redcross.uploads.schema.findings import Finding

FindingsByRow = Mapping[int, Sequence[Finding]]
"""Findings by their row, as Excel numbers it."""

SEVERITY_COLOURS = {
    Severity.ERROR: "FFC7CE",
    Severity.WARNING: "FFEB9C",
    Severity.NOTICE: "DDEBF7",
}
_DOUBLE_DIGITS = 15
_MAX_SHEET_NAME = 28


class GridWriter:
    """Writes the rows of one worksheet."""

    def __init__(self, target: ExportWorkbook, grid: Grid) -> None:
        self._grid = grid
        self._sheet = target.add_worksheet(_free_sheet_name(grid.worksheet, target))
        self._formats = {
            severity: target.add_format({"bg_color": f"#{colour}"})
            for severity, colour in SEVERITY_COLOURS.items()
        }

    @property
    def width(self) -> int:
        """The number of the worksheet's own columns."""
        return len(self._grid.letters)

    def write_row(
        self,
        at: int,
        row: int,
        *,
        findings: Sequence[Finding] = (),
        replaced: Mapping[str, str] | None = None,
    ) -> None:
        """Write an Excel row of the grid at row `at`, from 0, its cells with findings coloured.

        `replaced` gives other texts for some letters.
        """
        replaced = replaced or {}
        cells = self._grid.cells.row(row - self._grid.first_row)
        for index, letter in enumerate(self._grid.letters):
            text, kind = cells[2 * index], cells[2 * index + 1]
            if letter in replaced:
                text, kind = replaced[letter], TEXT
            cell_format = self._cell_format(
                finding for finding in findings if finding.column == letter
            )
            self._write_cell(at, index, text, kind, cell_format)

    def write_text(self, at: int, column: int, text: str) -> None:
        """Write a text that no spreadsheet takes for a formula."""
        self._sheet.write_string(at, column, escape_formula(text))

    def _cell_format(self, findings: Iterable[Finding]) -> Any:
        severities = {finding.severity for finding in findings}
        return next((self._formats[one] for one in SEVERITY_COLOURS if one in severities), None)

    def _write_cell(self, at: int, index: int, text: str, kind: int, cell_format: Any) -> None:
        """Write a cell as it was; a whole number too long for a double stays a text."""
        if kind == NUMBER and not (text.isdigit() and len(text) > _DOUBLE_DIGITS):
            self._sheet.write_number(at, index, float(text), cell_format)
        elif text or cell_format:
            self._sheet.write_string(at, index, text or "", cell_format)


def join_messages(findings: Iterable[Finding]) -> str:
    """Return the messages of a row in one text."""
    return "；".join(
        f"{finding.severity.label}：{finding.message}。{finding.suggestion}" for finding in findings
    )


def findings_by_row(findings: Iterable[Finding]) -> dict[str, FindingsByRow]:
    """Return worksheet → row → findings; those of whole columns and tables are left out."""
    by_worksheet: defaultdict[str, defaultdict[int, list[Finding]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for finding in findings:
        if finding.row is not None:
            by_worksheet[finding.worksheet][finding.row].append(finding)
    return dict(by_worksheet)


def _free_sheet_name(name: str, target: ExportWorkbook) -> str:
    short = "".join(char for char in name if char not in "[]:*?/\\'")[:_MAX_SHEET_NAME] or "数据"
    taken = {sheet.get_name() for sheet in target.worksheets()}
    return short if short not in taken else f"{short}{len(taken) + 1}"
