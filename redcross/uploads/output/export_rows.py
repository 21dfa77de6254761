"""What is effective, in the sheet's form or the clerk's own: to be mended and sent again.

An export sent as it is changes nothing: every value is written so that it is read as the
same, and each row carries the mark by which it is known.
"""

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from redcross.accounts.encryption import EncryptedField
from redcross.accounts.models import User
from redcross.accounts.rules import ENTRY_ROLES, REVIEW_ROLES, has_role
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.files.workbooks import ExportWorkbook
from redcross.periods import Period
from redcross.uploads.choices import UploadOrigin, UploadState
from redcross.uploads.mapping.normalize import JOINER
from redcross.uploads.models import Record, Upload
from redcross.uploads.output.blank_workbook import Cell, build_blank_workbook, write_cell
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, SheetSpec
from redcross.uploads.schema.row_ids import ROW_ID, ROW_ID_FIELD
from redcross.uploads.schema.sheet import Sheet

MAX_EXPORT_ROWS = 200_000
_BATCH_ROWS = 2000
Row = dict[str, Cell]


class ExportForm(enum.StrEnum):
    """The form an export takes."""

    BLANK = "blank"  # as the sheet's blank workbook
    OWN = "own"  # as the branch's last workbook: its headings, their order, its unit


@dataclasses.dataclass(frozen=True, slots=True)
class OwnColumn:
    """One column of a branch's own form; no field where nothing is read from it."""

    heading: str  # levels joined by ／
    field: str
    multiple: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class OwnForm:
    """How a branch's last workbook of a sheet was laid out."""

    columns: tuple[OwnColumn, ...]
    unit: str
    upload_id: int


def export_workbook(
    user: User, *, sheet: Sheet, branch: Branch, period: Period, form: ExportForm
) -> bytes:
    """Return an xlsx of the effective rows a person may see; raise RefusedError."""
    spec = _permitted_spec(user, sheet, branch)
    records = _records(user, sheet, branch, period)
    if not records:
        raise RefusedError(
            "export.empty", f"{branch}{period.label}没有已生效的《{sheet.title}》，无法导出。"
        )
    rows = _export_row_values(sheet, spec, records, period)
    if form is ExportForm.OWN:
        own = own_form(user, sheet, branch)
        if own is None:
            raise RefusedError(
                "export.no_form", "还没有用自己的表格报过这张表，请改用空表样式导出。"
            )
        return _write_own_form(own, spec, rows, branch=branch, sheet=sheet, period=period)
    return build_blank_workbook(
        spec, society=branch.society, period_label=period.label, rows=list(rows)
    )


def build_list_workbook(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[str | int]]
) -> bytes:
    """Return a plain list as an xlsx: one row of headings, texts that stay texts."""
    book = ExportWorkbook()
    target = book.add_worksheet(title)
    target.write_row(0, 0, headings, book.add_format({"bold": True}))
    for at, row in enumerate(rows, start=1):
        target.write_row(at, 0, row)
    target.set_column(0, len(headings) - 1, 16)
    target.freeze_panes(1, 0)
    return book.content()


def may_see_personal(user: User, sheet: Sheet, branch: Branch) -> bool:
    """Tell whether personal columns may leave with this person: who enters, who reviews."""
    level_above = branch.parent or branch
    return has_role(user, ENTRY_ROLES, branch, sheet=sheet.key) or has_role(
        user, REVIEW_ROLES, level_above, sheet=sheet.key
    )


def has_personal_columns(sheet: Sheet) -> bool:
    """Tell whether a sheet has columns about persons."""
    return any(isinstance(sheet.model_field(name), EncryptedField) for name in sheet.columns)


