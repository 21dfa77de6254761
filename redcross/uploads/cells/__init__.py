"""Texts become typed columns. What cannot be read is a finding; the rest is still read."""

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from redcross.accounts.masks import masked_number, masked_phone
from redcross.units import Unit
from redcross.uploads.cells.amounts import parse_decimal, parse_integer
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.identifiers import (
    parse_credit_code,
    parse_id_number,
    parse_phone,
)
from redcross.uploads.cells.parsed import BLANKS, INVISIBLE, NOT_GIVEN, Parsed, folded
from redcross.uploads.cells.words import boolean_parser, branch_parser, choice_parser
from redcross.uploads.codes import severity_of
from redcross.uploads.opening import DATE, ERROR, NUMBER
from redcross.uploads.specification import CellKind, Context, FieldSpec, Finding

Parser = Callable[[str, int], Parsed]

_DTYPES: Mapping[CellKind, Any] = {
    CellKind.DATE: pl.Date,
    CellKind.INTEGER: pl.Int64,
    CellKind.BOOLEAN: pl.Boolean,
    CellKind.BRANCH: pl.Int64,
}
_DITTO = frozenset({"同上", "〃", "″", '"', "〞", "''"})
_INNER_BLANKS = r"[\t\r\n\u00a0\u3000]+"
_INVISIBLE_PATTERN = "[" + "".join(map(chr, INVISIBLE)) + "]"


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One cleaned column, and what could not be read in it, by position."""

    values: pl.Series
    problems: list[tuple[int, Parsed, str]]


def dtype_of(field: FieldSpec) -> Any:
    """Return the polars dtype a field's cells are read into."""
    if field.kind is CellKind.DECIMAL:
        return pl.Decimal(38, field.decimal_places)
    return _DTYPES.get(field.kind, pl.String)


def clean_column(
    texts: pl.Series,
    kinds: pl.Series,
    field: FieldSpec,
    context: Context,
    *,
    multiple: Decimal,
) -> Column:
    """Read the cells of one column; empty cells and "/" or "—" become null."""
    frame = pl.DataFrame({"text": _tidied(texts, field), "kind": kinds})
    # 无 is an answer where yes or no is asked, and nothing everywhere else.
    nothing = NOT_GIVEN - ({"无"} if field.kind is CellKind.BOOLEAN else set())
    frame = frame.with_columns(
        pl.when(pl.col("text").is_in(list(nothing)) & (pl.col("kind") != ERROR))
        .then(None)
        .otherwise(pl.col("text"))
        .alias("text")
    )
    if field.fill_down:
        frame = frame.with_columns(pl.col("text").forward_fill())
    if field.fill_down or field.kind in (CellKind.TEXT, CellKind.CHOICE, CellKind.DATE):
        frame = _ditto(frame)
    quick = _quick(frame, field, multiple)
    return _slowly(frame, quick, field, parser_for(field, context, multiple))


def _tidied(texts: pl.Series, field: FieldSpec) -> pl.Series:
    expression = pl.col("t").str.replace_all(_INVISIBLE_PATTERN, "")
    if field.kind is CellKind.TEXT:
        expression = expression.str.replace_all(_INNER_BLANKS, " ")
    return texts.alias("t").to_frame().select(expression.str.strip_chars(BLANKS))["t"]


def _ditto(frame: pl.DataFrame) -> pl.DataFrame:
    is_ditto = pl.col("text").is_in(list(_DITTO))
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


def _quick(frame: pl.DataFrame, field: FieldSpec, multiple: Decimal) -> pl.Series | None:
    """Read at once what is written plainly; null where a closer look is needed."""
    text, kind = pl.col("text"), pl.col("kind")
    expression: pl.Expr | None = None
    match field.kind:
        case CellKind.TEXT:
            expression = pl.when(kind != ERROR).then(text)
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


def _slowly(
    frame: pl.DataFrame, quick: pl.Series | None, field: FieldSpec, parse: Parser
) -> Column:
    """Give each distinct odd cell to the parser once, and lay the answers beside it."""
    dtype = dtype_of(field)
    if quick is None:
        quick = pl.Series("v", [None], dtype=dtype).new_from_index(0, frame.height)
    frame = frame.with_columns(quick.cast(dtype).alias("v")).with_row_index("i")
    odd = frame.filter(pl.col("text").is_not_null() & pl.col("v").is_null())
    if odd.is_empty():
        return Column(frame["v"], [])
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
    return Column(values, problems)


def parser_for(field: FieldSpec, context: Context, multiple: Decimal) -> Parser:
    """Return the reader of one odd cell of this field."""
    read = _reader(field, context, multiple)

    def parse(text: str, kind: int) -> Parsed:
        if kind == ERROR:
            return Parsed(
                code="cell.error",
                reason=f"单元格是公式错误（{text}）",
                suggestion="请修正公式，或直接填写数值。",
            )
        return read(text, kind)

    return parse


def _reader(  # noqa: C901  one case a kind of cell
    field: FieldSpec, context: Context, multiple: Decimal
) -> Parser:
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
                text, is_number=kind == NUMBER, is_date=kind == DATE, period=context.period
            )
        case CellKind.BRANCH:
            named = branch_parser(context.branch_names, context.branch_labels, context.own_subtree)
        case CellKind.CHOICE | CellKind.REFERENCE:
            named = choice_parser(
                field.choices,
                field.labels,
                reference=field.kind is CellKind.REFERENCE,
            )
        case CellKind.BOOLEAN:
            named = boolean_parser(
                {folded(word).upper(): key for word, key in field.choices.items()}
            )
        case CellKind.ID_NUMBER:
            named = parse_id_number
        case CellKind.PHONE:
            named = parse_phone
        case CellKind.CREDIT_CODE:
            named = parse_credit_code
        case CellKind.TEXT:
            return lambda text, _kind: Parsed(text)
    return lambda text, kind: named(text, is_number=kind == NUMBER)


def findings_of(
    column: Column,
    field: FieldSpec,
    *,
    worksheet: str,
    letter: str,
    rows: pl.Series,
) -> list[Finding]:
    """Put the problems of a column into sentences with their cells."""
    numbers = rows.to_list()
    return [
        Finding(
            worksheet=worksheet,
            row=numbers[index],
            column=letter,
            field=field.name,
            code=parsed.code,
            severity=severity_of(parsed.code),
            message=f"第{numbers[index]}行「{field.label}」：{parsed.reason}",
            suggestion=parsed.suggestion,
            value=shown(text, field),
        )
        for index, parsed, text in column.problems
    ]


def shown(text: str, field: FieldSpec) -> str:
    """Return a cell's text as a finding may show it: masked where it is personal."""
    if not field.personal:
        return text[:80]
    if field.kind is CellKind.PHONE:
        return masked_phone(text[:80])
    return masked_number(text[:80])
