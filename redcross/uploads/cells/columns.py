"""Texts become typed columns. What cannot be read is a finding; the rest is still read."""

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from redcross.accounts.masks import mask_id_number, mask_phone
from redcross.units import Unit
from redcross.uploads.cells.amounts import parse_decimal, parse_integer
from redcross.uploads.cells.branches import resolve_by_level
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.identifiers import (
    parse_credit_code,
    parse_id_number,
    parse_phone,
)
from redcross.uploads.cells.parsed import (
    BLANKS,
    INVISIBLE_PATTERN,
    NULL_TEXTS,
    ParsedCell,
    normalize_text,
)
from redcross.uploads.cells.words import (
    boolean_parser,
    branch_parser,
    choice_parser,
    reference_parser,
)
from redcross.uploads.files.cell_kinds import DATE, EMPTY, ERROR, NUMBER
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec, ImportContext

CellParser = Callable[[str, int], ParsedCell]

_DTYPES: Mapping[CellKind, Any] = {
    CellKind.DATE: pl.Date,
    CellKind.INTEGER: pl.Int64,
    CellKind.BOOLEAN: pl.Boolean,
    CellKind.BRANCH: pl.Int64,
}
DITTO_MARKS = frozenset({"同上", "〃", "″", '"', "〞", "''"})
_INNER_BLANKS = r"[\t\r\n\u00a0\u3000]+"
_SPACED_NAME = r"^([\u3400-\u9fff])\s+([\u3400-\u9fff])$"
_DOTTED_NAME = r"([\u3400-\u9fff])[•‧∙・．⋅･˙]([\u3400-\u9fff])"
"""The six dots that stand within names of minorities."""
_MIN_ROUNDED_DIGITS = 16
_MAX_OVERFULFILMENT = 2
_MIN_CERTAIN_PERCENT = 10
"""Nobody reaches a thousand per cent: from here on a number is one of a hundred."""
_PERCENT_REASONS = {
    "percent.scaled": "是小数，读作 {}%",
    "percent.doubtful": "同一栏既有小于 1 的数，又有大于 1 的数，仍读作 {}%",
}


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedColumn:
    """One cleaned column, and what could not be read in it, by position."""

    values: pl.Series
    problems: list[tuple[int, ParsedCell, str]]


def dtype_of(field: FieldSpec) -> Any:
    """Return the polars dtype a field's cells are read into."""
    if field.kind is CellKind.DECIMAL:
        return pl.Decimal(38, field.decimal_places)
    return _DTYPES.get(field.kind, pl.String)


def parse_column(
    texts: pl.Series,
    kinds: pl.Series,
    field: FieldSpec,
    context: ImportContext,
    *,
    multiple: Decimal,
    merged: pl.Series | None = None,
    knows_merges: bool = False,
) -> ParsedColumn:
    """Read the cells of one column; empty cells and "/" or "—" become null.

    `merged` is true where a cell is the lower part of a merged one. A label stands for
    the rows below it there without a word; elsewhere what was filled in is said.
    """
    frame = pl.DataFrame({"text": _clean_texts(texts, field), "kind": kinds})
    # 无 is an answer where yes or no is asked, and nothing everywhere else.
    said = field.none_is_answer or field.kind is CellKind.BOOLEAN
    nothing = {*(NULL_TEXTS - ({"无"} if said else set())), *field.null_values}
    frame = frame.with_columns(
        pl.when(pl.col("text").is_in(list(nothing)) & (pl.col("kind") != ERROR))
        .then(None)
        .otherwise(pl.col("text"))
        .alias("text")
    )
    carried: list[int] = []
    if field.fill_down or (merged is not None and merged.any()):
        empty = (pl.col("text").is_null()) & (pl.col("kind") != ERROR)
        below = merged if merged is not None else pl.lit(value=False)
        carry = pl.col("below") if not field.fill_down else pl.lit(value=True)
        frame = frame.with_columns(empty.alias("empty"), below.alias("below")).with_columns(
            pl.when(carry).then(pl.col("text").forward_fill()).otherwise(pl.col("text")),
            pl.when(carry & pl.col("empty"))
            .then(pl.when(empty).then(None).otherwise(pl.col("kind")).forward_fill())
            .otherwise(pl.col("kind"))
            .fill_null(EMPTY)
            .alias("kind"),
        )
        told = pl.col("empty") & pl.col("text").is_not_null() & ~pl.col("below")
        carried = frame.select(told.alias("told"))["told"].arg_true().to_list()
        frame = frame.select("text", "kind")
    if field.fill_down or field.kind in (CellKind.TEXT, CellKind.CHOICE, CellKind.DATE):
        frame = _fill_ditto(frame)
    scaled: list[int] = []
    if field.kind in NUMERIC_KINDS and is_percent(field):
        frame, scaled, code = _scale_percentages(frame)
    quick = _parse_plain(frame, field, multiple)
    column = _parse_remaining(frame, quick, field, cell_parser(field, context, multiple))
    if scaled:
        column.problems.extend(
            (
                index,
                ParsedCell(None, code, _PERCENT_REASONS[code].format(frame["text"][index])),
                text,
            )
            for index in scaled
            if (text := texts[index])
        )
    if field.kind is CellKind.BRANCH and column.problems:
        column = ParsedColumn(*resolve_by_level(column.values, column.problems, context))
    if not carried:
        return column
    said_of = {index for index, _, _ in column.problems}
    code = "label.carried" if knows_merges else "label.unmerged"
    reason = "空白，按上一行的“{}”读取"
    column.problems.extend(
        (index, ParsedCell(None, code, reason.format(text[:20]), "不是同一个的请补填。"), text)
        for index in carried
        if index not in said_of and (text := frame["text"][index])
    )
    return column


