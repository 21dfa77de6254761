"""What a column holds that its field cannot hold, and another of the sheet can.

In one office 初审 heads a day and in another 同意; 队伍 a number or a name; 项目 a fund, or what
the giver had in mind.
"""

import dataclasses
import re
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from redcross.uploads.cells.columns import ParsedColumn, parse_column
from redcross.uploads.cells.parsed import BLANKS, ParsedCell
from redcross.uploads.cells.words import OTHER_KEY
from redcross.uploads.files.parser import KIND_SUFFIX
from redcross.uploads.files.workbook import Grid
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, ImportContext, SheetSpec
from redcross.uploads.tables.layout import Layout

_SEPARATOR = "；"
_SAMPLE_ROWS, _MIN_LIST_CELLS, _MAX_LIST_WORD = 300, 3, 12
_GOODS_WORDS = re.compile("物|内容")
_NOT_AN_AMOUNT_CODES = frozenset({"amount.unreadable", "amount.foreign_unit"})
_BARE_NUMBER = r"^\d[\d,.]*$"


def remap_by_content(grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext) -> Layout:
    """Return the layout with each column under the field that can hold all of its cells."""
    for letter, name in layout.columns.items():
        field = spec.field(name)
        listed = _matching_choice_field(grid, layout, letter, field, spec, context)
        if listed:
            layout = _remap_column(layout, letter, listed)
            continue
        if _has_only_numbers(grid, layout, letter, field) or _is_out_of_range(
            grid, layout, letter, field
        ):
            layout = layout.without([letter])
            continue
        is_whole = field.fallback_column and not is_diverted_by_cell(field, layout.headings[letter])
        if not is_whole or field.fallback_column in layout.columns.values():
            continue
        if field.kind is CellKind.DECIMAL:
            continue
        texts, kinds = (
            grid.cells[letter][layout.data],
            grid.cells[letter + KIND_SUFFIX][layout.data],
        )
        column = parse_column(texts, kinds, field, context, multiple=Decimal(1))
        other = spec.field(field.fallback_column)
        if other.kind is CellKind.CHOICE:
            better = parse_column(texts, kinds, other, context, multiple=Decimal(1))
            is_other = len(better.problems) < len(column.problems)
        else:
            is_other = has_only_words(column, texts, field)
        if is_other:
            layout = _remap_column(layout, letter, field.fallback_column)
    return layout


def _remap_column(layout: Layout, letter: str, name: str) -> Layout:
    """Read a column as another field."""
    return dataclasses.replace(
        layout,
        columns={**layout.columns, letter: name},
        missing=tuple(each for each in layout.missing if each != name),
    )


def _matching_choice_field(
    grid: Grid,
    layout: Layout,
    letter: str,
    field: FieldSpec,
    spec: SheetSpec,
    context: ImportContext,
) -> str:
    """Return the closed list of which every cell of a column of texts is a word, "" for none.

    完成情况 tells what has been done in one office, and 已完成 or 推进中 in another.
    """
    if field.kind is not CellKind.TEXT or field.required:
        return ""
    rows = layout.data.head(_SAMPLE_ROWS)
    texts = grid.cells[letter][rows].str.strip_chars(BLANKS)
    written = int((texts != "").sum())
    if written < _MIN_LIST_CELLS or int(texts.str.len_chars().max() or 0) > _MAX_LIST_WORD:  # type: ignore[arg-type]
        return ""
    kinds = grid.cells[letter + KIND_SUFFIX][rows]
    for other in spec.fields:
        if other.kind is not CellKind.CHOICE or other.name in layout.columns.values():
            continue
        column = parse_column(texts, kinds, other, context, multiple=Decimal(1))
        if not column.problems and column.values.is_not_null().sum() == written:
            return other.name
    return ""


def is_diverted_by_cell(field: FieldSpec, heading: str) -> bool:
    """Tell whether single cells go elsewhere, rather than the column as a whole."""
    match field.kind:
        case CellKind.REFERENCE:
            return bool(field.fallback_column)
        case CellKind.CHOICE:
            return bool(field.fallback_column) and OTHER_KEY in field.labels
        case CellKind.DECIMAL:  # 捐赠款物 holds 500元 and 口罩98个
            return bool(field.fallback_column) and _GOODS_WORDS.search(heading) is not None
    return False


