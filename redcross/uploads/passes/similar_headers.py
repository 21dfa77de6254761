"""Columns whose heading nobody knows, matched by what they are called and what they hold."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from redcross.uploads.mapping.assignment import assign_winners, clear_winner
from redcross.uploads.mapping.evidence import Candidate, Evidence
from redcross.uploads.mapping.normalize import heading_levels, normalize_header
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.words import SERIAL_HEADINGS, SUM_WORDS
from redcross.uploads.passes.content_evidence import can_hold, content_bonus
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, FieldSpec
from redcross.uploads.tables.table import Table


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
        winners = {
            letter: winner
            for letter in _unknown_columns(table)
            if (winner := _winner(table, letter, absent)) is not None
        }
        matches = assign_winners(winners)
    for letter, name in matches.items():
        table = table.map_column(letter, name)
    similar = {**table.layout.similar, **matches}
    if not similar:
        return table
    table = table.with_layout(dataclasses.replace(table.layout, similar=similar))
    return table.with_findings([_similar_headers_finding(table, similar)])


def _unknown_columns(table: Table) -> list[str]:
    """Return the unread columns whose heading is not a known word left out on purpose."""
    layout = table.layout
    letters = [
        letter
        for letter, heading in layout.headings.items()
        if letter not in layout.columns
        and heading in layout.unknown
        and heading not in layout.declined
        and normalize_header(heading_levels(heading)[-1]) not in (*SERIAL_HEADINGS, *SUM_WORDS)
    ][: TUNING.max_unknown_columns]
    return [letter for letter in letters if not _is_known_word(table, letter)]


def _is_known_word(table: Table, letter: str) -> bool:
    best = table.ranker.best(heading_levels(table.layout.headings[letter]))
    return best is not None and best.evidence in (Evidence.PERSON, Evidence.WORD)


def _winner(table: Table, letter: str, absent: Sequence[FieldSpec]) -> Candidate | None:
    """Return the one field an unknown column is to be read as.

    A column of nothing but the words of one closed list needs no heading to be that list,
    where no field is similar enough.
    """
    candidates = list(_candidates(table, letter, absent))
    similar = [entry for entry in candidates if entry.score >= TUNING.min_similarity]
    return clear_winner(similar) if similar else clear_winner(candidates, TUNING.choice_bonus)


def _candidates(table: Table, letter: str, absent: Sequence[FieldSpec]) -> Iterator[Candidate]:
    """Yield the fields whose cells an unknown column holds, scored by heading and content."""
    if table.filled(letter).head(TUNING.sample_rows).is_empty():
        return
    ranked = table.ranker.similar(heading_levels(table.layout.headings[letter]))
    similarities = {candidate.field: candidate.score for candidate in ranked}
    for field in absent:
        similarity = similarities.get(field.name, 0.0)
        score = similarity + content_bonus(field)
        is_list = field.kind is CellKind.CHOICE
        if score < TUNING.min_similarity and not is_list:
            continue
        needs_heading = not is_list and field.kind is not CellKind.ID_NUMBER
        if needs_heading and similarity < TUNING.min_similarity_with_content:
            continue
        if can_hold(table, letter, field):
            evidence = Evidence.CONTENT if score > similarity else Evidence.SIMILAR
            yield Candidate(field.name, score, evidence)


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