def _clean_texts(texts: pl.Series, field: FieldSpec) -> pl.Series:
    expression = pl.col("t").str.replace_all(INVISIBLE_PATTERN, "")
    if field.kind is CellKind.TEXT:
        expression = (
            expression.str.replace_all(_INNER_BLANKS, " ")
            .str.strip_chars(BLANKS)
            .str.replace(_SPACED_NAME, "${1}${2}")
            .str.replace_all(_DOTTED_NAME, "${1}·${2}")
        )
    return texts.alias("t").to_frame().select(expression.str.strip_chars(BLANKS))["t"]


def is_percent(field: FieldSpec) -> bool:
    """Tell whether a column's numbers are per cent."""
    return field.unit is Unit.PERCENT or "%" in field.label or field.label.endswith("率")


def _scale_percentages(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[int], str]:
    """Read 0.85 as 85 where the whole column is written so: Excel stores 85% as 0.85."""
    # A csv has its numbers as texts; one that says 14% is none of them.
    bare = (pl.col("kind") == NUMBER) | pl.col("text").str.contains(r"^\d*\.?\d+$")
    share = pl.when(bare).then(pl.col("text")).cast(pl.Float64, strict=False)
    numbers = frame.select(share.alias("n"))["n"]
    fractions = ((numbers > 0) & (numbers < 1)).fill_null(value=False)
    if not fractions.any():
        return frame, [], ""
    # 1.16 among many below one is a task more than done, not one in a hundred.
    above, below = int((numbers > 1).sum()), int(fractions.sum())
    if above and (above * 3 > below or bool((numbers > _MAX_OVERFULFILMENT).any())):
        # 1.1 beside 0.47 is as much in doubt as 0.47: both may be of a hundred, or of one.
        doubtful = (numbers > 0) & (numbers < _MIN_CERTAIN_PERCENT)
        doubted = doubtful.fill_null(value=False).arg_true().to_list()
        return frame, doubted, "percent.doubtful"
    told = numbers.is_not_null() & (numbers > 0)
    texts = [
        f"{Decimal(text).scaleb(2).normalize():f}" if scale else text
        for text, scale in zip(frame["text"], told.fill_null(value=False), strict=True)
    ]
    changed = told.fill_null(value=False).arg_true().to_list()
    return frame.with_columns(pl.Series("text", texts, dtype=pl.String)), changed, "percent.scaled"


def _fill_ditto(frame: pl.DataFrame) -> pl.DataFrame:
    is_ditto = pl.col("text").is_in(list(DITTO_MARKS))
    if not frame.select(is_ditto.any()).item():
        return frame
    kept = pl.when(is_ditto).then(None)
    return frame.with_columns(
        pl.when(is_ditto)
        .then(kept.otherwise(pl.col(name)).forward_fill())
        .otherwise(pl.col(name))
        .alias(name)
        for name in ("text", "kind")
    )


def _parse_plain(frame: pl.DataFrame, field: FieldSpec, multiple: Decimal) -> pl.Series | None:
    """Read at once what is written plainly; null where a closer look is needed."""
    text, kind = pl.col("text"), pl.col("kind")
    expression: pl.Expr | None = None
    match field.kind:
        case CellKind.TEXT:
            number = (kind == NUMBER) & (text.str.len_chars() >= _MIN_ROUNDED_DIGITS)
            midnight = text.str.strip_suffix("T00:00:00")
            read = pl.when(kind == DATE).then(midnight).otherwise(text)
            expression = pl.when((kind != ERROR) & ~number).then(read)
        case CellKind.DECIMAL if multiple == 1:
            places = field.decimal_places
            fraction = rf"(?:\.\d{{1,{places}}})?" if places else ""
            plain = text.str.contains(rf"^-?\d{{1,15}}{fraction}$")
            expression = pl.when(plain).then(text).cast(dtype_of(field), strict=False)
        case CellKind.INTEGER if multiple == 1:
            expression = (
                pl.when(text.str.contains(r"^-?\d{1,15}$")).then(text).cast(pl.Int64, strict=False)
            )
        case CellKind.DATE:
            plain = (kind == DATE) | text.str.contains(r"^\d{4}-\d\d-\d\d$")
            day = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            sensible = day.dt.year().is_between(1900, 2999)
            expression = pl.when(plain & sensible).then(day)
        case CellKind.PHONE:
            expression = pl.when(text.str.contains(r"^1[3-9]\d{9}$")).then(text)
    if expression is None:
        return None
    return frame.select(expression.alias("v"))["v"]


