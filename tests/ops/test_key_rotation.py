"""Rotation of the field keys: everything is encrypted anew and read and searched as before."""

import base64
import secrets

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from donations.models import Donation
from redcross.accounts.canary import exit_on_wrong_keys, find_key_mismatch, store_canary
from redcross.accounts.encryption import blind_index
from redcross.ops.rotation import count_old_secrets, encrypted_columns, rotate_secrets
from redcross.uploads.files import storage
from redcross.uploads.workflow import revert

pytestmark = pytest.mark.django_db


@pytest.fixture
def personal_upload(pipeline):
    return pipeline.effective(
        "donations.ledger",
        "捐赠人 类型 金额（元） 到账日期 联系电话 票据号码",
        ("示例甲", "个人", 100, "2021-08-01", "13800000001", "A"),
        ("示例乙", "个人", 200, "2021-08-02", "13800000002", "B"),
    )


@pytest.fixture
def new_key(settings):
    fresh = f"9:{base64.b64encode(secrets.token_bytes(64)).decode()}"
    settings.FIELD_KEYS = f"{fresh},{settings.FIELD_KEYS}"


def first_bytes(table="donations_donation"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT get_byte(phone, 0) FROM {table} WHERE phone IS NOT NULL")
        return {row[0] for row in cursor.fetchall()}


def test_key_rotation_reencrypts_everything_and_values_read_as_before(personal_upload, new_key):
    phones = dict(Donation.objects.values_list("pk", "phone"))
    content = storage.load_file(personal_upload.file)
    before = list(Donation.objects.values_list("pk", "phone_index"))
    assert count_old_secrets() > 0

    rotate_secrets(lambda *_: None)

    assert count_old_secrets() == 0
    assert first_bytes() == {9}
    assert dict(Donation.objects.values_list("pk", "phone")) == phones
    assert list(Donation.objects.values_list("pk", "phone_index")) == before
    assert storage.load_file(personal_upload.file) == content


def test_key_rotation_keeps_search_by_id_number(personal_upload, new_key):
    gift = Donation.objects.first()
    rotate_secrets(lambda *_: None)

    assert Donation.objects.filter(phone_index=blind_index("phone", gift.phone)).get() == gift


def test_key_rotation_writes_no_record_history(personal_upload, new_key):
    model = next(iter(Donation.pgh_event_models.values()))
    count = model.objects.count()

    rotate_secrets(lambda *_: None)

    assert model.objects.count() == count


def test_key_rotation_leaves_uploads_revertible(personal_upload, new_key, now):
    rotate_secrets(lambda *_: None)

    revert.revert_upload(personal_upload.pk, user=personal_upload.uploaded_by, now=now)

    assert not Donation.objects.filter(upload=personal_upload).exists()


def test_key_rotation_run_twice_changes_nothing(personal_upload, new_key):
    rotate_secrets(lambda *_: None)

    assert rotate_secrets(lambda *_: None) == 0


def test_key_rotation_covers_every_encrypted_column():
    names = {(model._meta.label, column) for model, column in encrypted_columns()}

    assert ("donors.DonorIdentity", "name") in names
    assert ("relief.AidApplication", "child_name") in names
    assert any(label.endswith("Event") or "Updated" in label for label, _ in names)


def test_key_rotation_with_missing_key_fails_with_one_sentence(personal_upload, settings, capsys):
    settings.FIELD_KEYS = f"7:{base64.b64encode(secrets.token_bytes(64)).decode()}"

    with pytest.raises(SystemExit):
        call_command("rotate_keys")

    assert "缺少当时使用的密钥" in capsys.readouterr().err


# Starting under keys that are not those of the data ---------------------------------


@pytest.fixture
def foreign_key(settings):
    settings.FIELD_KEYS = f"7:{base64.b64encode(secrets.token_bytes(64)).decode()}"


def test_start_with_the_keys_of_the_data_succeeds(client):
    store_canary(using="default")

    assert find_key_mismatch() == ""
    assert client.get("/ready/").status_code == 200


def test_start_with_foreign_key_is_refused_with_one_sentence(foreign_key, client):
    with pytest.raises(SystemExit, match="FIELD_KEYS 与数据库不符"):
        exit_on_wrong_keys()

    assert client.get("/ready/").status_code == 503
    with pytest.raises(SystemCheckError, match="已加密的数据无法解开"):
        call_command("check", databases=["default"])


def test_start_with_lost_index_key_is_refused(settings, new_key):
    fresh, *_ = settings.FIELD_KEYS.split(",")
    rotate_secrets(lambda *_: None)
    settings.FIELD_KEYS = fresh

    assert "索引密钥已改变" in find_key_mismatch()
