"""What a table holds that can be read and yet is probably not what was meant."""

from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from redcross.units import Unit
from redcross.uploads.cells.parsed import BLANKS, normalize_text
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.units import unit_multiple
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import ImportContext, SheetSpec
from redcross.uploads.tables.layout import Layout

_TEN_THOUSAND, _JUMP_FACTOR, _FEW_ROWS = Decimal(10_000), 1_000, 4
_IMPLAUSIBLE_AMOUNT = Decimal(10) ** 9
"""With few rows to compare with, only what no branch raises in a period is doubted."""


def plausibility_findings(
    grid: Grid, layout: Layout, frame: pl.DataFrame, spec: SheetSpec, context: ImportContext
) -> list[Finding]:
    """Return the warnings a table gives by its units, its branches and its sizes."""
    return [
        *_unit_conflicts(layout, spec),
        *_unread_branches(grid, layout, spec, context),
        *_amount_jumps(frame, layout, spec),
    ]


def _unit_conflicts(layout: Layout, spec: SheetSpec) -> Iterable[Finding]:
    """Tell where a heading says 元 and the cell above the table 万元."""
    if not layout.unit:
        return
    table = unit_multiple(layout.unit)
    for letter, name in layout.columns.items():
        field = spec.field(name)
        if field.unit is Unit.YUAN and layout.multiples[letter] != table:
            heading = layout.headings[letter]
            yield Finding(
                worksheet=layout.worksheet,
                row=layout.heading_rows[-1],
                column=letter,
                field=name,
                code="unit.conflict",
                severity=severity_of("unit.conflict"),
                message=f"栏目「{heading}」与表上方的“单位：{layout.unit}”不一致，按栏目名称读取。",
                suggestion=CODES["unit.conflict"].remedy,
            )


def _unread_branches(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> Iterable[Finding]:
    """Tell of a column nobody asked for that holds names of branches, where none else does."""
    if spec.branch_field is None or spec.branch_field in layout.columns.values():
        return
    for letter, heading in layout.headings.items():
        if letter in layout.columns or heading not in layout.unknown:
            continue
        texts = grid.cells[letter][layout.data].str.strip_chars(BLANKS)
        texts = texts.filter(texts != "")
        if texts.len() > 1 and _names_branches(texts, context):
            yield Finding(
                worksheet=layout.worksheet,
                row=layout.heading_rows[-1],
                column=letter,
                field=None,
                code="branch.not_read",
                severity=severity_of("branch.not_read"),
                message=f"栏目「{heading}」填的像是单位，没有读取，全部行按本单位读取。",
                suggestion=CODES["branch.not_read"].remedy,
                value=heading[:80],
            )


def _names_branches(texts: pl.Series, context: ImportContext) -> bool:
    """Tell whether four texts of five name a branch; no further than to a fifth that do not."""
    others = 0
    for text, count in texts.value_counts().iter_rows():
        if not context.branch_names.get(normalize_text(text).upper()):
            others += count
            if others * 5 > texts.len():
                return False
    return True


def _amount_jumps(frame: pl.DataFrame, layout: Layout, spec: SheetSpec) -> Iterable[Finding]:
    """Tell of 元 typed into a 万元 column: ten thousand times the other rows."""
    for letter, name in layout.columns.items():
        field = spec.field(name)
        if field.unit is not Unit.YUAN or layout.multiples[letter] < _TEN_THOUSAND:
            continue
        median = frame[name].cast(pl.Float64).filter(frame[name] > 0).median()
        usual = Decimal(str(median or 0)) if frame.height > _FEW_ROWS else Decimal(0)
        limit = max(
            usual * _JUMP_FACTOR, _TEN_THOUSAND * _TEN_THOUSAND if usual else _IMPLAUSIBLE_AMOUNT
        )
        for row, value in frame.filter(pl.col(name) >= limit).select("row", name).iter_rows():
            yield Finding(
                worksheet=layout.worksheet,
                row=row,
                column=letter,
                field=name,
                code="amount.jump",
                severity=severity_of("amount.jump"),
                message=f"第{row}行「{field.label}」：读作 {value:,} 元，远大于其他行",
                suggestion=CODES["amount.jump"].remedy,
                value=f"{value:f}",
            )
