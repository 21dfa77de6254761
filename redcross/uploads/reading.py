"""From grids to one table of typed rows with everything found on the way."""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from redcross.files.workbooks import INFORMATION
from redcross.units import Unit
from redcross.uploads.cells import Column, clean_column, dtype_of, findings_of, parser_for
from redcross.uploads.cells.dates import EPOCH_1904, parse_date
from redcross.uploads.cells.parsed import BLANKS, folded
from redcross.uploads.checks import check
from redcross.uploads.codes import CODES, severity_of
from redcross.uploads.doubts import doubts_of
from redcross.uploads.heading import JOINER, MOST_TABLES, Layout, index_of, plain, recognise
from redcross.uploads.lines import Line, lines_of
from redcross.uploads.marks import MARK, repeated
from redcross.uploads.opening import KIND, TEXT
from redcross.uploads.specification import (
    CellKind,
    Context,
    FieldSpec,
    Finding,
    Severity,
    SheetKind,
    SheetSpec,
)
from redcross.uploads.totals import NUMERIC, Rows, TotalCheck, checks_of
from redcross.uploads.workbook import Grid, UnreadableError, Workbook

OWN_WORKSHEETS = ("可选项", "填写说明", INFORMATION)
LABELLING = (
    CellKind.TEXT,
    CellKind.DATE,
    CellKind.CHOICE,
    CellKind.REFERENCE,
    CellKind.BRANCH,
    CellKind.BOOLEAN,
)
"""A merged cell of these stands for each of its rows; a merged amount is one amount."""
_LIKE_A_BRANCH = re.compile(r"红十字|红会|[县区市州]$")
_WORKPLACES = frozenset({"单位", "单位名称", "所属单位", "工作单位", "所在单位"})
_LONGEST_MEASURE = 3
_TITLE_ROWS = 6
_SHORTEST_NAME = 4
_OF_A_YEAR = re.compile(r"((?:19|20)\d\d)年?度?")
_FROM_TO = re.compile(r"[-—–~至到]+(?=[^-—–~至到]*$)")
_QUOTES = re.compile(r"[“”\"‘’'《》「」]")


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """One table of a workbook as read."""

    layout: Layout
    rows: int
    sums: Mapping[str, Decimal]
    total_checks: tuple[TotalCheck, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""
        return {
            "worksheet": self.layout.worksheet,
            "heading_rows": list(self.layout.heading_rows),
            "unit": self.layout.unit,
            "columns": self.layout.by_heading,
            "unknown": list(self.layout.unknown),
            "layout": [
                {
                    "heading": heading,
                    "letter": letter,
                    "field": self.layout.columns.get(letter, ""),
                    "multiple": f"{self.layout.multiples.get(letter, Decimal(1)):f}",
                }
                for letter, heading in self.layout.headings.items()
            ],
            "proposals": {heading: field for heading, (field, _) in self.layout.proposals.items()},
            "rows": self.rows,
            "sums": {name: f"{value:f}" for name, value in self.sums.items()},
            "total_checks": [
                {
                    "worksheet": each.worksheet,
                    "field": each.field,
                    "row": each.row,
                    "printed": f"{each.printed:f}",
                    "read": f"{each.read:f}",
                    "agrees": each.agrees,
                }
                for each in self.total_checks
            ],
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """Everything a workbook holds: its tables, their rows together, the findings."""

    tables: tuple[Table, ...]
    frame: pl.DataFrame
    """The sheet's fields that any table has, `worksheet` and `row`."""
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...] = ()
    """The first rows and those in doubt, as they stood and as they were read."""


def read_tables(
    book: Workbook,
    spec: SheetSpec,
    context: Context,
    remembered: Mapping[str, str] | None = None,
) -> Reading:
    """Recognise, clean and check every table of a workbook.

    Raise UnreadableError where it holds more tables than anybody prints.
    """
    findings = [_notice(text) for text in book.notices if not _is_ours(text)]
    tables, frames = [], []
    lines: list[Line] = []
    recognised = _recognised(book, spec, remembered)
    everything = {grid.worksheet: layouts for grid, layouts in recognised}
    for grid, layouts in _real(recognised, spec):
        dropped = _dropped(everything[grid.worksheet], layouts, spec)
        findings += dropped
        if not layouts and not dropped and len(book.grids) > 1 and not _is_ours(grid.worksheet):
            text = f"工作表“{grid.worksheet}”没有本表的表头，已跳过。"
            findings.append(_notice(text, "sheet.skipped", grid.worksheet))
        read = [_rows(grid, layout, spec, context) for layout in layouts]
        checks = checks_of(grid, [rows for rows, _ in read], spec)
        for (rows, found), totals in zip(read, checks, strict=True):
            tables.append(_table(rows, spec, totals))
            frames.append(_defaults(rows.frame, spec))
            findings += [*found, *_differing(rows.layout, spec, totals)]
            lines += _lines(grid, rows.layout, frames[-1], spec, context, found)
    if not tables:
        findings.append(_no_heading(book, spec))
    frame = pl.concat(frames, how="diagonal") if frames else _empty()
    findings += repeated(frame)
    if tables and frame.is_empty():
        findings.append(
            Finding(
                worksheet=tables[0].layout.worksheet,
                row=None,
                column=None,
                field=None,
                code="table.empty",
                severity=severity_of("table.empty"),
                message="表头下没有数据行。",
                suggestion=CODES["table.empty"].remedy,
            )
        )
    return Reading(tuple(tables), frame, tuple(findings), tuple(lines))


def _recognised(
    book: Workbook, spec: SheetSpec, remembered: Mapping[str, str] | None
) -> list[tuple[Grid, list[Layout]]]:
    found: list[tuple[Grid, list[Layout]]] = []
    tables = 0
    for grid in book.grids:
        if max(tables, len(book.grids)) > MOST_TABLES:
            raise UnreadableError("file.too_many_tables", grid.worksheet)
        found.append((grid, recognise(grid, spec, remembered)))
        tables += len(found[-1][1])
    return found


def _lines(
    grid: Grid,
    layout: Layout,
    frame: pl.DataFrame,
    spec: SheetSpec,
    context: Context,
    found: Iterable[Finding],
) -> Iterable[Line]:
    raw = {name: grid.cells[letter] for letter, name in layout.columns.items()}
    doubted = {each.row for each in found if each.row is not None and each.column}
    return lines_of(
        frame,
        raw,
        layout.data,
        spec,
        worksheet=layout.worksheet,
        doubted=doubted,
        branches=context.branch_labels,
    )


def _is_ours(text: str) -> bool:
    """Tell whether a worksheet is one of those our blank workbooks bring along."""
    return any(name in text for name in OWN_WORKSHEETS)


def _real(
    found: list[tuple[Grid, list[Layout]]], spec: SheetSpec
) -> list[tuple[Grid, list[Layout]]]:
    """Drop what only looks like a table.

    These are our own notes, and what has none of the columns by which rows of this sheet
    are known, where another table has some: a list of channels with the sum of each.
    """
    theirs = [(grid, layouts) for grid, layouts in found if grid.worksheet not in OWN_WORKSHEETS]
    for telling in _telling(spec):
        kept = [
            (grid, [each for each in layouts if telling & set(each.columns.values())])
            for grid, layouts in theirs
        ]
        if any(layouts for _, layouts in kept):
            return kept
    return theirs


def _telling(spec: SheetSpec) -> list[set[str]]:
    """Return the columns that make a table one of this sheet, the surest first.

    A statistics sheet is made of amounts; in a list an amount alone may be a sum of others.
    """
    known = {field.name for field in spec.fields if field.required} | set(spec.identity)
    amounts = {field.name for field in spec.fields if field.unit is Unit.YUAN}
    return [known | amounts] if spec.kind is SheetKind.STATISTICS else [known, amounts]


def _dropped(found: Sequence[Layout], kept: Sequence[Layout], spec: SheetSpec) -> list[Finding]:
    """Say of each table that was not read where it stands, and how much it holds."""
    amounts = {field.name for field in spec.fields if field.unit is Unit.YUAN}
    lacking = "、".join(field.label for field in spec.fields if field.required)
    return [
        _notice(
            f"工作表“{layout.worksheet}”第{layout.heading_rows[0]}行起的表格（{layout.data.len()}行）"
            f"没有{lacking}，看作汇总，没有读取。",
            "table.skipped",
            layout.worksheet,
        )
        for layout in found
        if layout.data.len()
        and amounts & set(layout.columns.values())
        and not any(layout is each for each in kept)
    ]


def from_rows(rows: Iterable[Mapping[str, str]], spec: SheetSpec, context: Context) -> Reading:
    """Read typed rows (在线填报, programs) exactly as if they stood in a workbook."""
    from redcross.uploads.opening import letter

    listed = list(rows)
    named = [field for field in spec.fields if any(row.get(field.name) for row in listed)]
    columns: dict[str, pl.Series] = {}
    for index, field in enumerate(named):
        texts = [field.label, *(row.get(field.name) or "" for row in listed)]
        name = letter(index)
        columns[name] = pl.Series(name, texts, dtype=pl.String)
        columns[name + KIND] = pl.Series(
            name + KIND, [int(bool(text)) for text in texts], dtype=pl.UInt8
        )
    grid = Grid("在线填报", 1, pl.DataFrame(columns))
    return read_tables(Workbook((grid,), ()), spec, context)


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema={"worksheet": pl.String, "row": pl.UInt32})


