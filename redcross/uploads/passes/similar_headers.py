"""Columns whose heading nobody knows, taken for what they are called nearly and what they hold.

In go a grid, one of its layouts and the sheet; out come the layout with these columns read,
and one finding that lists them. Where two fields would do, or a cell cannot be one of the
field's, the column stays unread and is proposed to the clerk.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from redcross.uploads.cells.columns import clean_column
from redcross.uploads.cells.parsed import BLANKS
from redcross.uploads.files.parser import KIND
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import JOINER, SERIAL_HEADINGS, SUMS, plain
from redcross.uploads.mapping.similarity import APART, NEAR, near_to
from redcross.uploads.mapping.units import multiple_for
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding, Severity
from redcross.uploads.schema.import_spec import NUMERIC, CellKind, Context, FieldSpec, SheetSpec
from redcross.uploads.tables.layout import Layout

_LOOKED_AT = 300
_MOST = 60
"""So many unknown headings are looked at; a table with more is of another kind."""
_TOLD_BY_CONTENT = {
    CellKind.ID_NUMBER: 40.0, CellKind.PHONE: 30.0, CellKind.CHOICE: 25.0, CellKind.DATE: 15.0,
    CellKind.BOOLEAN: 10.0,
}  # fmt: skip
"""What it adds that every cell can be read as such a thing."""
_LEAST = 45.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Likeness:
    score: float
    letter: str
    field: str


def akin(
    grid: Grid, layout: Layout, spec: SheetSpec, context: Context
) -> tuple[Layout, list[Finding]]:
    """Read the columns that only one field of the sheet can be meant by."""
    unread = [
        letter
        for letter, heading in layout.headings.items()
        if letter not in layout.columns
        and heading in layout.unknown
        and heading not in layout.declined
        and plain(heading.rpartition(JOINER)[2]) not in (*SERIAL_HEADINGS, *SUMS)
    ][:_MOST]
    absent = [field for field in spec.fields if field.name not in layout.columns.values()]
    nearly = dict(layout.nearly)
    if not unread or not absent or layout.data.is_empty():
        return layout, [_told(layout, spec, nearly)] if nearly else []
    likely = [
        each
        for letter in unread
        if not _is_known(layout.headings[letter], spec)
        for each in _one(_likenesses(grid, layout, letter, absent, context))
    ]
    taken: dict[str, str] = {}
    for each in sorted(likely, key=lambda one: -one.score):
        if each.field not in taken.values():
            taken[each.letter] = each.field
    if not taken:
        return layout, [_told(layout, spec, nearly)] if nearly else []
    read = {layout.headings[letter] for letter in taken}
    multiples = {
        letter: multiple_for(spec.field(name), layout.headings[letter].split(JOINER), layout.unit)
        for letter, name in taken.items()
    }
    told = _told(layout, spec, nearly | taken)
    return dataclasses.replace(
        layout,
        columns={**layout.columns, **taken},
        nearly=nearly | taken,
        multiples={**layout.multiples, **multiples},
        unknown=tuple(each for each in layout.unknown if each not in read),
        missing=tuple(each for each in layout.missing if each not in taken.values()),
        proposals={name: each for name, each in layout.proposals.items() if name not in read},
    ), [told]


def _is_known(heading: str, spec: SheetSpec) -> bool:
    """Tell a heading whose words are known from one nobody knows: it was left out on purpose."""
    whole = plain(heading.partition("#")[0])
    return any(
        whole == plain(word) for field in spec.fields for word in (field.label, *field.aliases)
    )


def _likenesses(
    grid: Grid, layout: Layout, letter: str, absent: Sequence[FieldSpec], context: Context
) -> Iterator[_Likeness]:
    """Yield the fields that could be meant, with how likely each is."""
    heading = layout.headings[letter].partition("#")[0]
    rows = layout.data.head(_LOOKED_AT)
    texts, kinds = grid.cells[letter][rows], grid.cells[letter + KIND][rows]
    written = texts.str.strip_chars(BLANKS)
    if not (written != "").any():
        return
    for field in absent:
        near = near_to(heading.split(JOINER), field)
        bonus = _TOLD_BY_CONTENT.get(field.kind, 0.0)
        # A column of nothing but the words of one closed list needs no heading to be that.
        if near + bonus < NEAR and field.kind is not CellKind.CHOICE:
            continue
        if near < _LEAST and field.kind not in (CellKind.CHOICE, CellKind.ID_NUMBER):
            continue
        if not _can_hold(texts, kinds, written, field, layout, context):
            continue
        yield _Likeness(near + bonus, letter, field.name)


def _can_hold(
    texts: pl.Series,
    kinds: pl.Series,
    written: pl.Series,
    field: FieldSpec,
    layout: Layout,
    context: Context,
) -> bool:
    """Tell whether every cell can be read as one of the field's."""
    if field.kind is CellKind.TEXT:
        filled = written.filter(written != "")
        return int(filled.str.contains(r"^[\d,.%]+$").sum()) * 2 < filled.len()
    multiple = multiple_for(field, [layout.unit] if layout.unit else [], layout.unit)
    column = clean_column(texts, kinds, field, context, multiple=multiple)
    if field.between is not None and not column.values.is_between(*field.between).any():
        return False
    if field.kind not in NUMERIC:
        return not column.problems and column.values.is_not_null().any()
    return not any(
        severity_of(each.code) is Severity.ERROR for _, each, _ in column.problems
    ) and bool(column.values.is_not_null().any())


def _one(likely: Iterable[_Likeness]) -> list[_Likeness]:
    """Keep the likeliest where no other is nearly as likely."""
    ranked = sorted(likely, key=lambda one: -one.score)
    if not ranked or (len(ranked) > 1 and ranked[0].score - ranked[1].score < APART):
        return []
    return ranked[:1]


def _told(layout: Layout, spec: SheetSpec, taken: dict[str, str]) -> Finding:
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
