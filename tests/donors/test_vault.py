"""The identity vault: closed in the database, opened with a reason for half an hour, erasure."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from donors import vault
from donors.models import Consent, DonorIdentity, StemCellVolunteer, VaultAct, VaultOpening
from donors.vault import VaultRefusedError
from redcross.accounts.choices import Role
from redcross.accounts.scope import acting_as_system, acting_for, vault_scope
from redcross.audit.models import AccessEntry
from redcross.notices.models import Notice
from redcross.uploads.models import Upload

pytestmark = pytest.mark.django_db
NAME, PHONE = "尉迟示例", "13987654321"


@pytest.fixture
def volunteer(pipeline):
    from tests.security.test_personal_data_exposure import identity_number

    row = (NAME, identity_number(1), PHONE, "2021-08-03", "2021-08-05")
    pipeline.effective(
        "donors.stem_cell_volunteers", "姓名 身份证号 联系方式 登记日期 入库日期", row
    )
    return StemCellVolunteer.objects.get()


@pytest.fixture
def keeper(person):
    return person(Role.STEM_CELL_STAFF, "5301")


@pytest.fixture
def vault_opening(keeper, branch, volunteer, now):
    return vault.open_vault(keeper, branch("5301"), reason="联系再动员", now=now)


def test_vault_rows_are_hidden_from_full_scope_while_closed(volunteer, keeper):
    with acting_for(keeper):
        assert list(DonorIdentity.objects.all()) == []
        assert list(Consent.objects.all()) == []
        assert StemCellVolunteer.objects.count() == 1
    with acting_as_system("核对"):
        assert list(DonorIdentity.objects.all()) == []


def test_vault_opened_for_one_branch_hides_other_branches(volunteer, keeper, branch):
    with acting_for(keeper), vault_scope([branch("5303").pk]):
        assert list(DonorIdentity.objects.all()) == []
    with acting_for(keeper):
        with vault_scope([branch("5301").pk]):
            assert [identity.name for identity in DonorIdentity.objects.all()] == [NAME]
        assert list(DonorIdentity.objects.all()) == []


@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.DESK, "53"), (Role.STEM_CELL_STAFF, "53"), (Role.STEM_CELL_STAFF, "5303")],
)
def test_vault_opening_is_refused_to_everybody_but_the_branch_keeper(
    role, code, person, branch, volunteer, now
):
    with pytest.raises(VaultRefusedError):
        vault.open_vault(person(role, code), branch("5301"), reason="核对", now=now)


def test_vault_opens_with_a_reason_and_closes_after_its_time(
    vault_opening, volunteer, branch, keeper, now
):
    later = now + dt.timedelta(minutes=31)

    with acting_for(keeper):
        assert vault.look_up_identity(vault_opening, volunteer.code, now=now).name == NAME
        with pytest.raises(VaultRefusedError):
            vault.look_up_identity(vault_opening, volunteer.code, now=later)

    assert list(VaultAct.objects.values_list("kind", "code")) == [("LOOKED_UP", volunteer.code)]
    with pytest.raises(VaultRefusedError, match="理由"):
        vault.open_vault(keeper, branch("5301"), reason=" ", now=now)


def test_vault_emergency_access_is_notified_and_reviewed_by_another(
    person, branch, volunteer, keeper, now
):
    auditor, desk = person(Role.AUDITOR, "53"), person(Role.DESK, "53")
    reviewer = person(Role.REVIEWER, "5301")

    opening = vault.open_vault(
        reviewer, branch("5301"), reason="夜间急需联系", emergency=True, now=now
    )

    notified = set(Notice.objects.values_list("user", flat=True))
    assert notified >= {auditor.pk, desk.pk}
    assert NAME not in "".join(Notice.objects.values_list("text", flat=True))
    with pytest.raises(VaultRefusedError):
        vault.review_opening(opening, user=reviewer, note="属实", now=now)
    vault.review_opening(opening, user=desk, note="属实", now=now)
    assert VaultOpening.objects.get().reviewed_by == desk


def test_vault_page_shows_a_person_only_while_open_and_logs_the_reason(
    volunteer, keeper, signed_in, time_machine
):
    page = signed_in(keeper)
    address = reverse("vault")
    look = {"branch": "5301", "verb": "look", "code": volunteer.code}
    assert NAME not in page.post(address, look, follow=True).content.decode()

    page.post(address, {"branch": "5301", "verb": "open", "reason": "联系再动员"})
    shown = page.post(address, look).content.decode()
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=31))
    later = page.post(address, look, follow=True).content.decode()

    assert NAME in shown
    assert NAME not in later
    entry = AccessEntry.objects.exclude(reason="").get()
    assert (entry.reason, entry.branch_code) == ("联系再动员", "5301")


def test_vault_erasure_keeps_the_count_and_removes_the_person(
    vault_opening, volunteer, keeper, value, now
):
    upload = Upload.objects.get()
    before = value("donors.stem_cell_stored")
    keys = (volunteer.code, str(volunteer.row_key))

    with acting_for(keeper):
        fresh = vault.erase_person(vault_opening, volunteer.code, reason="撤回同意", now=now)

    upload.refresh_from_db()
    assert value("donors.stem_cell_stored") == before == 1
    files = [upload.file, upload.rows_file, upload.findings_file, upload.changes_file]
    assert [file.name for file in files if file] == []
    assert "已销毁" in upload.note
    identity = DonorIdentity.objects.get()
    assert (identity.name, identity.id_number, identity.phone, identity.code) == (
        None, None, None, fresh,
    )  # fmt: skip
    assert Consent.objects.get().withdrawn_on is not None
    with connection.cursor() as cursor:
        for table in (
            "donors_donoridentity", "donors_consent", "donors_stemcellvolunteer",
            "donors_stemcellvolunteerevent",
        ):  # fmt: skip
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            text = cursor.fetchone()[0]
            assert [key for key in keys if key in text] == [], table


def test_vault_erasure_while_closed_is_refused_by_the_database(volunteer, branch, keeper):
    with (
        acting_for(keeper),
        pytest.raises(DatabaseError, match="没有打开"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT donors_erase(%s, %s, %s)", [branch("5301").pk, volunteer.code, "E1"])


def test_donor_letter_is_handed_on_only_after_its_check(pipeline):
    head = "收信日期 方向 经手协调员 已核查不含身份信息 转交日期"
    upload = pipeline.checked(
        "donors.letters", head, ("2021-08-01", "来信", "示例协调员", "否", "2021-08-03")
    )
    assert "没有核查就转交" in "".join(pipeline.messages(upload))

    pipeline.effective(
        "donors.letters", head, ("2021-08-01", "来信", "示例协调员", "是", "2021-08-03")
    )
