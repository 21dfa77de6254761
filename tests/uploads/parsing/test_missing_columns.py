"""Every sheet is read whichever optional columns a workbook lacks."""

import datetime as dt
import random

import pytest

from redcross.demo.fake_data import id_number
from redcross.uploads.choices import UploadState
from redcross.uploads.registry import registry
from redcross.uploads.schema.import_spec import CellKind
from redcross.uploads.workflow import apply, revert, services
from tests.support.gift_ledger import create_checked_upload
from tests.support.workbooks import write_xlsx

pytestmark = pytest.mark.django_db

TEXTS = {
    CellKind.TEXT: "示例",
    CellKind.DATE: "2021-08-08",
    CellKind.DECIMAL: 1,
    CellKind.INTEGER: 1,
    CellKind.BOOLEAN: "是",
    CellKind.BRANCH: "昆明市",
    CellKind.ID_NUMBER: id_number(1, male=True, first=dt.date(1990, 1, 1), region="530102"),
    CellKind.PHONE: "13800000000",
    CellKind.CREDIT_CODE: "91350100M000100Y43",
}


def sample_cell(field):
    return TEXTS.get(field.kind) or next(iter(field.choices), "示例")


def write_fields(fields, name="表"):
    """Return a workbook with one row under the headings of the fields, which may have two levels."""
    labels = [field.label.partition("／") for field in fields]
    headings = [[top for top, _, _ in labels], [below or None for _, _, below in labels]]
    rows = [
        *(heading for heading in headings if any(heading)),
        [sample_cell(field) for field in fields],
    ]
    return write_xlsx(rows, name=name)


def required_fields(key):
    fields = registry[key].specification().fields
    return [field for field in fields if field.required] or list(fields)


@pytest.mark.parametrize("key", registry)
def test_workbook_without_optional_columns_gets_a_result(key, clerk, branch, now):
    fields = registry[key].specification().fields
    rng = random.Random(key)  # noqa: S311

    for number in range(3):
        selected = [field for field in fields if field.required or rng.random() < 0.5] or fields
        upload = create_checked_upload(
            clerk, branch("5301"), write_fields(selected, f"表{number}"), now=now, sheet=key
        )

        labels = [field.label for field in selected]
        assert upload.state in {UploadState.READY, UploadState.HAS_ERRORS}, (labels, upload.message)


NEEDS_MORE = {
    "donations.ledger": "an amount, unless goods are unpriced",
    "donors.organ_wishes": "what is to be given",
    "indicators.notes": "a word or a text",
    "training.roster": "a result",
    "donors.stem_cell_steps": "a code with check characters",
    "donors.cases": "the consent of both parents",
    "donations.campaign_results": "sums that add up",
    "donations.daily_takings": "an amount of one channel",
    "donations.statistics": "sums that add up",
    "reform.governance": "words that say whether it is done",
    "reform.network": "sums that add up",
    "reform.tasks": "the day of completion with its state",
    "relief.applications": "the day of birth its number tells",
    "relief.stock": "goods in store before they leave",
}


@pytest.mark.parametrize("key", [key for key in registry if key not in NEEDS_MORE])
def test_workbook_of_required_columns_loads_and_reverts(key, clerk, reviewer, branch, now):
    upload = create_checked_upload(
        clerk, branch("5301"), write_fields(required_fields(key)), now=now, sheet=key
    )
    assert upload.state == UploadState.READY, [finding.message for finding in upload.findings.all()]
    services.submit(upload.pk, user=clerk, now=now, note="说明")
    services.approve(upload.pk, user=reviewer, now=now)

    loaded = apply.apply_upload(upload.pk, now=now).upload
    assert loaded.state == UploadState.EFFECTIVE, loaded.message

    revert.revert_upload(upload.pk, user=clerk, now=now)
    assert not registry[key].model._base_manager.filter(upload=upload).exists()
