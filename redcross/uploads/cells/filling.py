"""Cells that mean the one above them: the lower parts of merged cells, blanks, and 同上."""

import polars as pl

from redcross.uploads.cells.parsed import NULL_TEXTS
from redcross.uploads.files.cell_kinds import EMPTY, ERROR
from redcross.uploads.schema.import_spec import CellKind, FieldSpec

DITTO_MARKS = frozenset({"同上", "〃", "″", '"', "〞", "''"})
_DITTO_KINDS = (CellKind.TEXT, CellKind.CHOICE, CellKind.DATE)


def clear_null_texts(frame: pl.DataFrame, field: FieldSpec) -> pl.DataFrame:
    """Make null of "/", "—" and other words for an empty cell.

    `frame` has the columns text and kind. 无 is an answer where yes or no is asked, and
    means nothing everywhere else.
    """
    is_answer = field.none_is_answer or field.kind is CellKind.BOOLEAN
    words = {*(NULL_TEXTS - ({"无"} if is_answer else set())), *field.null_values}
    text = pl.col("text")
    is_null = text.is_in(list(words)) & (pl.col("kind") != ERROR)
    return frame.with_columns(pl.when(is_null).then(None).otherwise(text).alias("text"))


def fill_down(
    frame: pl.DataFrame, field: FieldSpec, merged: pl.Series | None
) -> tuple[pl.DataFrame, list[int]]:
    """Fill empty cells with the text above them, and return the positions to be reported.

    Filled are the lower parts of merged cells (`merged`), and every empty cell of a field
    that fills down; reported are those that were not merged.
    """
    if not field.fill_down and (merged is None or not merged.any()):
        return frame, []
    is_empty = pl.col("text").is_null() & (pl.col("kind") != ERROR)
    is_merged = merged if merged is not None else pl.lit(value=False)
    carries = pl.lit(value=True) if field.fill_down else pl.col("merged")
    kinds_above = pl.when(is_empty).then(None).otherwise(pl.col("kind")).forward_fill()
    filled = frame.with_columns(is_empty.alias("empty"), is_merged.alias("merged")).with_columns(
        pl.when(carries).then(pl.col("text").forward_fill()).otherwise(pl.col("text")),
        pl.when(carries & pl.col("empty"))
        .then(kinds_above)
        .otherwise(pl.col("kind"))
        .fill_null(EMPTY)
        .alias("kind"),
    )
    is_reported = pl.col("empty") & pl.col("text").is_not_null() & ~pl.col("merged")
    positions = filled.select(is_reported.alias("reported"))["reported"].arg_true().to_list()
    return filled.select("text", "kind"), positions


def fill_ditto(frame: pl.DataFrame, field: FieldSpec) -> pl.DataFrame:
    """Replace 同上 and its marks by the cell above, where the field may have them."""
    is_ditto = pl.col("text").is_in(list(DITTO_MARKS))
    has_ditto = field.fill_down or field.kind in _DITTO_KINDS
    if not has_ditto or not frame.select(is_ditto.any()).item():
        return frame
    return frame.with_columns(
        pl.when(is_ditto)
        .then(pl.when(is_ditto).then(None).otherwise(pl.col(name)).forward_fill())
        .otherwise(pl.col(name))
        .alias(name)
        for name in ("text", "kind")
    )
