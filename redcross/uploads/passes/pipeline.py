"""The passes that a detected table goes through, in their order."""

from collections.abc import Callable

from redcross.uploads.passes.combined_dates import (
    carry_section_dates,
    complete_days_of_month,
    join_year_month_day,
)
from redcross.uploads.passes.content_fallback import remap_by_content
from redcross.uploads.passes.parse_columns import (
    normalize_rows,
    parse_branch_addresses,
    parse_columns,
)
from redcross.uploads.passes.reporting_units import drop_workplaces, remap_other_units
from redcross.uploads.passes.section_branches import carry_section_branches
from redcross.uploads.passes.similar_headers import match_similar_headers
from redcross.uploads.passes.split_amounts import sum_split_amounts
from redcross.uploads.passes.table_defaults import infer_table_defaults
from redcross.uploads.tables.table import Table

Pass = Callable[[Table], Table]
"""Takes a table and returns it as it is, or with another layout, more columns or findings."""

PASSES: tuple[Pass, ...] = (
    # Which field each column holds: first the columns the headings decided wrongly …
    remap_other_units,
    drop_workplaces,
    remap_by_content,
    # … then columns that several cells make together …
    join_year_month_day,
    carry_section_dates,
    complete_days_of_month,
    carry_section_branches,
    sum_split_amounts,
    # … and last the columns whose heading nobody knows.
    match_similar_headers,
    # What the cells hold.
    parse_columns,
    parse_branch_addresses,
    normalize_rows,
    infer_table_defaults,
)


def run_passes(table: Table) -> Table:
    """Return the table after all passes: its columns parsed, nothing checked yet."""
    for step in PASSES:
        table = step(table)
    table.clear_cache()
    return table