def _notice(text: str, code: str = "workbook.notice", worksheet: str = "") -> Finding:
    return Finding(
        worksheet=worksheet,
        row=None,
        column=None,
        field=None,
        code=code,
        severity=severity_of(code),
        message=text,
    )


def _no_heading(book: Workbook, spec: SheetSpec) -> Finding:
    expected = "、".join(field.label for field in spec.fields[:8])
    return Finding(
        worksheet=book.grids[0].worksheet if book.grids else "",
        row=None,
        column=None,
        field=None,
        code="heading.missing",
        severity=severity_of("heading.missing"),
        message=f"没有找到《{spec.title}》的表头。",
        suggestion=f"表头应含有：{expected} 等栏目；可下载空表对照。",
    )


def _table(rows: Rows, spec: SheetSpec, totals: tuple[TotalCheck, ...]) -> Table:
    sums = {
        name: _sum(rows.frame[name])
        for name in rows.layout.columns.values()
        if spec.field(name).kind in NUMERIC
    }
    return Table(rows.layout, rows.frame.height, sums, totals)


def _rows(
    grid: Grid, layout: Layout, spec: SheetSpec, context: Context
) -> tuple[Rows, list[Finding]]:
    if grid.from_1904:
        context = dataclasses.replace(context, epoch=EPOCH_1904)
    layout = _names_are_no_branches(grid, layout, spec, context)
    layout, findings = _without_workplaces(grid, layout, spec, context)
    part = grid.cells[layout.data]
    rows = (layout.data + grid.first_row).cast(pl.UInt32)
    columns: dict[str, pl.Series] = {}
    unread: dict[str, set[int]] = {}
    letters: dict[str, str] = {}
    unused: list[str] = []
    for letter, name in layout.columns.items():
        # An export says of every row all there is to say: its empty cells are empty.
        whole = MARK in layout.columns.values()
        field = (
            dataclasses.replace(spec.field(name), fill_down=False) if whole else spec.field(name)
        )
        column = clean_column(
            part[letter],
            part[letter + KIND],
            field,
            context,
            multiple=layout.multiples[letter],
            merged=_lower_parts(grid, letter, layout) if field.kind in LABELLING else None,
            knows_merges=grid.knows_merges,
        )
        if _holds_no_days(column, part[letter], field):
            unused.append(letter)
            continue
        found = findings_of(column, field, worksheet=layout.worksheet, letter=letter, rows=rows)
        findings += found
        unread[name] = {
            each.row for each in found if each.row is not None and each.severity is Severity.ERROR
        }
        columns[name] = column.values.alias(name)
        letters[name] = letter
    layout = _without(layout, unused)
    frame = pl.DataFrame(
        {
            "worksheet": pl.Series([layout.worksheet], dtype=pl.String).new_from_index(
                0, rows.len()
            ),
            "row": rows,
            **columns,
        }
    )
    titled = _said_above(grid, layout, spec, context)
    frame = frame.with_columns(pl.lit(value).alias(name) for name, (value, _) in titled.items())
    findings += [
        _from_title(layout, spec.field(name), words) for name, (_, words) in titled.items()
    ]
    findings += [
        _missing(layout, spec.field(name)) for name in layout.missing if name not in titled
    ]
    findings += _unknown(layout)
    findings += doubts_of(grid, layout, frame, spec, context)
    findings += check(frame, spec, context, letters=letters, unread=unread)
    return Rows(layout, frame), findings


