"""Printed totals, held against the rows they can stand for."""

import dataclasses
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import polars as pl

from redcross.units import Unit
from redcross.uploads.cells.amounts import parse_decimal
from redcross.uploads.files.parser import KIND_SUFFIX, NUMBER
from redcross.uploads.files.workbook import Grid
from redcross.uploads.schema.finding_catalogue import severity_of
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec, SheetSpec
from redcross.uploads.tables.layout import Layout, TotalRow

_AMOUNT = r"(\d[\d,.]*+)\s*+(亿元|万元|元)"
# The digits are taken whole or not at all: 共计2856人次 holds no 285.
_AMOUNT_AFTER_WORD = re.compile(
    rf"(?:金额|总额|合计|总计|共计|小计|累计|总和|资金|捐款|善款|人民币)[^\d]{{0,6}}{_AMOUNT}?+"
    r"(?!\s*(?:人|笔|户|件|次|个|批|家))"
)
_AMOUNT_WITH_UNIT = re.compile(_AMOUNT)


@dataclasses.dataclass(frozen=True, slots=True)
class TotalCheck:
    """A printed total held against the rows it stands for."""

    worksheet: str
    field: str
    row: int
    printed: Decimal
    read: Decimal

    @property
    def agrees(self) -> bool:
        """Whether print and rows say the same."""
        return self.printed == self.read


@dataclasses.dataclass(frozen=True, slots=True)
class TableRows:
    """A table with its rows as they were read."""

    layout: Layout
    frame: pl.DataFrame


class _RunningSums:
    """The amounts of a field down a worksheet; any stretch of them is added up at once."""

    def __init__(self, name: str, tables: Iterable[TableRows]) -> None:
        parts = [
            pl.DataFrame({"at": each.layout.data, "value": each.frame[name].fill_null(0)})
            for each in tables
            if name in each.frame.columns
        ]
        whole = pl.concat(parts).sort("at", maintain_order=True)
        self._at, self._running = whole["at"].to_list(), whole["value"].cum_sum()
        self.end = self._at[-1] + 1 if self._at else 0

    def between(self, start: int, end: int) -> Decimal | None:
        """Return the sum of the rows from one frame position to before another, if any."""
        first, last = bisect_left(self._at, start), bisect_left(self._at, end)
        if first >= last:
            return None
        before = Decimal(self._running[first - 1]) if first else Decimal(0)
        return Decimal(self._running[last - 1]) - before


class _TotalPositions:
    """Where the totals of a worksheet stand."""

    def __init__(self, tables: Sequence[TableRows]) -> None:
        totals = [total for table in tables for total in table.layout.totals]
        self.beside = Counter(total.position for total in totals)
        self.ends = sorted(total.position for total in totals if not total.is_part)
        self.own = {
            id(table): sorted(total.position for total in table.layout.totals) for table in tables
        }


def compare_totals(
    grid: Grid, tables: Sequence[TableRows], spec: SheetSpec, earlier: Mapping[str, Decimal]
) -> list[tuple[TotalCheck, ...]]:
    """Return the checks of each table of a worksheet; `earlier` adds up those before it.

    How far a 合计 reaches is nowhere written: over its section, its table, the tables
    beside it and the pages above it, all of the worksheet, or those before it too. One
    that is the sum of any of these agrees; any other is held against the rows since the
    one before it.
    """
    places = _TotalPositions(tables)
    sheet: dict[str, _RunningSums] = {}
    found = []
    for table in tables:
        checks = []
        names = [
            name for name in table.layout.columns.values() if spec.field(name).kind in NUMERIC_KINDS
        ]
        for name in names if table.layout.totals else ():
            if name not in sheet:
                sheet[name] = _RunningSums(name, tables)
            own = _RunningSums(name, [table])
            for total, printed in _printed_totals(grid, table.layout, spec.field(name)):
                sums = _candidate_sums(total, table, places, own, sheet[name])
                read = _best_sum(printed, _add_earlier_sheets(sums, earlier.get(name)))
                checks.append(TotalCheck(table.layout.worksheet, name, total.row, printed, read))
        found.append(tuple(sorted(checks, key=lambda check: check.row)))
    return found


def _best_sum(printed: Decimal, sums: Iterable[Decimal | None]) -> Decimal:
    """Return the sum that agrees, else the first of them."""
    first = None
    for each in sums:
        if each == printed:
            return each
        first = each if first is None else first
    return first or Decimal(0)


