"""Columns that no single cell of a row fills, and several together do.

In go a grid and one of its layouts; out come both with a column more, so that everything
behind reads it like any other: 年, 月 and 日 side by side; a day that stands alone above its
rows; days of a month that the worksheet names; an amount given as 现金, 转账 and 微信.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

import polars as pl

from redcross.uploads.cells.columns import cell_parser, parse_column
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.parsed import BLANKS, normalize_text
from redcross.uploads.files.parser import EMPTY, KIND_SUFFIX, TEXT, column_letter
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import JOINER, normalize_header
from redcross.uploads.mapping.units import column_multiple
from redcross.uploads.schema.import_spec import FieldSpec, ImportContext, SheetSpec, SplitAmounts
from redcross.uploads.tables.cell_texts import column_index
from redcross.uploads.tables.layout import Layout

_YEAR_MONTH_DAY = ("年", "月", "日")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月(?:份)?(?!\d)")
_DAY_OF_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:\.0)?[日号]?")
_SECTION_NUMBER = re.compile(r"^[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*")
_PLUS = "＋"
GridAndLayout = tuple[Grid, Layout]


def add_combined_columns(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> GridAndLayout:
    """Return the table with the columns that its cells give together."""
    for compose in (
        _join_year_month_day,
        _carry_section_dates,
        _complete_days_of_month,
        _carry_section_branches,
        _sum_split_amount,
    ):
        grid, layout = compose(grid, layout, spec, context)
    return grid, layout


def _add_column(
    grid: Grid, layout: Layout, heading: str, name: str, texts: Sequence[str]
) -> GridAndLayout:
    """Add a column of texts, one for each row of the grid, under a field."""
    at = column_letter(max(column_index(each) for each in grid.letters) + 1)
    kinds = [TEXT if text else EMPTY for text in texts]
    cells = grid.cells.with_columns(
        pl.Series(at, texts, dtype=pl.String), pl.Series(at + KIND_SUFFIX, kinds, dtype=pl.UInt8)
    )
    taken = set(heading.split(_PLUS))
    return dataclasses.replace(grid, cells=cells), dataclasses.replace(
        layout,
        columns={**layout.columns, at: name},
        headings={**layout.headings, at: heading},
        multiples={**layout.multiples, at: Decimal(1)},
        unknown=tuple(each for each in layout.unknown if each not in taken),
        missing=tuple(each for each in layout.missing if each != name),
    )


def _missing_date_field(layout: Layout, spec: SheetSpec) -> FieldSpec | None:
    """Return the day of the rows, where no column of the table is read as it."""
    if spec.dated_by is None or spec.dated_by in layout.columns.values():
        return None
    return spec.field(spec.dated_by)


# Days --------------------------------------------------------------------------------


def _join_year_month_day(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> GridAndLayout:
    """Put 2020, 1 and 24 under 年, 月 and 日 together; a year above the two will do."""
    del context
    field = _missing_date_field(layout, spec)
    if field is None:
        return grid, layout
    leaves = {
        normalize_header(text.rpartition(JOINER)[2]): at for at, text in layout.headings.items()
    }
    if not {"月", "日"} <= set(leaves):
        return grid, layout
    parts = [leaves[each] for each in _YEAR_MONTH_DAY if each in leaves]
    year = re.search(r"(?:19|20)\d\d", unicodedata.normalize("NFKC", layout.headings[leaves["月"]]))
    filled = grid.cells.select(
        pl.col(at).str.strip_chars(BLANKS).str.strip_suffix(".0").replace("", None) for at in parts
    )
    # An unwritten 年 or 月 is that of the line above.
    rows = filled.select(pl.col(parts).forward_fill()).rows()
    texts = ["" if None in row else "-".join(row) for row in rows]
    if len(parts) == 2 and year:
        texts = [f"{year[0]}-{text}" if text else "" for text in texts]
    heading = _PLUS.join(layout.headings[at] for at in parts)
    return _add_column(grid, layout, heading, field.name, texts)


def _carry_section_dates(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> GridAndLayout:
    """Take 2月20日, alone in a row, for the day of the rows that follow."""
    field = _missing_date_field(layout, spec)
    start, end = layout.positions
    data = set(layout.data)
    if field is None or not data:
        return grid, layout
    alone = (
        (at, next(_filled_texts(grid, at))) for at in _single_cell_rows(grid, start, end, data)
    )
    days = {at: text for at, text in alone if _is_date_text(text, context)}
    if not days or min(days) > min(data):
        return grid, layout
    texts = _carry_down(grid, days, start, end, data)
    return _add_column(grid, layout, "（各段前的日期）", field.name, texts)


def _is_date_text(text: str, context: ImportContext) -> bool:
    bare = normalize_text(text).rstrip(":")
    parsed = parse_date(bare, is_number=False, is_date=False, period=context.period)
    return parsed.value is not None and not bare.isdigit()


def _complete_days_of_month(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> GridAndLayout:
    """Read 1 to 31 under 日期 as days of the month that the worksheet or its title names."""
    at = next((each for each, name in layout.columns.items() if name == spec.dated_by), None)
    if at is None:
        return grid, layout
    texts = grid.cells[at][layout.data].str.strip_chars(BLANKS)
    written = texts.filter(texts != "")
    if written.is_empty() or not all(map(_DAY_OF_MONTH.fullmatch, written.unique())):
        return grid, layout
    month = _month_of_table(grid, layout) or (
        context.period.last.month if context.period.length == 1 else None
    )
    if month is None:
        return grid, layout
    rows = set(layout.data)
    dated = [""] * grid.cells.height
    for row in rows:
        day = grid.cells[at][row].strip(BLANKS).removesuffix(".0").strip("日号")
        dated[row] = f"{month}月{day}日" if day else ""
    columns = {each: name for each, name in layout.columns.items() if each != at}
    layout = dataclasses.replace(layout, columns=columns)
    return _add_column(grid, layout, layout.headings[at], str(spec.dated_by), dated)


def _carry_section_branches(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> GridAndLayout:
    """Take 一、富宁县, alone in a row, for the branch of the rows that follow."""
    name = spec.branch_field
    if name is None or name in layout.columns.values() or len(context.own_subtree) == 1:
        return grid, layout
    start, end = layout.positions
    data = set(layout.data)
    parse = cell_parser(spec.field(name), context, Decimal(1))
    sections: dict[int, str] = {}
    for at in _single_cell_rows(grid, 0, end, data):
        written = next(_filled_texts(grid, at))
        text = _SECTION_NUMBER.sub("", written).rstrip(":： ")
        # Above a heading printed again 二、官渡区 goes on; a title is no section.
        is_section = at >= start or text != written
        if is_section and parse(text, TEXT).value is not None:
            sections[at] = text
    if not sections or not data or min(sections) > min(data):
        return grid, layout
    last_above = max((at for at in sections if at < start), default=0)
    sections = {max(at, start - 1): text for at, text in sections.items() if at >= last_above}
    texts = _carry_down(grid, sections, start, end, data)
    return _add_column(grid, layout, "（各段前的单位）", name, texts)


def _single_cell_rows(grid: Grid, start: int, end: int, data: set[int]) -> Iterator[int]:
    """Yield the rows of a table that are no data and have one cell."""
    filled = grid.cells.select(
        pl.sum_horizontal(
            pl.col(each).str.strip_chars(BLANKS) != "" for each in grid.letters
        ).alias("n")
    )["n"]
    yield from (at for at in (filled == 1).arg_true() if start <= at < end and at not in data)


def _filled_texts(grid: Grid, at: int) -> Iterator[str]:
    return (text for each in grid.letters if (text := grid.cells[each][at].strip(BLANKS)))


def _carry_down(
    grid: Grid, said: Mapping[int, str], start: int, end: int, data: set[int]
) -> list[str]:
    """Lay out what stands above rows beside each of them."""
    texts, now = [""] * grid.cells.height, ""
    for at in range(max(start - 1, 0), end):
        now = said.get(at, now)
        texts[at] = now if at in data else ""
    return texts


def _month_of_table(grid: Grid, layout: Layout) -> int | None:
    """Return the one month that the worksheet's name, else what stands above, names."""
    above = layout.heading_rows[0] - grid.first_row
    rows = grid.cells[max(above - 6, 0) : max(above, 0)].select(grid.letters).rows()
    for texts in ([grid.worksheet], [text for row in rows for text in row if text]):
        months = {
            int(found[1])
            for text in texts
            for found in _MONTH.finditer(unicodedata.normalize("NFKC", text))
        }
        if months:
            return months.pop() if len(months) == 1 else None
    return None


