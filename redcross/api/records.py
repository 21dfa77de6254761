"""Records as programs read them: without encrypted fields, names masked."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.accounts.masks import mask_name
from redcross.uploads.models import Record

NAME_LABELS = frozenset(
    {
        *("姓名", "捐赠人", "捐赠人姓名", "户主姓名", "患儿姓名", "领取人", "监护人", "协调员"),
        *("见证人", "负责人", "管理员", "巡检人", "经手人"),
    }
)
EXCLUDED_FIELDS = frozenset({"row_key"})


def list_record_models() -> dict[str, type[Record]]:
    """Return by label the models with a history; those of the vault have none."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if issubclass(model, Record) and getattr(model, "pgh_event_models", {})
    }


def readable_fields(model: type[Record]) -> "list[models.Field[Any, Any]]":
    """Return the fields that a program may read: no encrypted fields and no indexes of them."""
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, EncryptedField | BlindIndexField)
        and field.name not in EXCLUDED_FIELDS
    ]


def serialize_record(record: Record, fields: "list[models.Field[Any, Any]]") -> dict[str, Any]:
    """Return a record as JSON values: plain decimals, ISO dates, masked names."""
    values = {
        field.name: _serialize_value(field, field.value_from_object(record)) for field in fields
    }
    return {**values, "branch": record.branch.code}


def _serialize_value(field: "models.Field[Any, Any]", value: Any) -> Any:
    if isinstance(value, str) and value and str(field.verbose_name) in NAME_LABELS:
        return mask_name(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
