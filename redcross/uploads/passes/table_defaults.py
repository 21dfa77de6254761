"""Values that hold for every row of a table and stand outside its columns."""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl

from redcross.chinese_dates import find_days
from redcross.uploads.cells.cell_parsers import cell_parser
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.words import (
    MIN_NAME_SIMILARITY,
    YEAR_PREFIX,
    NearestWord,
    new_name_message,
    normalize_name,
)
from redcross.uploads.files.cell_kinds import TEXT
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, ImportContext
from redcross.uploads.tables.table import Table

_TITLE_CODE, _UPLOADER_CODE, _PERIOD_CODE = "column.from_title", "column.stated", "column.by_period"
_WORKSHEET_CODE = "branch.from_worksheet"
_SOURCE_PHRASES = {
    _TITLE_CODE: "按标题读作",
    _WORKSHEET_CODE: "按工作表名称读作",
    _UPLOADER_CODE: "按上传人填写的读作",
    _PERIOD_CODE: "全部行按报告期读作",
}
_LABELLED = re.compile(r"(?:^|\s)([^\s:]{4,})\s*:\s*(\S.*?)(?=\s\s|$)")
"""A label and its value within a line: 培训时间:2021年8月3日—5日."""
_RANGE_SEPARATOR = re.compile(r"[-—–~至到]+(?=[^-—–~至到]*$)")


@dataclasses.dataclass(frozen=True, slots=True)
class InferredValue:
    """A value of every row of a table, in words, with the code of the finding that names it."""

    value: object
    words: str
    code: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Surroundings:
    """What values of a whole table are inferred from."""

    worksheet: str
    title_rows: Sequence[Sequence[str]]
    """The filled cells of the rows above the heading."""
    fields: Sequence[FieldSpec]
    """The fields without a column."""
    context: ImportContext
    ranker: HeadingRanker

    @property
    def title_texts(self) -> list[str]:
        """The texts above the heading, cell by cell."""
        return [text for row in self.title_rows for text in row]


def infer_table_defaults(table: Table) -> Table:
    """Fill the fields without a column from what stands around the table.

    Looks, from the surest, at what the uploader filled in for the whole table, at the rows
    above the heading, at the worksheet's name and at the report's month. Each value fills a
    column of the frame and gives a finding; a required field without any stays missing.
    Example: 2026年99公益日筹款统计表 names the campaign of all its rows.
    """
    heading = table.layout.heading_rows[0] - table.grid.first_row
    cells = table.grid.cells[max(heading - TUNING.title_rows, 0) : heading]
    around = _Surroundings(
        table.grid.worksheet,
        [[text for text in row if text] for row in cells.select(table.grid.letters).iter_rows()],
        table.absent_fields(),
        table.context,
        table.ranker,
    )
    values: dict[str, InferredValue] = {}
    for source in (_from_period, _from_worksheet_name, _from_title, _from_uploader):
        values |= dict(source(around))
    values = {field.name: values[field.name] for field in around.fields if field.name in values}
    missing = tuple(name for name in table.layout.missing if name not in values)
    answerable = [
        name for name, value in values.items() if value.code in (_PERIOD_CODE, _UPLOADER_CODE)
    ]
    findings = [
        entry
        for name, value in values.items()
        for entry in _table_default_findings(table, table.field(name), value)
    ]
    return dataclasses.replace(
        table,
        frame=table.frame.with_columns(
            pl.lit(value.value).alias(name) for name, value in values.items()
        ),
        layout=dataclasses.replace(
            table.layout, missing=missing, answerable=(*missing, *answerable)
        ),
        findings=(*table.findings, *findings),
    )


def _from_uploader(around: _Surroundings) -> Iterator[tuple[str, InferredValue]]:
    """Yield what the uploader filled in for the whole table, where it can be read."""
    for field in around.fields:
        text = around.context.table_values.get(field.name, "")
        parsed = cell_parser(field, around.context, Decimal(1))(text, TEXT) if text else None
        if parsed is not None and parsed.value is not None:
            yield field.name, InferredValue(parsed.value, text, _UPLOADER_CODE)


def _from_worksheet_name(around: _Surroundings) -> Iterator[tuple[str, InferredValue]]:
    """Yield the county a worksheet is named after, in a workbook with one for each."""
    context = around.context
    if len(context.own_subtree) == 1:
        return
    for field in around.fields:
        if field.name != "branch":
            continue
        ids = context.branch_names.get(normalize_name(around.worksheet), ())
        if len(ids) == 1 and ids[0] in context.own_subtree - {context.branch_id}:
            label = context.branch_labels[ids[0]]
            yield field.name, InferredValue(ids[0], label, _WORKSHEET_CODE)


