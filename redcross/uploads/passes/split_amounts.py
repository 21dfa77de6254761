"""Amounts that a list gives in several columns: 现金, 转账, 微信; 资金, 物资折价."""

import dataclasses
from collections.abc import Callable, Sequence
from decimal import Decimal

from redcross.uploads.cells.cell_parsers import cell_parser
from redcross.uploads.cells.parsed import ParsedColumn
from redcross.uploads.files.cell_kinds import KIND_SUFFIX
from redcross.uploads.mapping.normalize import JOINER, normalize_header
from redcross.uploads.schema.import_spec import FieldSpec, SplitAmounts
from redcross.uploads.tables.layout import COMBINED, Layout
from redcross.uploads.tables.table import Table


def sum_split_amounts(table: Table) -> Table:
    """Read the sum of several columns of amounts as the amount of each row.

    Looks for two or more columns headed by the words of the sheet's `split_amounts` that
    hold amounts and nothing else. Where a column beside them is their 合计, that one is the
    amount; else a column of their sums is added, and one of the heading of the only part
    that is filled. Example: 现金 | 微信 over 100 | blank becomes value 100 and channel 微信.
    """
    split = table.spec.split_amounts
    if split is None:
        return table
    field = table.field(split.field)
    columns, headings = table.layout.columns, table.layout.headings
    holder = table.letter_of(field.name)
    is_total = _heading_matcher(table.layout, split.totals)
    parts = _part_columns(table, split, field)
    if holder is not None and holder not in parts:
        return table
    parts = [at for at in parts if _holds_only_amounts(table.parsed(at, field))]
    if len(parts) < 2:
        return table
    total = next(
        (at for at in headings if at not in columns and at not in parts and is_total(at)), None
    )
    if holder is not None:
        table = table.with_layout(table.layout.without([holder], is_unknown=False))
    if total is not None:
        return _read_total(table, total, parts, field)
    amounts = [_all_amounts(table, at, field) for at in parts]
    rows = list(zip(*amounts, strict=True))
    heading = COMBINED.join(headings[at] for at in parts)
    table = table.add_column(heading, field.name, [_sum_text(row) for row in rows])
    return _add_part_meaning(table, split, parts, rows)


def _part_columns(table: Table, split: SplitAmounts, field: FieldSpec) -> list[str]:
    """Return the columns headed as parts that are unread or read as the amount."""
    is_total = _heading_matcher(table.layout, split.totals)
    is_part = _heading_matcher(table.layout, list(split.parts), groups=split.groups)
    return [
        at
        for at in table.layout.headings
        if is_part(at)
        and not is_total(at)
        and table.layout.columns.get(at, field.name) == field.name
    ]


def _read_total(table: Table, total: str, parts: Sequence[str], field: FieldSpec) -> Table:
    """Read the column that adds the parts up; the parts count as known."""
    known = {table.layout.headings[at] for at in parts}
    unknown = tuple(heading for heading in table.layout.unknown if heading not in known)
    layout = dataclasses.replace(table.layout, unknown=unknown)
    return table.with_layout(layout).map_column(total, field.name)


def _holds_only_amounts(column: ParsedColumn) -> bool:
    """Tell whether a column holds amounts and nothing else, or nothing at all."""
    return not any(cell.value is None and cell.code for _, cell, _ in column.problems)


def _all_amounts(table: Table, letter: str, field: FieldSpec) -> list[object]:
    """Return the amounts of a column by frame position: of data rows and printed totals."""
    amounts: list[object] = [None] * table.grid.cells.height
    values = table.parsed(letter, field).values
    for position, value in zip(table.layout.data, values, strict=True):
        amounts[position] = value
    parse = cell_parser(field, table.context, table.multiple(letter, field))
    cells = table.grid.cells
    for total in table.layout.totals:
        text = cells[letter][total.position]
        amounts[total.position] = parse(text, cells[letter + KIND_SUFFIX][total.position]).value
    return amounts


def _sum_text(amounts: Sequence[object]) -> str:
    filled = [amount for amount in amounts if isinstance(amount, Decimal)]
    return f"{sum(filled)}" if filled else ""


def _add_part_meaning(
    table: Table, split: SplitAmounts, parts: Sequence[str], rows: Sequence[Sequence[object]]
) -> Table:
    """Add a column of what the heading of the only filled part means: 微信 is the channel."""
    meanings = {normalize_header(word): meaning for word, meaning in split.parts.items()}
    headings = [table.layout.headings[at] for at in parts]
    by_part = [
        meanings.get(normalize_header(heading))
        or meanings.get(normalize_header(heading.rpartition(JOINER)[2]))
        for heading in headings
    ]
    fields = {meaning[0] if meaning else "" for meaning in by_part}
    name = fields.pop() if len(fields) == 1 else ""
    if not name or table.has_field(name):
        return table
    texts = []
    for row in rows:
        filled = [part for part, value in zip(by_part, row, strict=True) if value is not None]
        texts.append(filled[0][1] if len(filled) == 1 and filled[0] else "")
    return table.add_column("（数字所在的栏）", name, texts)


def _heading_matcher(
    layout: Layout, words: Sequence[str], *, groups: Sequence[str] = ()
) -> Callable[[str], bool]:
    """Return a test whether a column is headed by one of the words, or stands below a group."""
    known, above = set(map(normalize_header, words)), set(map(normalize_header, groups))

    def is_match(letter: str) -> bool:
        heading = layout.headings[letter]
        group, _, leaf = heading.rpartition(JOINER)
        if normalize_header(leaf) in known or normalize_header(heading) in known:
            return True
        return bool(group) and normalize_header(group) in above

    return is_match
