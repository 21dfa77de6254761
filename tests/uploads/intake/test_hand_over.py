"""A dropped file is sealed and opened once: its upload takes file and grids over."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from redcross.accounts.encryption import seal
from redcross.accounts.scope import acting_as_system
from redcross.uploads.choices import UploadState
from redcross.uploads.files import grid_archive
from redcross.uploads.files.grid_archive import pack_workbook, unpack_workbook
from redcross.uploads.files.workbook import read_workbook
from redcross.uploads.intake import dropped_files, recovery
from redcross.uploads.intake.recognition import recognize_dropped_file
from redcross.uploads.models import DroppedFile, Upload
from redcross.uploads.workflow import services
from redcross.uploads.workflow.check import check_upload
from tests.support.workbooks import gift_workbook
from tests.uploads.support import recording_storage
from tests.uploads.support.recording_storage import RecordingStorage

pytestmark = pytest.mark.django_db
NAME = "昆明市2021年8月捐赠明细.xlsx"


@pytest.fixture(autouse=True)
def storage(settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": recording_storage.PATH}}
    RecordingStorage.forget()
    return RecordingStorage


def good_content():
    return gift_workbook(("示例甲", 100, "2021-08-01", "A"))


def bad_content():
    return gift_workbook(("示例甲", "六万", "2021-08-01", "A"))


@pytest.fixture
def recognized(clerk, now):
    def make(content):
        dropped_file = dropped_files.store_dropped_file(
            clerk, content=content, filename=NAME, prefill={}, now=now
        )
        recognize_dropped_file(dropped_file.pk, user=clerk, now=now)
        return DroppedFile.objects.get(pk=dropped_file.pk)

    return make


@pytest.fixture
def confirmed(recognized, clerk, now):
    def make(content):
        upload = dropped_files.confirm_dropped_file(recognized(content), clerk, now=now)
        assert upload is not None
        return upload

    return make


def test_confirming_reads_and_writes_no_file(recognized, clerk, now, storage):
    dropped_file = recognized(good_content())
    storage.forget()

    upload = dropped_files.confirm_dropped_file(dropped_file, clerk, now=now)

    assert (storage.read, storage.written) == ([], [])
    assert (upload.file.name, upload.grids_file.name) == (
        dropped_file.file.name,
        dropped_file.grids_file.name,
    )
    assert (upload.size, upload.digest) == (dropped_file.size, dropped_file.digest)
    dropped_file.refresh_from_db()
    assert (dropped_file.file.name, dropped_file.grids_file.name) == ("", "")


def test_from_drop_to_check_the_file_is_written_and_read_once(confirmed, clerk, now, storage):
    upload = confirmed(good_content())

    upload = check_upload(upload.pk, user=clerk, now=now)

    assert upload.state == UploadState.READY
    assert storage.written.count(upload.file.name) == 1
    assert storage.read.count(upload.file.name) == 1
    assert storage.read.count(upload.grids_file.name) == 1


def test_second_check_reads_the_grids_again_and_not_the_file(confirmed, clerk, now, storage):
    upload = check_upload(confirmed(bad_content()).pk, user=clerk, now=now)
    first = list(upload.findings.values_list("code", "row"))
    services.recheck(upload.pk, user=clerk, now=now)
    storage.forget()

    again = check_upload(upload.pk, user=clerk, now=now)

    assert again.state == UploadState.HAS_ERRORS
    assert list(again.findings.values_list("code", "row")) == first
    assert upload.file.name not in storage.read


@pytest.mark.parametrize("loss", ["no name", "other format", "damaged"])
def test_check_without_usable_grids_opens_the_file(confirmed, clerk, now, storage, loss):
    upload = confirmed(bad_content())
    if loss == "no name":
        Upload.objects.filter(pk=upload.pk).update(grids_file="")
    else:
        content = {"other format": other_format(), "damaged": b"PK\x03\x04"}[loss]
        replace_content(upload, content)

    checked = check_upload(upload.pk, user=clerk, now=now)

    assert (checked.state, checked.errors, checked.rows) == (UploadState.HAS_ERRORS, 1, 1)
    assert storage.read.count(upload.file.name) == 2


def other_format():
    content = pack_workbook(opened(good_content()))
    # Stored, not deflated: the index stands in the archive as it was written.
    return content.replace(b'{"format": 1,', b'{"format": 0,')


def replace_content(upload, content):
    with default_storage.open(upload.grids_file.name, "wb") as file:
        file.write(seal(content))


def opened(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(content)
        return read_workbook(path, filename="book.xlsx")


def test_packed_workbook_is_unpacked_equal():
    book = opened(gift_workbook(("示例甲", "1.102", "2021-08-01", "A"), ("示例乙", None, "", "")))

    again = unpack_workbook(pack_workbook(book))

    assert again.notices == book.notices
    for grid, copy in zip(book.grids, again.grids, strict=True):
        assert copy.cells.equals(grid.cells)
        assert copy.cells.schema == grid.cells.schema
        assert (copy.worksheet, copy.first_row, copy.merged, copy.knows_merges, copy.from_1904) == (
            grid.worksheet, grid.first_row, grid.merged, grid.knows_merges, grid.from_1904,
        )  # fmt: skip


def test_workbook_above_the_limit_is_not_kept_and_opened_again(recognized, clerk, now, monkeypatch):
    monkeypatch.setattr(grid_archive, "MAX_FRAME_BYTES", 10)

    dropped_file = recognized(good_content())
    upload = dropped_files.confirm_dropped_file(dropped_file, clerk, now=now)

    assert dropped_file.grids_file.name == ""
    assert check_upload(upload.pk, user=clerk, now=now).state == UploadState.READY


def test_grids_are_deleted_when_the_upload_is_submitted(
    confirmed, clerk, now, django_capture_on_commit_callbacks
):
    upload = check_upload(confirmed(good_content()).pk, user=clerk, now=now)
    assert default_storage.exists(upload.grids_file.name)

    with django_capture_on_commit_callbacks(execute=True):
        submitted = services.submit(upload.pk, user=clerk, now=now)

    assert submitted.grids_file.name == ""
    assert not default_storage.exists(upload.grids_file.name)
    assert default_storage.exists(upload.file.name)


def test_grids_are_deleted_when_the_upload_is_withdrawn(
    confirmed, clerk, now, django_capture_on_commit_callbacks
):
    upload = check_upload(confirmed(good_content()).pk, user=clerk, now=now)

    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw(upload.pk, user=clerk, now=now)

    assert not default_storage.exists(upload.grids_file.name)


def test_grids_of_a_forgotten_upload_are_deleted_after_a_week(
    confirmed, clerk, now, django_capture_on_commit_callbacks
):
    upload = check_upload(confirmed(bad_content()).pk, user=clerk, now=now)

    with acting_as_system("测试"), django_capture_on_commit_callbacks(execute=True):
        early = recovery.delete_unused_grids(now=now + dt.timedelta(days=6))
        late = recovery.delete_unused_grids(now=now + dt.timedelta(days=8))

    assert (early, late) == (0, 1)
    assert not default_storage.exists(upload.grids_file.name)
    services.recheck(upload.pk, user=clerk, now=now)
    assert check_upload(upload.pk, user=clerk, now=now).errors == 1


def test_discarded_file_leaves_neither_content_nor_grids(
    recognized, django_capture_on_commit_callbacks
):
    dropped_file = recognized(good_content())
    names = [dropped_file.file.name, dropped_file.grids_file.name]
    assert all(map(default_storage.exists, names))

    with django_capture_on_commit_callbacks(execute=True):
        dropped_files.discard_dropped_file(dropped_file)

    assert not any(map(default_storage.exists, names))


def test_discarding_a_confirmed_file_leaves_the_file_to_its_upload(
    confirmed, django_capture_on_commit_callbacks
):
    upload = confirmed(good_content())

    with django_capture_on_commit_callbacks(execute=True):
        dropped_files.discard_dropped_file(DroppedFile.objects.get(upload=upload))

    assert default_storage.exists(upload.file.name)
    assert default_storage.exists(upload.grids_file.name)


def test_refused_confirmation_leaves_the_file_where_it_is(recognized, clerk, now):
    dropped_file = recognized(good_content())
    DroppedFile.objects.filter(pk=dropped_file.pk).update(months="")

    assert dropped_files.confirm_dropped_file(dropped_file, clerk, now=now) is None

    after = DroppedFile.objects.get(pk=dropped_file.pk)
    assert (after.file.name, after.grids_file.name) == (
        dropped_file.file.name,
        dropped_file.grids_file.name,
    )
