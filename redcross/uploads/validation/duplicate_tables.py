"""Rows of one worksheet that stand on another one as well: 其中5万元以上."""

from collections.abc import Iterator, Sequence

import polars as pl

from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding


def find_duplicate_tables(
    worksheets: Sequence[str], frames: Sequence[pl.DataFrame]
) -> Iterator[int]:
    """Yield the index of each table all of whose rows stand on one other worksheet.

    A row must stand there at least as often. Of two equal worksheets the later one repeats.
    """
    if len(set(worksheets)) < 2:
        return
    repeated: set[int] = set()
    for index, frame in reversed(list(enumerate(frames))):
        if frame.height < TUNING.min_excerpt_rows:
            continue
        for other, whole in enumerate(frames):
            if other in repeated or worksheets[other] == worksheets[index]:
                continue
            if _is_contained(frame, whole) and (frame.height < whole.height or other < index):
                repeated.add(index)
                yield index
                break


def _is_contained(frame: pl.DataFrame, whole: pl.DataFrame) -> bool:
    """Tell whether each distinct row of a frame stands as often in the other one."""
    if frame.height > whole.height:
        return False
    names = [name for name in frame.columns if name not in ("worksheet", "row")]
    if not set(names) <= set(whole.columns):
        return False
    ours, theirs = (
        rows.group_by(names).agg(pl.len().alias("n")) for rows in (frame, whole.select(names))
    )
    both = ours.join(theirs, on=names, how="left", nulls_equal=True, suffix="_there")
    # Rows that are all the same say nothing of where they come from.
    is_varied = ours.height >= TUNING.min_excerpt_rows
    return is_varied and bool((both["n_there"].fill_null(0) >= both["n"]).all())


def duplicate_table_finding(worksheet: str, rows: int) -> Finding:
    """Return the finding of a worksheet whose rows are not read twice."""
    return finding(
        "table.excerpt",
        f"工作表“{worksheet}”的{rows}行在另一张工作表中都有，看作摘录，没有重复读取。",
        worksheet=worksheet,
    )