def own_form(user: User, sheet: Sheet, branch: Branch) -> OwnForm | None:
    """Return the layout of the branch's last workbook of a sheet, None where it sent none."""
    uploads = Upload.objects.visible_to(user).filter(
        branch=branch, sheet=sheet.key, origin=UploadOrigin.FILE, rows__gt=0
    )
    for upload in uploads.exclude(state__in=[UploadState.FAILED, UploadState.HAS_ERRORS]).order_by(
        "-pk"
    )[:5]:
        table = max(upload.tables, key=lambda table: int(table["rows"]), default=None)
        if table and table.get("layout"):
            columns = tuple(
                OwnColumn(
                    heading=column["heading"].partition("#")[0],
                    field=column["field"],
                    multiple=Decimal(column["multiple"]),
                )
                for column in table["layout"]
                if column["field"] != ROW_ID
            )
            return OwnForm(columns, table["unit"], upload.pk)
    return None


def _permitted_spec(user: User, sheet: Sheet, branch: Branch) -> SheetSpec:
    """Return the columns this person may take along, the mark last."""
    spec = sheet.specification()
    personal = may_see_personal(user, sheet, branch)
    fields = tuple(field for field in spec.fields if personal or not field.personal)
    marked = () if sheet.exploded_identity else (ROW_ID_FIELD,)
    return dataclasses.replace(spec, fields=(*fields, *marked))


def _records(user: User, sheet: Sheet, branch: Branch, period: Period) -> list[Record]:
    queryset: Any = sheet.model._default_manager
    queryset = queryset.visible_to(user).under(branch).filter(upload__sheet=sheet.key)
    if sheet.dated_by is not None:
        start, end = period.start, period.end
        queryset = queryset.filter(
            **{f"{sheet.dated_by}__gte": start, f"{sheet.dated_by}__lt": end}
        )
    elif sheet.exploded_identity:
        queryset = queryset.filter(upload__first_month=period.start, upload__last_month=period.last)
    related = {"__".join(path[:-1]) for path in _column_paths(sheet).values() if len(path) > 1}
    queryset = queryset.select_related(*related) if related else queryset
    records = list(
        queryset.order_by("upload_id", "upload_sheet", "upload_row", "pk")[: MAX_EXPORT_ROWS + 1]
    )
    if len(records) > MAX_EXPORT_ROWS:
        raise RefusedError("export.too_large", f"超过 {MAX_EXPORT_ROWS} 行，请缩短报告期后再导出。")
    return records


