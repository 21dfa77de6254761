"""Tables that stand beside each other under one row of headings.

In goes the row a heading begins in; out come the letters of each table, or nothing where
there is only one.
"""

from collections.abc import Mapping, Sequence

from redcross.uploads.mapping.normalize import SERIAL_HEADINGS, normalize_header
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, SheetSpec
from redcross.uploads.tables.header_rows import HeadingRows


def split_side_by_side(levels: HeadingRows, at: int) -> list[list[str]]:
    """Return the letters of each table where several stand beside each other.

    They begin where rows are numbered anew, else where a column comes again. Tables
    are they only where each begins with the same label, has a number of its own, and all
    that each row needs: 捐赠日期 before a gift and 到账日期 behind it are two days of one,
    子计划 and 项目 two names of one plan.
    """
    heading = levels.of(at, levels.depth(at)[0])
    fields = {
        letter: match.field
        for letter, texts in heading.items()
        if (match := levels.vocabulary.match(texts)) is not None and match.field
    }
    numbered = [
        letter
        for letter, texts in heading.items()
        if normalize_header(texts[-1]) in SERIAL_HEADINGS
    ]
    for starts in (numbered[1:], _repeated_columns(fields)):
        tables = _split_letters(levels.texts.letters, starts)
        held = [[fields[each] for each in one if each in fields] for one in tables]
        if starts and _are_tables(held, levels.vocabulary.spec):
            return tables
    return []


def _repeated_columns(fields: Mapping[str, str]) -> list[str]:
    """Return the columns that say what one since the last of these has said already."""
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


def _are_tables(held: Sequence[Sequence[str]], spec: SheetSpec) -> bool:
    """Tell whether the fields of each are those of a table by itself."""
    named = [set(names) for names in held]
    if any(len(names) < 2 for names in named):
        return False
    if all(names == named[0] for names in named):
        return True
    kinds = {field.name: field.kind for field in spec.fields}
    labels = [
        next((name for name in names if kinds[name] not in (*NUMERIC_KINDS, CellKind.DATE)), "")
        for names in held
    ]
    if not labels[0] or any(label != labels[0] for label in labels):
        return False
    # A day may stand over the right table alone; what else a row needs, both have or neither.
    needed = {each.name for each in spec.fields if each.required and each.kind != CellKind.DATE}
    needed = {name for name in needed if any(name in names for names in named)}
    has_number = all(any(kinds[name] in NUMERIC_KINDS for name in names) for names in named)
    return has_number and all(needed <= names for names in named)
