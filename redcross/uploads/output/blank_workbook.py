"""The blank workbook of a sheet: drop-downs, checks, notes and a sample row."""

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from redcross.files.workbooks import set_page_layout
from redcross.units import Unit
from redcross.uploads.files.workbook import OWN_WORKSHEETS
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, FieldSpec, SheetSpec

VALIDATED_ROWS = 2000
_TEXT_KINDS = (CellKind.TEXT, CellKind.ID_NUMBER, CellKind.PHONE, CellKind.CREDIT_CODE)
_MAX_OPTIONS = 250
HEADING_ROW = 2
_TITLE_COLUMNS = 8
"""The title stands over so many columns: in the middle of twenty nobody would see it."""
_TITLE_HEIGHT, _LINE_HEIGHT = 28, 15
_NOTE_LINE_LENGTH = 30
"""So many characters of a note stand on one line; each is two of a column's units wide."""
_DOUBLE_DIGITS = 15
"""A number of more digits would come out of a spreadsheet as another one."""

Cell = str | int | Decimal | dt.date | None


def build_blank_workbook(
    spec: SheetSpec,
    *,
    society: str = "",
    period_label: str = "",
    branch_names: Sequence[str] = (),
    rows: Iterable[Mapping[str, Cell]] = (),
) -> bytes:
    """Return an xlsx with a title, the heading in row 3, `rows` by field, and a page of notes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet(spec.title[:28])
    lists = book.add_worksheet(OWN_WORKSHEETS[0])
    lists.hide()
    across = min(max(len(spec.fields) - 1, 1), _TITLE_COLUMNS)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    set_page_layout(sheet, len(spec.fields))
    sheet.repeat_rows(HEADING_ROW)
    sheet.set_row(0, _TITLE_HEIGHT)
    # A character of a label is two of a column's units wide; bold, it needs a little more.
    lines = max(-(-(2 * len(field.label) + 2) // _width(field)) for field in spec.fields)
    sheet.set_row(HEADING_ROW, _LINE_HEIGHT * lines)
    sheet.merge_range(0, 0, 0, across, f"{society}{spec.title}", title)
    sheet.write(1, 0, f"填报单位（盖章）：{society}")
    sheet.write(1, max(across // 2, 1), f"统计时间：{period_label}")
    formats = _formats(book)
    for column, field in enumerate(spec.fields):
        sheet.write(HEADING_ROW, column, field.label, formats["must" if field.required else "may"])
        note = _note_text(field)
        if note:
            sheet.write_comment(HEADING_ROW, column, note)
        sheet.set_column(column, column, _width(field), formats[_format_name(field)])
        _add_validation(sheet, lists, column, field, branch_names)
    for at, row in enumerate(rows, start=HEADING_ROW + 1):
        for column, field in enumerate(spec.fields):
            write_cell(sheet, at, column, row.get(field.name), formats[_format_name(field)])
    sheet.freeze_panes(HEADING_ROW + 1, 0)
    _write_notes(book, spec, formats)
    book.close()
    return buffer.getvalue()


def write_cell(sheet: Any, row: int, column: int, value: Cell, form: Any) -> None:
    """Write a value so that it is read as the same again: long numbers and words as text."""
    match value:
        case None | "":
            return
        case dt.date():
            sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time.min), form)
        case str():
            sheet.write_string(row, column, value, form)
        case _ if len(f"{value:f}".replace("-", "").replace(".", "")) > _DOUBLE_DIGITS:
            sheet.write_string(row, column, f"{value:f}", form)
        case _:
            sheet.write_number(row, column, float(value), form)


def _formats(book: Any) -> dict[str, Any]:
    head = {"bold": True, "border": 1, "align": "center", "text_wrap": True}
    return {
        "must": book.add_format({**head, "bg_color": "#F6CCCC"}),
        "may": book.add_format({**head, "bg_color": "#F2F2F2"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "plain": book.add_format(),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _format_name(field: FieldSpec) -> str:
    if field.kind in _TEXT_KINDS:
        return "text"
    if field.kind is CellKind.DATE:
        return "date"
    return "money" if field.unit is Unit.YUAN else "plain"


def _width(field: FieldSpec) -> int:
    return 22 if field.kind in (CellKind.ID_NUMBER, CellKind.TEXT) else 14


def _note_text(field: FieldSpec) -> str:
    parts = ["必填" if field.required else "", field.note]
    if field.labels:
        parts.append("可填：" + "、".join(label for label in field.labels.values() if label))
    return "。".join(part for part in parts if part)[:900]


def _add_validation(
    sheet: Any, lists: Any, column: int, field: FieldSpec, branch_names: Sequence[str]
) -> None:
    first = HEADING_ROW + 1
    options = [label for label in field.labels.values() if label]
    if field.kind is CellKind.BRANCH:
        options = list(branch_names)
    if field.kind is CellKind.BOOLEAN:
        options = ["是", "否"]
    rule: dict[str, Any] = {"error_title": field.label, "ignore_blank": True}
    if options and len(options) <= _MAX_OPTIONS:
        lists.write_column(0, column, options)
        letter = xlsxwriter.utility.xl_col_to_name(column)
        source = f"='{OWN_WORKSHEETS[0]}'!${letter}$1:${letter}${len(options)}"
        rule |= {"validate": "list", "source": source, "error_type": "warning"}
        rule["error_message"] = "请从下拉列表中选择。"
    elif field.kind is CellKind.DATE:
        rule |= {"validate": "date", "criteria": ">=", "value": dt.date(1950, 1, 1)}
        rule["error_message"] = "请填写日期，如 2021-08-08。"
    elif field.kind in NUMERIC_KINDS and not field.allow_negative:
        rule |= {"validate": "decimal", "criteria": ">=", "value": 0}
        rule["error_message"] = "请填写数字。"
    else:
        return
    sheet.data_validation(first, column, first + VALIDATED_ROWS, column, rule)


def _write_notes(book: Any, spec: SheetSpec, formats: dict[str, Any]) -> None:
    notes = book.add_worksheet(OWN_WORKSHEETS[1])
    set_page_layout(notes, 5)
    notes.write_row(0, 0, ["栏目", "是否必填", "单位", "说明", "示例"], formats["may"])
    for row, field in enumerate(spec.fields, start=1):
        required = "必填" if field.required else ""
        note = _note_text(field).removeprefix(required).removeprefix("。")
        values = (field.label, required, field.unit.label, note, field.sample)
        notes.write_row(row, 0, values, formats["wrap"])
        notes.set_row(row, _LINE_HEIGHT * (1 + len(note) // _NOTE_LINE_LENGTH))
    notes.set_column(0, 2, 14)
    notes.set_column(3, 3, 2 * _NOTE_LINE_LENGTH)
    notes.set_column(4, 4, 20)
