"""Columns whose cells their field cannot hold, and another field of the sheet can.

In one office 初审 heads a day and in another 同意; 队伍 a number or a name; 项目 a fund, or
what the giver had in mind.
"""

import polars as pl

from redcross.uploads.cells.parsed import ParsedColumn
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.passes.cell_diversion import is_diverted_by_cell
from redcross.uploads.passes.content_evidence import holds_only_words_of
from redcross.uploads.schema.import_spec import CellKind, FieldSpec
from redcross.uploads.tables.table import Table

_BARE_NUMBER = r"^\d[\d,.]*$"
_YES_NO_NUMBERS = ["0", "1", "0.0", "1.0"]


def remap_by_content(table: Table) -> Table:
    """Read each column as the field that can hold its cells.

    Looks at every column read so far. A column of texts all of whose cells are words of a
    closed list without a column becomes that list; a column of numbers under a name, a yes
    or no, or a year is left unread; a column none of whose cells its field can read becomes
    its field's `fallback_column`. Example: 完成情况 over 已完成, 推进中 is read as the state.
    """
    for letter, name in table.layout.columns.items():
        field = table.field(name)
        target = _matching_choice_field(table, letter, field)
        if target:
            table = table.map_column(letter, target)
        elif _has_only_numbers(table, letter, field) or _is_out_of_range(table, letter, field):
            table = table.with_layout(table.layout.without([letter]))
        elif _fits_fallback(table, letter, field):
            table = table.map_column(letter, field.fallback_column)
    return table


def _matching_choice_field(table: Table, letter: str, field: FieldSpec) -> str:
    """Return the closed list of which every cell of a column of texts is a word, "" for none."""
    if field.kind is not CellKind.TEXT or field.required:
        return ""
    texts = table.texts(letter).head(TUNING.sample_rows)
    if (
        int((texts != "").sum()) < TUNING.min_list_cells
        or max(texts.str.len_chars()) > TUNING.max_list_word
    ):
        return ""
    for other in table.absent_fields():
        if other.kind is CellKind.CHOICE and holds_only_words_of(table, letter, other):
            return other.name
    return ""


def _fits_fallback(table: Table, letter: str, field: FieldSpec) -> bool:
    """Tell whether a column as a whole is better read as its field's fallback column."""
    if (
        not field.fallback_column
        or field.kind is CellKind.DECIMAL
        or is_diverted_by_cell(field, table.layout.headings[letter])
        or table.has_field(field.fallback_column)
    ):
        return False
    column = table.parsed(letter, field)
    other = table.field(field.fallback_column)
    if other.kind is CellKind.CHOICE:
        return len(table.parsed(letter, other).problems) < len(column.problems)
    return has_only_words(column, table.texts(letter), field)


def has_only_words(column: ParsedColumn, texts: pl.Series, field: FieldSpec) -> bool:
    """Tell a column of words from one of days or numbers, none of whose cells can be read."""
    if not column.problems or column.values.is_not_null().any():
        return False
    return field.kind is not CellKind.DATE or not texts.str.contains(r"\d").any()


def _has_only_numbers(table: Table, letter: str, field: FieldSpec) -> bool:
    """Tell a column of numbers under a heading that asks for a name, or for yes and no."""
    if not field.rejects_numbers and field.kind is not CellKind.BOOLEAN:
        return False
    texts = table.filled(letter)
    texts = texts.filter(~texts.is_in(_YES_NO_NUMBERS))
    return texts.len() > 0 and bool(texts.str.contains(_BARE_NUMBER).all())


def _is_out_of_range(table: Table, letter: str, field: FieldSpec) -> bool:
    """Tell a column of numbers most of which the field cannot have: 指标值／年度 is no year."""
    if field.value_range is None:
        return False
    least, most = field.value_range
    cells = table.grid.cells[letter][table.layout.data]
    numbers = cells.cast(pl.Float64, strict=False).drop_nulls()
    return numbers.len() > 0 and int(numbers.is_between(least, most).sum()) * 2 < numbers.len()
