"""What the page of one upload shows: tables, findings, changes, rows, who did what."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from redcross.accounts.models import User
from redcross.uploads import rules
from redcross.uploads.choices import Severity, UploadOrigin
from redcross.uploads.files import storage
from redcross.uploads.models import Upload, UploadFinding
from redcross.uploads.preparing.import_setup import import_spec
from redcross.uploads.schema.finding_catalogue import CODES
from redcross.uploads.schema.import_spec import CellKind, SheetSpec
from redcross.uploads.workflow import progress
from redcross.uploads.workflow.allowed_actions import allowed_actions
from redcross.uploads.workflow.queries import heading_mappings, visible_uploads
from redcross.uploads.workflow.table_values import may_fill_table

_MAX_CHANGED_ROWS = 50
_MAX_GOOD_ROWS, _MAX_DOUBTFUL_ROWS = 8, 5
_MAX_IDENTICAL = 5


@dataclasses.dataclass(frozen=True, slots=True)
class FindingCause:
    """The findings of one code: one thing to understand, however often it is found."""

    title: str
    count: int
    first: UploadFinding
    findings: list[UploadFinding]

    @property
    def is_blocking(self) -> bool:
        """Whether it is an error."""
        return self.first.severity == Severity.ERROR


def detail_context(user: User, upload: Upload) -> dict[str, Any]:
    """Return the context of the upload's page for this person."""
    actions = allowed_actions(user, upload)
    shows_rows = rules.may_see_rows(user, upload)
    spec = upload.declared.specification()
    labels = {field.name: field.label for field in import_spec(upload.declared).fields}
    return {
        "upload": upload,
        "sheet": upload.declared,
        "actions": actions,
        "labels": labels,
        "fields": spec.fields,
        "tables": _tables(upload, list(labels)),
        "fillable_columns": fillable_columns(upload, spec) if actions.correct else [],
        "causes": finding_causes(upload),
        "steps": upload.steps.select_related("by").order_by("at", "pk"),
        "remarks": upload.remarks.select_related("by").order_by("at"),
        "shows_rows": shows_rows,
        "identical_uploads": _identical_uploads(user, upload),
        "heading_mappings": _heading_mappings(user, upload),
        "progress": progress.current_progress(upload.pk) if upload.is_at_work else None,
        **(_row_context(upload) if shows_rows else {}),
    }


def finding_causes(upload: Upload) -> list[FindingCause]:
    """Return the findings by their code: errors first, then in the order of the workbook."""
    by_code: dict[str, list[UploadFinding]] = {}
    for finding in upload.findings.order_by("pk"):
        by_code.setdefault(finding.code, []).append(finding)
    causes = [
        FindingCause(
            title=CODES[code].title if code in CODES else code,
            count=sum(finding.count for finding in findings),
            first=findings[0],
            findings=findings,
        )
        for code, findings in by_code.items()
    ]
    return sorted(causes, key=lambda cause: Severity.values.index(cause.first.severity))


def fillable_columns(upload: Upload, spec: SheetSpec) -> list[dict[str, Any]]:
    """Return the columns no table has that the uploader may fill for all rows at once."""
    absent = {name for table in upload.tables for name in table.get("unsaid", ())}
    return [
        {
            "field": field,
            "is_date": field.kind is CellKind.DATE,
            "options": list(field.labels.values()),
            "value": upload.table_values.get(field.name, ""),
        }
        for field in spec.fields
        if field.name in absent and may_fill_table(field)
    ]


def load_preview_rows(upload: Upload) -> list[dict[str, Any]]:
    """Return the rows stored for display, none while a machine is at work on the upload."""
    if not upload.lines_file or upload.is_processing:
        return []
    rows: list[dict[str, Any]] = storage.load_json(upload.lines_file)
    return rows


def preview_table(upload: Upload, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return headings, and for each row its cells as written and as read."""
    fields = upload.declared.specification().fields
    shown = [field for field in fields if any(field.name in row["cells"] for row in rows)]
    cells = [[row["cells"].get(field.name, ("", "")) for field in shown] for row in rows]
    return {
        "headings": [field.label for field in shown],
        "rows": list(zip(rows, cells, strict=True)),
    }


def _row_context(upload: Upload) -> dict[str, Any]:
    """Return the context that only those who may see rows get."""
    changes = storage.load_json(upload.changes_file) if upload.changes_file else {}
    rows = load_preview_rows(upload)
    good = [row for row in rows if not row["in_doubt"]]
    doubtful = [row for row in rows if row["in_doubt"]]
    return {
        "changed": changes.get("changed", [])[:_MAX_CHANGED_ROWS],
        "missing": changes.get("missing", [])[:_MAX_CHANGED_ROWS],
        "good_rows": preview_table(upload, good[:_MAX_GOOD_ROWS]),
        "doubtful_rows": preview_table(upload, doubtful[:_MAX_DOUBTFUL_ROWS]),
        "doubtful_count": len(doubtful),
        "hidden_doubtful_count": max(len(doubtful) - _MAX_DOUBTFUL_ROWS, 0),
    }


def _tables(upload: Upload, names: list[str]) -> list[dict[str, Any]]:
    """Return the tables as read, their columns in the sheet's order: JSON has none."""

    def position(pair: tuple[str, str]) -> int:
        return names.index(pair[1]) if pair[1] in names else len(names)

    return [
        {
            **table,
            "columns": sorted(table["columns"].items(), key=position),
            "unknown_columns": [
                (heading, table.get("proposals", {}).get(heading, ""))
                for heading in table.get("unknown", ())
            ],
        }
        for table in upload.tables
    ]


def _heading_mappings(user: User, upload: Upload) -> list[Any]:
    if not rules.may_enter(user, upload.branch, upload.sheet):
        return []
    return heading_mappings(upload.branch, upload.sheet)


def _identical_uploads(user: User, upload: Upload) -> list[Upload]:
    """Return other uploads of the very same file."""
    if upload.origin != UploadOrigin.FILE or not upload.digest:
        return []
    same = visible_uploads(user).filter(digest=upload.digest).exclude(pk=upload.pk)
    return list(same[:_MAX_IDENTICAL])
