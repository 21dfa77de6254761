"""Which fields a heading may stand for, the surest first.

The one place that decides heading → field. Detection of tables asks for single cells and for
whole headings; content evidence is added later, for columns whose heading nobody knows.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from redcross.uploads.mapping.evidence import (
    CELL_SOURCES,
    Candidate,
    Evidence,
    best_by_words,
    by_similarity,
    by_substring,
)
from redcross.uploads.mapping.heading_index import HeadingIndex
from redcross.uploads.mapping.normalize import normalize_header
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.import_spec import SheetSpec

_HAS_DIGIT = re.compile(r"\d")


class HeadingRanker:
    """Ranks headings by the words of one sheet; each distinct heading is ranked once."""

    def __init__(self, spec: SheetSpec, remembered: Mapping[str, str] | None = None) -> None:
        """`remembered` maps headings to the field a person chose for each, "" for none."""
        self.spec = spec
        self.index = HeadingIndex(spec, remembered or {})
        self._headings: dict[tuple[str, ...], list[Candidate]] = {}
        self._similar: dict[tuple[str, ...], list[Candidate]] = {}
        self._cells: dict[str, Candidate | None] = {}

    @property
    def words(self) -> Collection[str]:
        """All headings the sheet knows, normalised."""
        return self.index.words.keys() | self.index.remembered.keys()

    def rank(self, levels: Sequence[str]) -> list[Candidate]:
        """Return the fields a heading of one to three levels may stand for, the surest first.

        Of the candidates by the sheet's own words there is one or none; those by substrings
        follow it, and those that are only similar.
        """
        return [*self._known(levels), *self.similar(levels)]

    def best(self, levels: Sequence[str]) -> Candidate | None:
        """Return the candidate by the sheet's own words, None where they say nothing."""
        known = self._known(levels)
        return known[0] if known and known[0].evidence is not Evidence.SUBSTRING else None

    def by_substrings(self, levels: Sequence[str]) -> list[Candidate]:
        """Return the candidates by words within the heading."""
        known = self._known(levels)
        return [candidate for candidate in known if candidate.evidence is Evidence.SUBSTRING]

    def similar(self, levels: Sequence[str]) -> list[Candidate]:
        """Return the fields with a word that is similar to the heading, the surest first."""
        key = tuple(levels)
        if key not in self._similar:
            self._similar[key] = _by_score(by_similarity(self.index, levels))
        return self._similar[key]

    def rank_cell(self, text: str) -> Candidate | None:
        """Return what one cell says as a heading by itself, None for one that is no heading."""
        if len(text) > TUNING.max_heading_length:
            return None
        if text not in self._cells:
            if len(self._cells) >= TUNING.max_cached_cells:
                self._cells.clear()
            sources = (source(self.index, [text]) for source in CELL_SOURCES)
            self._cells[text] = next(itertools.chain.from_iterable(sources), None)
        return self._cells[text]

    def is_known(self, text: str) -> bool:
        """Tell whether a cell can be a heading of this sheet, one that people declined too."""
        return bool(text) and self.rank_cell(text) is not None

    def rank_short_cell(self, text: str) -> Candidate | None:
        """Return the first field that a word within a short cell without digits points to."""
        if len(normalize_header(text)) > TUNING.max_substring_cell or _HAS_DIGIT.search(text):
            return None
        return next(iter(self.by_substrings([text])), None)

    def _known(self, levels: Sequence[str]) -> list[Candidate]:
        """Return the candidate by the sheet's own words and those by substrings."""
        key = tuple(levels)
        if key not in self._headings:
            substrings = _by_score(by_substring(self.index, levels))
            self._headings[key] = [*best_by_words(self.index, levels), *substrings]
        return self._headings[key]


def _by_score(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: -candidate.score)
