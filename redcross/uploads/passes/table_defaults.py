"""What is said of every row of a table at once: above it, by the uploader, or by the period.

In go a grid and one of its layouts; out come values by field, with the words to show, and
the findings that say so.
"""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from redcross.uploads.cells.columns import parser_for
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.words import ALIKE, OF_A_YEAR, Nearest, called, new_name
from redcross.uploads.files.parser import TEXT
from redcross.uploads.files.workbook import Grid
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, Context, FieldSpec, SheetSpec
from redcross.uploads.tables.layout import Layout

_FROM_TITLE, _STATED, _BY_PERIOD = "column.from_title", "column.stated", "column.by_period"
_FROM_WORKSHEET = "branch.from_worksheet"
_HOW = {
    _FROM_TITLE: "按标题读作",
    _FROM_WORKSHEET: "按工作表名称读作",
    _STATED: "按上传人填写的读作",
    _BY_PERIOD: "全部行按报告期读作",
}
_ANY_DAY = re.compile(
    r"(?<![\d.])(?:\d{4}[年./-])?\d{1,2}月\d{1,2}[日号]|(?<![\d.])\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)"
)
_TITLE_ROWS = 6
_SHORTEST_NAME = 4
_FROM_TO = re.compile(r"[-—–~至到]+(?=[^-—–~至到]*$)")


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What is true of every row of a table: the value, as words, and how we know."""

    value: object
    words: str
    code: str


def said_of_all(grid: Grid, layout: Layout, spec: SheetSpec, context: Context) -> dict[str, Said]:
    """Return by field what is said of every row of a table that has no column for it.

    What the uploader states goes before what stands above the table; where neither says a
    day, a report of one month gives it.
    """
    heading = layout.heading_rows[0] - grid.first_row
    rows = grid.cells[max(heading - _TITLE_ROWS, 0) : heading].select(grid.letters).rows()
    wanting = [field for field in spec.fields if field.name not in layout.columns.values()]
    said = (
        dict(_by_period(rows, wanting, context))
        | dict(_of_the_worksheet(grid.worksheet, wanting, context))
        | dict(_above(rows, grid.worksheet, wanting, context))
        | dict(_stated(wanting, context))
    )
    return {field.name: said[field.name] for field in wanting if field.name in said}


def assumed(said: Mapping[str, Said]) -> list[str]:
    """Return the fields that the uploader may state otherwise."""
    return [name for name, each in said.items() if each.code in (_BY_PERIOD, _STATED)]


def _stated(wanting: Iterable[FieldSpec], context: Context) -> Iterator[tuple[str, Said]]:
    for field in wanting:
        text = context.stated.get(field.name, "")
        parsed = parser_for(field, context, Decimal(1))(text, TEXT) if text else None
        if parsed is not None and parsed.value is not None:
            yield field.name, Said(parsed.value, text, _STATED)


def _of_the_worksheet(
    worksheet: str, wanting: Iterable[FieldSpec], context: Context
) -> Iterator[tuple[str, Said]]:
    """Yield the county a worksheet is called by, in a workbook with one for each."""
    if len(context.own_subtree) == 1:
        return
    for field in wanting:
        if field.name != "branch":
            continue
        named = context.branch_names.get(called(worksheet), ())
        if len(named) == 1 and named[0] in context.own_subtree - {context.branch_id}:
            yield field.name, Said(named[0], context.branch_labels[named[0]], _FROM_WORKSHEET)


def _by_period(
    rows: Sequence[Sequence[str]], wanting: Iterable[FieldSpec], context: Context
) -> Iterator[tuple[str, Said]]:
    """Yield the day the title gives (截至2月2日24：00), else the last one of the month."""
    if context.period.length != 1:
        return
    texts = [unicodedata.normalize("NFKC", text) for row in rows for text in row if text]
    days = {
        day
        for text in texts
        for match in _ANY_DAY.finditer(text)
        if isinstance(day := _read(match[0], context), dt.date)
        and context.period.start <= day < context.period.end
    }
    day = max(days, default=context.period.last_day)
    for field in wanting:
        if field.by_period:
            yield field.name, Said(day, f"{day.year}年{day.month}月{day.day}日", _BY_PERIOD)


def _read(text: str, context: Context) -> object:
    return parse_date(text, is_number=False, is_date=False, period=context.period).value


def _above(
    rows: Sequence[Sequence[str]],
    worksheet: str,
    wanting: Iterable[FieldSpec],
    context: Context,
) -> Iterator[tuple[str, Said]]:
    """Yield what stands above the table.

    The title names one of a closed list; 培训时间：2021年8月3日—5日 says a day, its first.
    """
    lines = ["  ".join(text for text in row if text) for row in rows]
    for field in wanting:
        if not field.in_title:
            continue
        if field.kind is CellKind.DATE:
            day = _day_above(lines, field, context)
            if day is not None:
                yield field.name, Said(day, str(day), _FROM_TITLE)
            continue
        texts = [called(text) for row in rows for text in row if text]
        keys = {
            key
            for word, key in field.choices.items()
            for text in (*texts, called(worksheet))
            if _names(text, word, field.labels[key], context)
        }
        if len(keys) == 1:
            key = keys.pop()
            yield field.name, Said(key, field.labels[key], _FROM_TITLE)
        elif not keys and (name := _new_of_the_year(texts, field, context)):
            yield field.name, Said(name, name, _FROM_TITLE)


def _new_of_the_year(texts: Sequence[str], field: FieldSpec, context: Context) -> str:
    """Return 2026年99公益日 for a title of 99公益日 where only other years have theirs."""
    if field.may_register is None:
        return ""
    labels = [called(label) for label in field.labels.values()]
    series = {OF_A_YEAR.sub("", label) for label in labels if OF_A_YEAR.match(label)}
    names = {
        f"{year}年{each}"
        for each in series
        for text in texts
        if len(each) >= _SHORTEST_NAME and (year := _year_of(each, text, context))
    }
    name = names.pop() if len(names) == 1 else ""
    return name if name and field.may_register(name, context.period.last_day) else ""


def _year_of(series: str, text: str, context: Context) -> int | None:
    """Return the year a title gives what comes every year, else the report's; None without it."""
    found = re.search(rf"(?:{OF_A_YEAR.pattern})?{re.escape(series)}", text)
    if found is None:
        return None
    return int(found[1]) if found[1] else context.period.last.year


