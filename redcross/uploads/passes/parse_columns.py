"""The cells of the mapped columns as typed values, in one frame."""

import dataclasses
import itertools

import polars as pl

from redcross.uploads.cells.columns import column_findings
from redcross.uploads.cells.parsed import ParsedColumn
from redcross.uploads.choices import Severity
from redcross.uploads.passes.cell_diversion import (
    append_words,
    divert_unparsed,
    is_diverted_by_cell,
)
from redcross.uploads.passes.content_fallback import has_only_words
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, FieldSpec
from redcross.uploads.tables.table import Table


def parse_columns(table: Table) -> Table:
    """Parse every mapped column into the table's frame.

    Each column becomes a typed column of the frame, each cell that cannot be read a finding.
    An optional date column of nothing but words is left unread; cells that belong to a
    field's fallback column are appended to that one. Example: 1,234.5 becomes 1234.50, and
    口罩98个 in 捐赠款物 goes to the goods.
    """
    columns: dict[str, ParsedColumn] = {}
    diverted: dict[str, list[tuple[int, str]]] = {}
    letters: dict[str, str] = {}
    dropped: list[str] = []
    for letter, name in table.layout.columns.items():
        field = table.field(name)
        column = table.parsed(letter, field)
        if _is_wordy_date(table, letter, field, column):
            dropped.append(letter)
            continue
        if is_diverted_by_cell(field, table.layout.headings[letter]):
            column, words = divert_unparsed(column, table.field(field.fallback_column))
            diverted.setdefault(field.fallback_column, []).extend(words)
        columns[name], letters[name] = column, letter
    numbers = table.row_numbers
    findings = {
        name: column_findings(
            column,
            table.field(name),
            worksheet=table.layout.worksheet,
            letter=letters[name],
            rows=numbers,
        )
        for name, column in columns.items()
    }
    worksheet = pl.Series([table.layout.worksheet], dtype=pl.String)
    frame = pl.DataFrame(
        {
            "worksheet": worksheet.new_from_index(0, numbers.len()),
            "row": numbers,
            **{name: column.values.alias(name) for name, column in columns.items()},
        }
    )
    for name, words in diverted.items():
        frame = append_words(frame, name, words) if words else frame
    return dataclasses.replace(
        table,
        layout=table.layout.without(dropped),
        frame=frame,
        letters=letters,
        faulty_rows={name: _rows_with_errors(entries) for name, entries in findings.items()},
        findings=(*table.findings, *itertools.chain.from_iterable(findings.values())),
    )


def _is_wordy_date(table: Table, letter: str, field: FieldSpec, column: ParsedColumn) -> bool:
    """Tell an optional date column that holds words alone."""
    return (
        field.kind is CellKind.DATE
        and not field.required
        and has_only_words(column, table.texts(letter), field)
    )


def _rows_with_errors(findings: list[Finding]) -> frozenset[int]:
    return frozenset(
        entry.row
        for entry in findings
        if entry.row is not None and entry.severity is Severity.ERROR
    )


def parse_branch_addresses(table: Table) -> Table:
    """Add the branch to the frame from the addresses of a table without a branch column.

    Looks at columns whose field has `branch_from_address`, where the uploading branch has
    branches below it; at least half of the addresses must begin with one of these.
    Example: 双柏县妥甸镇 belongs to 双柏县.
    """
    name = table.spec.branch_field
    if name is None or table.has_field(name) or len(table.context.own_subtree) == 1:
        return table
    field = table.field(name)
    for letter, source in table.layout.columns.items():
        if not table.field(source).branch_from_address:
            continue
        column = table.parsed(letter, field)
        filled = table.filled(letter).len()
        if filled and int(column.values.is_not_null().sum()) * 2 >= filled:
            findings = column_findings(
                column,
                field,
                worksheet=table.layout.worksheet,
                letter=letter,
                rows=table.row_numbers,
            )
            return dataclasses.replace(
                table,
                frame=table.frame.with_columns(column.values.alias(name)),
                letters={**table.letters, name: letter},
            ).with_findings(findings)
    return table


def normalize_rows(table: Table) -> Table:
    """Apply the sheet's own correction of rows, before anything is checked.

    Calls the declaration's `normalize`, where it has one. Example: a gift whose giver cell
    holds the purpose.
    """
    normalize = table.spec.normalize
    if normalize is None:
        return table
    return dataclasses.replace(table, frame=normalize(table.frame))
