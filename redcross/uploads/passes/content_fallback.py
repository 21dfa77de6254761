"""What a column holds that its field cannot hold, and another of the sheet can.

In one office 初审 heads a day and in another 同意; 队伍 a number or a name; 项目 a fund, or what
the giver had in mind.
"""

import dataclasses
import re
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from redcross.uploads.cells.columns import Column, clean_column
from redcross.uploads.cells.parsed import BLANKS, Parsed
from redcross.uploads.cells.words import OTHER
from redcross.uploads.files.parser import KIND
from redcross.uploads.files.workbook import Grid
from redcross.uploads.schema.import_spec import CellKind, Context, FieldSpec, SheetSpec
from redcross.uploads.tables.layout import Layout

_BETWEEN = "；"
_LOOKED_AT, _FEW, _LONGEST_WORD = 300, 3, 12
_OF_GOODS = re.compile("物|内容")
_NO_AMOUNT = frozenset({"amount.unreadable", "amount.foreign_unit"})
_BARE_NUMBER = r"^\d[\d,.]*$"


def by_content(grid: Grid, layout: Layout, spec: SheetSpec, context: Context) -> Layout:
    """Return the layout with each column under the field that can hold all of its cells."""
    for letter, name in layout.columns.items():
        field = spec.field(name)
        listed = _list_it_holds(grid, layout, letter, field, spec, context)
        if listed:
            layout = _moved(layout, letter, listed)
            continue
        if _holds_bare_numbers(grid, layout, letter, field) or _holds_others(
            grid, layout, letter, field
        ):
            layout = layout.without([letter])
            continue
        is_whole = field.otherwise and not by_cell(field, layout.headings[letter])
        if not is_whole or field.otherwise in layout.columns.values():
            continue
        if field.kind is CellKind.DECIMAL:
            continue
        texts, kinds = grid.cells[letter][layout.data], grid.cells[letter + KIND][layout.data]
        column = clean_column(texts, kinds, field, context, multiple=Decimal(1))
        other = spec.field(field.otherwise)
        if other.kind is CellKind.CHOICE:
            better = clean_column(texts, kinds, other, context, multiple=Decimal(1))
            is_other = len(better.problems) < len(column.problems)
        else:
            is_other = holds_words(column, texts, field)
        if is_other:
            layout = _moved(layout, letter, field.otherwise)
    return layout


def _moved(layout: Layout, letter: str, name: str) -> Layout:
    """Read a column as another field."""
    return dataclasses.replace(
        layout,
        columns={**layout.columns, letter: name},
        missing=tuple(each for each in layout.missing if each != name),
    )


def _list_it_holds(
    grid: Grid,
    layout: Layout,
    letter: str,
    field: FieldSpec,
    spec: SheetSpec,
    context: Context,
) -> str:
    """Return the closed list of which every cell of a column of texts is a word, "" for none.

    完成情况 tells what has been done in one office, and 已完成 or 推进中 in another.
    """
    if field.kind is not CellKind.TEXT or field.required:
        return ""
    rows = layout.data.head(_LOOKED_AT)
    texts = grid.cells[letter][rows].str.strip_chars(BLANKS)
    written = int((texts != "").sum())
    if written < _FEW or int(texts.str.len_chars().max() or 0) > _LONGEST_WORD:  # type: ignore[arg-type]
        return ""
    kinds = grid.cells[letter + KIND][rows]
    for other in spec.fields:
        if other.kind is not CellKind.CHOICE or other.name in layout.columns.values():
            continue
        column = clean_column(texts, kinds, other, context, multiple=Decimal(1))
        if not column.problems and column.values.is_not_null().sum() == written:
            return other.name
    return ""


def by_cell(field: FieldSpec, heading: str) -> bool:
    """Tell whether single cells go elsewhere, rather than the column as a whole."""
    match field.kind:
        case CellKind.REFERENCE:
            return bool(field.otherwise)
        case CellKind.CHOICE:
            return bool(field.otherwise) and OTHER in field.labels
        case CellKind.DECIMAL:  # 捐赠款物 holds 500元 and 口罩98个
            return bool(field.otherwise) and _OF_GOODS.search(heading) is not None
    return False


