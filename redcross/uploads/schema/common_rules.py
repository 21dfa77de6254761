"""Rules that several sheets share."""

import polars as pl

from redcross.uploads.schema.import_spec import Rule


def one_row_per_branch() -> Rule:
    """Return the rule of statistics sheets that a branch has one row only."""
    return Rule(
        code="row.repeated",
        violation=lambda: pl.col("branch").is_not_null() & pl.col("branch").is_duplicated(),
        needs=("branch",),
        message="同一单位在表中出现了多行",
        suggestion="请合并为一行。",
    )
