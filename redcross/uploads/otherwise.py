"""What a column holds that its field cannot hold, and another of the sheet can.

In one office 初审 heads a day and in another 同意; 队伍 a number or a name; 项目 a fund, or what
the giver had in mind.
"""

import dataclasses
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from redcross.uploads.cells import Column, clean_column
from redcross.uploads.cells.parsed import BLANKS, Parsed
from redcross.uploads.heading import Layout, plain
from redcross.uploads.opening import KIND
from redcross.uploads.specification import CellKind, Context, FieldSpec, SheetSpec
from redcross.uploads.workbook import Grid

_BETWEEN = "；"


def by_content(grid: Grid, layout: Layout, spec: SheetSpec, context: Context) -> Layout:
    """Return the layout with each column under the field that can hold all of its cells."""
    for letter, name in layout.columns.items():
        field = spec.field(name)
        if not field.otherwise or field.otherwise in layout.columns.values():
            continue
        if field.kind is CellKind.BRANCH:
            # A county's table names no branches; where somebody lives is no reason to refuse it.
            if len(context.own_subtree) == 1 and _is_headed(layout, letter, spec, field):
                columns = {**layout.columns, letter: field.otherwise}
                layout = dataclasses.replace(layout, columns=columns)
            continue
        if field.kind is CellKind.REFERENCE:
            continue
        texts, kinds = grid.cells[letter][layout.data], grid.cells[letter + KIND][layout.data]
        column = clean_column(texts, kinds, field, context, multiple=Decimal(1))
        if holds_words(column, texts, field):
            columns = {**layout.columns, letter: field.otherwise}
            layout = dataclasses.replace(layout, columns=columns)
    return layout


def kept_beside(grid: Grid, layout: Layout, spec: SheetSpec) -> dict[str, pl.Series]:
    """Return the words of columns that are read as branches and are something else besides.

    户籍地 names the county whose child it is, and is the child's address.
    """
    kept = {}
    for letter, name in layout.columns.items():
        field = spec.field(name)
        if field.kind is not CellKind.BRANCH or not field.otherwise:
            continue
        if field.otherwise in layout.columns.values():
            continue
        if _is_headed(layout, letter, spec, field):
            texts = grid.cells[letter][layout.data].str.strip_chars(BLANKS)
            kept[field.otherwise] = texts.replace("", None)
    return kept


def _is_headed(layout: Layout, letter: str, spec: SheetSpec, field: FieldSpec) -> bool:
    """Tell whether a column is headed as the other field is too."""
    other = spec.field(field.otherwise)
    return plain(layout.headings[letter]) in map(plain, (other.label, *other.aliases))


def holds_words(column: Column, texts: pl.Series, field: FieldSpec) -> bool:
    """Tell a column of words from one of days or numbers, none of whose cells can be read."""
    if not column.problems or column.values.is_not_null().any():
        return False
    return field.kind is not CellKind.DATE or not texts.str.contains(r"\d").any()


def handed_on(column: Column, other: FieldSpec) -> tuple[Column, dict[int, str]]:
    """Take the names nobody has registered out of a column: index → what was written.

    Each becomes a warning that it is kept as words.
    """
    problems: list[tuple[int, Parsed, str]] = []
    taken: dict[int, str] = {}
    for index, parsed, text in column.problems:
        if parsed.code == "reference.unknown" and len(text) <= (other.max_length or len(text)):
            reason = f"“{text[:40]}”没有登记过，记入「{other.label}」"
            taken[index] = text
            parsed = Parsed(None, "reference.as_text", reason, parsed.suggestion)  # noqa: PLW2901
        problems.append((index, parsed, text))
    return Column(column.values, problems), taken


def with_words(frame: pl.DataFrame, name: str, taken: Iterable[tuple[int, str]]) -> pl.DataFrame:
    """Add words to a column of texts, behind what stands there already."""
    there = frame[name].to_list() if name in frame.columns else [None] * frame.height
    for index, text in taken:
        if text not in (there[index] or "").split(_BETWEEN):
            there[index] = f"{there[index]}{_BETWEEN}{text}" if there[index] else text
    return frame.with_columns(pl.Series(name, there, dtype=pl.String))
