"""The headings a sheet knows.

In go a sheet's columns and what people have told of headings before; asked for a heading,
or for its levels from the top, it answers which field it stands for.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence

from redcross.uploads.mapping.normalize import (
    FILLER_PATTERNS,
    JOINER,
    MAX_HEADING_LENGTH,
    SUM_WORDS,
    normalize_exact,
    normalize_header,
    normalize_leaf,
    stem_header,
    value_class,
)
from redcross.uploads.mapping.units import is_unit
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, SheetSpec

_BRANCH_WORDS = (
    "单位", "填报单位", "所属单位", "单位名称", "机构", "县", "县区", "县（市、区）", "县市区",
    "区县", "县（区）", "县（市）", "县市", "市县", "州市", "州（市）", "各州市", "各县市", "州县",
    "地州市", "州市名称", "县市名称", "县区名称", "地区", "行政区划", "红十字会", "红十字会名称",
    "报送单位", "上报单位", "报表单位", "编报单位", "县区名", "县（区）名称", "单位（县市区）",
    "县（市、区）红十字会", "州市、县", "责任县区",
)  # fmt: skip
_UNIT_AS_LEAF = re.compile(r"\(([^()]{1,3})\)$")
"""角膜（例） is 角膜／例, and not 角膜／枚."""
_COUNT_ENDINGS = ("数", "数量", "人次", "次数")
_MAX_HINTED_LENGTH = 12
_FALLBACK_RANK = 100
"""Ranks from here on are taken only where no column says the same more exactly."""


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """The field a heading stands for, "" where people said that it is none."""

    field: str
    rank: int  # the lower, the surer


class Vocabulary:
    """The headings a sheet knows, with the fields they stand for."""

    def __init__(self, spec: SheetSpec, remembered: Mapping[str, str]) -> None:
        self.spec = spec
        self.words: dict[str, Match] = {}
        self.spellings: dict[str, Match] = {}
        self.parents: dict[str, str] = {}
        self.leaves: dict[str, set[tuple[str, str]]] = {}
        """The lowest level of a heading → the parents it stands under, with their fields."""
        self.loose: dict[tuple[str, str], set[str]] = {}
        """What a heading says without the words that only fill it up → its fields."""
        for field in spec.fields:
            if JOINER in field.label:
                self.parents[field.name] = normalize_header(field.label.partition(JOINER)[0])
            for rank, word in enumerate((field.label, *field.aliases)):
                self.words.setdefault(normalize_header(word), Match(field.name, rank))
                self.spellings.setdefault(normalize_exact(word), Match(field.name, rank))
                self.loose.setdefault(stem_header(word, value_class(field)), set()).add(field.name)
                parent, _, leaf = word.rpartition(JOINER)
                if parent:
                    self.leaves.setdefault(normalize_leaf(leaf), set()).add(
                        (normalize_header(parent), field.name)
                    )
        if spec.branch_field and any(each.name == spec.branch_field for each in spec.fields):
            for rank, word in enumerate(_BRANCH_WORDS):
                self.words.setdefault(
                    normalize_header(word), Match(spec.branch_field, _FALLBACK_RANK + rank)
                )
        for heading, name in remembered.items():
            self.words[normalize_header(heading)] = Match(name, -1)
        self.patterns = [
            (re.compile(shape), field.name) for field in spec.fields for shape in field.patterns
        ]
        self.substrings = [
            (normalize_header(hint), field.name)
            for field in spec.fields
            for hint in field.substrings
        ]

    def exact(self, heading: str) -> Match | None:
        """Return what a heading says, by the words alone."""
        text = normalize_header(heading)
        return self.words.get(text) or self._meant(self._shaped(text), text)

    def knows(self, text: str) -> bool:
        """Tell whether a cell can be a heading of this sheet."""
        return bool(text) and len(text) <= MAX_HEADING_LENGTH and bool(self.exact(text))

    def match(self, levels: Sequence[str]) -> Match | None:
        """Return what a column of one to three levels says."""
        joined = JOINER.join(levels)
        found = (
            self.spellings.get(normalize_exact(joined))
            or self.spellings.get(_UNIT_AS_LEAF.sub(rf"{JOINER}\1", normalize_exact(joined)))
            or self.exact(joined)
            or self._below(levels)
            or self.exact("".join(levels))
            or self._meant(self._akin(levels), normalize_header(joined))
            or self._meant(self._loosely(joined), normalize_header(joined))
        )
        if found is not None:
            return found
        if len(levels) > 1 and (is_unit(levels[-1]) or normalize_header(levels[-1]) in SUM_WORDS):
            # 角膜／例 is a count of cases, 角膜／枚 of corneas: the exact one goes before.
            # 捐款金额／小计 is the 捐款金额 of which 现金 and 转账 beside it are parts.
            found = self.match(levels[:-1])
            return dataclasses.replace(found, rank=found.rank + _FALLBACK_RANK) if found else None
        return None

    def hinted(self, heading: str) -> str | None:
        """Return the field a word within a short heading points to."""
        text = normalize_header(heading)
        if len(text) > _MAX_HINTED_LENGTH or re.search(r"\d", text):
            return None
        return next((name for hint, name in self.substrings if self.points(hint, name, text)), None)

    def points(self, hint: str, field: str, text: str) -> bool:
        """Tell whether a hint within a plain heading says so: 捐款人数 counts, it names nobody."""
        counts = text.endswith(_COUNT_ENDINGS) and self.spec.field(field).kind not in NUMERIC_KINDS
        return hint in text and not counts and not self._is_never(field, text)

    def _is_never(self, field: str, text: str) -> bool:
        never = self.spec.field(field).exclude_pattern
        return never is not None and never.search(text) is not None

    def _meant(self, match: Match | None, text: str) -> Match | None:
        """Drop a match that is not exact where a word within says that it is another thing."""
        return None if match is not None and self._is_never(match.field, text) else match

    def _shaped(self, text: str) -> Match | None:
        """Return the one field whose headings have this shape: 交款单位或个人."""
        if not self.patterns or len(text) > MAX_HEADING_LENGTH:
            return None
        fields = {name for shape, name in self.patterns if shape.fullmatch(text)}
        return Match(fields.pop(), _FALLBACK_RANK * 2) if len(fields) == 1 else None

    def _below(self, levels: Sequence[str]) -> Match | None:
        """Return what the lowest level says by itself, unless its parent says otherwise.

        期数 under 师资 is not 救护员／期数.
        """
        found = self.exact(levels[-1])
        if found is None or len(levels) == 1:
            return found
        parent, above = self.parents.get(found.field, ""), normalize_header("".join(levels[:-1]))
        if above and self.leaves and not parent and normalize_header(levels[-1]) in SUM_WORDS:
            return None  # the 合计 of a group is not that of the row
        if parent and above and parent not in above and above not in parent:
            # 队伍 under 出动力量 can be no other than that under 派出: nothing else has it.
            fields = {field for _, field in self.leaves.get(normalize_leaf(levels[-1]), ())}
            if fields - {found.field} or normalize_header(levels[-1]) in SUM_WORDS:
                return None
            return dataclasses.replace(found, rank=found.rank + _FALLBACK_RANK)
        return dataclasses.replace(found, rank=found.rank + (_FALLBACK_RANK // 2 if parent else 0))

    def _akin(self, levels: Sequence[str]) -> Match | None:
        """Return the field of this lowest level whose parent is worded a little otherwise.

        募集资金／小计 is 资金／小计; where parents of two fields would do, neither is.
        """
        above = normalize_header("".join(levels[:-1]))
        found = {
            (parent, field)
            for parent, field in self.leaves.get(normalize_leaf(levels[-1]), ())
            if above and (parent in above or above in parent)
        }
        # 微信二维码及POS机 says more than the 微信 within it.
        parents = {parent for parent, _ in found}
        fields = {
            field
            for parent, field in found
            if not any(parent != other and parent in other for other in parents)
        }
        return Match(fields.pop(), _FALLBACK_RANK // 2) if len(fields) == 1 else None

    def _loosely(self, heading: str) -> Match | None:
        """Return the one field that says the same but for words that fill it up: 配捐额, 配捐."""
        whole = normalize_header(heading)
        folded = [
            key for sort in FILLER_PATTERNS if (key := stem_header(heading, sort))[1] != whole
        ]
        # A heading that fills nothing up says no more than it does: 捐赠 is no 捐赠金额.
        fields = set().union(*(self.loose.get(key, set()) for key in folded))
        return Match(fields.pop(), _FALLBACK_RANK - 1) if len(fields) == 1 else None
