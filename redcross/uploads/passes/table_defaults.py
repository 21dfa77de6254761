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

from redcross.uploads.cells.columns import cell_parser
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.words import (
    MIN_NAME_SIMILARITY,
    YEAR_PREFIX,
    NearestWord,
    new_name_message,
    normalize_name,
)
from redcross.uploads.files.parser import TEXT
from redcross.uploads.files.workbook import Grid
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, ImportContext, SheetSpec
from redcross.uploads.tables.layout import Layout

_TITLE_CODE, _UPLOADER_CODE, _PERIOD_CODE = "column.from_title", "column.stated", "column.by_period"
_WORKSHEET_CODE = "branch.from_worksheet"
_SOURCE_PHRASES = {
    _TITLE_CODE: "按标题读作",
    _WORKSHEET_CODE: "按工作表名称读作",
    _UPLOADER_CODE: "按上传人填写的读作",
    _PERIOD_CODE: "全部行按报告期读作",
}
_DAY_PATTERN = re.compile(
    r"(?<![\d.])(?:\d{4}[年./-])?\d{1,2}月\d{1,2}[日号]|(?<![\d.])\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)"
)
_TITLE_ROWS = 6
_MIN_NAME_LENGTH = 4
_RANGE_SEPARATOR = re.compile(r"[-—–~至到]+(?=[^-—–~至到]*$)")


@dataclasses.dataclass(frozen=True, slots=True)
class InferredValue:
    """What is true of every row of a table: the value, as words, and how we know."""

    value: object
    words: str
    code: str


