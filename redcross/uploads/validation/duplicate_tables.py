"""Rows of one worksheet that stand on another one as well: 其中5万元以上.

In go the frames of all tables of a workbook; out come those that repeat rows of another.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding

_MIN_ROWS = 3
"""Fewer rows may be alike by chance: two gifts of ten yuan by 爱心人士."""


def find_duplicate_tables(
    worksheets: Sequence[str], frames: Sequence[pl.DataFrame]
) -> Iterator[int]:
    """Yield the tables all of whose rows stand on one other worksheet, each as often there.

    Of two worksheets that are the same the later one repeats.
    """
    if len(set(worksheets)) < 2:
        return
    repeated: set[int] = set()
    for at, frame in reversed(list(enumerate(frames))):
        if frame.height < _MIN_ROWS:
            continue
        for other, whole in enumerate(frames):
            if other in repeated or worksheets[other] == worksheets[at]:
                continue
            if _is_contained(frame, whole) and (frame.height < whole.height or other < at):
                repeated.add(at)
                yield at
                break


def _is_contained(frame: pl.DataFrame, whole: pl.DataFrame) -> bool:
    if frame.height > whole.height:
        return False
    names = [name for name in frame.columns if name not in ("worksheet", "row")]
    if not set(names) <= set(whole.columns):
        return False
    ours, theirs = (
        each.group_by(names).agg(pl.len().alias("n")) for each in (frame, whole.select(names))
    )
    both = ours.join(theirs, on=names, how="left", nulls_equal=True, suffix="_there")
    # Rows that are all the same say nothing of where they come from.
    return ours.height >= _MIN_ROWS and bool((both["n_there"].fill_null(0) >= both["n"]).all())


def duplicate_table_finding(worksheet: str, rows: int) -> Finding:
    """Say that a worksheet's rows are not read twice."""
    return Finding(
        worksheet=worksheet,
        row=None,
        column=None,
        field=None,
        code="table.excerpt",
        severity=severity_of("table.excerpt"),
        message=f"工作表“{worksheet}”的{rows}行在另一张工作表中都有，看作摘录，没有重复读取。",
        suggestion=CODES["table.excerpt"].remedy,
    )
