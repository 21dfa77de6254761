"""Warnings of what can be read and yet is probably not what was meant."""

from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from redcross.units import Unit
from redcross.uploads.cells.parsed import normalize_text
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.units import unit_multiple
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import ImportContext
from redcross.uploads.tables.table import Table

_TEN_THOUSAND = Decimal(10_000)


def plausibility_findings(table: Table) -> list[Finding]:
    """Return the warnings a parsed table gives by its units, its branches and its sizes."""
    return [*_unit_conflicts(table), *_unread_branches(table), *_amount_jumps(table)]


def _unit_conflicts(table: Table) -> Iterable[Finding]:
    """Yield each column whose heading names 元 where the cell above the table names 万元."""
    layout = table.layout
    if not layout.unit:
        return
    multiple = unit_multiple(layout.unit)
    for letter, name in layout.columns.items():
        if table.spec.field(name).unit is not Unit.YUAN or layout.multiples[letter] == multiple:
            continue
        heading = layout.headings[letter]
        yield finding(
            "unit.conflict",
            f"栏目「{heading}」与表上方的“单位：{layout.unit}”不一致，按栏目名称读取。",
            worksheet=layout.worksheet,
            row=layout.heading_rows[-1],
            column=letter,
            field=name,
        )


def _unread_branches(table: Table) -> Iterable[Finding]:
    """Yield each unread column that holds names of branches, where none is read as them."""
    layout = table.layout
    if table.spec.branch_field is None or table.has_field(table.spec.branch_field):
        return
    for letter, heading in layout.headings.items():
        if letter in layout.columns or heading not in layout.unknown:
            continue
        texts = table.filled(letter)
        if texts.len() > 1 and _are_branches(texts, table.context):
            yield finding(
                "branch.not_read",
                f"栏目「{heading}」填的像是单位，没有读取，全部行按本单位读取。",
                worksheet=layout.worksheet,
                row=layout.heading_rows[-1],
                column=letter,
                value=heading[: TUNING.shown_length],
            )


def _are_branches(texts: pl.Series, context: ImportContext) -> bool:
    """Tell whether four texts of five name a branch; stop once a fifth does not."""
    others = 0
    for text, count in texts.value_counts().iter_rows():
        if not context.branch_names.get(normalize_text(text).upper()):
            others += count
            if others * TUNING.one_unnamed_in > texts.len():
                return False
    return True


def _amount_jumps(table: Table) -> Iterable[Finding]:
    """Yield 元 typed into a 万元 column: ten thousand times the other rows."""
    frame = table.frame
    for letter, name in table.layout.columns.items():
        field = table.spec.field(name)
        if field.unit is not Unit.YUAN or table.layout.multiples[letter] < _TEN_THOUSAND:
            continue
        median = frame[name].cast(pl.Float64).filter(frame[name] > 0).median()
        has_median = median and frame.height > TUNING.few_rows
        limit = (
            max(Decimal(str(median)) * TUNING.jump_factor, _TEN_THOUSAND * _TEN_THOUSAND)
            if has_median
            else TUNING.implausible_amount
        )
        for row, value in frame.filter(pl.col(name) >= limit).select("row", name).iter_rows():
            yield finding(
                "amount.jump",
                f"第{row}行「{field.label}」：读作 {value:,} 元，远大于其他行",
                worksheet=table.layout.worksheet,
                row=row,
                column=letter,
                field=name,
                value=f"{value:f}",
            )
