"""Days that no single cell of a row holds: they are put together into a column of their own."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import chain

import polars as pl

from redcross.chinese_dates import find_months
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.parsed import BLANKS, normalize_text
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import JOINER, normalize_header
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.import_spec import FieldSpec, ImportContext
from redcross.uploads.tables.layout import COMBINED
from redcross.uploads.tables.table import Table

_YEAR_MONTH_DAY = ("年", "月", "日")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY_OF_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:\.0)?[日号]?")


def _missing_date_field(table: Table) -> FieldSpec | None:
    """Return the field that dates the rows, where no column of the table is read as it."""
    name = table.spec.dated_by
    return None if name is None or table.has_field(name) else table.field(name)


def join_year_month_day(table: Table) -> Table:
    """Join columns headed 年, 月 and 日 into one column of days.

    Looks for columns headed 月 and 日 where nothing is read as the day of the rows; the year
    stands in a column 年 or in the group above the two. A blank 年 or 月 is that of the row
    above. Example: 2020 | 1 | 24 becomes 2020-1-24.
    """
    field = _missing_date_field(table)
    if field is None:
        return table
    headings = table.layout.headings
    leaves = {normalize_header(text.rpartition(JOINER)[2]): at for at, text in headings.items()}
    if not {"月", "日"} <= set(leaves):
        return table
    parts = [leaves[word] for word in _YEAR_MONTH_DAY if word in leaves]
    cells = table.grid.cells.select(
        pl.col(at).str.strip_chars(BLANKS).str.strip_suffix(".0").replace("", None) for at in parts
    )
    rows = cells.select(pl.col(parts).forward_fill()).rows()
    texts = ["" if None in row else "-".join(row) for row in rows]
    year = _YEAR.search(unicodedata.normalize("NFKC", headings[leaves["月"]]))
    if len(parts) == 2 and year:
        texts = [f"{year[0]}-{text}" if text else "" for text in texts]
    return table.add_column(COMBINED.join(headings[at] for at in parts), field.name, texts)


def carry_section_dates(table: Table) -> Table:
    """Add a column of days from the rows that hold nothing but a day.

    Looks for rows with a single cell that reads as a day, where nothing is read as the day
    of the rows; it dates the rows below it up to the next one. The first of them must stand
    above the first row of data. Example: 2月20日 alone in a row above ten gifts.
    """
    field = _missing_date_field(table)
    start, end = table.layout.positions
    data = set(table.layout.data)
    if field is None or not data:
        return table
    single = ((at, single_text(table.grid, at)) for at in single_cell_rows(table, start, end))
    days = {at: text for at, text in single if _is_date_text(text, table.context)}
    if not days or min(days) > min(data):
        return table
    return table.add_column("（各段前的日期）", field.name, carry_down(table, days))


def _is_date_text(text: str, context: ImportContext) -> bool:
    bare = normalize_text(text).rstrip(":")
    parsed = parse_date(bare, is_number=False, is_date=False, period=context.period)
    return parsed.value is not None and not bare.isdigit()


def complete_days_of_month(table: Table) -> Table:
    """Replace a date column that holds only days of the month by one of whole days.

    Looks at the column read as the day of the rows; where all its cells are 1 to 31, the
    month is the one the worksheet's name or the rows above the heading name, else that of a
    report of one month. Example: 3 | 100 on a worksheet 2月 becomes 2月3日.
    """
    name = table.spec.dated_by
    letter = table.letter_of(name)
    if name is None or letter is None:
        return table
    days = table.filled(letter)
    if days.is_empty() or not all(map(_DAY_OF_MONTH.fullmatch, days.unique())):
        return table
    period = table.context.period
    month = _month_of_table(table) or (period.last.month if period.length == 1 else None)
    if month is None:
        return table
    texts = [""] * table.grid.cells.height
    for position, text in zip(table.layout.data, table.texts(letter), strict=True):
        day = text.removesuffix(".0").strip("日号")
        texts[position] = f"{month}月{day}日" if day else ""
    heading = table.layout.headings[letter]
    layout = table.layout.without([letter], is_unknown=False)
    return table.with_layout(layout).add_column(heading, name, texts)


def _month_of_table(table: Table) -> int | None:
    """Return the one month that the worksheet's name, else what stands above, names."""
    grid = table.grid
    heading = max(table.layout.heading_rows[0] - grid.first_row, 0)
    rows = grid.cells[max(heading - TUNING.title_rows, 0) : heading].select(grid.letters).rows()
    for texts in ([grid.worksheet], filter(None, chain.from_iterable(rows))):
        months = set().union(*(find_months(unicodedata.normalize("NFKC", text)) for text in texts))
        if months:
            return months.pop() if len(months) == 1 else None
    return None


def single_cell_rows(table: Table, start: int, end: int) -> Iterator[int]:
    """Yield the frame positions from `start` to before `end` with one cell and no data."""
    grid, data = table.grid, set(table.layout.data)
    is_filled = (pl.col(letter).str.strip_chars(BLANKS) != "" for letter in grid.letters)
    counts = grid.cells.select(pl.sum_horizontal(is_filled).alias("count"))["count"]
    yield from (at for at in (counts == 1).arg_true() if start <= at < end and at not in data)


def single_text(grid: Grid, position: int) -> str:
    """Return the text of a row's first filled cell."""
    return next(filter(None, (grid.cells[at][position].strip(BLANKS) for at in grid.letters)))


def carry_down(table: Table, values: Mapping[int, str]) -> list[str]:
    """Return a column of texts in which each data row has the last value at or above it."""
    start, end = table.layout.positions
    data = set(table.layout.data)
    texts, current = [""] * table.grid.cells.height, ""
    for position in range(max(start - 1, 0), end):
        current = values.get(position, current)
        texts[position] = current if position in data else ""
    return texts
