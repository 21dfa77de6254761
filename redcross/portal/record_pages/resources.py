"""django-import-export resources of the record pages: headings in Chinese, keys by code.

A resource never has encrypted fields or their indexes. Choices are written as labels and read
as label or key; lists are written with 、 between their items.
"""

import functools
import re
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from import_export import fields as columns
from import_export import resources, widgets

from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.branches.models import Branch

_SEPARATORS = re.compile(r"[、,，;；\n]+")
_TRUE, _FALSE = frozenset({"是", "1", "TRUE", "√"}), frozenset({"否", "0", "FALSE", "×", ""})


class ChoiceWidget(widgets.Widget):
    """A choice: written as the label, read as label or key."""

    def __init__(self, choices: "list[tuple[str, str]]") -> None:
        super().__init__()
        self.labels = {key: str(label) for key, label in choices}
        self.keys = {label: key for key, label in self.labels.items()} | {
            key: key for key in self.labels
        }

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the key; raise ValueError for an unknown word."""
        text = str(value or "").strip()
        if text and text not in self.keys:
            message = f"“{text[:40]}”不在可选范围：{'、'.join(self.labels.values())}。"
            raise ValueError(message)
        return self.keys.get(text, "")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.labels.get(value, str(value or ""))


class YesNoWidget(widgets.Widget):
    """A boolean as 是 and 否."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        """Return the value; raise ValueError for an unknown word."""
        text = str("" if value is None else value).strip().upper()
        if text not in _TRUE | _FALSE:
            message = f"“{text[:40]}”请填写“是”或“否”。"
            raise ValueError(message)
        return text in _TRUE

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "是" if value else "否"


class ListWidget(widgets.Widget):
    """A list of texts in one cell, with 、 between them."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        return [text.strip() for text in _SEPARATORS.split(str(value or "")) if text.strip()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(value or ())


class CodeWidget(widgets.ForeignKeyWidget):
    """A reference by the code of a branch, or by the key of another row."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the row; raise ValueError if none has this code."""
        if value in (None, ""):
            return None
        try:
            return super().clean(value, row, **kwargs)
        except (ObjectDoesNotExist, ValueError):
            message = f"没有代码为“{str(value)[:40]}”的{self.model._meta.verbose_name}。"
            raise ValueError(message) from None


class DayWidget(widgets.DateWidget):
    """A date as 2022-01-31; date cells arrive as that text."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the date; raise ValueError for an invalid one."""
        try:
            return super().clean(str(value or "")[:10] or None, row, **kwargs)
        except ValueError:
            message = f"“{str(value)[:40]}”不是日期，请写成 2022-01-31。"
            raise ValueError(message) from None


def readable_columns(model: type[models.Model]) -> list[str]:
    """Return the names of the fields that may be exported: no encrypted fields, no raw keys."""
    excluded = {"row_key", "upload", "upload_row", "upload_sheet"}
    return [
        field.name
        for field in model._meta.concrete_fields
        if not isinstance(field, EncryptedField | BlindIndexField | models.AutoField)
        and field.name not in excluded
    ]


class PortalResource(resources.ModelResource):
    """The base of all resources; it does not reset sequences.

    The application's role may not set a sequence, and ids never come from a file.
    """

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Do nothing; the library would reset the sequence of the primary key."""


@functools.cache
def build_resource(
    model: type[models.Model], names: tuple[str, ...], key: tuple[str, ...] = ("pk",)
) -> type[resources.ModelResource]:
    """Return a resource of a model's fields; `key` names the fields that identify a row."""
    declared: dict[str, Any] = {name: _build_column(model._meta.get_field(name)) for name in names}
    options = {
        "model": model,
        "fields": names,
        "export_order": names,
        "import_id_fields": key,
        "skip_unchanged": True,
        "report_skipped": True,
        "use_transactions": True,
        "clean_model_instances": True,
    }
    return type(
        f"{model.__name__}Resource",
        (PortalResource,),
        {**declared, "Meta": type("Meta", (), options)},
    )


def _build_column(field: Any) -> columns.Field:
    return columns.Field(
        attribute=field.name,
        column_name=str(field.verbose_name),
        widget=_choose_widget(field),
        # An empty cell is "" for a text, null for a field that may be null.
        default=None,
    )


def _choose_widget(field: Any) -> widgets.Widget:
    if isinstance(field, models.ForeignKey):
        by = "code" if field.related_model is Branch else "pk"
        return CodeWidget(field.related_model, field=by)
    if field.choices:
        return ChoiceWidget(list(field.flatchoices))
    if isinstance(field, ArrayField):
        return ListWidget()
    if isinstance(field, models.BooleanField):
        return YesNoWidget()
    if isinstance(field, models.DateTimeField):
        return widgets.DateTimeWidget(format="%Y-%m-%d %H:%M")
    if isinstance(field, models.DateField):
        return DayWidget(format="%Y-%m-%d")
    if isinstance(field, models.DecimalField):
        return widgets.DecimalWidget(coerce_to_string=True)
    if isinstance(field, models.IntegerField):
        return widgets.IntegerWidget()
    return widgets.CharWidget(coerce_to_string=True, allow_blank=True)