# Amounts -----------------------------------------------------------------------------


def _sum_split_amount(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> GridAndLayout:
    """Add up an amount that is given as 现金, 转账 and 微信, or as money and goods.

    Where a column beside them is their 合计, that is the amount.
    """
    if spec.split_amounts is None:
        return grid, layout
    field = spec.field(spec.split_amounts.field)
    holder = next((at for at, name in layout.columns.items() if name == field.name), None)
    free = [at for at in layout.headings if at not in layout.columns]
    is_whole = _heading_matcher(layout, spec.split_amounts.totals)
    is_part = _heading_matcher(
        layout, list(spec.split_amounts.parts), below=spec.split_amounts.groups
    )
    parts = [
        at
        for at in layout.headings
        if is_part(at) and not is_whole(at) and (at in free or at == holder)
    ]
    if holder is not None and holder not in parts:
        return grid, layout
    parts = [at for at in parts if _holds_amounts(grid, layout, at, field, context)]
    if len(parts) < 2:
        return grid, layout
    whole = next((at for at in free if at not in parts and is_whole(at)), None)
    columns = {at: name for at, name in layout.columns.items() if at != holder}
    multiples = {**layout.multiples}
    for at in (*parts, *([whole] if whole else [])):
        multiples[at] = column_multiple(field, layout.headings[at].split(JOINER), layout.unit)
    if whole is not None:
        known = {layout.headings[at] for at in (*parts, whole)}
        unknown = tuple(each for each in layout.unknown if each not in known)
        return grid, dataclasses.replace(
            layout, columns={**columns, whole: field.name}, multiples=multiples, unknown=unknown
        )
    added = pl.DataFrame(
        {
            at: parse_column(
                grid.cells[at], grid.cells[at + KIND_SUFFIX], field, context, multiple=multiples[at]
            ).values
            for at in parts
        }
    )
    rows = added.rows()
    texts = [
        f"{sum(each for each in row if each is not None)}"
        if any(each is not None for each in row)
        else ""
        for row in rows
    ]
    layout = dataclasses.replace(layout, columns=columns)
    heading = _PLUS.join(layout.headings[at] for at in parts)
    grid, layout = _add_column(grid, layout, heading, field.name, texts)
    return _add_column_meaning(grid, layout, spec.split_amounts, parts, rows)


def _add_column_meaning(
    grid: Grid,
    layout: Layout,
    in_parts: SplitAmounts,
    parts: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> GridAndLayout:
    """Keep in which of its columns an amount stands, where it stands in one: 微信."""
    headings = [layout.headings[at] for at in parts]
    known = {normalize_header(word): said for word, said in in_parts.parts.items()}
    says = [
        known.get(normalize_header(each)) or known.get(normalize_header(each.rpartition(JOINER)[2]))
        for each in headings
    ]
    fields = {said[0] if said else "" for said in says}
    name = fields.pop() if len(fields) == 1 else ""
    if not name or name in layout.columns.values():
        return grid, layout
    texts = []
    for row in rows:
        filled = [said for said, value in zip(says, row, strict=True) if value is not None]
        texts.append(filled[0][1] if len(filled) == 1 and filled[0] else "")
    return _add_column(grid, layout, "（数字所在的栏）", name, texts)


def _heading_matcher(
    layout: Layout, words: Sequence[str], *, below: Sequence[str] = ()
) -> Callable[[str], bool]:
    """Return what tells whether a column is headed by one of the words, under any group."""
    known = set(map(normalize_header, words))
    groups = set(map(normalize_header, below))

    def is_named(at: str) -> bool:
        heading = layout.headings[at]
        group, _, leaf = heading.rpartition(JOINER)
        is_part = normalize_header(leaf) in known or normalize_header(heading) in known
        return is_part or (normalize_header(group) in groups and bool(group))

    return is_named


def _holds_amounts(
    grid: Grid, layout: Layout, at: str, field: FieldSpec, context: ImportContext
) -> bool:
    """Tell whether a column holds amounts and nothing else, or nothing at all."""
    texts, kinds = grid.cells[at][layout.data], grid.cells[at + KIND_SUFFIX][layout.data]
    column = parse_column(texts, kinds, field, context, multiple=Decimal(1))
    return not any(parsed.value is None and parsed.code for _, parsed, _ in column.problems)
