"""What makes two rows of two workbooks the same row: a MAC of what identifies it."""

import hashlib
import itertools
from collections.abc import Collection, Iterator, Sequence

import polars as pl

from redcross.accounts.encryption import index_key
from redcross.periods import Period
from redcross.uploads.schema.expressions import is_filled
from redcross.uploads.schema.row_ids import ROW_ID, ROW_KEY, match_by_row_id

_SEPARATOR = "\x1f"


def add_row_keys(
    frame: pl.DataFrame,
    *,
    namespace: str,
    identity: Sequence[str],
    content: Sequence[str],
    period: Period,
    dated_by: str | None,
    accepted: Collection[tuple[int, str]] = (),
) -> pl.DataFrame:
    """Add `row_key`: 32 hex digits, the same for the same row of the same branch.

    A row is known by its identity cells; where all of these are empty by all its cells,
    and by the period where none of them is its date. Rows alike in this are numbered in
    the order they stand in, so that the third of three equal gifts stays the third.
    A row that bears a mark of an export is the marked one, whatever its cells say; one of
    待改行 is none of the `accepted` ones (branch and key).
    """
    present = [name for name in identity if name in frame.columns]
    whole = _join_cells([name for name in content if name in frame.columns])
    undated = dated_by is None or dated_by not in frame.columns
    whole = pl.lit(f"C{_SEPARATOR}{period if undated else ''}{_SEPARATOR}") + whole
    if present:
        named = pl.any_horizontal([is_filled(name) for name in present])
        text = pl.when(named).then(pl.lit(f"I{_SEPARATOR}") + _join_cells(present)).otherwise(whole)
    else:
        text = whole
    keyed = frame.with_columns(_text=text).with_columns(
        _occurrence=pl.int_range(pl.len()).over("branch", "_text")
    )
    prefix = f"{namespace}{_SEPARATOR}".encode()
    key = index_key("row")
    mac = hashlib.blake2b  # keyed: a MAC, at half the time of HMAC-SHA-256

    def make_key(text: str, occurrence: int) -> str:
        message = prefix + f"{text}{_SEPARATOR}{occurrence}".encode()
        return mac(message, digest_size=16, key=key).hexdigest()

    def make_further_keys(text: str, occurrence: int) -> Iterator[str]:
        return (make_key(text, number) for number in itertools.count(occurrence + 1))

    def iterate_rows() -> Iterator[tuple[str, int]]:
        """Iterate over the rows anew: a million texts at once would fill the memory."""
        return zip(keyed["_text"], keyed["_occurrence"], strict=True)

    keys = [make_key(text, occurrence) for text, occurrence in iterate_rows()]
    if ROW_ID in frame.columns and frame[ROW_ID].is_not_null().any():
        further = [make_further_keys(text, occurrence) for text, occurrence in iterate_rows()]
        keys = match_by_row_id(frame, keys, further, accepted)
    return frame.with_columns(pl.Series(ROW_KEY, keys, dtype=pl.String))


def _join_cells(names: Sequence[str]) -> pl.Expr:
    """Return name and value of every filled cell: a column added later changes no key."""
    parts = [
        pl.when(is_filled(name)).then(pl.lit(f"{name}=") + pl.col(name).cast(pl.String))
        for name in names
    ]
    return pl.concat_str(parts, separator=_SEPARATOR, ignore_nulls=True)
