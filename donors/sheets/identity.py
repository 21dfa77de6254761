"""Columns of identity, which are stored apart under a pseudonymous code."""

import polars as pl

from donors.models import (
    DonorIdentity,
)
from donors.pseudonyms import compute_donor_codes
from redcross.uploads.schema.sheet import Parent


def replace_id_with_code(frame: pl.DataFrame) -> pl.DataFrame:
    """Put a donor's code in the place of his identity document."""
    if "id_number" not in frame.columns:
        return frame.with_columns(code=pl.lit("", dtype=pl.String))
    codes = pl.Series("code", compute_donor_codes(frame["id_number"].to_list()), dtype=pl.String)
    return frame.with_columns(codes.fill_null(""))


def identity_parent(*fields: str) -> Parent:
    return Parent(
        foreign_key="identity",
        model=DonorIdentity,
        fields={name: name for name in ("code", *fields)},
        key=("code",),
    )