def _day_above(lines: Iterable[str], field: FieldSpec, context: Context) -> dt.date | None:
    """Return the day that a line above the table gives under one of the column's own names."""
    words = [word for word in (field.label, *field.aliases) if len(word) >= _SHORTEST_NAME]
    stated = re.compile(rf"(?:^|\s)(?:{'|'.join(map(re.escape, words))})\s*:\s*(\S.*?)(?:\s\s|$)")
    for line in lines:
        match = stated.search(unicodedata.normalize("NFKC", line))
        for text in (match[1], _FROM_TO.split(match[1])[0]) if match else ():
            day = _read(text, context)
            if isinstance(day, dt.date):
                return day
    return None


def _names(text: str, word: str, label: str, context: Context) -> bool:
    """Tell whether a title names a thing; one of a year where the title or the report gives it.

    99公益日 is that of 2026 in a table of 2026, and never that of 2021.
    """
    whole = called(word)
    of_year = OF_A_YEAR.match(called(label)) or OF_A_YEAR.match(whole)
    series = OF_A_YEAR.sub("", whole) if of_year else whole
    if len(series) < _SHORTEST_NAME:
        return False
    if of_year is None:
        return series in text
    return _year_of(series, text, context) == int(of_year[1])


def findings_of_all(layout: Layout, field: FieldSpec, said: Said) -> Iterator[Finding]:
    """Say how a field that has no column was read, and where its name is a new one."""

    def finding(code: str, message: str, suggestion: str) -> Finding:
        return Finding(
            worksheet=layout.worksheet,
            row=layout.heading_rows[0],
            column=None,
            field=field.name,
            code=code,
            severity=severity_of(code),
            message=message,
            suggestion=suggestion,
        )

    message = f"表中没有「{field.label}」一栏，{_HOW[said.code]}“{said.words}”。"
    yield finding(said.code, message, CODES[said.code].remedy)
    if field.kind is CellKind.REFERENCE and said.value not in field.labels:
        known = {called(word): key for word, key in field.choices.items()}
        near = Nearest(known, ALIKE)(called(said.words))
        reason, suggestion = new_name(said.words, field.labels[known[near]] if near else "")
        yield finding("reference.new", f"「{field.label}」：{reason}", suggestion)
