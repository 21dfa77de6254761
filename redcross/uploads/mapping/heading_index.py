"""The words of one sheet's columns, prepared once so that each heading is looked up quickly."""

import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping

from redcross.uploads.mapping.normalize import (
    JOINER,
    normalize_exact,
    normalize_header,
    normalize_leaf,
    stem_header,
    value_class,
)
from redcross.uploads.mapping.similarity import SimilarityIndex
from redcross.uploads.mapping.words import BRANCH_HEADINGS, COUNT_ENDINGS
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, FieldSpec, SheetSpec


@dataclasses.dataclass(frozen=True, slots=True)
class KnownWord:
    """A word that is a heading of a field."""

    field: str
    spelling: str
    """The word with only widths and blanks folded."""
    is_label: bool
    """Whether it is what we print over the column ourselves."""
    is_general: bool = False
    """Whether it means the field in every sheet, where the sheet does not say otherwise."""


class HeadingIndex:
    """The headings a sheet knows, by the forms in which they are looked up."""

    def __init__(self, spec: SheetSpec, remembered: Mapping[str, str]) -> None:
        self.spec = spec
        self.fields = {field.name: field for field in spec.fields}
        self.remembered = {normalize_header(heading): name for heading, name in remembered.items()}
        """Heading → the field a person chose for it, "" for none."""
        self.words: dict[str, list[KnownWord]] = {}
        """Normalised heading → its words, the first declared first."""
        self.spellings: dict[str, KnownWord] = {}
        """Heading with only widths and blanks folded → its word."""
        self.parents: dict[str, str] = {}
        """Field → the group its label stands below."""
        self.leaves: dict[str, set[tuple[str, str]]] = {}
        """Lowest level of a heading → the groups it stands below, with their fields."""
        self.stems: dict[tuple[str, str], set[str]] = {}
        """(value class, heading without filler words) → its fields."""
        for field in spec.fields:
            self._add_words(field)
        self._add_branch_headings()
        self.patterns = [
            (re.compile(pattern), field.name) for field in spec.fields for pattern in field.patterns
        ]
        self.substrings = [
            (normalize_header(text), field.name)
            for field in spec.fields
            for text in field.substrings
        ]

    def _add_words(self, field: FieldSpec) -> None:
        if JOINER in field.label:
            self.parents[field.name] = normalize_header(field.label.partition(JOINER)[0])
        kind = value_class(field)
        for text in (field.label, *field.aliases):
            word = KnownWord(field.name, normalize_exact(text), text == field.label)
            self.words.setdefault(normalize_header(text), []).append(word)
            self.spellings.setdefault(word.spelling, word)
            self.stems.setdefault(stem_header(text, kind), set()).add(field.name)
            parent, _, leaf = text.rpartition(JOINER)
            if parent:
                groups = self.leaves.setdefault(normalize_leaf(leaf), set())
                groups.add((normalize_header(parent), field.name))

    def _add_branch_headings(self) -> None:
        name = self.spec.branch_field
        if name not in self.fields:
            return
        for text in BRANCH_HEADINGS:
            word = KnownWord(name, normalize_exact(text), is_label=False, is_general=True)
            self.words.setdefault(normalize_header(text), []).append(word)
            stem = stem_header(text, value_class(self.fields[name]))
            self.stems.setdefault(stem, set()).add(name)

    @functools.cached_property
    def similarity(self) -> SimilarityIndex:
        """The words of all fields, prepared when the first unknown heading is met."""
        return SimilarityIndex(self.spec.fields, self._compared_words())

    def _compared_words(self) -> Iterator[tuple[str, str]]:
        """Yield each field with each of its words, for the comparison of unknown headings."""
        for field in self.spec.fields:
            for text in (field.label, *field.aliases, *field.pattern_examples):
                yield field.name, text
        if self.spec.branch_field in self.fields:
            yield from ((self.spec.branch_field, text) for text in BRANCH_HEADINGS)

    def is_excluded(self, name: str, heading: str) -> bool:
        """Tell whether a word within a normalised heading means something else than the field."""
        field = self.fields.get(name)
        pattern = field.exclude_pattern if field else None
        return pattern is not None and pattern.search(heading) is not None

    def contains_substring(self, text: str, name: str, heading: str) -> bool:
        """Tell whether a normalised heading contains a field's substring and means the field.

        捐款人数 contains 捐款人, but it counts and names nobody.
        """
        counts = heading.endswith(COUNT_ENDINGS) and self.fields[name].kind not in NUMERIC_KINDS
        return text in heading and not counts and not self.is_excluded(name, heading)
