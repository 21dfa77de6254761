"""Columns whose heading nobody knows, taken for what they are called nearly and what they hold.

In go a grid, one of its layouts and the sheet; out come the layout with these columns read,
and one finding that lists them. Where two fields would do, or a cell cannot be one of the
field's, the column stays unread and is proposed to the clerk.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from redcross.uploads.cells.columns import parse_column
from redcross.uploads.cells.parsed import BLANKS
from redcross.uploads.files.parser import KIND_SUFFIX
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import JOINER, SERIAL_HEADINGS, SUM_WORDS, normalize_header
from redcross.uploads.mapping.similarity import MIN_MARGIN, MIN_SIMILARITY, field_similarity
from redcross.uploads.mapping.units import column_multiple
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding, Severity
from redcross.uploads.schema.import_spec import (
    NUMERIC_KINDS,
    CellKind,
    FieldSpec,
    ImportContext,
    SheetSpec,
)
from redcross.uploads.tables.layout import Layout

_SAMPLE_ROWS = 300
_MAX_UNKNOWN_COLUMNS = 60
"""So many unknown headings are looked at; a table with more is of another kind."""
_CONTENT_BONUS = {
    CellKind.ID_NUMBER: 40.0, CellKind.PHONE: 30.0, CellKind.CHOICE: 25.0, CellKind.DATE: 15.0,
    CellKind.BOOLEAN: 10.0,
}  # fmt: skip
"""What it adds that every cell can be read as such a thing."""
_MIN_HEADING_SIMILARITY = 45.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    letter: str
    field: str


def match_similar_headers(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> tuple[Layout, list[Finding]]:
    """Read the columns that only one field of the sheet can be meant by."""
    unread = [
        letter
        for letter, heading in layout.headings.items()
        if letter not in layout.columns
        and heading in layout.unknown
        and heading not in layout.declined
        and normalize_header(heading.rpartition(JOINER)[2]) not in (*SERIAL_HEADINGS, *SUM_WORDS)
    ][:_MAX_UNKNOWN_COLUMNS]
    absent = [field for field in spec.fields if field.name not in layout.columns.values()]
    nearly = dict(layout.nearly)
    if not unread or not absent or layout.data.is_empty():
        return layout, [_similar_headers_finding(layout, spec, nearly)] if nearly else []
    likely = [
        each
        for letter in unread
        if not _is_known_heading(layout.headings[letter], spec)
        for each in _clear_winner(_candidates(grid, layout, letter, absent, context))
    ]
    taken: dict[str, str] = {}
    for each in sorted(likely, key=lambda one: -one.score):
        if each.field not in taken.values():
            taken[each.letter] = each.field
    if not taken:
        return layout, [_similar_headers_finding(layout, spec, nearly)] if nearly else []
    read = {layout.headings[letter] for letter in taken}
    multiples = {
        letter: column_multiple(
            spec.field(name), layout.headings[letter].split(JOINER), layout.unit
        )
        for letter, name in taken.items()
    }
    told = _similar_headers_finding(layout, spec, nearly | taken)
    return dataclasses.replace(
        layout,
        columns={**layout.columns, **taken},
        nearly=nearly | taken,
        multiples={**layout.multiples, **multiples},
        unknown=tuple(each for each in layout.unknown if each not in read),
        missing=tuple(each for each in layout.missing if each not in taken.values()),
        proposals={name: each for name, each in layout.proposals.items() if name not in read},
    ), [told]


def _is_known_heading(heading: str, spec: SheetSpec) -> bool:
    """Tell a heading whose words are known from one nobody knows: it was left out on purpose."""
    whole = normalize_header(heading.partition("#")[0])
    return any(
        whole == normalize_header(word)
        for field in spec.fields
        for word in (field.label, *field.aliases)
    )


def _candidates(
    grid: Grid, layout: Layout, letter: str, absent: Sequence[FieldSpec], context: ImportContext
) -> Iterator[_Candidate]:
    """Yield the fields that could be meant, with how likely each is."""
    heading = layout.headings[letter].partition("#")[0]
    rows = layout.data.head(_SAMPLE_ROWS)
    texts, kinds = grid.cells[letter][rows], grid.cells[letter + KIND_SUFFIX][rows]
    written = texts.str.strip_chars(BLANKS)
    if not (written != "").any():
        return
    for field in absent:
        near = field_similarity(heading.split(JOINER), field)
        bonus = _CONTENT_BONUS.get(field.kind, 0.0)
        # A column of nothing but the words of one closed list needs no heading to be that.
        if near + bonus < MIN_SIMILARITY and field.kind is not CellKind.CHOICE:
            continue
        if near < _MIN_HEADING_SIMILARITY and field.kind not in (
            CellKind.CHOICE,
            CellKind.ID_NUMBER,
        ):
            continue
        if not _fits_content(texts, kinds, written, field, layout, context):
            continue
        yield _Candidate(near + bonus, letter, field.name)


def _fits_content(
    texts: pl.Series,
    kinds: pl.Series,
    written: pl.Series,
    field: FieldSpec,
    layout: Layout,
    context: ImportContext,
) -> bool:
    """Tell whether every cell can be read as one of the field's."""
    if field.kind is CellKind.TEXT:
        filled = written.filter(written != "")
        return int(filled.str.contains(r"^[\d,.%]+$").sum()) * 2 < filled.len()
    multiple = column_multiple(field, [layout.unit] if layout.unit else [], layout.unit)
    column = parse_column(texts, kinds, field, context, multiple=multiple)
    if field.value_range is not None and not column.values.is_between(*field.value_range).any():
        return False
    if field.kind not in NUMERIC_KINDS:
        return not column.problems and column.values.is_not_null().any()
    return not any(
        severity_of(each.code) is Severity.ERROR for _, each, _ in column.problems
    ) and bool(column.values.is_not_null().any())


def _clear_winner(likely: Iterable[_Candidate]) -> list[_Candidate]:
    """Keep the likeliest where no other is nearly as likely."""
    ranked = sorted(likely, key=lambda one: -one.score)
    if not ranked or (len(ranked) > 1 and ranked[0].score - ranked[1].score < MIN_MARGIN):
        return []
    return ranked[:1]


def _similar_headers_finding(layout: Layout, spec: SheetSpec, taken: dict[str, str]) -> Finding:
    read = "，".join(
        f"「{layout.headings[letter]}」读作「{spec.field(name).label}」"
        for letter, name in taken.items()
    )
    return Finding(
        worksheet=layout.worksheet,
        row=layout.heading_rows[-1],
        column=None,
        field=None,
        code="column.akin",
        severity=severity_of("column.akin"),
        message=f"按名称和内容读取的栏目：{read}。",
        suggestion=CODES["column.akin"].remedy,
    )