def branches_beside(
    grid: Grid, layout: Layout, spec: SheetSpec, context: Context
) -> tuple[str, Column] | None:
    """Read the branch out of an address where no column names it: 双柏县妥甸镇.

    Only somebody with branches below him hands in rows of several, and most of the
    addresses must begin with one of them. Return the column's letter, and its branches.
    """
    if spec.branch_field is None or spec.branch_field in layout.columns.values():
        return None
    if len(context.own_subtree) == 1:
        return None
    for letter, name in layout.columns.items():
        if not spec.field(name).names_branch:
            continue
        texts, kinds = grid.cells[letter][layout.data], grid.cells[letter + KIND][layout.data]
        field = spec.field(spec.branch_field)
        column = clean_column(texts, kinds, field, context, multiple=Decimal(1))
        written = (texts.str.strip_chars(BLANKS) != "").sum()
        if written and column.values.is_not_null().sum() * 2 >= written:
            return letter, column
    return None


def _holds_bare_numbers(grid: Grid, layout: Layout, letter: str, field: FieldSpec) -> bool:
    """Tell a column of numbers under a heading that asks for a name, or for yes and no."""
    if not field.worded and field.kind is not CellKind.BOOLEAN:
        return False
    texts = grid.cells[letter][layout.data].str.strip_chars(BLANKS)
    texts = texts.filter((texts != "") & ~texts.is_in(["0", "1", "0.0", "1.0"]))
    return texts.len() > 0 and bool(texts.str.contains(_BARE_NUMBER).all())


def _holds_others(grid: Grid, layout: Layout, letter: str, field: FieldSpec) -> bool:
    """Tell a column of numbers few of which can be the field's: 指标值／年度 is no year."""
    if field.between is None:
        return False
    least, most = field.between
    numbers = grid.cells[letter][layout.data].cast(pl.Float64, strict=False).drop_nulls()
    return numbers.len() > 0 and int(numbers.is_between(least, most).sum()) * 2 < numbers.len()


def holds_words(column: Column, texts: pl.Series, field: FieldSpec) -> bool:
    """Tell a column of words from one of days or numbers, none of whose cells can be read."""
    if not column.problems or column.values.is_not_null().any():
        return False
    return field.kind is not CellKind.DATE or not texts.str.contains(r"\d").any()


def handed_on(column: Column, other: FieldSpec) -> tuple[Column, dict[int, str]]:
    """Take the names nobody has registered out of a column: index → what was written.

    Each becomes a warning that it is kept as words; so are the words read as 其他.
    """
    problems: list[tuple[int, Parsed, str]] = []
    taken: dict[int, str] = {}
    for index, parsed, text in column.problems:
        fits = len(text) <= (other.max_length or len(text))
        if fits and parsed.code == "reference.unknown":
            reason = f"“{text[:40]}”没有登记过，记入「{other.label}」"
            taken[index] = text
            parsed = Parsed(None, "reference.as_text", reason, parsed.suggestion)  # noqa: PLW2901
        elif fits and parsed.code == "choice.other":
            taken[index] = text
        elif fits and parsed.code in _NO_AMOUNT and not text.isdigit():
            reason = f"“{text[:40]}”不是金额，记入「{other.label}」"
            taken[index] = text
            parsed = Parsed(None, "amount.goods", reason, "")  # noqa: PLW2901
        problems.append((index, parsed, text))
    return Column(column.values, problems), taken


def with_words(frame: pl.DataFrame, name: str, taken: Iterable[tuple[int, str]]) -> pl.DataFrame:
    """Add words to a column of texts, behind what stands there already."""
    there = frame[name].to_list() if name in frame.columns else [None] * frame.height
    for index, text in taken:
        if text not in (there[index] or "").split(_BETWEEN):
            there[index] = f"{there[index]}{_BETWEEN}{text}" if there[index] else text
    return frame.with_columns(pl.Series(name, there, dtype=pl.String))
