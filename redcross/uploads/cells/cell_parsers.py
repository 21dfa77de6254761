"""The parser of one cell, by the kind of its field."""

from collections.abc import Callable
from decimal import Decimal

from redcross.units import Unit
from redcross.uploads.cells.amounts import parse_decimal, parse_integer
from redcross.uploads.cells.branches import branch_parser
from redcross.uploads.cells.dates import parse_date
from redcross.uploads.cells.identifiers import parse_credit_code, parse_id_number, parse_phone
from redcross.uploads.cells.parsed import ParsedCell, normalize_text
from redcross.uploads.cells.words import (
    boolean_parser,
    choice_parser,
    reference_parser,
)
from redcross.uploads.files.cell_kinds import DATE, ERROR, NUMBER
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, ImportContext

CellParser = Callable[[str, int], ParsedCell]
"""Parses a text, given the kind of cell it stood in (see `files.cell_kinds`)."""

_MAX_DOUBLE_DIGITS = 15


def cell_parser(field: FieldSpec, context: ImportContext, multiple: Decimal) -> CellParser:
    """Return the parser of a field's cells; `multiple` is the heading's unit (万元: 10000)."""
    parse_value = _kind_parser(field, context, multiple)

    def parse(text: str, kind: int) -> ParsedCell:
        if kind == ERROR:
            return ParsedCell(
                code="cell.error",
                reason=f"单元格是公式错误（{text}）",
                suggestion="请修正公式，或直接填写数值。",
            )
        return parse_value(text, kind)

    return parse


def _kind_parser(field: FieldSpec, context: ImportContext, multiple: Decimal) -> CellParser:
    match field.kind:
        case CellKind.DECIMAL:
            return lambda text, kind: parse_decimal(
                text,
                is_number=kind == NUMBER,
                places=field.decimal_places,
                multiple=multiple,
                money=field.unit is Unit.YUAN,
            )
        case CellKind.INTEGER:
            return lambda text, kind: parse_integer(
                text, is_number=kind == NUMBER, multiple=multiple
            )
        case CellKind.DATE:
            return lambda text, kind: parse_date(
                text,
                is_number=kind == NUMBER,
                is_date=kind == DATE,
                period=context.period,
                epoch=context.epoch,
                default_to_month_end=field.default_to_month_end,
            )
        case CellKind.TEXT:
            return _parse_text
    parse_word = _word_parser(field, context)
    return lambda text, kind: parse_word(text, is_number=kind == NUMBER)


def _word_parser(field: FieldSpec, context: ImportContext) -> Callable[..., ParsedCell]:
    """Return the parser of a kind whose cells are words or identifiers."""
    match field.kind:
        case CellKind.BRANCH:
            return branch_parser(context.branch_names, context.branch_labels, context.own_subtree)
        case CellKind.CHOICE:
            return choice_parser(field.choices, field.labels)
        case CellKind.REFERENCE:
            return reference_parser(
                field.choices,
                field.labels,
                may_register=field.may_register,
                until=context.period.last_day,
            )
        case CellKind.BOOLEAN:
            words = {normalize_text(word).upper(): key for word, key in field.choices.items()}
            return boolean_parser(words)
        case CellKind.ID_NUMBER:
            return parse_id_number
        case CellKind.PHONE:
            return parse_phone
    return parse_credit_code


def _parse_text(text: str, kind: int) -> ParsedCell:
    """Return a text; of a number that stands where a text is asked 15 digits are exact."""
    if kind != NUMBER:
        return ParsedCell(text)
    digits = f"{float(text):.15g}"
    whole = digits.replace("-", "").partition(".")[0]
    if "e" in digits or len(whole) > _MAX_DOUBLE_DIGITS:
        return ParsedCell(
            code="text.digits_lost",
            reason="Excel 已把编号当作数字，末几位丢失",
            suggestion="请把整列设为“文本”格式后重新填写。",
        )
    return ParsedCell(digits)
