"""Which field each column of a table holds.

In go the levels of each column's heading; out come letter → field, letter → heading as
printed, and what an unknown heading probably means.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from redcross.uploads.mapping.normalize import JOINER, normalize_header, strip_whitespace
from redcross.uploads.mapping.vocabulary import Vocabulary
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, SheetSpec

_LABEL_KINDS = (CellKind.TEXT, CellKind.BRANCH)
_MIN_PROPOSAL_SCORE = 70


def assign_columns(levels: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> dict[str, str]:
    """Give each field its best column; the leftmost where two are as good."""
    ranked = []
    for order, (letter, texts) in enumerate(levels.items()):
        match = vocabulary.match(texts)
        if match is not None and match.field:
            label = vocabulary.spec.field(match.field).label.rpartition(JOINER)[2]
            # 人次 goes before 人数 where both can be meant.
            is_other = normalize_header(texts[-1]) != normalize_header(label)
            ranked.append((match.rank, is_other, order, letter, match.field))
    columns: dict[str, str] = {}
    taken: set[str] = set()
    for *_, letter, field in sorted(ranked):
        if field not in taken:
            columns[letter] = field
            taken.add(field)
    skipped = {
        letter
        for letter, texts in levels.items()
        if (match := vocabulary.match(texts)) is not None and not match.field
    }
    for hint, field in vocabulary.substrings:
        if field in taken:
            continue
        for letter, texts in levels.items():
            if letter in columns or letter in skipped:
                continue
            if vocabulary.points(hint, field, normalize_header(JOINER.join(texts))):
                columns[letter] = field
                taken.add(field)
                break
    return {letter: columns[letter] for letter in levels if letter in columns}


def number_repeated_headings(levels: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return each column's heading as printed; one that comes again has its number: 金额#2."""
    seen: Counter[str] = Counter()
    named = {}
    for letter, texts in levels.items():
        heading = JOINER.join(map(strip_whitespace, texts))
        seen[heading] += 1
        named[letter] = heading if seen[heading] == 1 else f"{heading}#{seen[heading]}"
    return named


def propose_fields(
    headings: Iterable[str], present: set[str], vocabulary: Vocabulary
) -> dict[str, tuple[str, int]]:
    """Return the field that each unknown heading is nearest to, of those not present."""
    words = {
        word: match.field
        for word, match in vocabulary.words.items()
        if match.field and match.field not in present
    }
    found = {}
    for heading in headings:
        nearest = process.extractOne(
            normalize_header(heading),
            list(words),
            scorer=fuzz.WRatio,
            score_cutoff=_MIN_PROPOSAL_SCORE,
        )
        if nearest:
            found[heading] = (words[nearest[0]], round(nearest[1]))
    return found


class MappedColumns:
    """The columns of one table that are read, with what their fields are."""

    def __init__(self, names: Mapping[str, str], spec: SheetSpec) -> None:
        fields = {letter: spec.field(name) for letter, name in names.items()}
        self.letters = tuple(fields)
        self.numbers = [letter for letter, field in fields.items() if field.kind in NUMERIC_KINDS]
        self.labels = [letter for letter, field in fields.items() if field.kind in _LABEL_KINDS]
        self.days = {letter for letter, field in fields.items() if field.kind is CellKind.DATE}
        self.asked = {letter for letter, field in fields.items() if field.required}
        self.asked.difference_update(self.numbers)
