"""How headings are folded, so that the same words are the same whoever wrote them.

In goes a text as printed; out comes what it is compared by. `vocabulary.py` holds these
against the columns of a sheet.
"""

import functools
import re
import unicodedata

from redcross.units import Unit
from redcross.uploads.cells.parsed import INVISIBLE, normalize_text
from redcross.uploads.mapping.units import UNIT_AFTER, UNIT_IN_BRACKETS
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec

JOINER = "／"
"""Stands between the levels of a heading: U+FF0F, which NFKC must not fold."""


def heading_levels(heading: str) -> list[str]:
    """Return the levels of a printed heading from the top, without the number of a repeat."""
    return _REPEAT_NUMBER.sub("", heading).split(JOINER)


_REPEAT_NUMBER = re.compile(r"#\d+$")
MAX_HEADING_LENGTH = 40
SUM_WORDS = ("合计", "总计", "小计", "共计", "合計", "總計")
SERIAL_HEADINGS = frozenset({"序号", "编号", "序", "NO", "NO.", "行号", "#"})
FILLER_PATTERNS = {
    "money": re.compile(r"(?:总金额|金额|数额|额)$"),
    "number": re.compile(r"(?:总数|数量|数|%)$"),
    "date": re.compile(r"起止(?=时间|日期)"),
    "words": re.compile(r"^(?:是否|有无)|(?:名称|姓名|情况|说明)$|是否"),
}
_CONJUNCTIONS = re.compile(r"[及和与的]")
_MARKS = str.maketrans("", "", '()/、“”"‘’《》')


@functools.lru_cache(maxsize=20_000)
def normalize_header(heading: str) -> str:
    """Fold a heading for matching: widths, blanks, units and marks do not count."""
    text = unicodedata.normalize("NFKC", heading.translate(INVISIBLE)).upper()
    text = "".join(text.split())
    text = UNIT_IN_BRACKETS.sub("", text)
    text = UNIT_AFTER.sub("", text)
    # 其中 says that the columns are parts of the one before, not what they are.
    text = text.replace("其中:", "").replace("其中", "")
    return text.translate(_MARKS).strip("*:·.,")


def value_class(field: FieldSpec) -> str:
    """Tell apart what the same last word means something else in: 人数 counts, 捐赠人 names."""
    if field.kind in NUMERIC_KINDS:
        return "money" if field.unit is Unit.YUAN else "number"
    return "date" if field.kind is CellKind.DATE else "words"


def stem_header(heading: str, sort: str) -> tuple[str, str]:
    """Fold away what fills a heading up without saying more, by what the column holds."""
    whole = normalize_header(heading)
    text = _CONJUNCTIONS.sub("", FILLER_PATTERNS[sort].sub("", whole))
    if sort == "date":
        text = text.replace("时间", "日期")
    return sort, text if len(text) > 1 else whole


def normalize_leaf(heading: str) -> str:
    """Fold the lowest level of a heading: 合计 of a group is what others call its 小计."""
    text = normalize_header(heading)
    return "小计" if text in SUM_WORDS else text


@functools.lru_cache(maxsize=20_000)
def normalize_exact(heading: str) -> str:
    """Fold widths and blanks only: 角膜／例 and 角膜／枚 stay apart."""
    return normalize_text(heading).upper()


def strip_whitespace(heading: str) -> str:
    """Return a heading as printed, without white space."""
    return "".join(heading.translate(INVISIBLE).split())


def spacing_variants(word: str) -> list[str]:
    """Return a word as it may be spaced out and ended: 合计, 合 计, 合　计："""
    spaced = [blank.join(word) for blank in ("", " ", "  ", "   ", "\u3000", "\u00a0", "\n")]
    return [each + end for each in spaced for end in ("", ":", "：")]
