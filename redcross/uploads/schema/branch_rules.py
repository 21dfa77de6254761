"""Checks across rows that many sheets share."""

import polars as pl

from redcross.uploads.schema.import_spec import Rule


def one_row_per_branch() -> Rule:
    """Return the rule that a branch has one row: of two, nobody knows which one counts."""
    return Rule(
        code="row.repeated",
        violation=lambda: pl.col("branch").is_not_null() & pl.col("branch").is_duplicated(),
        needs=("branch",),
        message="同一单位在表中出现了多行",
        suggestion="请合并为一行。",
    )
