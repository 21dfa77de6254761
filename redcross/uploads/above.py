"""What is said above a table for every row of it, in its title or under a column's name.

In go a grid and one of its layouts; out come values by field, with the words to show, and
the findings that say so.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.parsed import folded
from redcross.uploads.codes import CODES, severity_of
from redcross.uploads.heading import Layout
from redcross.uploads.specification import CellKind, Context, FieldSpec, Finding, SheetSpec
from redcross.uploads.workbook import Grid

_TITLE_ROWS = 6
_SHORTEST_NAME = 4
_OF_A_YEAR = re.compile(r"((?:19|20)\d\d)年?度?")
_FROM_TO = re.compile(r"[-—–~至到]+(?=[^-—–~至到]*$)")
_QUOTES = re.compile(r"[“”\"‘’'《》「」]")


def said_above(
    grid: Grid, layout: Layout, spec: SheetSpec, context: Context
) -> dict[str, tuple[object, str]]:
    """Return what stands above the table for every row, by field: the value, and as words.

    The title names one of a closed list; 培训时间：2021年8月3日—5日 says a day, its first.
    """
    heading = layout.heading_rows[0] - grid.first_row
    rows = grid.cells[max(heading - _TITLE_ROWS, 0) : heading].select(grid.letters).rows()
    lines = ["  ".join(text for text in row if text) for row in rows]
    said: dict[str, tuple[object, str]] = {}
    for field in spec.fields:
        if not field.in_title or field.name in layout.columns.values():
            continue
        if field.kind is CellKind.DATE:
            day = _day_above(lines, field, context)
            if day is not None:
                said[field.name] = (day, str(day))
            continue
        texts = [_bare(text) for row in rows for text in row if text]
        keys = {
            key
            for word, key in field.choices.items()
            for text in (*texts, _bare(grid.worksheet))
            if _names(text, word, field.labels[key], context)
        }
        if len(keys) == 1:
            key = keys.pop()
            said[field.name] = (key, field.labels[key])
    return said


def _day_above(lines: Iterable[str], field: FieldSpec, context: Context) -> dt.date | None:
    """Return the day that a line above the table gives under one of the column's own names."""
    words = [word for word in (field.label, *field.aliases) if len(word) >= _SHORTEST_NAME]
    stated = re.compile(rf"(?:^|\s)(?:{'|'.join(map(re.escape, words))})\s*:\s*(\S.*?)(?:\s\s|$)")
    for line in lines:
        match = stated.search(unicodedata.normalize("NFKC", line))
        for text in (match[1], _FROM_TO.split(match[1])[0]) if match else ():
            day = parse_date(text, is_number=False, is_date=False, period=context.period).value
            if isinstance(day, dt.date):
                return day
    return None


def _names(text: str, word: str, label: str, context: Context) -> bool:
    """Tell whether a title names a thing; one of a year only in a table of that year.

    99公益日 is that of 2026 in a table of 2026, and never that of 2021.
    """
    whole = _bare(word)
    year = _OF_A_YEAR.match(_bare(label)) or _OF_A_YEAR.match(whole)
    if year is None:
        return len(whole) >= _SHORTEST_NAME and whole in text
    rest = _OF_A_YEAR.sub("", whole)
    of_then = context.period.last.year == int(year[1])
    return of_then and len(rest) >= _SHORTEST_NAME and rest in text


def _bare(text: str) -> str:
    """Fold a title for finding names in it: blanks and quotation marks do not count."""
    return _QUOTES.sub("", folded(text))


def from_title(layout: Layout, field: FieldSpec, words: str) -> Finding:
    """Say that a field was read from above the table."""
    return Finding(
        worksheet=layout.worksheet,
        row=layout.heading_rows[0],
        column=None,
        field=field.name,
        code="column.from_title",
        severity=severity_of("column.from_title"),
        message=f"表中没有「{field.label}」一栏，按标题读作“{words}”。",
        suggestion=CODES["column.from_title"].remedy,
    )
