"""Tables that stand beside each other under one row of headings."""

from collections.abc import Mapping, Sequence

from redcross.uploads.mapping.normalize import normalize_header
from redcross.uploads.mapping.words import SERIAL_HEADINGS
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, SheetSpec
from redcross.uploads.tables.header_rows import HeadingRows


def split_side_by_side(headings: HeadingRows, start: int) -> list[list[str]]:
    """Return the letters of each table where several stand beside each other, else nothing.

    They begin where rows are numbered anew, else where a column comes again. They are tables
    only where each begins with the same label, has a number of its own, and all that each
    row needs: 捐赠日期 before a gift and 到账日期 behind it are two days of one, 子计划 and 项目
    two names of one plan.
    """
    levels = headings.levels(start, headings.depth(start)[0])
    fields = {
        letter: best.field
        for letter, own in levels.items()
        if (best := headings.ranker.best(own)) is not None and best.field
    }
    serials = [
        letter for letter, own in levels.items() if normalize_header(own[-1]) in SERIAL_HEADINGS
    ]
    for starts in (serials[1:], _repeated_columns(fields)):
        tables = _split_letters(headings.texts.letters, starts)
        names = [[fields[letter] for letter in table if letter in fields] for table in tables]
        if starts and _are_tables(names, headings.ranker.spec):
            return tables
    return []


def _repeated_columns(fields: Mapping[str, str]) -> list[str]:
    """Return the columns of a field that another column since the last of these has."""
    starts: list[str] = []
    seen: set[str] = set()
    for letter, field in fields.items():
        if field in seen:
            starts.append(letter)
            seen.clear()
        seen.add(field)
    return starts


def _split_letters(letters: Sequence[str], starts: Sequence[str]) -> list[list[str]]:
    """Return the letters anew from each start."""
    tables: list[list[str]] = [[]]
    for letter in letters:
        if letter in starts:
            tables.append([])
        tables[-1].append(letter)
    return tables


def _are_tables(fields: Sequence[Sequence[str]], spec: SheetSpec) -> bool:
    """Tell whether the fields of each part are those of a table by itself."""
    tables = [set(names) for names in fields]
    if any(len(names) < 2 for names in tables):
        return False
    if all(names == tables[0] for names in tables):
        return True
    kinds = {field.name: field.kind for field in spec.fields}
    labels = [
        next((name for name in names if kinds[name] not in (*NUMERIC_KINDS, CellKind.DATE)), "")
        for names in fields
    ]
    if not labels[0] or any(label != labels[0] for label in labels):
        return False
    # A day may stand over the right table alone; what else a row needs, both have or neither.
    needed = {field.name for field in spec.fields if field.required and field.kind != CellKind.DATE}
    needed = {name for name in needed if any(name in names for names in tables)}
    has_number = all(any(kinds[name] in NUMERIC_KINDS for name in names) for names in tables)
    return has_number and all(needed <= names for names in tables)
