"""What the cells of a column say about the field it may be read as."""

from redcross.uploads.choices import Severity
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.finding_catalogue import severity_of
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec
from redcross.uploads.tables.table import Table

_NUMBER = r"^[\d,.%]+$"
_BONUSES = {
    CellKind.ID_NUMBER: TUNING.id_number_bonus,
    CellKind.PHONE: TUNING.phone_bonus,
    CellKind.CHOICE: TUNING.choice_bonus,
    CellKind.DATE: TUNING.date_bonus,
    CellKind.BOOLEAN: TUNING.boolean_bonus,
}


def content_bonus(field: FieldSpec) -> float:
    """Return what it adds to a heading's score that every cell is such a thing."""
    return _BONUSES.get(field.kind, 0.0)


def holds_only_words_of(table: Table, letter: str, field: FieldSpec) -> bool:
    """Tell whether every filled cell of a column's sample is a word of a closed list."""
    is_filled = table.texts(letter).head(TUNING.sample_rows) != ""
    column = table.parsed(letter, field, rows=TUNING.sample_rows)
    return not column.problems and column.values.filter(is_filled).is_not_null().all()


def can_hold(table: Table, letter: str, field: FieldSpec) -> bool:
    """Tell whether every cell of a column's sample can be read as the field's.

    A text field holds anything, but a column of numbers is probably none; numbers may have
    warnings, every other kind none at all.
    """
    if field.kind is CellKind.TEXT:
        filled = table.texts(letter).head(TUNING.sample_rows)
        filled = filled.filter(filled != "")
        return int(filled.str.contains(_NUMBER).sum()) * 2 < filled.len()
    column = table.parsed(letter, field, rows=TUNING.sample_rows)
    if not column.values.is_not_null().any():
        return False
    if field.value_range is not None and not column.values.is_between(*field.value_range).any():
        return False
    if field.kind not in NUMERIC_KINDS:
        return not column.problems
    return all(severity_of(cell.code) is not Severity.ERROR for _, cell, _ in column.problems)
