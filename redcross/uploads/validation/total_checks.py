"""Printed totals, compared with the rows they can stand for."""

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
from redcross.uploads.files.cell_kinds import KIND_SUFFIX, NUMBER
from redcross.uploads.mapping.words import AMOUNT_WORDS
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec
from redcross.uploads.tables.layout import TotalRow
from redcross.uploads.tables.table import Table

_AMOUNT = r"(\d[\d,.]*+)\s*+(亿元|万元|元)"
# The digits are taken whole or not at all: 共计2856人次 holds no 285.
_AMOUNT_AFTER_WORD = re.compile(
    rf"(?:{'|'.join(AMOUNT_WORDS)})[^\d]{{0,6}}{_AMOUNT}?+"
    r"(?!\s*(?:人|笔|户|件|次|个|批|家))"
)
_AMOUNT_WITH_UNIT = re.compile(_AMOUNT)


@dataclasses.dataclass(frozen=True, slots=True)
class TotalCheck:
    """A printed total compared with the rows it stands for."""

    worksheet: str
    field: str
    row: int
    printed: Decimal
    read: Decimal

    @property
    def agrees(self) -> bool:
        """Whether the printed amount is that of the rows."""
        return self.printed == self.read


class _RunningSums:
    """The amounts of a field down a worksheet; any stretch of them is added up at once."""

    def __init__(self, name: str, tables: Iterable[Table]) -> None:
        parts = [
            pl.DataFrame({"at": table.layout.data, "value": table.frame[name].fill_null(0)})
            for table in tables
            if name in table.frame.columns
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

    def __init__(self, tables: Sequence[Table]) -> None:
        totals = [total for table in tables for total in table.layout.totals]
        self.beside = Counter(total.position for total in totals)
        self.ends = sorted(total.position for total in totals if not total.is_part)
        self.own = {
            id(table): sorted(total.position for total in table.layout.totals) for table in tables
        }


def compare_totals(
    tables: Sequence[Table], earlier: Mapping[str, Decimal]
) -> list[tuple[TotalCheck, ...]]:
    """Return the checks of each table of a worksheet; `earlier` adds up those before it.

    How far a 合计 reaches is nowhere written: over its section, its table, the tables
    beside it and the pages above it, all of the worksheet, or those before it too. One
    that is the sum of any of these agrees; any other is compared with the rows since the
    one before it.
    """
    positions = _TotalPositions(tables)
    sums_by_field: dict[str, _RunningSums] = {}
    return [_table_checks(table, tables, positions, sums_by_field, earlier) for table in tables]


def _table_checks(
    table: Table,
    tables: Sequence[Table],
    positions: _TotalPositions,
    sums_by_field: dict[str, _RunningSums],
    earlier: Mapping[str, Decimal],
) -> tuple[TotalCheck, ...]:
    """Return the checks of one table by row; `sums_by_field` is filled on the way."""
    layout, checks = table.layout, []
    for letter, name in layout.columns.items() if layout.totals else ():
        field = table.spec.field(name)
        if field.kind not in NUMERIC_KINDS:
            continue
        if name not in sums_by_field:
            sums_by_field[name] = _RunningSums(name, tables)
        own = _RunningSums(name, [table])
        for total in layout.totals:
            printed = _printed_amount(table, total, letter, field)
            if printed is not None:
                sums = _candidate_sums(total, table, positions, own, sums_by_field[name])
                read = _best_sum(printed, _add_earlier_sheets(sums, earlier.get(name)))
                checks.append(TotalCheck(layout.worksheet, name, total.row, printed, read))
    return tuple(sorted(checks, key=lambda check: check.row))


def _best_sum(printed: Decimal, sums: Iterable[Decimal | None]) -> Decimal:
    """Return the sum that agrees, else the first of them."""
    first = None
    for amount in sums:
        if amount == printed:
            return amount
        first = amount if first is None else first
    return first or Decimal(0)


def _candidate_sums(
    total: TotalRow,
    table: Table,
    positions: _TotalPositions,
    own: _RunningSums,
    sheet: _RunningSums,
) -> Iterator[Decimal | None]:
    """Yield the sums of the rows a total can stand for, the likeliest first."""
    # A sum in a column of its own may stand beside the last line, which it counts.
    at = total.position + bool(total.column)
    start, end = table.layout.positions
    before, after = _neighbours(positions.own[id(table)], total.position)
    section = own.between(start if before is None else before, at)
    ahead = own.between(at, end if after is None else after)
    whole = own.between(start, end)
    pages = sheet.between(_neighbours(positions.ends, total.position)[0] or 0, at)
    so_far = own.between(start, at)
    if total.is_part:
        yield from (ahead, section) if total.precedes_rows else (section, ahead)
        yield from (whole, pages)
    elif positions.beside[total.position] > 1 or so_far is None:
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
        yield from (amount + earlier for amount in of_sheet if amount is not None)


def _neighbours(positions: Sequence[int], at: int) -> tuple[int | None, int | None]:
    """Return the positions next before and next after one."""
    first, last = bisect_left(positions, at), bisect_right(positions, at)
    return (
        positions[first - 1] if first else None,
        positions[last] if last < len(positions) else None,
    )


def _printed_amount(table: Table, total: TotalRow, letter: str, field: FieldSpec) -> Decimal | None:
    """Return the number in the field's column, else the one that words of the row name."""
    is_money, multiple = field.unit is Unit.YUAN, table.layout.multiples[letter]
    if total.column and not is_money:
        return None
    cells, cell = table.grid.cells, total.column or letter
    text = cells[cell][total.position]
    parsed = parse_decimal(
        text,
        is_number=cells[cell + KIND_SUFFIX][total.position] == NUMBER,
        places=field.decimal_places if field.kind is CellKind.DECIMAL else 0,
        multiple=multiple,
        money=is_money,
    )
    if isinstance(parsed.value, Decimal):
        return parsed.value
    if not is_money:
        return None
    beside = () if total.column else table.layout.headings
    texts = [text, total.label, *(cells[at][total.position] for at in beside)]
    amounts = (_amount_in_words(words, field, multiple) for words in texts)
    return next((amount for amount in amounts if amount is not None), None)


def _amount_in_words(text: str, field: FieldSpec, multiple: Decimal) -> Decimal | None:
    """Return the 314540755.69 of 总金额314540755.69, where the total stands among words."""
    folded = unicodedata.normalize("NFKC", text)
    match = _AMOUNT_AFTER_WORD.search(folded) or _AMOUNT_WITH_UNIT.search(folded)
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


def total_findings(table: Table, checks: Iterable[TotalCheck]) -> Iterator[Finding]:
    """Yield a finding of each printed total that its rows do not add up to."""
    letters = {name: letter for letter, name in table.layout.columns.items()}
    for check in checks:
        if not check.agrees:
            yield _total_finding(check, table.spec.field(check.field), letters[check.field])


def _total_finding(check: TotalCheck, field: FieldSpec, letter: str) -> Finding:
    gap, unit = abs(check.printed - check.read), field.unit.label
    return finding(
        "total.differs",
        f"第{check.row}行「{field.label}」：合计行为 {check.printed:,}{unit}，"
        f"明细之和为 {check.read:,}{unit}，相差 {gap:,} {unit}",
        worksheet=check.worksheet,
        row=check.row,
        column=letter,
        field=check.field,
        value=f"{check.printed:f}",
        suggestion="请核对合计行的公式，或查找漏填、误填的行。",
    )
