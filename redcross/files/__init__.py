"""Files sent to users: the one response class for them, and how sensitive each file is."""

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
"""First characters of a text that a spreadsheet would evaluate."""

FileContent = bytes | Callable[[str], bytes]
"""A file, or a function that writes it with a line that says who exported it and when."""


class Sensitivity(enum.Enum):
    """What a file contains; `redcross.exports` treats the file accordingly."""

    NO_DATA = "blank workbooks and templates: sent unchanged"
    FIGURES = "no personal column: marked with who exported it and when"
    ISSUED_DOCUMENT = "an issued document: sent unchanged, and logged"
    OWN_WORKBOOK = "a user's own workbook with personal columns, sent back: marked and logged"
    PERSONAL = "personal columns: marked, and encrypted with a password"


class AttachmentResponse(HttpResponse):
    """A response that carries a file; `redcross.exports.middleware` reads its attributes."""

    source: FileContent
    name: str
    sensitivity: Sensitivity
    rows: int | None
    branch_code: str
    released: bool
    """Whether marking and encryption were already applied to this file."""


def file_response(
    content: FileContent,
    name: str,
    *,
    sensitivity: Sensitivity,
    rows: int | None = None,
    branch_code: str = "",
    released: bool = False,
) -> AttachmentResponse:
    """Return a response with a file to be saved as `name`, whose extension gives its type.

    `rows` (number of data rows) and `branch_code` (whose they are) go into the access log.
    """
    kind = CONTENT_TYPES.get(file_extension(name), "application/octet-stream")
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    answer = AttachmentResponse(
        content if isinstance(content, bytes) else b"",
        content_type=kind,
        headers={"Content-Disposition": disposition},
    )
    answer.source, answer.name, answer.sensitivity = content, name, sensitivity
    answer.rows, answer.branch_code, answer.released = rows, branch_code, released
    return answer


def file_extension(name: str) -> str:
    """Return the extension of a file name in lower case, without the dot."""
    return name.rpartition(".")[2].lower()


def escape_formula(cell: object) -> object:
    """Prefix a csv text that a spreadsheet would evaluate as a formula; leave numbers alone."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_PREFIXES) else cell
