"""Write the cells of one worksheet as an Arrow file: a column of texts and one of their kinds."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from redcross.uploads.files.cell_kinds import (
    BOOLEAN,
    DATE,
    EMPTY,
    ERROR,
    KIND_SUFFIX,
    NUMBER,
    TEXT,
    column_letter,
)
from redcross.uploads.files.limits import MAX_CELL_LENGTH, MAX_COLUMNS

NUL = "\0"
"""No spreadsheet shows this character, and no database stores it."""
_HEAD_ROWS = 12
"""Rows whose cells are converted one by one: those of the heading differ in type."""
_MAX_EXACT_INTEGER = 1e15
_ERROR_WORDS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"}
)


def add_column(columns: dict[str, pl.Series], name: str, values: Sequence[Any]) -> None:
    """Add the texts of one column, and their kinds, to the columns of a grid.

    Below the heading most columns have values of one type, which are converted together.
    """
    head, rest = values[:_HEAD_ROWS], values[_HEAD_ROWS:]
    texts, kinds = _convert_each(name, head)
    if rest:
        more_texts, more_kinds = _convert_all(name, rest)
        texts, kinds = texts.append(more_texts), kinds.append(more_kinds)
    columns[name] = texts.rechunk()
    columns[name + KIND_SUFFIX] = kinds.rechunk().alias(name + KIND_SUFFIX)


def add_texts(columns: dict[str, pl.Series], texts: pl.Series) -> None:
    """Add a column that is text already."""
    columns[texts.name] = texts
    columns[texts.name + KIND_SUFFIX] = _text_kinds(texts).alias(texts.name + KIND_SUFFIX)


def write_rows(rows: Iterable[list[str]], target: Path, name: str) -> dict[str, Any]:
    """Write rows of texts of any lengths as one worksheet, and describe it for the parent."""
    table = list(rows)
    width = min(max(map(len, table), default=0), MAX_COLUMNS)
    columns: dict[str, pl.Series] = {}
    for index in range(width):
        values = [row[index] if index < len(row) else "" for row in table]
        add_column(columns, column_letter(index), values)
    pl.DataFrame(columns).write_ipc(target)
    return {"name": name, "file": target.name, "first_row": 1, "merged": None}


def _convert_all(name: str, values: Sequence[Any]) -> tuple[pl.Series, pl.Series]:
    """Return texts and kinds, at once where all values are of one type."""
    types = set(map(type, values))
    if types == {str}:
        texts = pl.Series(name, values, dtype=pl.String).str.head(MAX_CELL_LENGTH)
        texts = texts.str.replace_all(NUL, "", literal=True)
        return texts, _text_kinds(texts)
    if types <= {int, float}:
        numbers = pl.Series(name, list(map(_number_text, values)), dtype=pl.String)
        return numbers, _repeat_kind(NUMBER, len(values))
    if types == {dt.date}:
        dates = pl.Series(name, values, dtype=pl.Date).dt.to_string("%Y-%m-%d")
        return dates, _repeat_kind(DATE, len(values))
    return _convert_each(name, values)


def _convert_each(name: str, values: Sequence[Any]) -> tuple[pl.Series, pl.Series]:
    pairs = [_text_and_kind(value) for value in values]
    texts = pl.Series(name, [text for text, _ in pairs], dtype=pl.String)
    return texts, pl.Series([kind for _, kind in pairs], dtype=pl.UInt8)


def _repeat_kind(kind: int, count: int) -> pl.Series:
    return pl.Series([kind], dtype=pl.UInt8).new_from_index(0, count)


def _text_kinds(texts: pl.Series) -> pl.Series:
    text = pl.col("text")
    kind = (
        pl.when(text == "")
        .then(EMPTY)
        .when(text.is_in(list(_ERROR_WORDS)))
        .then(ERROR)
        .otherwise(TEXT)
    )
    return texts.to_frame("text").select(kind.cast(pl.UInt8).alias("kind"))["kind"]


def _text_and_kind(value: Any) -> tuple[str, int]:
    match value:
        case None | "":
            return "", EMPTY
        case str():
            kind = ERROR if value in _ERROR_WORDS else TEXT
            return value[:MAX_CELL_LENGTH].replace(NUL, ""), kind
        case bool():
            return ("TRUE" if value else "FALSE"), BOOLEAN
        case int() | float():
            return _number_text(value), NUMBER
    return (value.isoformat() if hasattr(value, "isoformat") else str(value)), DATE


def _number_text(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _MAX_EXACT_INTEGER:
        return str(int(value))
    return repr(value)