def infer_table_defaults(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> dict[str, InferredValue]:
    """Return by field what is said of every row of a table that has no column for it.

    What the uploader states goes before what stands above the table; where neither says a
    day, a report of one month gives it.
    """
    heading = layout.heading_rows[0] - grid.first_row
    rows = grid.cells[max(heading - _TITLE_ROWS, 0) : heading].select(grid.letters).rows()
    wanting = [field for field in spec.fields if field.name not in layout.columns.values()]
    said = (
        dict(_from_period(rows, wanting, context))
        | dict(_from_worksheet_name(grid.worksheet, wanting, context))
        | dict(_from_title(rows, grid.worksheet, wanting, context))
        | dict(_from_uploader(wanting, context))
    )
    return {field.name: said[field.name] for field in wanting if field.name in said}


def overridable_fields(said: Mapping[str, InferredValue]) -> list[str]:
    """Return the fields that the uploader may state otherwise."""
    return [name for name, each in said.items() if each.code in (_PERIOD_CODE, _UPLOADER_CODE)]


def _from_uploader(
    wanting: Iterable[FieldSpec], context: ImportContext
) -> Iterator[tuple[str, InferredValue]]:
    for field in wanting:
        text = context.stated.get(field.name, "")
        parsed = cell_parser(field, context, Decimal(1))(text, TEXT) if text else None
        if parsed is not None and parsed.value is not None:
            yield field.name, InferredValue(parsed.value, text, _UPLOADER_CODE)


def _from_worksheet_name(
    worksheet: str, wanting: Iterable[FieldSpec], context: ImportContext
) -> Iterator[tuple[str, InferredValue]]:
    """Yield the county a worksheet is called by, in a workbook with one for each."""
    if len(context.own_subtree) == 1:
        return
    for field in wanting:
        if field.name != "branch":
            continue
        named = context.branch_names.get(normalize_name(worksheet), ())
        if len(named) == 1 and named[0] in context.own_subtree - {context.branch_id}:
            yield (
                field.name,
                InferredValue(named[0], context.branch_labels[named[0]], _WORKSHEET_CODE),
            )


def _from_period(
    rows: Sequence[Sequence[str]], wanting: Iterable[FieldSpec], context: ImportContext
) -> Iterator[tuple[str, InferredValue]]:
    """Yield the day the title gives (截至2月2日24：00), else the last one of the month."""
    if context.period.length != 1:
        return
    texts = [unicodedata.normalize("NFKC", text) for row in rows for text in row if text]
    days = {
        day
        for text in texts
        for match in _DAY_PATTERN.finditer(text)
        if isinstance(day := _parse_day(match[0], context), dt.date)
        and context.period.start <= day < context.period.end
    }
    day = max(days, default=context.period.last_day)
    for field in wanting:
        if field.default_from_period:
            yield (
                field.name,
                InferredValue(day, f"{day.year}年{day.month}月{day.day}日", _PERIOD_CODE),
            )


def _parse_day(text: str, context: ImportContext) -> object:
    return parse_date(text, is_number=False, is_date=False, period=context.period).value


def _from_title(
    rows: Sequence[Sequence[str]],
    worksheet: str,
    wanting: Iterable[FieldSpec],
    context: ImportContext,
) -> Iterator[tuple[str, InferredValue]]:
    """Yield what stands above the table.

    The title names one of a closed list; 培训时间：2021年8月3日—5日 says a day, its first.
    """
    lines = ["  ".join(text for text in row if text) for row in rows]
    for field in wanting:
        if not field.from_title:
            continue
        if field.kind is CellKind.DATE:
            day = _day_in_title(lines, field, context)
            if day is not None:
                yield field.name, InferredValue(day, str(day), _TITLE_CODE)
            continue
        texts = [normalize_name(text) for row in rows for text in row if text]
        keys = {
            key
            for word, key in field.choices.items()
            for text in (*texts, normalize_name(worksheet))
            if _title_names(text, word, field.labels[key], context)
        }
        if len(keys) == 1:
            key = keys.pop()
            yield field.name, InferredValue(key, field.labels[key], _TITLE_CODE)
        elif not keys and (name := _new_yearly_name(texts, field, context)):
            yield field.name, InferredValue(name, name, _TITLE_CODE)


def _new_yearly_name(texts: Sequence[str], field: FieldSpec, context: ImportContext) -> str:
    """Return 2026年99公益日 for a title of 99公益日 where only other years have theirs."""
    if field.may_register is None:
        return ""
    labels = [normalize_name(label) for label in field.labels.values()]
    series = {YEAR_PREFIX.sub("", label) for label in labels if YEAR_PREFIX.match(label)}
    names = {
        f"{year}年{each}"
        for each in series
        for text in texts
        if len(each) >= _MIN_NAME_LENGTH and (year := _year_in_title(each, text, context))
    }
    name = names.pop() if len(names) == 1 else ""
    return name if name and field.may_register(name, context.period.last_day) else ""


def _year_in_title(series: str, text: str, context: ImportContext) -> int | None:
    """Return the year a title gives what comes every year, else the report's; None without it."""
    found = re.search(rf"(?:{YEAR_PREFIX.pattern})?{re.escape(series)}", text)
    if found is None:
        return None
    return int(found[1]) if found[1] else context.period.last.year


def _day_in_title(lines: Iterable[str], field: FieldSpec, context: ImportContext) -> dt.date | None:
    """Return the day that a line above the table gives under one of the column's own names."""
    words = [word for word in (field.label, *field.aliases) if len(word) >= _MIN_NAME_LENGTH]
    stated = re.compile(rf"(?:^|\s)(?:{'|'.join(map(re.escape, words))})\s*:\s*(\S.*?)(?:\s\s|$)")
    for line in lines:
        match = stated.search(unicodedata.normalize("NFKC", line))
        for text in (match[1], _RANGE_SEPARATOR.split(match[1])[0]) if match else ():
            day = _parse_day(text, context)
            if isinstance(day, dt.date):
                return day
    return None


def _title_names(text: str, word: str, label: str, context: ImportContext) -> bool:
    """Tell whether a title names a thing; one of a year where the title or the report gives it.

    99公益日 is that of 2026 in a table of 2026, and never that of 2021.
    """
    whole = normalize_name(word)
    of_year = YEAR_PREFIX.match(normalize_name(label)) or YEAR_PREFIX.match(whole)
    series = YEAR_PREFIX.sub("", whole) if of_year else whole
    if len(series) < _MIN_NAME_LENGTH:
        return False
    if of_year is None:
        return series in text
    return _year_in_title(series, text, context) == int(of_year[1])


def table_default_findings(
    layout: Layout, field: FieldSpec, said: InferredValue
) -> Iterator[Finding]:
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

    message = f"表中没有「{field.label}」一栏，{_SOURCE_PHRASES[said.code]}“{said.words}”。"
    yield finding(said.code, message, CODES[said.code].remedy)
    if field.kind is CellKind.REFERENCE and said.value not in field.labels:
        known = {normalize_name(word): key for word, key in field.choices.items()}
        near = NearestWord(known, MIN_NAME_SIMILARITY)(normalize_name(said.words))
        reason, suggestion = new_name_message(said.words, field.labels[known[near]] if near else "")
        yield finding("reference.new", f"「{field.label}」：{reason}", suggestion)
