"""How similar an unknown heading is to the words of a sheet's fields, from 0 to 100.

Headings are short and made of few characters: which ones they share means more than where
they stand (定向资金 is 资金／定向), and one within the other nearly all (户主身份证号 is
身份证号).
"""

import dataclasses
import functools
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from redcross.uploads.mapping.normalize import (
    JOINER,
    normalize_exact,
    normalize_header,
    value_class,
)
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.words import (
    CLASS_ENDINGS,
    FILLER_ENDINGS,
    OPPOSITE_WORDS,
    SUM_WORDS,
)
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, FieldSpec

_SIDE_BITS = 8
_SIDE_MASK = (1 << _SIDE_BITS) - 1


@dataclasses.dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is compared: its field, whether it has a group, which sides it takes."""

    field: str
    is_grouped: bool
    sides: int


class _Bank:
    """Texts that a heading is compared with, prepared for comparing with all at once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._forms = [list(texts), [_strip_filler(text) for text in texts]]
        self._sorted_forms = [[_sort_characters(text) for text in form] for form in self._forms]

    def scores(self, heading: str) -> dict[int, float]:
        """Return index → similarity of the texts that are similar at all."""
        scores: dict[int, float] = {}
        if not heading or len(heading) > TUNING.max_similar_length:
            return scores
        queries = (heading, _strip_filler(heading))
        for query, texts, sorted_texts in zip(
            queries, self._forms, self._sorted_forms, strict=True
        ):
            for index, score in _ratios(query, texts, TUNING.min_candidate):
                scores[index] = max(score, scores.get(index, 0.0))
            factor = TUNING.reordered_factor
            reordered = _ratios(
                _sort_characters(query), sorted_texts, TUNING.min_candidate / factor
            )
            for index, score in reordered:
                scores[index] = max(score * factor, scores.get(index, 0.0))
            for index, text in enumerate(texts):
                if len(text) > 1 and text in query:
                    contained = TUNING.contained_score
                    score = contained + (100 - contained) * len(text) / len(query)
                    scores[index] = max(score, scores.get(index, 0.0))
        return scores


def _ratios(query: str, texts: Sequence[str], cutoff: float) -> Iterable[tuple[int, float]]:
    matches = process.extract(query, texts, scorer=fuzz.ratio, score_cutoff=cutoff, limit=None)
    return ((index, score) for _, score, index in matches)


class SimilarityIndex:
    """The words of a sheet's fields, prepared for comparing headings with all of them."""

    def __init__(self, fields: Sequence[FieldSpec], words: Iterable[tuple[str, str]]) -> None:
        self._fields = {field.name: field for field in fields}
        listed = [(name, text) for name, text in words if normalize_header(text)]
        self._words = [
            _Word(name, JOINER in text, _sides(normalize_exact(text))) for name, text in listed
        ]
        self._whole = _Bank([normalize_header(text) for _, text in listed])
        self._grouped = [index for index, word in enumerate(self._words) if word.is_grouped]
        self._leaves = _Bank(
            [normalize_header(listed[at][1].rpartition(JOINER)[2]) for at in self._grouped]
        )

    def scores(self, levels: Sequence[str]) -> dict[str, float]:
        """Return field → similarity of a heading, for the fields it is similar to at all.

        The levels of the heading from the top. A heading below a group is compared without
        it too, and a word below a group with a heading that has none, both at a penalty.
        """
        whole, leaf = normalize_header("".join(levels)), normalize_header(levels[-1])
        if len(whole) > TUNING.max_similar_length:
            return {}
        sides = _sides(normalize_exact("".join(levels)))
        by_word = self._whole.scores(whole)
        if leaf != whole and leaf not in SUM_WORDS:
            for index, score in self._whole.scores(leaf).items():
                if not self._words[index].is_grouped:
                    lower = score - TUNING.ungrouped_heading_penalty
                    by_word[index] = max(lower, by_word.get(index, 0.0))
        if len(levels) == 1:
            for at, score in self._leaves.scores(whole).items():
                index, lower = self._grouped[at], score - TUNING.ungrouped_word_penalty
                by_word[index] = max(lower, by_word.get(index, 0.0))
        return self._by_field(by_word, sides, whole, leaf)

    def _by_field(
        self, by_word: dict[int, float], sides: int, whole: str, leaf: str
    ) -> dict[str, float]:
        """Return each field's best score after penalties, without the fields ruled out."""
        best: dict[str, float] = {}
        for index, score in by_word.items():
            word = self._words[index]
            if _are_opposite(sides, word.sides):
                continue
            penalty = TUNING.one_sided_penalty * _one_sided(sides, word.sides)
            best[word.field] = max(score - penalty, best.get(word.field, 0.0))
        scores = {}
        for name, score in best.items():
            field = self._fields[name]
            if _is_other_class(leaf, field) or (
                field.exclude_pattern is not None and field.exclude_pattern.search(whole)
            ):
                continue
            penalty = TUNING.numeric_penalty if field.kind in NUMERIC_KINDS else 0.0
            if score - penalty >= TUNING.min_candidate:
                scores[name] = score - penalty
        return scores


def _is_other_class(leaf: str, field: FieldSpec) -> bool:
    """Tell whether the last word belongs to another kind of value: 捐赠人数 is no amount."""
    own = value_class(field)
    return any(ending.search(leaf) for kind, ending in CLASS_ENDINGS.items() if kind != own)


@functools.lru_cache(maxsize=20_000)
def _sides(text: str) -> int:
    """Return which sides of the groups of opposite words a text takes, as bits of a number."""
    bits = 0
    for group, sides in enumerate(OPPOSITE_WORDS):
        for side, words in enumerate(sides):
            if any(word in text for word in words):
                bits |= 1 << (group * _SIDE_BITS + side)
    return bits


def _are_opposite(heading: int, word: int) -> bool:
    """Tell whether both take sides in a group and share none: 指标数 is no 完成数."""
    while heading and word:
        ours, theirs = heading & _SIDE_MASK, word & _SIDE_MASK
        if ours and theirs and not ours & theirs:
            return True
        heading, word = heading >> _SIDE_BITS, word >> _SIDE_BITS
    return False


def _one_sided(heading: int, word: int) -> int:
    """Count the groups in which the two do not take the same sides."""
    differing, count = heading ^ word, 0
    while differing:
        count += bool(differing & _SIDE_MASK)
        differing >>= _SIDE_BITS
    return count


def _sort_characters(text: str) -> str:
    return "".join(sorted(text))


@functools.lru_cache(maxsize=20_000)
def _strip_filler(text: str) -> str:
    """Return a heading without the ending that only fills it up, where more than one stays."""
    for ending in FILLER_ENDINGS:
        if text.endswith(ending) and len(text) > len(ending) + 1:
            return text.removesuffix(ending)
    return text
