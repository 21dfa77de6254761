"""Expressions over the columns of a sheet that several apps need."""

import polars as pl


def is_filled(name: str) -> pl.Expr:
    """Return whether a cell of the column holds anything; null and "" are empty."""
    return pl.col(name).cast(pl.String).fill_null("") != ""


def is_blank(name: str) -> pl.Expr:
    """Return whether a cell of the column is empty: null or ""."""
    return ~is_filled(name)
