"""The forms in which headings are compared, so that spacing, width and marks do not count."""

import functools
import re
import unicodedata

from redcross.units import Unit
from redcross.uploads.cells.parsed import INVISIBLE, normalize_text
from redcross.uploads.mapping.units import UNIT_AFTER, UNIT_IN_BRACKETS
from redcross.uploads.mapping.words import FILLER_PATTERNS, SUM_WORDS
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec

JOINER = "／"
"""Stands between the levels of a heading: U+FF0F, which NFKC folds to a slash."""


_REPEAT_NUMBER = re.compile(r"#\d+$")
_CONJUNCTIONS = re.compile(r"[及和与的]")
_MARKS = str.maketrans("", "", '()/、“”"‘’《》')


@functools.lru_cache(maxsize=20_000)
def normalize_header(heading: str) -> str:
    """Return a heading for matching: widths, blanks, units and marks do not count."""
    text = unicodedata.normalize("NFKC", heading.translate(INVISIBLE)).upper()
    text = "".join(text.split())
    text = UNIT_IN_BRACKETS.sub("", text)
    text = UNIT_AFTER.sub("", text)
    # 其中 marks the columns as parts of the one before and does not name them.
    text = text.replace("其中:", "").replace("其中", "")
    return text.translate(_MARKS).strip("*:·.,")


def heading_levels(heading: str) -> list[str]:
    """Return the levels of a printed heading from the top, without the number of a repeat."""
    return _REPEAT_NUMBER.sub("", heading).split(JOINER)


def value_class(field: FieldSpec) -> str:
    """Return "money", "number", "date" or "words": in which the same last word means the same."""
    if field.kind in NUMERIC_KINDS:
        return "money" if field.unit is Unit.YUAN else "number"
    return "date" if field.kind is CellKind.DATE else "words"


def stem_header(heading: str, kind: str) -> tuple[str, str]:
    """Return a value class and a heading without the words that only fill it up there."""
    whole = normalize_header(heading)
    text = _CONJUNCTIONS.sub("", FILLER_PATTERNS[kind].sub("", whole))
    if kind == "date":
        text = text.replace("时间", "日期")
    return kind, text if len(text) > 1 else whole


def normalize_leaf(heading: str) -> str:
    """Return the lowest level of a heading: 合计 of a group is what others call its 小计."""
    text = normalize_header(heading)
    return "小计" if text in SUM_WORDS else text


@functools.lru_cache(maxsize=20_000)
def normalize_exact(heading: str) -> str:
    """Return a heading with only widths and blanks folded: 角膜／例 is not 角膜／枚."""
    return normalize_text(heading).upper()


def strip_whitespace(heading: str) -> str:
    """Return a heading as printed, without white space."""
    return "".join(heading.translate(INVISIBLE).split())


def spacing_variants(word: str) -> list[str]:
    """Return a word as it may be spaced out and ended: 合计, 合 计, 合　计："""
    spaced = [blank.join(word) for blank in ("", " ", "  ", "   ", "\u3000", "\u00a0", "\n")]
    return [text + end for text in spaced for end in ("", ":", "：")]