def _lower_parts(grid: Grid, letter: str, layout: Layout) -> pl.Series:
    """Tell for each data row whether the column's cell is the lower part of a merged one."""
    at = index_of(letter)
    top_row, end_row = layout.positions
    covered: set[int] = set()
    for top, left, bottom, right in grid.merged:
        if bottom > top and left <= at <= right:
            first, last = top + 2 - grid.first_row, bottom + 1 - grid.first_row
            covered.update(range(max(first, top_row), min(last + 1, end_row)))
            if len(covered) == end_row - top_row:
                break
    return layout.data.is_in(list(covered))


def _names_are_no_branches(grid: Grid, layout: Layout, spec: SheetSpec, context: Context) -> Layout:
    """Take a 单位 column that names no branch at all for what else 单位 may head.

    Offices write 单位 over the giver and over the measure of goods as often as over the
    reporting branch; under a group of columns it is one of theirs.
    """
    letter = next((each for each, name in layout.columns.items() if name == "branch"), None)
    if letter is None:
        return layout
    heading = layout.headings[letter]
    wanting = [
        field
        for field in spec.fields
        if field.name not in layout.columns.values()
        and plain(heading.rpartition(JOINER)[2]) in map(plain, (field.label, *field.aliases))
    ]
    if not wanting and JOINER not in heading:
        return layout
    column = clean_column(
        grid.cells[letter][layout.data],
        grid.cells[letter + KIND][layout.data],
        spec.field("branch"),
        context,
        multiple=Decimal(1),
    )
    if column.values.is_not_null().any():
        return layout
    required = [field for field in wanting if field.name in layout.missing]
    written = grid.cells[letter][layout.data].str.strip_chars(BLANKS).str.len_chars()
    # A name nobody knows stays a finding: what is long as one is not taken for 件 or 箱.
    if not required and wanting and (written > _LONGEST_MEASURE).any():
        return layout
    if not wanting:
        return _without(layout, [letter])
    name = (required or wanting)[0].name
    return dataclasses.replace(
        layout,
        columns={**layout.columns, letter: name},
        missing=tuple(each for each in layout.missing if each != name),
    )