def _candidate_sums(
    total: TotalRow,
    table: TableRows,
    places: _TotalPositions,
    own: _RunningSums,
    sheet: _RunningSums,
) -> Iterator[Decimal | None]:
    """Yield the sums of the rows a total can stand for, the likeliest first."""
    # A sum in a column of its own may stand beside the last line, which it counts.
    at = total.position + bool(total.column)
    start, end = table.layout.positions
    before, after = _neighbours(places.own[id(table)], total.position)
    section = own.between(start if before is None else before, at)
    ahead = own.between(at, end if after is None else after)
    whole = own.between(start, end)
    pages = sheet.between(_neighbours(places.ends, total.position)[0] or 0, at)
    so_far = own.between(start, at)
    if total.is_part:
        yield from (ahead, section) if total.heads else (section, ahead)
        yield from (whole, pages)
    elif places.beside[total.position] > 1 or so_far is None:
        yield from (whole, pages, section, ahead)
    else:
        yield from (pages, whole, section, ahead)
    yield from (so_far, sheet.between(0, at), sheet.between(0, sheet.end))


def _add_earlier_sheets(
    sums: Iterable[Decimal | None], earlier: Decimal | None
) -> Iterator[Decimal | None]:
    """Yield the sums of a worksheet, then each with all that stands in those before it."""
    of_sheet = list(sums)
    yield from of_sheet
    if earlier is not None:
        yield from (each + earlier for each in of_sheet if each is not None)


def _neighbours(positions: Sequence[int], at: int) -> tuple[int | None, int | None]:
    """Return the positions next before and next after one."""
    first, last = bisect_left(positions, at), bisect_right(positions, at)
    return (
        positions[first - 1] if first else None,
        positions[last] if last < len(positions) else None,
    )


def _printed_totals(
    grid: Grid, layout: Layout, field: FieldSpec
) -> Iterator[tuple[TotalRow, Decimal]]:
    letter = next(each for each, name in layout.columns.items() if name == field.name)
    for total in layout.totals:
        printed = _printed_amount(grid, total, letter, field, layout)
        if printed is not None:
            yield total, printed


def _printed_amount(
    grid: Grid, total: TotalRow, letter: str, field: FieldSpec, layout: Layout
) -> Decimal | None:
    """Read the number in the field's column, else the one that words of the row name."""
    money, multiple = field.unit is Unit.YUAN, layout.multiples[letter]
    if total.column and not money:
        return None
    cell = total.column or letter
    text, kind = grid.cells[cell][total.position], grid.cells[cell + KIND_SUFFIX][total.position]
    parsed = parse_decimal(
        text,
        is_number=kind == NUMBER,
        places=field.decimal_places if field.kind is CellKind.DECIMAL else 0,
        multiple=multiple,
        money=money,
    )
    if isinstance(parsed.value, Decimal) or not money:
        return parsed.value if isinstance(parsed.value, Decimal) else None
    beside = () if total.column else layout.headings
    words = [text, total.label, *(grid.cells[each][total.position] for each in beside)]
    said = (_amount_in_words(each, field, multiple) for each in words)
    return next((each for each in said if each is not None), None)


def _amount_in_words(text: str, field: FieldSpec, multiple: Decimal) -> Decimal | None:
    """Read 总金额314540755.69 where the total stands among words."""
    bare = unicodedata.normalize("NFKC", text)
    match = _AMOUNT_AFTER_WORD.search(bare) or _AMOUNT_WITH_UNIT.search(bare)
    if match is None:
        return None
    parsed = parse_decimal(
        match[1].rstrip(".,") + (match[2] or ""),
        is_number=False,
        places=field.decimal_places,
        multiple=multiple,
        money=True,
    )
    return parsed.value if isinstance(parsed.value, Decimal) else None


def total_findings(
    layout: Layout, spec: SheetSpec, totals: Iterable[TotalCheck]
) -> Iterator[Finding]:
    """Tell of each printed total that its rows do not add up to."""
    letters = {name: letter for letter, name in layout.columns.items()}
    for each in totals:
        if not each.agrees:
            yield _total_finding(each, spec.field(each.field), letters[each.field])


def _total_finding(each: TotalCheck, field: FieldSpec, letter: str) -> Finding:
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
