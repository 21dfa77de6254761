"""Cells written plainly are parsed column-wise; only the others need a parser each."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from redcross.uploads.cells.cell_parsers import CellParser
from redcross.uploads.cells.parsed import CellProblem, ParsedColumn
from redcross.uploads.files.cell_kinds import DATE, ERROR, NUMBER
from redcross.uploads.schema.import_spec import CellKind, FieldSpec

_DTYPES: Mapping[CellKind, Any] = {
    CellKind.DATE: pl.Date,
    CellKind.INTEGER: pl.Int64,
    CellKind.BOOLEAN: pl.Boolean,
    CellKind.BRANCH: pl.Int64,
}
_MIN_ROUNDED_DIGITS = 16
_PLAIN_INTEGER = r"^-?\d{1,15}$"
_PLAIN_DATE = r"^\d{4}-\d\d-\d\d$"
_PLAIN_MOBILE = r"^1[3-9]\d{9}$"
_YEARS = (1900, 2999)


def dtype_of(field: FieldSpec) -> Any:
    """Return the polars dtype a field's cells are parsed into."""
    if field.kind is CellKind.DECIMAL:
        return pl.Decimal(38, field.decimal_places)
    return _DTYPES.get(field.kind, pl.String)


def parse_plain(frame: pl.DataFrame, field: FieldSpec, multiple: Decimal) -> pl.Series:
    """Return the values of cells that are written plainly, null for all others.

    `frame` has the columns text and kind.
    """
    expression = _plain_values(field, multiple)
    dtype = dtype_of(field)
    if expression is None:
        return pl.Series("value", [None], dtype=dtype).new_from_index(0, frame.height)
    return frame.select(expression.cast(dtype).alias("value"))["value"]


def parse_remaining(
    frame: pl.DataFrame, plain: pl.Series, field: FieldSpec, parse: CellParser
) -> ParsedColumn:
    """Parse the cells without a plain value, each distinct one once."""
    dtype = dtype_of(field)
    frame = frame.with_columns(plain.alias("value")).with_row_index("position")
    remaining = frame.filter(pl.col("text").is_not_null() & pl.col("value").is_null())
    if remaining.is_empty():
        return ParsedColumn(frame["value"], [])
    distinct = remaining.select("text", "kind").unique(maintain_order=True)
    cells = [parse(text, kind) for text, kind in distinct.iter_rows()]
    table = distinct.with_columns(
        pl.Series("parsed", [cell.value for cell in cells], dtype=dtype, strict=False),
        pl.Series("cell", range(len(cells)), dtype=pl.UInt32),
    )
    joined = remaining.join(table, on=["text", "kind"], how="left", maintain_order="left")
    values = frame["value"].scatter(joined["position"], joined["parsed"])
    has_code = pl.Series([bool(cell.code) for cell in cells])
    flagged = joined.filter(pl.col("cell").is_in(has_code.arg_true().to_list()))
    problems = [
        CellProblem(position, cells[cell], text)
        for position, cell, text in flagged.select("position", "cell", "text").iter_rows()
    ]
    return ParsedColumn(values, problems)


def _plain_values(field: FieldSpec, multiple: Decimal) -> pl.Expr | None:
    """Return the expression of plain values, None where every cell needs the parser."""
    text, kind = pl.col("text"), pl.col("kind")
    match field.kind:
        case CellKind.TEXT:
            is_rounded = (kind == NUMBER) & (text.str.len_chars() >= _MIN_ROUNDED_DIGITS)
            without_time = text.str.strip_suffix("T00:00:00")
            value = pl.when(kind == DATE).then(without_time).otherwise(text)
            return pl.when((kind != ERROR) & ~is_rounded).then(value)
        case CellKind.DECIMAL if multiple == 1:
            places = field.decimal_places
            fraction = rf"(?:\.\d{{1,{places}}})?" if places else ""
            is_plain = text.str.contains(rf"^-?\d{{1,15}}{fraction}$")
            return pl.when(is_plain).then(text).cast(dtype_of(field), strict=False)
        case CellKind.INTEGER if multiple == 1:
            is_plain = text.str.contains(_PLAIN_INTEGER)
            return pl.when(is_plain).then(text).cast(pl.Int64, strict=False)
        case CellKind.DATE:
            is_plain = (kind == DATE) | text.str.contains(_PLAIN_DATE)
            date = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            return pl.when(is_plain & date.dt.year().is_between(*_YEARS)).then(date)
        case CellKind.PHONE:
            return pl.when(text.str.contains(_PLAIN_MOBILE)).then(text)
    return None
