"""Names of branches that only their column makes plain."""

import polars as pl

from redcross.uploads.cells.parsed import ParsedCell, normalize_text
from redcross.uploads.schema.import_spec import ImportContext

_MIN_BRANCHES = 3
"""From so many plain names on a column is known to be of one level."""


def resolve_by_level(
    values: pl.Series, problems: list[tuple[int, ParsedCell, str]], context: ImportContext
) -> tuple[pl.Series, list[tuple[int, ParsedCell, str]]]:
    """Take 大理 among prefectures for the prefecture, among counties for the county.

    Only where all other names of the column are of one level.
    """
    plain = {int(pk) for pk in values.drop_nulls().unique()}
    levels = {context.branch_levels.get(pk) for pk in plain}
    if len(plain) < _MIN_BRANCHES or len(levels) != 1:
        return values, problems
    level = levels.pop()
    values, told = values.clone(), []
    for index, problem, text in problems:
        parsed = problem
        candidates = context.branch_names.get(normalize_text(text).upper(), ())
        fitting = [pk for pk in candidates if context.branch_levels.get(pk) == level]
        one = fitting[0] if len(fitting) == 1 else None
        if parsed.code == "branch.ambiguous" and one in context.own_subtree:
            values[index] = one
            reason = f"“{text.strip()}”与同栏其他单位同级，读作{context.branch_labels[one]}"
            parsed = ParsedCell(one, "branch.by_level", reason, "不是的请写全称。")
        told.append((index, parsed, text))
    return values, told
