"""All checks of one parsed table by itself."""

from redcross.uploads.schema.findings import Finding
from redcross.uploads.tables.table import Table
from redcross.uploads.validation.plausibility import plausibility_findings
from redcross.uploads.validation.row_rules import check_rows
from redcross.uploads.validation.table_messages import (
    missing_column_finding,
    unknown_column_findings,
)


def validate(table: Table) -> list[Finding]:
    """Return the findings of a table after all passes, in the order they are shown."""
    layout = table.layout
    return [
        *(missing_column_finding(layout, table.spec.field(name)) for name in layout.missing),
        *unknown_column_findings(layout),
        *plausibility_findings(table),
        *check_rows(table),
    ]