def _without_workplaces(
    grid: Grid, layout: Layout, spec: SheetSpec, context: Context
) -> tuple[Layout, list[Finding]]:
    """Leave out a 单位 column of a list of persons that names no branch, and say so.

    Beside a name it is where the person works; 填报单位 and 县区 always mean a branch, and
    what is called like one is a branch that nobody knows.
    """
    letter = next((each for each, name in layout.columns.items() if name == "branch"), None)
    if (
        letter is None
        or spec.kind is SheetKind.STATISTICS
        or plain(layout.headings[letter]) not in _WORKPLACES
    ):
        return layout, []
    texts = set(grid.cells[letter][layout.data].str.strip_chars(BLANKS)) - {""}
    parse = parser_for(spec.field("branch"), context, Decimal(1))
    if not texts or any(
        _LIKE_A_BRANCH.search(text) or parse(text, TEXT).code != "branch.unknown" for text in texts
    ):
        return layout, []
    heading = layout.headings[letter]
    finding = Finding(
        worksheet=layout.worksheet,
        row=layout.heading_rows[-1],
        column=letter,
        field="branch",
        code="branch.workplace",
        severity=severity_of("branch.workplace"),
        message=f"栏目「{heading}」没有一个是红十字会机构的名称，看作捐赠人等所在的单位，"
        "全部行按本单位读取。",
        suggestion=CODES["branch.workplace"].remedy,
    )
    columns = {each: name for each, name in layout.columns.items() if each != letter}
    unknown = (*layout.unknown, heading)
    return dataclasses.replace(layout, columns=columns, unknown=unknown), [finding]


