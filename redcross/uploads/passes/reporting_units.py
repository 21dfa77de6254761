"""Columns headed 单位 that hold something else than reporting branches.

Offices write 单位 over the reporting branch, over the giver, over the measure of goods and
over the place where a person works.
"""

import re
from decimal import Decimal

from redcross.uploads.cells.cell_parsers import cell_parser
from redcross.uploads.files.cell_kinds import TEXT
from redcross.uploads.mapping.normalize import JOINER, normalize_header
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.import_spec import FieldSpec, SheetKind
from redcross.uploads.tables.table import Table

_BRANCH_LIKE = re.compile(r"红十字|红会|[县区市州]$")
_WORKPLACE_HEADINGS = frozenset({"单位", "单位名称", "所属单位", "工作单位", "所在单位"})


def remap_other_units(table: Table) -> Table:
    """Read a branch column that names no branch as the other field its heading may mean.

    Looks at the column read as `branch`. Where none of its cells names a branch, it becomes
    the required field of that heading that is still missing (捐赠单位: the giver), or, with
    short cells, another one of it (计量单位: 件, 箱). A 单位 below a group of columns that
    names no branch is left unread.
    Example: 单位 | 金额 over 昆明示例公司 | 100 becomes giver and value.
    """
    letter = table.letter_of("branch")
    if letter is None:
        return table
    heading = table.layout.headings[letter]
    others = _other_fields(table, heading)
    if not others and JOINER not in heading:
        return table
    if table.parsed(letter, table.field("branch")).values.is_not_null().any():
        return table
    if not others:
        return table.with_layout(table.layout.without([letter]))
    required = [field for field in others if field.name in table.layout.missing]
    # A name nobody knows stays a finding: what is as long as one is no 件 or 箱.
    lengths = table.texts(letter).str.len_chars()
    if not required and (lengths > TUNING.max_measure_length).any():
        return table
    return table.map_column(letter, (required or others)[0].name)


def _other_fields(table: Table, heading: str) -> list[FieldSpec]:
    """Return the fields without a column that have the heading's lowest level as a word."""
    leaf = normalize_header(heading.rpartition(JOINER)[2])
    return [
        field
        for field in table.absent_fields()
        if leaf in map(normalize_header, (field.label, *field.aliases))
    ]


def drop_workplaces(table: Table) -> Table:
    """Leave a branch column of a list unread where it holds the places people work at.

    Looks at a branch column headed 单位, 工作单位 …, not 填报单位 or 县区, which always mean a
    branch. Where no cell names a branch or looks like a branch nobody knows, all rows belong
    to the uploading branch; the finding `branch.workplace` says so. Example: 姓名 | 单位 over
    示例 | 某某中学.
    """
    letter = table.letter_of("branch")
    if (
        letter is None
        or table.spec.kind is SheetKind.STATISTICS
        or normalize_header(table.layout.headings[letter]) not in _WORKPLACE_HEADINGS
    ):
        return table
    texts = set(table.texts(letter)) - {""}
    parse = cell_parser(table.spec.field("branch"), table.context, Decimal(1))
    if not texts or any(
        _BRANCH_LIKE.search(text) or parse(text, TEXT).code != "branch.unknown" for text in texts
    ):
        return table
    heading = table.layout.headings[letter]
    message = (
        f"栏目「{heading}」没有一个是红十字会机构的名称，看作捐赠人等所在的单位，"
        "全部行按本单位读取。"
    )
    workplace = finding(
        "branch.workplace",
        message,
        worksheet=table.layout.worksheet,
        row=table.layout.heading_rows[-1],
        column=letter,
        field="branch",
    )
    return table.with_layout(table.layout.without([letter])).with_findings([workplace])
