"""Parse the texts of one column into typed values; what cannot be read becomes a finding."""

from decimal import Decimal

import polars as pl

from redcross.accounts.masks import mask_id_number, mask_phone
from redcross.uploads.cells.branches import resolve_by_level
from redcross.uploads.cells.cell_parsers import cell_parser
from redcross.uploads.cells.filling import clear_null_texts, fill_ditto, fill_down
from redcross.uploads.cells.parsed import (
    BLANKS,
    INVISIBLE_PATTERN,
    CellProblem,
    ParsedCell,
    ParsedColumn,
)
from redcross.uploads.cells.percentages import is_percent, percent_problem, scale_percentages
from redcross.uploads.cells.plain_cells import parse_plain, parse_remaining
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, ImportContext

_INNER_BLANKS = r"[\t\r\n\u00a0\u3000]+"
_SPACED_NAME = r"^([\u3400-\u9fff])\s+([\u3400-\u9fff])$"
"""张 三 for 张三."""
_DOTTED_NAME = r"([\u3400-\u9fff])[•‧∙・．⋅･˙]([\u3400-\u9fff])"
"""The dots that are written within names of minorities."""
_MAX_SHOWN_TEXT, _MAX_SHOWN_LABEL = 80, 20


def parse_column(
    texts: pl.Series,
    kinds: pl.Series,
    field: FieldSpec,
    context: ImportContext,
    *,
    multiple: Decimal,
    merged: pl.Series | None = None,
    knows_merges: bool = False,
) -> ParsedColumn:
    """Parse the cells of one column; empty cells and "/" or "—" become null.

    `kinds` are the kinds of the cells, `multiple` is the heading's unit (万元: 10000),
    `merged` is true for the lower parts of merged cells, and `knows_merges` tells whether
    the file stores these at all. A label stands for the merged rows below it without a
    finding; a blank that is filled otherwise is reported.
    """
    frame = pl.DataFrame({"text": _clean_texts(texts, field), "kind": kinds})
    frame = clear_null_texts(frame, field)
    frame, filled = fill_down(frame, field, merged)
    frame = fill_ditto(frame, field)
    scaled: list[int] = []
    code = ""
    if is_percent(field):
        frame, scaled, code = scale_percentages(frame)
    plain = parse_plain(frame, field, multiple)
    column = parse_remaining(frame, plain, field, cell_parser(field, context, multiple))
    column.problems.extend(
        percent_problem(position, code, text=text, read=frame["text"][position])
        for position in scaled
        if (text := texts[position])
    )
    if field.kind is CellKind.BRANCH and column.problems:
        column = resolve_by_level(column, context)
    column.problems.extend(_filled_problems(column, frame["text"], filled, knows_merges))
    return column


def column_findings(
    column: ParsedColumn,
    field: FieldSpec,
    *,
    worksheet: str,
    letter: str,
    rows: pl.Series,
) -> list[Finding]:
    """Return the problems of a column as findings; `rows` are its rows as Excel numbers them."""
    numbers = rows.to_list()
    return [
        finding(
            problem.cell.code,
            f"第{numbers[problem.position]}行「{field.label}」：{problem.cell.reason}",
            worksheet=worksheet,
            row=numbers[problem.position],
            column=letter,
            field=field.name,
            value=display_text(problem.text, field),
            suggestion=problem.cell.suggestion,
        )
        for problem in column.problems
    ]


def display_text(text: str, field: FieldSpec) -> str:
    """Return a cell's text as a finding may show it: shortened, and masked where personal."""
    text = text[:_MAX_SHOWN_TEXT]
    if not field.personal:
        return text
    return mask_phone(text) if field.kind is CellKind.PHONE else mask_id_number(text)


def _clean_texts(texts: pl.Series, field: FieldSpec) -> pl.Series:
    """Return the texts without invisible characters and outer blanks; free texts tidier."""
    expression = pl.col("text").str.replace_all(INVISIBLE_PATTERN, "")
    if field.kind is CellKind.TEXT:
        expression = (
            expression.str.replace_all(_INNER_BLANKS, " ")
            .str.strip_chars(BLANKS)
            .str.replace(_SPACED_NAME, "${1}${2}")
            .str.replace_all(_DOTTED_NAME, "${1}·${2}")
        )
    return texts.alias("text").to_frame().select(expression.str.strip_chars(BLANKS))["text"]


def _filled_problems(
    column: ParsedColumn, texts: pl.Series, positions: list[int], knows_merges: bool
) -> list[CellProblem]:
    """Report filled cells that have no other problem."""
    code = "label.carried" if knows_merges else "label.unmerged"
    reported = {problem.position for problem in column.problems}
    return [
        CellProblem(
            position,
            ParsedCell(
                None,
                code,
                f"空白，按上一行的“{text[:_MAX_SHOWN_LABEL]}”读取",
                "不是同一个的请补填。",
            ),
            text,
        )
        for position in positions
        if position not in reported and (text := texts[position])
    ]
