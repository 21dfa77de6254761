"""Branches that head the rows of a section instead of standing in a column."""

import re
from decimal import Decimal

from redcross.uploads.cells.cell_parsers import cell_parser
from redcross.uploads.files.cell_kinds import TEXT
from redcross.uploads.passes.combined_dates import carry_down, single_cell_rows, single_text
from redcross.uploads.tables.table import Table

_SECTION_NUMBER = re.compile(r"^[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*")


def carry_section_branches(table: Table) -> Table:
    """Add a branch column from the rows that hold nothing but the name of a branch.

    Looks for rows with a single cell that names a branch below the uploading one, where no
    column is read as the branch; it owns the rows below it up to the next one. Above the
    heading only a numbered name counts, for a title is no section.
    Example: 一、富宁县 alone in a row.
    """
    name = table.spec.branch_field
    if name is None or table.has_field(name) or len(table.context.own_subtree) == 1:
        return table
    start, end = table.layout.positions
    data = table.layout.data
    parse = cell_parser(table.spec.field(name), table.context, Decimal(1))
    sections: dict[int, str] = {}
    for at in single_cell_rows(table, 0, end):
        written = single_text(table.grid, at)
        text = _SECTION_NUMBER.sub("", written).rstrip(":： ")
        is_section = at >= start or text != written
        if is_section and parse(text, TEXT).value is not None:
            sections[at] = text
    if not sections or data.is_empty() or min(sections) > min(data):
        return table
    # Above a heading that is printed again the last section goes on.
    last_above = max((at for at in sections if at < start), default=0)
    sections = {max(at, start - 1): text for at, text in sections.items() if at >= last_above}
    return table.add_column("（各段前的单位）", name, carry_down(table, sections))