def branches_from_addresses(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> tuple[str, ParsedColumn] | None:
    """Read the branch out of an address where no column names it: 双柏县妥甸镇.

    Only somebody with branches below him hands in rows of several, and most of the
    addresses must begin with one of them. Return the column's letter, and its branches.
    """
    if spec.branch_field is None or spec.branch_field in layout.columns.values():
        return None
    if len(context.own_subtree) == 1:
        return None
    for letter, name in layout.columns.items():
        if not spec.field(name).branch_from_address:
            continue
        texts, kinds = (
            grid.cells[letter][layout.data],
            grid.cells[letter + KIND_SUFFIX][layout.data],
        )
        field = spec.field(spec.branch_field)
        column = parse_column(texts, kinds, field, context, multiple=Decimal(1))
        written = (texts.str.strip_chars(BLANKS) != "").sum()
        if written and column.values.is_not_null().sum() * 2 >= written:
            return letter, column
    return None


def _has_only_numbers(grid: Grid, layout: Layout, letter: str, field: FieldSpec) -> bool:
    """Tell a column of numbers under a heading that asks for a name, or for yes and no."""
    if not field.rejects_numbers and field.kind is not CellKind.BOOLEAN:
        return False
    texts = grid.cells[letter][layout.data].str.strip_chars(BLANKS)
    texts = texts.filter((texts != "") & ~texts.is_in(["0", "1", "0.0", "1.0"]))
    return texts.len() > 0 and bool(texts.str.contains(_BARE_NUMBER).all())


def _is_out_of_range(grid: Grid, layout: Layout, letter: str, field: FieldSpec) -> bool:
    """Tell a column of numbers few of which can be the field's: 指标值／年度 is no year."""
    if field.value_range is None:
        return False
    least, most = field.value_range
    numbers = grid.cells[letter][layout.data].cast(pl.Float64, strict=False).drop_nulls()
    return numbers.len() > 0 and int(numbers.is_between(least, most).sum()) * 2 < numbers.len()


def has_only_words(column: ParsedColumn, texts: pl.Series, field: FieldSpec) -> bool:
    """Tell a column of words from one of days or numbers, none of whose cells can be read."""
    if not column.problems or column.values.is_not_null().any():
        return False
    return field.kind is not CellKind.DATE or not texts.str.contains(r"\d").any()


def divert_unparsed(column: ParsedColumn, other: FieldSpec) -> tuple[ParsedColumn, dict[int, str]]:
    """Take the names nobody has registered out of a column: index → what was written.

    Each becomes a warning that it is kept as words; so are the words read as 其他.
    """
    problems: list[tuple[int, ParsedCell, str]] = []
    taken: dict[int, str] = {}
    for index, parsed, text in column.problems:
        fits = len(text) <= (other.max_length or len(text))
        if fits and parsed.code == "reference.unknown":
            reason = f"“{text[:40]}”没有登记过，记入「{other.label}」"
            taken[index] = text
            parsed = ParsedCell(None, "reference.as_text", reason, parsed.suggestion)  # noqa: PLW2901
        elif fits and parsed.code == "choice.other":
            taken[index] = text
        elif fits and parsed.code in _NOT_AN_AMOUNT_CODES and not text.isdigit():
            reason = f"“{text[:40]}”不是金额，记入「{other.label}」"
            taken[index] = text
            parsed = ParsedCell(None, "amount.goods", reason, "")  # noqa: PLW2901
        problems.append((index, parsed, text))
    return ParsedColumn(column.values, problems), taken


def append_words(frame: pl.DataFrame, name: str, taken: Iterable[tuple[int, str]]) -> pl.DataFrame:
    """Add words to a column of texts, behind what stands there already."""
    there = frame[name].to_list() if name in frame.columns else [None] * frame.height
    for index, text in taken:
        if text not in (there[index] or "").split(_SEPARATOR):
            there[index] = f"{there[index]}{_SEPARATOR}{text}" if there[index] else text
    return frame.with_columns(pl.Series(name, there, dtype=pl.String))
