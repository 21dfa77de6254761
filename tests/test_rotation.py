"""A new key in front: everything is written anew, searched as before, and nobody notices."""

import base64
import secrets

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from donations.models import Donation
from redcross.accounts.canary import complaint, put_up, refuse_wrong_keys
from redcross.accounts.encryption import blind_index
from redcross.ops.rotation import encrypted_columns, left_behind, rotate
from redcross.uploads.files import storage
from redcross.uploads.workflow import apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(road):
    return road.effective(
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


def test_everything_lies_under_the_new_key_and_reads_as_before(loaded, new_key):
    phones = dict(Donation.objects.values_list("pk", "phone"))
    content = storage.get(loaded.file)
    before = list(Donation.objects.values_list("pk", "phone_index"))
    assert left_behind() > 0

    rotate(lambda *_: None)

    assert left_behind() == 0
    assert first_bytes() == {9}
    assert dict(Donation.objects.values_list("pk", "phone")) == phones
    assert list(Donation.objects.values_list("pk", "phone_index")) == before
    assert storage.get(loaded.file) == content


def test_one_is_found_by_his_number_after_it(loaded, new_key):
    gift = Donation.objects.first()
    rotate(lambda *_: None)

    assert Donation.objects.filter(phone_index=blind_index("phone", gift.phone)).get() == gift


def test_it_is_no_change_of_the_record(loaded, new_key):
    model = next(iter(Donation.pgh_event_models.values()))
    count = model.objects.count()

    rotate(lambda *_: None)

    assert model.objects.count() == count


def test_an_upload_is_undone_after_it(loaded, new_key, now):
    rotate(lambda *_: None)

    apply.undo(loaded.pk, user=loaded.uploaded_by, now=now)

    assert not Donation.objects.filter(upload=loaded).exists()


def test_a_second_run_has_nothing_to_do(loaded, new_key):
    rotate(lambda *_: None)

    assert rotate(lambda *_: None) == 0


def test_every_personal_column_is_known():
    names = {(model._meta.label, column) for model, column in encrypted_columns()}

    assert ("donors.DonorIdentity", "name") in names
    assert ("relief.AidApplication", "child_name") in names
    assert any(label.endswith("Event") or "Updated" in label for label, _ in names)


def test_a_missing_key_is_said_in_one_sentence(loaded, settings, capsys):
    settings.FIELD_KEYS = f"7:{base64.b64encode(secrets.token_bytes(64)).decode()}"

    with pytest.raises(SystemExit):
        call_command("rotate_keys")

    assert "缺少当时使用的密钥" in capsys.readouterr().err


# Starting under keys that are not those of the data ---------------------------------


@pytest.fixture
def foreign_key(settings):
    settings.FIELD_KEYS = f"7:{base64.b64encode(secrets.token_bytes(64)).decode()}"


def test_the_keys_of_the_data_are_no_reason_to_complain(client):
    put_up(using="default")

    assert complaint() == ""
    assert client.get("/ready/").status_code == 200


def test_under_a_foreign_key_nothing_starts_and_one_sentence_says_why(foreign_key, client):
    with pytest.raises(SystemExit, match="FIELD_KEYS 与数据库不符"):
        refuse_wrong_keys()

    assert client.get("/ready/").status_code == 503
    with pytest.raises(SystemCheckError, match="已加密的数据无法解开"):
        call_command("check", databases=["default"])


def test_a_lost_index_key_is_noticed_though_everything_can_be_read(settings, new_key):
    fresh, *_ = settings.FIELD_KEYS.split(",")
    rotate(lambda *_: None)
    settings.FIELD_KEYS = fresh

    assert "索引密钥已改变" in complaint()