def _parse_remaining(
    frame: pl.DataFrame, quick: pl.Series | None, field: FieldSpec, parse: CellParser
) -> ParsedColumn:
    """Give each distinct odd cell to the parser once, and lay the answers beside it."""
    dtype = dtype_of(field)
    if quick is None:
        quick = pl.Series("v", [None], dtype=dtype).new_from_index(0, frame.height)
    frame = frame.with_columns(quick.cast(dtype).alias("v")).with_row_index("i")
    odd = frame.filter(pl.col("text").is_not_null() & pl.col("v").is_null())
    if odd.is_empty():
        return ParsedColumn(frame["v"], [])
    distinct = odd.select("text", "kind").unique(maintain_order=True)
    answers = [parse(text, kind) for text, kind in distinct.iter_rows()]
    table = distinct.with_columns(
        pl.Series("read", [answer.value for answer in answers], dtype=dtype, strict=False),
        pl.Series("answer", range(len(answers)), dtype=pl.UInt32),
    )
    joined = odd.join(table, on=["text", "kind"], how="left", maintain_order="left")
    values = frame["v"].scatter(joined["i"], joined["read"])
    coded = pl.Series([bool(answer.code) for answer in answers])
    flagged = joined.filter(pl.col("answer").is_in(coded.arg_true().to_list()))
    problems = [
        (index, answers[answer], text)
        for index, answer, text in flagged.select("i", "answer", "text").iter_rows()
    ]
    return ParsedColumn(values, problems)


def cell_parser(field: FieldSpec, context: ImportContext, multiple: Decimal) -> CellParser:
    """Return the reader of one odd cell of this field."""
    read = _kind_parser(field, context, multiple)

    def parse(text: str, kind: int) -> ParsedCell:
        if kind == ERROR:
            return ParsedCell(
                code="cell.error",
                reason=f"单元格是公式错误（{text}）",
                suggestion="请修正公式，或直接填写数值。",
            )
        return read(text, kind)

    return parse


def _kind_parser(field: FieldSpec, context: ImportContext, multiple: Decimal) -> CellParser:
    match field.kind:
        case CellKind.DECIMAL:
            return lambda text, kind: parse_decimal(
                text,
                is_number=kind == NUMBER,
                places=field.decimal_places,
                multiple=multiple,
                money=field.unit is Unit.YUAN,
            )
        case CellKind.INTEGER:
            return lambda text, kind: parse_integer(
                text, is_number=kind == NUMBER, multiple=multiple
            )
        case CellKind.DATE:
            return lambda text, kind: parse_date(
                text,
                is_number=kind == NUMBER,
                is_date=kind == DATE,
                period=context.period,
                epoch=context.epoch,
                default_to_month_end=field.default_to_month_end,
            )
        case CellKind.BRANCH:
            named = branch_parser(context.branch_names, context.branch_labels, context.own_subtree)
        case CellKind.CHOICE:
            named = choice_parser(field.choices, field.labels)
        case CellKind.REFERENCE:
            named = reference_parser(
                field.choices,
                field.labels,
                may_register=field.may_register,
                until=context.period.last_day,
            )
        case CellKind.BOOLEAN:
            named = boolean_parser(
                {normalize_text(word).upper(): key for word, key in field.choices.items()}
            )
        case CellKind.ID_NUMBER:
            named = parse_id_number
        case CellKind.PHONE:
            named = parse_phone
        case CellKind.CREDIT_CODE:
            named = parse_credit_code
        case CellKind.TEXT:
            return _parse_text
    return lambda text, kind: named(text, is_number=kind == NUMBER)


def _parse_text(text: str, kind: int) -> ParsedCell:
    """Read a number that stands where a text is asked; more than 15 digits are lost."""
    if kind != NUMBER:
        return ParsedCell(text)
    shown_as = f"{float(text):.15g}"
    if "e" in shown_as or len(shown_as.replace("-", "").partition(".")[0]) > 15:
        return ParsedCell(
            code="text.digits_lost",
            reason="Excel 已把编号当作数字，末几位丢失",
            suggestion="请把整列设为“文本”格式后重新填写。",
        )
    return ParsedCell(shown_as)


def column_findings(
    column: ParsedColumn,
    field: FieldSpec,
    *,
    worksheet: str,
    letter: str,
    rows: pl.Series,
) -> list[Finding]:
    """Put the problems of a column into sentences with their cells."""
    numbers = rows.to_list()
    return [
        finding(
            parsed.code,
            f"第{numbers[index]}行「{field.label}」：{parsed.reason}",
            worksheet=worksheet,
            row=numbers[index],
            column=letter,
            field=field.name,
            value=display_text(text, field),
            suggestion=parsed.suggestion,
        )
        for index, parsed, text in column.problems
    ]


def display_text(text: str, field: FieldSpec) -> str:
    """Return a cell's text as a finding may show it: masked where it is personal."""
    if not field.personal:
        return text[:80]
    if field.kind is CellKind.PHONE:
        return mask_phone(text[:80])
    return mask_id_number(text[:80])
