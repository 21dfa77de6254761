"""Files that leave the portal: what they are, and the answer that carries one."""

from urllib.parse import quote

from django.http import HttpResponse

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Text stays text in a workbook: a cell that begins with = + - @ is nobody's formula.
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def sent(content: bytes, name: str) -> HttpResponse:
    """Answer with a file to be saved under a name; its ending tells what it is."""
    kind = CONTENT_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
