"""The same ledger imported by django-import-export, to compare with."""

import io
import time
import uuid
from decimal import Decimal
from typing import Any

import openpyxl
import tablib
from import_export import resources

from donations.models import Donation
from redcross.branches.models import Branch
from tools.bench.ledgers import build_ledger
from tools.bench.pipeline import create_upload

ROWS = 10_000
_MAPPED_FIELDS = [
    "giver_name", "value", "received_on", "purpose", "ticket_code", "ticket_number", "remark",
]  # fmt: skip
_KEY_FIELDS = ["branch", "upload", "upload_sheet", "upload_row", "row_key"]
_CONSTANTS = {
    "giver_kind": "PERSON",
    "form": "MONEY",
    "source": "SOCIETY",
    "channel": "WECHAT",
    "designated": "1",
    "fund": "dianmiao",
}


class PlainResource(resources.ModelResource):
    """The rival with its defaults."""

    class Meta:
        model = Donation
        import_id_fields = ["row_key"]


class BulkResource(resources.ModelResource):
    """The rival with every option that makes it faster."""

    class Meta:
        model = Donation
        import_id_fields = ["row_key"]
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True


def measure_rivals() -> dict[str, float]:
    """Return the rival's rows per second, by its defaults and in bulk."""
    content = build_ledger(ROWS)
    upload = create_upload(content, "2021")
    speeds = {}
    for name, resource in (("default", PlainResource), ("bulk", BulkResource)):
        start = time.perf_counter()
        dataset = _read_dataset(content, upload.pk)
        result = resource().import_data(dataset, raise_errors=True)
        speeds[name] = len(dataset) / (time.perf_counter() - start)
        if result.has_errors():
            message = "the rival refused rows, so that it measures nothing"
            raise RuntimeError(message)
        Donation.objects.all().delete()
    return speeds


def _read_dataset(content: bytes, upload_id: int) -> tablib.Dataset:
    """Read the rival's rows from the same file, with the keys it needs."""
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    branch = Branch.objects.get(code="5301").pk
    rows = []
    for number, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        value = Decimal(str(row[4])).quantize(Decimal("0.01"))
        cells = [row[1], value, row[5].date(), row[8], row[10], row[11], row[12]]
        keys = [branch, upload_id, "捐赠明细", number, uuid.uuid4()]
        rows.append((*cells, *keys, *_CONSTANTS.values()))
    return tablib.Dataset(*rows, headers=[*_MAPPED_FIELDS, *_KEY_FIELDS, *_CONSTANTS])
