"""The units tables are written in: in a heading, above the table, below it.

In go the texts of headings and of the rows around a table; out come 万元 or "", and what a
column's numbers are multiplied by.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from redcross.units import MULTIPLES, Unit
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, FieldSpec

UNIT_WORDS = (
    "万元|亿元|千元|百元|元|万人次|万人|人次|万|人|个|枚|例|份|台|件|名|户|期|场|批|%"
    "|小时|万毫升|毫升|支|张|所|家|次|套|辆|顶|床|箱"
)
UNIT_IN_BRACKETS = re.compile(rf"[(\[](?:单位:?)?(?:人民币)?(?P<unit>{UNIT_WORDS})[)\]]")
UNIT_AFTER = re.compile(rf"(?:单位:(?P<unit>{UNIT_WORDS})|[/／](?P<money>万元|亿元|千元|百元|元))$")


def column_multiple(field: FieldSpec, levels: Sequence[str], unit: str) -> Decimal:
    """Return what the numbers of a column are multiplied by, with the unit of its table."""
    if field.kind not in NUMERIC_KINDS:
        return Decimal(1)
    for text in reversed(levels):
        bare = "".join(unicodedata.normalize("NFKC", text).split())
        match = (
            UNIT_IN_BRACKETS.search(bare)
            or UNIT_AFTER.search(bare)
            or re.fullmatch(rf"[(\[]?(?P<unit>{UNIT_WORDS})[)\]]?", bare)
        )
        if match:
            return unit_multiple(match["unit"] or match.groupdict()["money"])
    if field.unit is Unit.YUAN and unit:
        return unit_multiple(unit)
    return Decimal(1)


def unit_multiple(unit: str) -> Decimal:
    """Return what a number in this unit is multiplied by: 万元 → 10000."""
    for name in sorted(MULTIPLES, key=len, reverse=True):
        if name and unit.startswith(name):
            return MULTIPLES[name]
    return Decimal(1)


def is_unit(text: str) -> bool:
    """Tell whether a cell holds a unit and nothing else: （万元）."""
    bare = "".join(unicodedata.normalize("NFKC", text).split()).strip("()[]")
    return bool(re.fullmatch(UNIT_WORDS, bare))
