"""What a column headed 单位 holds: the reporting branches, or something else called so.

In go a grid and one of its layouts; out comes the layout as its 单位 column is to be read,
with a finding where it is left out.
"""

import dataclasses
import re
from decimal import Decimal

from redcross.uploads.cells.columns import cell_parser, parse_column
from redcross.uploads.cells.parsed import BLANKS
from redcross.uploads.files.parser import KIND_SUFFIX, TEXT
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import JOINER, normalize_header
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import ImportContext, SheetKind, SheetSpec
from redcross.uploads.tables.layout import Layout

_BRANCH_LIKE = re.compile(r"红十字|红会|[县区市州]$")
_WORKPLACE_HEADINGS = frozenset({"单位", "单位名称", "所属单位", "工作单位", "所在单位"})
_MAX_MEASURE_LENGTH = 3


def resolve_reporting_units(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> tuple[Layout, list[Finding]]:
    """Return the layout with its 单位 column read as what it holds, and what to say of it."""
    layout = _remap_other_units(grid, layout, spec, context)
    return _drop_workplaces(grid, layout, spec, context)


def _remap_other_units(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> Layout:
    """Take a 单位 column that names no branch at all for what else 单位 may head.

    Offices write 单位 over the giver and over the measure of goods as often as over the
    reporting branch; under a group of columns it is one of theirs.
    """
    letter = next((each for each, name in layout.columns.items() if name == "branch"), None)
    if letter is None:
        return layout
    heading = layout.headings[letter]
    wanting = [
        field
        for field in spec.fields
        if field.name not in layout.columns.values()
        and normalize_header(heading.rpartition(JOINER)[2])
        in map(normalize_header, (field.label, *field.aliases))
    ]
    if not wanting and JOINER not in heading:
        return layout
    column = parse_column(
        grid.cells[letter][layout.data],
        grid.cells[letter + KIND_SUFFIX][layout.data],
        spec.field("branch"),
        context,
        multiple=Decimal(1),
    )
    if column.values.is_not_null().any():
        return layout
    required = [field for field in wanting if field.name in layout.missing]
    written = grid.cells[letter][layout.data].str.strip_chars(BLANKS).str.len_chars()
    # A name nobody knows stays a finding: what is long as one is not taken for 件 or 箱.
    if not required and wanting and (written > _MAX_MEASURE_LENGTH).any():
        return layout
    if not wanting:
        return layout.without([letter])
    name = (required or wanting)[0].name
    return dataclasses.replace(
        layout,
        columns={**layout.columns, letter: name},
        missing=tuple(each for each in layout.missing if each != name),
    )


def _drop_workplaces(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> tuple[Layout, list[Finding]]:
    """Leave out a 单位 column of a list of persons that names no branch, and say so.

    Beside a name it is where the person works; 填报单位 and 县区 always mean a branch, and
    what is called like one is a branch that nobody knows.
    """
    letter = next((each for each, name in layout.columns.items() if name == "branch"), None)
    if (
        letter is None
        or spec.kind is SheetKind.STATISTICS
        or normalize_header(layout.headings[letter]) not in _WORKPLACE_HEADINGS
    ):
        return layout, []
    texts = set(grid.cells[letter][layout.data].str.strip_chars(BLANKS)) - {""}
    parse = cell_parser(spec.field("branch"), context, Decimal(1))
    if not texts or any(
        _BRANCH_LIKE.search(text) or parse(text, TEXT).code != "branch.unknown" for text in texts
    ):
        return layout, []
    finding = Finding(
        worksheet=layout.worksheet,
        row=layout.heading_rows[-1],
        column=letter,
        field="branch",
        code="branch.workplace",
        severity=severity_of("branch.workplace"),
        message=f"栏目「{layout.headings[letter]}」没有一个是红十字会机构的名称，看作捐赠人等所在的单位，"
        "全部行按本单位读取。",
        suggestion=CODES["branch.workplace"].remedy,
    )
    return layout.without([letter]), [finding]
