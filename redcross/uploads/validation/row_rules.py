"""Checks of the rows of a parsed table; equal findings are grouped for people."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

import polars as pl

from redcross.uploads.cells.columns import display_text
from redcross.uploads.cells.plain_cells import dtype_of
from redcross.uploads.choices import Severity
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding, FindingGroup
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec, Rule
from redcross.uploads.tables.table import Table


def check_rows(table: Table) -> list[Finding]:
    """Return what is wrong with the rows: cells by themselves, dates, repeats, rules.

    A cell that could not be read is one mistake: it is not reported as empty once more, and
    its row breaks no rule that looks at it.
    """
    findings: list[Finding] = []
    for field in table.spec.fields:
        if field.name in table.letters:
            findings += _check_field(table, field)
    findings += _date_findings(table)
    findings += _repeated_identities(table)
    present = set(table.frame.columns)
    whole = table.frame.with_columns(
        pl.lit(None, dtype=dtype_of(field)).alias(field.name)
        for field in table.spec.fields
        if field.name not in present
    )
    for rule in table.spec.rules:
        if set(rule.needs) <= present:
            names = {*rule.needs, *rule.violation().meta.root_names()}
            faulty = set().union(*(table.faulty_rows.get(name, ()) for name in names))
            findings += _broken_rule_findings(table, _without(whole, faulty), rule)
    return findings


def _without(frame: pl.DataFrame, rows: Collection[int]) -> pl.DataFrame:
    return frame.filter(~pl.col("row").is_in(list(rows)))


def _check_field(table: Table, field: FieldSpec) -> Iterator[Finding]:
    """Yield what is wrong with the cells of a column, one kind of mistake after another."""
    frame, column = table.frame, pl.col(field.name)
    if field.required and field.default is None:
        empty = _without(
            frame.filter(column.is_null()), table.faulty_rows.get(field.name, frozenset())
        )
        yield from _cell_findings(table, empty, field, "required.empty", "未填写", "请补填。")
    if field.kind is CellKind.TEXT and field.max_length:
        long = frame.filter(column.str.len_chars() > field.max_length)
        reason = f"超过 {field.max_length} 个字"
        yield from _cell_findings(table, long, field, "text.too_long", reason, "请精简。")
    if field.kind is CellKind.DECIMAL and field.max_digits:
        limit = Decimal(10) ** (field.max_digits - field.decimal_places)
        large = frame.filter(column.abs() >= limit)
        reason = "数值位数过多"
        yield from _cell_findings(table, large, field, "amount.digits", reason, "请核对数值。")
    if field.kind in NUMERIC_KINDS and not field.allow_negative:
        negative = frame.filter(column < 0)
        reason = "不能为负数"
        yield from _cell_findings(table, negative, field, "amount.negative", reason, "请核对数值。")
    if field.earliest is not None:
        early = frame.filter(column < field.earliest)
        reason = f"早于 {field.earliest}"
        yield from _cell_findings(table, early, field, "date.impossible", reason, "请核对年份。")
    if field.unique_in_workbook:
        twice = frame.filter(column.is_not_null() & column.is_duplicated())
        yield from _cell_findings(table, twice, field, "row.repeated", "与其他行重复", "请核对。")


def _cell_findings(
    table: Table, rows: pl.DataFrame, field: FieldSpec, code: str, reason: str, suggestion: str
) -> Iterator[Finding]:
    """Yield the same finding at the field's cell of each row."""
    for worksheet, row, value in rows.select("worksheet", "row", field.name).iter_rows():
        yield finding(
            code,
            f"第{row}行「{field.label}」：{reason}",
            worksheet=worksheet,
            row=row,
            column=table.letters[field.name],
            field=field.name,
            value="" if value is None else display_text(str(value), field),
            suggestion=suggestion,
        )


def _date_findings(table: Table) -> Iterator[Finding]:
    """Yield the days outside the report's period, and those after today."""
    name = table.spec.dated_by
    if name is None or name not in table.letters:
        return
    frame, field, period = table.frame, table.spec.field(name), table.context.period
    end = dt.date.max if period.end > dt.date(9999, 1, 1) else period.end
    is_inside = (pl.col(name) >= period.start) & (pl.col(name) < end)
    yield from _cell_findings(
        table,
        frame.filter(~is_inside),
        field,
        "date.outside_period",
        f"不在报告期 {period.label} 内",
        "请改正日期，或另报所属月份。",
    )
    future = frame.filter((pl.col(name) > table.context.today) & is_inside)
    yield from _cell_findings(table, future, field, "date.future", "晚于今天", "请核对日期。")


def _repeated_identities(table: Table) -> Iterator[Finding]:
    """Yield each row whose identity, as far as the table has it, is that of an earlier row.

    Identities tell the rows of one branch apart: one target a branch is no repeat.
    """
    identity = [name for name in table.spec.identity if name in table.letters]
    if not identity:
        return
    is_filled = pl.all_horizontal([pl.col(name).is_not_null() for name in identity])
    within = [*identity, *(["branch"] if "branch" in table.frame.columns else [])]
    repeats = (
        table.frame.filter(is_filled)
        .with_columns(first=pl.col("row").first().over(within), n=pl.len().over(within))
        .filter((pl.col("n") > 1) & (pl.col("row") != pl.col("first")))
    )
    field = table.spec.field(identity[-1])
    rows = repeats.select("worksheet", "row", "first", field.name).iter_rows()
    for worksheet, row, first, value in rows:
        yield finding(
            "identity.repeated",
            f"第{row}行「{field.label}」：与第{first}行相同",
            worksheet=worksheet,
            row=row,
            column=table.letters[field.name],
            field=field.name,
            value=display_text(str(value), field),
            suggestion="确为同一张票据的多笔时无需修改，否则请删去重复的行。",
        )


def _broken_rule_findings(table: Table, frame: pl.DataFrame, rule: Rule) -> Iterator[Finding]:
    """Yield each row that breaks a rule of the sheet, at the first field the rule needs."""
    field = table.spec.field(rule.needs[0])
    broken = frame.filter(rule.violation().fill_null(value=False))
    for row in broken.iter_rows(named=True):
        value = row[field.name]
        yield finding(
            rule.code,
            f"第{row['row']}行「{field.label}」：{rule.message.format_map(row)}",
            worksheet=row["worksheet"],
            row=row["row"],
            column=table.letters.get(field.name),
            field=field.name,
            value=display_text("" if value is None else str(value), field),
            suggestion=rule.suggestion,
            severity=rule.severity,
        )


def group_findings(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Group findings of the same cause in the same column; errors first, then as they stand."""
    groups: dict[tuple[str, str | None, str, str], list[Finding]] = {}
    for entry in findings:
        key = (entry.worksheet, entry.column, entry.code, entry.severity)
        groups.setdefault(key, []).append(entry)
    ordered = [
        FindingGroup(
            first=members[0],
            count=len(members),
            rows=tuple(
                member.row for member in members[: TUNING.grouped_rows] if member.row is not None
            ),
        )
        for members in groups.values()
    ]
    order = list(Severity)
    return sorted(ordered, key=lambda group: order.index(group.severity))
