"""Which field each column of a table holds, by the headings alone."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from redcross.uploads.mapping.evidence import Candidate
from redcross.uploads.mapping.normalize import JOINER, normalize_header, strip_whitespace
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, SheetSpec

Headings = Mapping[str, Sequence[str]]
"""Letter → the levels of its heading."""
_LABEL_KINDS = (CellKind.TEXT, CellKind.BRANCH)


def assign_columns(headings: Headings, ranker: HeadingRanker) -> dict[str, str]:
    """Return letter → field: each field takes its surest column, the leftmost of equals.

    Only the sheet's own words decide, first those of the whole heading, then words within.
    Where 人次 and 人数 can both be meant, the column called as the field's label goes first.
    """
    entries = []
    for order, (letter, levels) in enumerate(headings.items()):
        best = ranker.best(levels)
        if best is not None and not best.field:
            continue  # people marked it as none of the sheet's columns
        for candidate in (best, *ranker.by_substrings(levels)):
            if candidate is not None:
                is_other = not _is_labelled(levels, candidate.field, ranker.spec)
                entries.append((-candidate.score, is_other, order, letter, candidate.field))
    columns: dict[str, str] = {}
    for *_, letter, name in sorted(entries):
        if letter not in columns and name not in columns.values():
            columns[letter] = name
    return {letter: columns[letter] for letter in headings if letter in columns}


def _is_labelled(levels: Sequence[str], name: str, spec: SheetSpec) -> bool:
    """Tell whether the lowest level is that of the field's label."""
    label = spec.field(name).label.rpartition(JOINER)[2]
    return normalize_header(levels[-1]) == normalize_header(label)


def clear_winner(
    candidates: Iterable[Candidate], least: float = TUNING.min_similarity
) -> Candidate | None:
    """Return the best candidate, where it is good enough and no other nearly as good."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked or ranked[0].score < least:
        return None
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < TUNING.min_margin:
        return None
    return ranked[0]


def assign_winners(winners: Mapping[str, Candidate]) -> dict[str, str]:
    """Return letter → field, each field for the column that won it with the highest score."""
    columns: dict[str, str] = {}
    for letter, winner in sorted(winners.items(), key=lambda item: -item[1].score):
        if winner.field not in columns.values():
            columns[letter] = winner.field
    return {letter: columns[letter] for letter in winners if letter in columns}


def assign_similar(
    headings: Headings, ranker: HeadingRanker, taken: Collection[str] = ()
) -> dict[str, str]:
    """Return letter → field for the headings that are similar to one field not yet taken."""
    winners = {}
    for letter, levels in headings.items():
        winner = clear_winner(
            candidate for candidate in ranker.similar(levels) if candidate.field not in taken
        )
        if winner is not None:
            winners[letter] = winner
    return assign_winners(winners)


def number_repeated_headings(headings: Headings) -> dict[str, str]:
    """Return letter → heading as printed; one that comes again has its number: 金额#2."""
    seen: Counter[str] = Counter()
    named = {}
    for letter, levels in headings.items():
        heading = JOINER.join(map(strip_whitespace, levels))
        seen[heading] += 1
        named[letter] = heading if seen[heading] == 1 else f"{heading}#{seen[heading]}"
    return named


def propose_fields(
    headings: Mapping[str, Sequence[str]], present: Collection[str], ranker: HeadingRanker
) -> dict[str, tuple[str, int]]:
    """Return unknown heading → (field, score): what it is most similar to of what is absent."""
    proposals = {}
    for heading, levels in headings.items():
        for candidate in ranker.similar(levels):
            if candidate.field not in present and candidate.score >= TUNING.min_proposal:
                proposals[heading] = (candidate.field, round(candidate.score))
                break
    return proposals


class MappedColumns:
    """The columns of one table that are read, by what their fields are."""

    def __init__(self, names: Mapping[str, str], spec: SheetSpec) -> None:
        fields = {letter: spec.field(name) for letter, name in names.items()}
        self.letters = tuple(fields)
        self.numbers = [letter for letter, field in fields.items() if field.kind in NUMERIC_KINDS]
        self.labels = [letter for letter, field in fields.items() if field.kind in _LABEL_KINDS]
        self.days = {letter for letter, field in fields.items() if field.kind is CellKind.DATE}
        self.required = {letter for letter, field in fields.items() if field.required}
        self.required.difference_update(self.numbers)