def _holds_no_days(column: Column, texts: pl.Series, field: FieldSpec) -> bool:
    """Tell a column of words from one of days: 初审 holds 同意 as often as a day."""
    if field.kind is not CellKind.DATE or field.required or not column.problems:
        return False
    return bool(column.values.is_null().all()) and not texts.str.contains(r"\d").any()


def _without(layout: Layout, letters: Sequence[str]) -> Layout:
    """Leave columns unread, and say so."""
    if not letters:
        return layout
    return dataclasses.replace(
        layout,
        columns={each: name for each, name in layout.columns.items() if each not in letters},
        unknown=(*layout.unknown, *(layout.headings[each] for each in letters)),
    )


def _said_above(
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


def _from_title(layout: Layout, field: FieldSpec, words: str) -> Finding:
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


def _defaults(frame: pl.DataFrame, spec: SheetSpec) -> pl.DataFrame:
    filled = [
        pl.col(field.name).fill_null(pl.lit(field.default).cast(dtype_of(field)))
        for field in spec.fields
        if field.default is not None and field.name in frame.columns
    ]
    return frame.with_columns(filled)


def _missing(layout: Layout, field: FieldSpec) -> Finding:
    return Finding(
        worksheet=layout.worksheet,
        row=layout.heading_rows[-1],
        column=None,
        field=field.name,
        code="column.missing",
        severity=severity_of("column.missing"),
        message=f"整张表缺少必填栏「{field.label}」。",
        suggestion=f"请补上「{field.label}」一栏；若已有而名称不同，可在页面上指定对应关系。",
    )


def _unknown(layout: Layout) -> list[Finding]:
    return [
        Finding(
            worksheet=layout.worksheet,
            row=layout.heading_rows[-1],
            column=None,
            field=None,
            code="column.unknown",
            severity=severity_of("column.unknown"),
            message=f"栏目「{heading}」没有用到。",
            suggestion="如需读取，请在页面上指定它对应哪一栏。",
            value=heading[:80],
        )
        for heading in layout.unknown
    ]


def _sum(series: pl.Series) -> Decimal:
    total = series.sum()
    return Decimal(0) if total is None else Decimal(total)


def _differing(layout: Layout, spec: SheetSpec, totals: Iterable[TotalCheck]) -> Iterable[Finding]:
    letters = {name: letter for letter, name in layout.columns.items()}
    for each in totals:
        if not each.agrees:
            yield _differs(each, spec.field(each.field), letters[each.field])


def _differs(each: TotalCheck, field: FieldSpec, letter: str) -> Finding:
    gap = abs(each.printed - each.read)
    unit = field.unit.label
    return Finding(
        worksheet=each.worksheet,
        row=each.row,
        column=letter,
        field=each.field,
        code="total.differs",
        severity=severity_of("total.differs"),
        message=(
            f"第{each.row}行「{field.label}」：合计行为 {each.printed:,}{unit}，"
            f"明细之和为 {each.read:,}{unit}，相差 {gap:,} {unit}"
        ),
        suggestion="请核对合计行的公式，或查找漏填、误填的行。",
        value=f"{each.printed:f}",
    )
