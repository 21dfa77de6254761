"""An upload in JSON, as the command and the API tell it."""

from typing import Any

from redcross.uploads.models import Upload, UploadFinding


def serialize_upload(upload: Upload) -> dict[str, Any]:
    """Return an upload with everything that was found in it."""
    findings = [serialize_finding(row) for row in upload.findings.order_by("pk")]
    return {
        "upload": upload.pk,
        "state": upload.state.lower(),
        "code": upload.code,
        "message": upload.message,
        "sheet": upload.sheet,
        "tables": upload.tables,
        "rows": upload.rows,
        "accepted": upload.accepted,
        "findings": findings,
        "changes": upload.changes,
        "seconds": upload.seconds,
    }


def serialize_finding(finding: UploadFinding) -> dict[str, Any]:
    """Return one cause of findings; personal values are masked where they were read."""
    return {
        "worksheet": finding.worksheet,
        "cell": finding.cell or None,
        "row": finding.row,
        "column": finding.column or None,
        "field": finding.field or None,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "value": finding.value,
        "count": finding.count,
        "rows": finding.rows,
    }
