"""What a heading by itself says about the field of its column.

Each source looks at a heading in one way and yields candidates on the scale of `Tuning`. A
source that would have to choose between two fields yields none.
"""

import dataclasses
import enum
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from redcross.uploads.mapping.heading_index import HeadingIndex, KnownWord
from redcross.uploads.mapping.normalize import (
    JOINER,
    normalize_exact,
    normalize_header,
    normalize_leaf,
    stem_header,
)
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.units import is_unit
from redcross.uploads.mapping.words import FILLER_PATTERNS, SUM_WORDS


class Evidence(enum.StrEnum):
    """In which way a column was found to be a field's."""

    PERSON = "person"  # somebody chose the field for this heading before
    WORD = "word"  # the heading is one of the field's words
    LEAF = "leaf"  # its lowest level is
    GROUP = "group"  # its lowest level is, below a group worded a little differently
    STEM = "stem"  # it is without the words that only fill it up
    PATTERN = "pattern"  # it fits one of the field's patterns
    SUBSTRING = "substring"  # a word of the field stands within it
    SIMILAR = "similar"  # it is similar to one of the field's words
    CONTENT = "content"  # the cells are what the field holds


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A field that a column may be read as, "" for none of the sheet's."""

    field: str
    score: float
    evidence: Evidence


Levels = Sequence[str]
"""A heading's texts as printed, from the group down to the column."""
Source = Callable[[HeadingIndex, Levels], Iterator[Candidate]]

_UNIT_AS_LEAF = re.compile(r"\(([^()]{1,3})\)$")
_EXACT_JOINER = normalize_exact(JOINER)