def _column_paths(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """Return for each column the attributes that lead from a record to its value."""
    paths = {}
    for name in sheet.columns:
        path = _column_path(sheet, name)
        if path is not None:
            paths[name] = path
    return paths


def _column_path(sheet: Sheet, name: str) -> tuple[str, ...] | None:
    attribute = _attribute_name(sheet.model, name)
    if attribute is not None:
        return (attribute,)
    for parent in sheet.parents:
        for own, source in parent.fields.items():
            attribute = _attribute_name(parent.model, own) if source == name else None
            if attribute is not None:
                return (*_path_to_parent(sheet, parent.foreign_key), attribute)
    return None


def _path_to_parent(sheet: Sheet, into: str) -> tuple[str, ...]:
    """Return the way to a parent: from the record itself, or through a parent between."""
    if _attribute_name(sheet.model, into) is not None:
        return (into,)
    between = next(parent for parent in sheet.parents if into in parent.parent_keys)
    return (*_path_to_parent(sheet, between.foreign_key), into)


def _attribute_name(model: type[models.Model], name: str) -> str | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return str(field.attname) if isinstance(field, models.Field) else None


def _export_row_values(
    sheet: Sheet, spec: SheetSpec, records: Sequence[Record], period: Period
) -> Iterator[Row]:
    names = {branch.pk: branch.name for branch in Branch.objects.all()}
    folded = sheet.collapse(records, period)
    if folded is None:
        paths = _column_paths(sheet)
        folded = [_record_values(record, paths) for record in records]
    for row in folded:
        yield {
            field.name: _display_value(field, row.get(field.name), names) for field in spec.fields
        }


def _record_values(record: Record, paths: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    values: dict[str, object] = {ROW_ID: record.row_key.hex}
    for name, path in paths.items():
        value: object = record
        for attribute in path:
            value = None if value is None else getattr(value, attribute)
        values[name] = value
    return values


def _display_value(field: FieldSpec, value: object, branches: Mapping[int, str]) -> Cell:
    """Return a stored value as the sheet's own words say it."""
    if value is None or value == "":
        return None
    match field.kind:
        case CellKind.BRANCH:
            return branches[int(str(value))]
        case CellKind.BOOLEAN:
            return "是" if value else "否"
        case CellKind.CHOICE | CellKind.REFERENCE:
            label = field.labels.get(str(value), "")
            return label if field.choices.get(label) == str(value) else str(value)
        case CellKind.DECIMAL | CellKind.INTEGER:
            return Decimal(str(value)).normalize() + 0
        case CellKind.DATE if isinstance(value, dt.date):
            return value
    return str(value)


# The clerk's own form ------------------------------------------------------------------


def _write_own_form(
    own: OwnForm,
    spec: SheetSpec,
    rows: Iterator[Row],
    *,
    branch: Branch,
    sheet: Sheet,
    period: Period,
) -> bytes:
    fields = {field.name: field for field in spec.fields}
    columns = [column for column in own.columns if column.field in fields or not column.field]
    listed = list(rows)
    columns += _missing_columns(columns, fields, listed, branch)
    book = ExportWorkbook()
    target = book.add_worksheet(sheet.title[:28])
    bold = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    last = max(len(columns) - 1, 1)
    target.merge_range(0, 0, 0, last, f"{branch.society}{sheet.title}（{period.label}）", bold)
    target.write(1, 0, f"填报单位（盖章）：{branch.society}")
    if own.unit:
        target.write(1, last, f"单位：{own.unit}")
    body = _write_headings(book, target, [column.heading for column in columns], top=2)
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "@"})
    for at, row in enumerate(listed):
        for index, column in enumerate(columns):
            value = row.get(column.field) if column.field else _serial_number(column.heading, at)
            if isinstance(value, Decimal) and column.field:
                value = value / column.multiple
            form = day if isinstance(value, dt.date) else text if isinstance(value, str) else None
            write_cell(target, body + at, index, value, form)
    target.set_column(0, last, 14)
    target.freeze_panes(body, 0)
    return book.content()


def _missing_columns(
    columns: Sequence[OwnColumn],
    fields: Mapping[str, FieldSpec],
    rows: Sequence[Row],
    branch: Branch,
) -> list[OwnColumn]:
    """Add what the form lacks and the rows need: whose each is where several are, the mark."""
    more = []
    there = {column.field for column in columns}
    several = {row.get("branch") for row in rows} - {branch.name}
    if several and "branch" in fields and "branch" not in there:
        more.append(OwnColumn(fields["branch"].label, "branch", Decimal(1)))
    if ROW_ID in fields:
        more.append(OwnColumn(ROW_ID_FIELD.label, ROW_ID, Decimal(1)))
    return more


def _serial_number(heading: str, at: int) -> Cell:
    return at + 1 if heading.strip().upper() in {"序号", "编号", "序", "NO", "NO."} else None


def _write_headings(book: Any, target: Any, headings: Sequence[str], *, top: int) -> int:
    """Write one to three rows of headings, parents merged; return the row after them."""
    form = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    levels = [heading.split(JOINER) for heading in headings]
    depth = max(map(len, levels), default=1)
    for level in range(depth):
        column = 0
        while column < len(levels):
            here = levels[column]
            if level >= len(here):
                column += 1
                continue
            width = 1
            while (
                level < len(here) - 1
                and column + width < len(levels)
                and levels[column + width][: level + 1] == here[: level + 1]
                and len(levels[column + width]) > level + 1
            ):
                width += 1
            bottom = depth - 1 if level == len(here) - 1 else level
            area = (top + level, column, top + bottom, column + width - 1)
            if area[0] == area[2] and width == 1:
                target.write(top + level, column, here[level], form)
            else:
                target.merge_range(*area, here[level], form)
            column += width
    return top + depth
