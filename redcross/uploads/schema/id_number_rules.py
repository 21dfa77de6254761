"""What an identity number says of its holder, held against his row: every sheet has it alike.

GB 11643: digits 7 to 14 are the day of birth, the 17th is odd for a man. The 15 digits in use
until 1999 leave the century out and end with the one that tells the sex.
"""

from collections.abc import Collection

import polars as pl

from redcross.uploads.schema.import_spec import Rule

ID_NUMBER, SEX, BORN_ON = "id_number", "sex", "born_on"


def rules_for_columns(columns: Collection[str]) -> tuple[Rule, ...]:
    """Return the checks that a sheet with these columns needs."""
    if ID_NUMBER not in columns:
        return ()
    return tuple(rule for rule in (_SEX_RULE, _BIRTH_RULE) if rule.needs[0] in columns)


def _digits_by_length(of_18: pl.Expr, of_15: pl.Expr) -> pl.Expr:
    """Take one of two readings; null for numbers of other documents."""
    length = pl.col(ID_NUMBER).str.len_chars()
    return pl.when(length == 18).then(of_18).when(length == 15).then(of_15)


def _sex_differs() -> pl.Expr:
    digit = _digits_by_length(
        pl.col(ID_NUMBER).str.slice(16, 1), pl.col(ID_NUMBER).str.slice(14, 1)
    )
    return (digit.cast(pl.Int8, strict=False) % 2 == 1) != (pl.col(SEX) == "MALE")


def _birthday_differs() -> pl.Expr:
    day = _digits_by_length(
        pl.col(ID_NUMBER).str.slice(6, 8),
        pl.concat_str(pl.lit("19"), pl.col(ID_NUMBER).str.slice(6, 6)),
    )
    return day.str.to_date("%Y%m%d", strict=False) != pl.col(BORN_ON)


_SEX_RULE = Rule(
    code="id.sex_mismatch",
    violation=_sex_differs,
    needs=(SEX, ID_NUMBER),
    message="与身份证号第17位不符",
    suggestion="请核对性别与身份证号。",
)
_BIRTH_RULE = Rule(
    code="id.birth_mismatch",
    violation=_birthday_differs,
    needs=(BORN_ON, ID_NUMBER),
    message="与身份证号第7—14位不符",
    suggestion="请核对出生日期与身份证号。",
)