def by_person(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield the field a person chose for this heading, "" where it was none of the sheet's."""
    name = index.remembered.get(normalize_header(JOINER.join(levels)))
    if name is not None:
        yield Candidate(name, TUNING.person_score, Evidence.PERSON)


def by_word(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield the field of which the whole heading is a word.

    Of several words alike the one spelled the same goes first; 角膜（例） is spelled like
    角膜／例 and not like 角膜／枚.
    """
    joined = JOINER.join(levels)
    spelling = normalize_exact(joined)
    word = index.spellings.get(spelling) or index.spellings.get(
        _UNIT_AS_LEAF.sub(rf"{_EXACT_JOINER}\1", spelling)
    )
    if word is None:
        word = next(iter(index.words.get(normalize_header(joined), ())), None)
    if word is not None:
        yield Candidate(word.field, _word_score(word), Evidence.WORD)
        return
    word = next(iter(index.words.get(normalize_header("".join(levels)), ())), None)
    if word is not None:
        yield Candidate(word.field, _word_score(word) - TUNING.joined_levels_penalty, Evidence.WORD)


def _word_score(word: KnownWord) -> float:
    if word.is_general:
        return TUNING.general_word_score
    return TUNING.label_score if word.is_label else TUNING.alias_score


def by_pattern(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield the one field whose patterns the whole heading fits: 交款单位或个人."""
    text = normalize_header(JOINER.join(levels))
    if len(text) > TUNING.max_heading_length:
        return
    names = {name for pattern, name in index.patterns if pattern.fullmatch(text)}
    if len(names) == 1:
        name = names.pop()
        if not index.is_excluded(name, text):
            yield Candidate(name, TUNING.pattern_score, Evidence.PATTERN)


def by_leaf(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield what the lowest level says by itself, unless its group says otherwise.

    期数 below 师资 is not 救护员／期数; 队伍 below 出动力量 can be no other than that below 派出,
    where nothing else has a 队伍. The 合计 of a group is not that of the row.
    """
    if len(levels) == 1:
        return
    own = next(_gather(CELL_SOURCES, index, levels[-1:]), None)
    if own is None:
        return
    leaf, group = normalize_header(levels[-1]), normalize_header("".join(levels[:-1]))
    own_group = index.parents.get(own.field, "")
    penalty = TUNING.leaf_penalty
    if group and leaf in SUM_WORDS and index.leaves and not own_group:
        return
    if own_group and group and own_group not in group and group not in own_group:
        others = {name for _, name in index.leaves.get(normalize_leaf(levels[-1]), ())}
        if others - {own.field} or leaf in SUM_WORDS:
            return
        penalty = TUNING.other_group_penalty
    elif own_group:
        penalty = TUNING.own_group_penalty
    score = min(own.score, TUNING.label_score) - penalty
    yield Candidate(own.field, score, Evidence.LEAF)


def by_group(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield the field of this lowest level whose group is worded a little differently.

    募集资金／小计 is 资金／小计; 微信二维码及POS机 says more than the 微信 within it. Where the
    groups of two fields would do, neither is.
    """
    above = normalize_header("".join(levels[:-1]))
    matches = {
        (group, name)
        for group, name in index.leaves.get(normalize_leaf(levels[-1]), ())
        if above and (group in above or above in group)
    }
    groups = {group for group, _ in matches}
    names = {
        name
        for group, name in matches
        if not any(group != other and group in other for other in groups)
    }
    if len(names) == 1:
        name = names.pop()
        if not index.is_excluded(name, normalize_header(JOINER.join(levels))):
            yield Candidate(name, TUNING.group_score, Evidence.GROUP)


def by_stem(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield the one field that has the same stem: 配捐额 and 配捐.

    A heading without filler words says no more than it does: 捐赠 is no 捐赠金额.
    """
    joined = JOINER.join(levels)
    whole = normalize_header(joined)
    stems = (stem_header(joined, kind) for kind in FILLER_PATTERNS)
    names = {name for stem in stems if stem[1] != whole for name in index.stems.get(stem, ())}
    if len(names) == 1:
        name = names.pop()
        if not index.is_excluded(name, whole):
            yield Candidate(name, TUNING.stem_score, Evidence.STEM)


def by_upper_levels(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield what the levels above a unit or a sum say.

    角膜 over 例 counts cases; 捐款金额／小计 is the 捐款金额 of which 现金 and 转账 are parts.
    """
    if len(levels) > 1 and (is_unit(levels[-1]) or normalize_header(levels[-1]) in SUM_WORDS):
        for candidate in best_by_words(index, levels[:-1]):
            score = candidate.score - TUNING.dropped_level_penalty
            yield dataclasses.replace(candidate, score=score)


def by_substring(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield the fields one of whose substrings stands in the heading, first declared first."""
    heading = normalize_header(JOINER.join(levels))
    for position, (text, name) in enumerate(index.substrings):
        if index.contains_substring(text, name, heading):
            score = TUNING.substring_score - position / len(index.substrings)
            yield Candidate(name, score, Evidence.SUBSTRING)


def by_similarity(index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    """Yield the fields with a word that is similar to the heading."""
    for name, score in index.similarity.scores(levels).items():
        yield Candidate(name, score, Evidence.SIMILAR)


CELL_SOURCES: tuple[Source, ...] = (by_person, by_word, by_pattern)
"""What a single cell says without the cells above and below it."""
WORD_SOURCES: tuple[Source, ...] = (
    by_person,
    by_word,
    by_pattern,
    by_leaf,
    by_group,
    by_stem,
)
"""What a heading says by the sheet's own words."""


def _gather(sources: Iterable[Source], index: HeadingIndex, levels: Levels) -> Iterator[Candidate]:
    for source in sources:
        yield from source(index, levels)


def best_by_words(index: HeadingIndex, levels: Levels) -> list[Candidate]:
    """Return the surest candidate by the sheet's own words, a list of one or none."""
    candidates = list(_gather(WORD_SOURCES, index, levels))
    if not candidates:
        candidates = list(by_upper_levels(index, levels))
    return [max(candidates, key=lambda candidate: candidate.score)] if candidates else []
