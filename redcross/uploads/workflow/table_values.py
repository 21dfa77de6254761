"""整张表填写: a value the uploader gives for every row of tables that lack its column."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from redcross.accounts.models import User
from redcross.errors import RefusedError
from redcross.uploads.cells.cell_parsers import cell_parser
from redcross.uploads.files.cell_kinds import TEXT
from redcross.uploads.models import Upload
from redcross.uploads.schema.import_spec import LABEL_KINDS, FieldSpec
from redcross.uploads.workflow.check import upload_setup
from redcross.uploads.workflow.services import recheck


def set_table_value(
    upload_id: int, *, field: str, text: str, user: User, now: dt.datetime
) -> Upload:
    """Set the value of a field for all rows, and mark the upload to be checked again.

    An empty text removes it. Raise RefusedError where the field does not accept the text.
    """
    with transaction.atomic():
        upload = recheck(upload_id, user=user, now=now)
        values = {name: value for name, value in upload.table_values.items() if name != field}
        if text:
            _require_value(upload, field, text, now)
            values[field] = text
        upload.table_values = values
        upload.save(update_fields=["table_values"])
    return upload


def may_fill_table(field: FieldSpec) -> bool:
    """Tell whether one value can be true of every row: a date or a word, nobody's number."""
    return field.kind in LABEL_KINDS and not field.personal


def _require_value(upload: Upload, field: str, text: str, now: dt.datetime) -> None:
    """Raise RefusedError unless the field can be filled with this text."""
    setup = upload_setup(upload, now=now)
    if field not in {spec.name for spec in setup.spec.fields if may_fill_table(spec)}:
        raise RefusedError("field.unknown", "这一栏不能为整张表填写。")
    parsed = cell_parser(setup.spec.field(field), setup.context, Decimal(1))(text, TEXT)
    if parsed.value is None:
        raise RefusedError(parsed.code, f"{parsed.reason}。{parsed.suggestion}")
