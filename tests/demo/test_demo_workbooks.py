"""Each demonstration workbook is loaded and reverted, and leaves no trace in any figure."""

import pytest

from redcross.branches.models import Branch
from redcross.demo.declaration import list_demo_files
from redcross.indicators.models import Rollup
from redcross.indicators.rollup import verify
from redcross.uploads.registry import registry
from redcross.uploads.workflow import revert
from tests.support.gift_ledger import create_effective_upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def smallest_workbooks(db):
    """Return one workbook of each sheet, of the lowest branch that has one."""
    files = {}
    for file in sorted(list_demo_files(), key=lambda file: (len(file.branch), file.branch)):
        if file.outcome == "effective":
            files[file.sheet] = file
    return files


def read_figures():
    filled = Rollup.objects.exclude(rows=0)
    return set(filled.values_list("indicator", "branch_id", "month", "category", "value"))


@pytest.mark.parametrize("key", registry)
def test_demo_workbook_becomes_figures_and_is_reverted(key, smallest_workbooks, pipeline):
    file = smallest_workbooks.get(key)
    if file is None:
        pytest.skip("no demonstration workbook of this sheet")
    before = read_figures()

    upload = create_effective_upload(
        pipeline.clerk,
        pipeline.reviewer,
        Branch.objects.get(code=file.branch),
        file.build(),
        now=pipeline.now,
        sheet=key,
        period=file.period,
    )
    assert upload.accepted > 0
    assert all(cell.different == 0 for cell in verify(using="default"))

    revert.revert_upload(upload.pk, user=pipeline.clerk, now=pipeline.now)
    assert not registry[key].model._base_manager.filter(upload=upload).exists()
    assert read_figures() == before
