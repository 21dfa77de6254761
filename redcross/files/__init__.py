"""Files that leave the portal: the one answer that carries them, and what each kind holds."""

import enum
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpResponse

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would calculate."""

FileContent = bytes | Callable[[str], bytes]
"""A file, or how it is written with a line that says who took it and when."""


class Sensitivity(enum.Enum):
    """What a file holds; it decides what happens to it at the door."""

    NOTHING = "blank workbooks and templates: they go as they are"
    FIGURES = "no personal column: marked with who took it and when"
    ISSUED = "a document that goes out as it stands: untouched, and logged"
    GIVEN_BACK = "a person's own workbook with personal columns, back to him: marked and logged"
    PEOPLE = "personal columns: marked, and opened with a password alone"


class AttachmentResponse(HttpResponse):
    """An answer that carries a file; the door (`redcross.exports`) reads what it holds."""

    made: FileContent
    name: str
    holds: Sensitivity
    rows: int | None
    branch_code: str
    released: bool
    """Whether the door has already done its work on this file."""


def file_response(
    content: FileContent,
    name: str,
    *,
    holds: Sensitivity,
    rows: int | None = None,
    branch_code: str = "",
    released: bool = False,
) -> AttachmentResponse:
    """Answer with a file to be saved under a name; its ending tells what it is.

    `rows` says how many rows it holds and `branch_code` whose they are, for the access log.
    """
    kind = CONTENT_TYPES.get(file_extension(name), "application/octet-stream")
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    answer = AttachmentResponse(
        content if isinstance(content, bytes) else b"",
        content_type=kind,
        headers={"Content-Disposition": disposition},
    )
    answer.made, answer.name, answer.holds, answer.rows = content, name, holds, rows
    answer.branch_code, answer.released = branch_code, released
    return answer


def file_extension(name: str) -> str:
    """Return what a file's name ends with, in small letters."""
    return name.rpartition(".")[2].lower()


def escape_formula(cell: object) -> object:
    """Keep a text of a csv file from being taken for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_PREFIXES) else cell