def _from_period(around: _Surroundings) -> Iterator[tuple[str, InferredValue]]:
    """Yield the day the title gives (截至2月2日24：00), else the last one of the month."""
    period = around.context.period
    if period.length != 1:
        return
    days = {
        day
        for text in around.title_texts
        for written in find_days(unicodedata.normalize("NFKC", text))
        if isinstance(day := _parse_day(written, around.context), dt.date)
        and period.start <= day < period.end
    }
    day = max(days, default=period.last_day)
    words = f"{day.year}年{day.month}月{day.day}日"
    for field in around.fields:
        if field.default_from_period:
            yield field.name, InferredValue(day, words, _PERIOD_CODE)


def _parse_day(text: str, context: ImportContext) -> object:
    return parse_date(text, is_number=False, is_date=False, period=context.period).value


def _from_title(around: _Surroundings) -> Iterator[tuple[str, InferredValue]]:
    """Yield what stands above the table.

    The title names one of a closed list; 培训时间：2021年8月3日—5日 gives a day, its first.
    """
    texts = [normalize_name(text) for text in around.title_texts]
    for field in around.fields:
        if not field.from_title:
            continue
        if field.kind is CellKind.DATE:
            day = _day_in_title(around, field)
            if day is not None:
                yield field.name, InferredValue(day, str(day), _TITLE_CODE)
            continue
        keys = {
            key
            for word, key in field.choices.items()
            for text in (*texts, normalize_name(around.worksheet))
            if _title_names(text, word, field.labels[key], around.context)
        }
        if len(keys) == 1:
            key = keys.pop()
            yield field.name, InferredValue(key, field.labels[key], _TITLE_CODE)
        elif not keys and (name := _new_yearly_name(texts, field, around.context)):
            yield field.name, InferredValue(name, name, _TITLE_CODE)


def _new_yearly_name(texts: Sequence[str], field: FieldSpec, context: ImportContext) -> str:
    """Return 2026年99公益日 for a title of 99公益日 where only other years have theirs."""
    if field.may_register is None:
        return ""
    labels = [normalize_name(label) for label in field.labels.values()]
    series = {YEAR_PREFIX.sub("", label) for label in labels if YEAR_PREFIX.match(label)}
    names = {
        f"{year}年{name}"
        for name in series
        for text in texts
        if len(name) >= TUNING.min_title_name and (year := _year_in_title(name, text, context))
    }
    name = names.pop() if len(names) == 1 else ""
    return name if name and field.may_register(name, context.period.last_day) else ""


def _year_in_title(series: str, text: str, context: ImportContext) -> int | None:
    """Return the year a title gives a yearly event, else the report's; None without the event."""
    match = re.search(rf"(?:{YEAR_PREFIX.pattern})?{re.escape(series)}", text)
    if match is None:
        return None
    return int(match[1]) if match[1] else context.period.last.year


def _day_in_title(around: _Surroundings, field: FieldSpec) -> dt.date | None:
    """Return the day that a line above the table gives under one of the column's headings."""
    for row in around.title_rows:
        for label, value in _LABELLED.findall(unicodedata.normalize("NFKC", "  ".join(row))):
            candidate = around.ranker.rank_cell(label)
            if candidate is None or candidate.field != field.name:
                continue
            for text in (value, _RANGE_SEPARATOR.split(value)[0]):
                day = _parse_day(text, around.context)
                if isinstance(day, dt.date):
                    return day
    return None


def _title_names(text: str, word: str, label: str, context: ImportContext) -> bool:
    """Tell whether a title names a thing; a yearly one where title or report give its year.

    99公益日 is that of 2026 in a table of 2026, and never that of 2021.
    """
    name = normalize_name(word)
    yearly = YEAR_PREFIX.match(normalize_name(label)) or YEAR_PREFIX.match(name)
    series = YEAR_PREFIX.sub("", name) if yearly else name
    if len(series) < TUNING.min_title_name:
        return False
    if yearly is None:
        return series in text
    return _year_in_title(series, text, context) == int(yearly[1])


def _table_default_findings(
    table: Table, field: FieldSpec, value: InferredValue
) -> Iterator[Finding]:
    """Yield how a field without a column was filled, and where its name is a new one."""
    worksheet, row = table.layout.worksheet, table.layout.heading_rows[0]
    message = f"表中没有「{field.label}」一栏，{_SOURCE_PHRASES[value.code]}“{value.words}”。"
    yield finding(value.code, message, worksheet=worksheet, row=row, field=field.name)
    if field.kind is CellKind.REFERENCE and value.value not in field.labels:
        known = {normalize_name(word): key for word, key in field.choices.items()}
        nearest = NearestWord(known, MIN_NAME_SIMILARITY)(normalize_name(value.words))
        label = field.labels[known[nearest]] if nearest else ""
        reason, suggestion = new_name_message(value.words, label)
        yield finding(
            "reference.new",
            f"「{field.label}」：{reason}",
            worksheet=worksheet,
            row=row,
            field=field.name,
            suggestion=suggestion,
        )
