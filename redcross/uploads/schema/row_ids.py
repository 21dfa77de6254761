"""行标识: the last column of an export, by which a row is known again however it was changed.

A row of gifts without a ticket is known by all its cells; mended in a workbook it would be
another one. An export therefore carries each row's own key along. A row of 待改行 carries
where it came from: mended it may equal one that was accepted, and is still a second one.
"""

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from redcross.uploads.choices import Severity
from redcross.uploads.schema.finding_catalogue import FindingCode, finding, register_codes
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, Rule

ROW_KEY = "row_key"
ROW_ID = "row_mark"
_KEY_PATTERN = r"^[0-9a-f]{32}$"
RETURNED_ROW_PATTERN = r"^b(\d+)r\d+$"
"""The mark of a row of 待改行: the upload it came back from, and where it stood there."""

ROW_ID_FIELD = FieldSpec(
    name=ROW_ID,
    label="行标识",
    kind=CellKind.TEXT,
    max_length=60,
    note="导出时自动带出，用来认出同一行；请勿改动，新增的行留空",
)
UNKNOWN_ROW_ID = FindingCode(
    "mark.unknown",
    "W521",
    Severity.WARNING,
    "行标识不完整",
    "行标识被改动过，无法认出是原来的哪一行，按普通的行读取。",
    "请从导出的表中复制原来的行标识；新增的行请留空。",
)
REPEATED_ROW_ID = FindingCode(
    "mark.repeated",
    "W522",
    Severity.WARNING,
    "行标识重复",
    "复制的行带着原行的行标识，只有第一行按原行读取，其余按新增的行读取。",
    "新增的行请把“行标识”留空。",
)
register_codes(UNKNOWN_ROW_ID, REPEATED_ROW_ID)

ROW_ID_RULE = Rule(
    code=UNKNOWN_ROW_ID.key,
    violation=lambda: (
        pl.col(ROW_ID).is_not_null()
        & ~pl.col(ROW_ID).str.contains(f"{_KEY_PATTERN}|{RETURNED_ROW_PATTERN}")
    ),
    needs=(ROW_ID,),
    message="行标识被改动过，按普通的行读取",
    suggestion=UNKNOWN_ROW_ID.remedy,
    severity=Severity.WARNING,
)


def repeated_row_ids(frame: pl.DataFrame) -> Iterator[Finding]:
    """Say which rows bear a mark that stands above already."""
    if ROW_ID not in frame.columns:
        return
    again = pl.col(ROW_ID).str.contains(_KEY_PATTERN) & ~pl.col(ROW_ID).is_first_distinct()
    for row in frame.filter(again).select("worksheet", "row").iter_rows(named=True):
        yield finding(
            REPEATED_ROW_ID.key,
            f"第{row['row']}行「行标识」：与前面的一行相同，按新增的行读取",
            worksheet=row["worksheet"],
            row=row["row"],
            field=ROW_ID,
        )


def source_upload_ids(frame: pl.DataFrame) -> list[int]:
    """Return the uploads whose 待改行 these rows are."""
    if ROW_ID not in frame.columns:
        return []
    numbers = frame[ROW_ID].str.extract(RETURNED_ROW_PATTERN, 1).drop_nulls().unique()
    return sorted(int(number) for number in numbers if len(number) < 18)


def match_by_row_id(
    frame: pl.DataFrame,
    keys: Sequence[str],
    keyed_again: Sequence[Iterator[str]],
    accepted: Collection[tuple[int, str]] = (),
) -> list[str]:
    """Return each row's key: its mark, else its own, else the next of its own that is free.

    `keyed_again` yields for each row the keys of its further occurrences; `accepted` are
    branch and key of rows that stand already, and that a mended row is never.
    """
    valid = (
        pl.col(ROW_ID).str.contains(_KEY_PATTERN) & pl.struct("branch", ROW_ID).is_first_distinct()
    )
    rows = frame.select(
        "branch",
        mark=pl.when(valid).then(pl.col(ROW_ID)),
        mended=pl.col(ROW_ID).str.contains(RETURNED_ROW_PATTERN).fill_null(value=False),
    )
    taken = {(row["branch"], row["mark"]) for row in rows.iter_rows(named=True) if row["mark"]}
    result = []
    for row, own, more in zip(rows.iter_rows(named=True), keys, keyed_again, strict=True):
        branch, key = row["branch"], row["mark"] or own
        while not row["mark"] and (
            (branch, key) in taken or (row["mended"] and (branch, key) in accepted)
        ):
            key = next(more)
        taken.add((branch, key))
        result.append(key)
    return result
