"""What parsing cells gives: values, and the problems of those that could not be trusted."""

import dataclasses
import unicodedata
from typing import NamedTuple

import polars as pl

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
INVISIBLE_PATTERN = "[" + "".join(map(chr, INVISIBLE)) + "]"
BLANKS = " \t\r\n\u00a0\u3000\u2002\u2003\u2009"
NULL_TEXTS = frozenset({"", "/", "-", "--", "—", "——", "－", "\\", "无", "N/A", "n/a", "NA"})
"""What staff write for "nothing here"; it is not zero."""


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedCell:
    """A value, with a finding code where it may be wrong; or the code of why there is none."""

    value: object = None
    code: str = ""
    reason: str = ""
    suggestion: str = ""


class CellProblem(NamedTuple):
    """A cell with a finding, at its position in the column."""

    position: int
    cell: ParsedCell
    text: str  # as written


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedColumn:
    """The typed values of a column, and the problems of its cells by position."""

    values: pl.Series
    problems: list[CellProblem]


def strip_text(text: str) -> str:
    """Return the text without invisible characters and outer blanks."""
    return text.translate(INVISIBLE).strip(BLANKS)


def normalize_text(text: str) -> str:
    """Return the text in NFKC form without any blank, for reading codes and numbers."""
    text = unicodedata.normalize("NFKC", text.translate(INVISIBLE))
    return "".join(text.split())
