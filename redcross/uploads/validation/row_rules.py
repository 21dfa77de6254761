"""What a table of typed columns must fulfil; findings alike are gathered by cause."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from redcross.uploads.cells.columns import display_text, dtype_of
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding, FindingGroup, Severity
from redcross.uploads.schema.import_spec import (
    NUMERIC_KINDS,
    CellKind,
    FieldSpec,
    ImportContext,
    Rule,
    SheetSpec,
)

SHOWN_ROWS = 20


def check_rows(
    frame: pl.DataFrame,
    spec: SheetSpec,
    context: ImportContext,
    *,
    letters: Mapping[str, str],
    unread: Mapping[str, set[int]],
) -> list[Finding]:
    """Check one table; `letters` are its columns, `unread` rows already found fault with.

    `unread` maps a field to the Excel rows whose cell could not be read: these are not
    reported as empty once more.
    """
    found: list[Finding] = []
    for field in spec.fields:
        if field.name in letters:
            found += _check_field(frame, field, letters[field.name], unread.get(field.name, set()))
    found += _date_findings(frame, spec, context, letters)
    found += _repeated_identities(frame, spec, letters)
    present = set(frame.columns)
    whole = frame.with_columns(
        pl.lit(None, dtype=dtype_of(field)).alias(field.name)
        for field in spec.fields
        if field.name not in present
    )
    for rule in spec.rules:
        if set(rule.needs) <= present:
            # A cell that could not be read is one mistake, not two.
            asked = {*rule.needs, *rule.violation().meta.root_names()}
            known = set().union(*(unread.get(name, set()) for name in asked))
            found += _broken_rule_findings(
                whole.filter(~pl.col("row").is_in(list(known))), rule, spec, letters
            )
    return found


def _check_field(
    frame: pl.DataFrame, field: FieldSpec, letter: str, unread: set[int]
) -> list[Finding]:
    found = []
    column = pl.col(field.name)
    if field.required and field.default is None:
        empty = frame.filter(column.is_null() & ~pl.col("row").is_in(list(unread)))
        found += _cell_findings(empty, field, letter, "required.empty", "未填写", "请补填。")
    if field.kind is CellKind.TEXT and field.max_length:
        long = frame.filter(column.str.len_chars() > field.max_length)
        reason = f"超过 {field.max_length} 个字"
        found += _cell_findings(long, field, letter, "text.too_long", reason, "请精简。")
    if field.kind is CellKind.DECIMAL and field.max_digits:
        limit = Decimal(10) ** (field.max_digits - field.decimal_places)
        large = frame.filter(column.abs() >= limit)
        found += _cell_findings(
            large, field, letter, "amount.digits", "数值位数过多", "请核对数值。"
        )
    if field.kind in NUMERIC_KINDS and not field.allow_negative:
        negative = frame.filter(column < 0)
        found += _cell_findings(
            negative, field, letter, "amount.negative", "不能为负数", "请核对数值。"
        )
    if field.earliest is not None:
        early = frame.filter(column < field.earliest)
        reason = f"早于 {field.earliest}"
        found += _cell_findings(early, field, letter, "date.impossible", reason, "请核对年份。")
    if field.unique_in_workbook:
        twice = frame.filter(column.is_not_null() & column.is_duplicated())
        found += _cell_findings(twice, field, letter, "row.repeated", "与其他行重复", "请核对。")
    return found


def _cell_findings(
    rows: pl.DataFrame,
    field: FieldSpec,
    letter: str,
    code: str,
    reason: str,
    suggestion: str,
) -> list[Finding]:
    return [
        Finding(
            worksheet=worksheet,
            row=row,
            column=letter,
            field=field.name,
            code=code,
            severity=severity_of(code),
            message=f"第{row}行「{field.label}」：{reason}",
            suggestion=suggestion,
            value="" if value is None else display_text(str(value), field),
        )
        for worksheet, row, value in rows.select("worksheet", "row", field.name).iter_rows()
    ]


def _date_findings(
    frame: pl.DataFrame, spec: SheetSpec, context: ImportContext, letters: Mapping[str, str]
) -> list[Finding]:
    name = spec.dated_by
    if name is None or name not in letters:
        return []
    period = context.period
    last = dt.date.max if period.end > dt.date(9999, 1, 1) else period.end
    outside = frame.filter((pl.col(name) < period.start) | (pl.col(name) >= last))
    ahead = frame.filter(
        (pl.col(name) > context.today) & (pl.col(name) >= period.start) & (pl.col(name) < last)
    )
    field, letter = spec.field(name), letters[name]
    return [
        *_cell_findings(
            outside,
            field,
            letter,
            "date.outside_period",
            f"不在报告期 {period.label} 内",
            "请改正日期，或另报所属月份。",
        ),
        *_cell_findings(ahead, field, letter, "date.future", "晚于今天", "请核对日期。"),
    ]


def _repeated_identities(
    frame: pl.DataFrame, spec: SheetSpec, letters: Mapping[str, str]
) -> list[Finding]:
    identity = [name for name in spec.identity if name in letters]
    if not identity:
        return []
    given = pl.all_horizontal([pl.col(name).is_not_null() for name in identity])
    if len(identity) < len(spec.identity):
        given = given & pl.lit(value=True)
    # What tells rows apart tells them apart within a branch: one target a branch is no repeat.
    within = [*identity, *(["branch"] if "branch" in frame.columns else [])]
    alike = (
        frame.filter(given)
        .with_columns(first=pl.col("row").first().over(within), n=pl.len().over(within))
        .filter((pl.col("n") > 1) & (pl.col("row") != pl.col("first")))
    )
    field = spec.field(identity[-1])
    letter = letters[identity[-1]]
    return [
        Finding(
            worksheet=worksheet,
            row=row,
            column=letter,
            field=field.name,
            code="identity.repeated",
            severity=Severity.WARNING,
            message=f"第{row}行「{field.label}」：与第{first}行相同",
            suggestion="确为同一张票据的多笔时无需修改，否则请删去重复的行。",
            value=display_text(str(value), field),
        )
        for worksheet, row, first, value in alike.select(
            "worksheet", "row", "first", field.name
        ).iter_rows()
    ]


def _broken_rule_findings(
    frame: pl.DataFrame, rule: Rule, spec: SheetSpec, letters: Mapping[str, str]
) -> list[Finding]:
    rows = frame.filter(rule.violation().fill_null(value=False))
    field = spec.field(rule.needs[0])
    return [
        Finding(
            worksheet=row["worksheet"],
            row=row["row"],
            column=letters.get(field.name),
            field=field.name,
            code=rule.code,
            severity=rule.severity,
            message=f"第{row['row']}行「{field.label}」："
            + rule.message.format_map({name: row.get(name) for name in row}),
            suggestion=rule.suggestion,
            value=display_text(str(row[field.name] if row[field.name] is not None else ""), field),
        )
        for row in rows.iter_rows(named=True)
    ]


def group_findings(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Gather the same cause in the same column; errors first, then as they stand."""
    gathered: dict[tuple[str, str | None, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.worksheet, finding.column, finding.code, finding.severity)
        gathered.setdefault(key, []).append(finding)
    groups = [
        FindingGroup(
            first=each[0],
            count=len(each),
            rows=tuple(one.row for one in each[:SHOWN_ROWS] if one.row is not None),
        )
        for each in gathered.values()
    ]
    order = list(Severity)
    return sorted(groups, key=lambda group: order.index(group.severity))


def finding_title(code: str) -> str:
    """Return the catalogue's short name of a code."""
    return CODES[code].title if code in CODES else code
