"""What reading one cell gives: a value, or why there is none."""

import dataclasses
import unicodedata

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
INVISIBLE_PATTERN = "[" + "".join(map(chr, INVISIBLE)) + "]"
BLANKS = " \t\r\n\u00a0\u3000\u2002\u2003\u2009"
NULL_TEXTS = frozenset({"", "/", "-", "--", "—", "——", "－", "\\", "无", "N/A", "n/a", "NA"})
"""What staff write for "nothing here"; it is not zero."""


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedCell:
    """A value, with a code where it may not be trusted, or a code where there is none."""

    value: object = None
    code: str = ""
    reason: str = ""
    suggestion: str = ""


def strip_text(text: str) -> str:
    """Drop invisible characters and outer blanks; nothing else changes."""
    return text.translate(INVISIBLE).strip(BLANKS)


def normalize_text(text: str) -> str:
    """Fold widths and drop every blank, for reading codes and numbers."""
    text = unicodedata.normalize("NFKC", text.translate(INVISIBLE))
    return "".join(text.split())
