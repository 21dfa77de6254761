"""Columns whose heading nobody knows, matched by what they are called and what they hold."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from redcross.uploads.mapping.normalize import (
    JOINER,
    SERIAL_HEADINGS,
    SUM_WORDS,
    heading_levels,
    normalize_header,
)
from redcross.uploads.mapping.similarity import field_similarity
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.passes.content_evidence import can_hold
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, SheetSpec
from redcross.uploads.tables.table import Table

_CONTENT_BONUS = {
    CellKind.ID_NUMBER: 40.0, CellKind.PHONE: 30.0, CellKind.CHOICE: 25.0, CellKind.DATE: 15.0,
    CellKind.BOOLEAN: 10.0,
}  # fmt: skip
"""What it adds that every cell can be read as such a thing."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    letter: str
    field: str


def match_similar_headers(table: Table) -> Table:
    """Read unknown columns as the one field they are similar to and whose cells they hold.

    Looks at columns whose heading is unknown, and at the fields without a column; a column
    is read where one field is similar enough and no other nearly as similar. The finding
    `column.akin` lists all columns read by similarity, those of the detection too; what is
    left unread stays a proposal. Example: 户主身份证 over identity numbers.
    """
    matches: dict[str, str] = {}
    if not table.layout.data.is_empty():
        absent = table.absent_fields()
        winners = [
            winner
            for letter in _unknown_columns(table)
            for winner in _clear_winner(_candidates(table, letter, absent))
        ]
        for candidate in sorted(winners, key=lambda winner: -winner.score):
            if candidate.field not in matches.values():
                matches[candidate.letter] = candidate.field
    for letter, name in matches.items():
        table = table.map_column(letter, name)
    similar = {**table.layout.similar, **matches}
    if not similar:
        return table
    table = table.with_layout(dataclasses.replace(table.layout, similar=similar))
    return table.with_findings([_similar_headers_finding(table, similar)])


def _unknown_columns(table: Table) -> list[str]:
    layout = table.layout
    letters = [
        letter
        for letter, heading in layout.headings.items()
        if letter not in layout.columns
        and heading in layout.unknown
        and heading not in layout.declined
        and normalize_header(heading_levels(heading)[-1]) not in (*SERIAL_HEADINGS, *SUM_WORDS)
    ][: TUNING.max_unknown_columns]
    return [at for at in letters if not _is_known_heading(layout.headings[at], table.spec)]


def _is_known_heading(heading: str, spec: SheetSpec) -> bool:
    """Tell a heading whose words are known from one nobody knows: it was left out on purpose."""
    whole = normalize_header(JOINER.join(heading_levels(heading)))
    return any(
        whole == normalize_header(word)
        for field in spec.fields
        for word in (field.label, *field.aliases)
    )


def _candidates(table: Table, letter: str, absent: Sequence[FieldSpec]) -> Iterator[_Candidate]:
    """Yield the fields that an unknown column may be, each with its score."""
    if table.filled(letter).head(TUNING.sample_rows).is_empty():
        return
    levels = heading_levels(table.layout.headings[letter])
    for field in absent:
        similarity = field_similarity(levels, field)
        bonus = _CONTENT_BONUS.get(field.kind, 0.0)
        # A column of nothing but the words of one closed list needs no heading to be that.
        if similarity + bonus < TUNING.min_similarity and field.kind is not CellKind.CHOICE:
            continue
        if similarity < TUNING.min_similarity_with_content and field.kind not in (
            CellKind.CHOICE,
            CellKind.ID_NUMBER,
        ):
            continue
        if can_hold(table, letter, field):
            yield _Candidate(similarity + bonus, letter, field.name)


def _clear_winner(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Return the best candidate where no other is nearly as good, else nothing."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked or (len(ranked) > 1 and ranked[0].score - ranked[1].score < TUNING.min_margin):
        return []
    return ranked[:1]


def _similar_headers_finding(table: Table, similar: Mapping[str, str]) -> Finding:
    readings = "，".join(
        f"「{table.layout.headings[letter]}」读作「{table.spec.field(name).label}」"
        for letter, name in similar.items()
    )
    return finding(
        "column.akin",
        f"按名称和内容读取的栏目：{readings}。",
        worksheet=table.layout.worksheet,
        row=table.layout.heading_rows[-1],
    )
