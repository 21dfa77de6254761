"""The access log: what it records, who reads it, and its seal."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.audit.services import verify_chain, write_entry
from tests.support.export_page import read_protected_file
from tests.support.gift_ledger import create_checked_upload, ledger_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(person, signed_in):
    return signed_in(person(Role.AUDITOR, "53"))


@pytest.fixture
def upload(clerk, branch, now):
    return create_checked_upload(clerk, branch("5301"), ledger_workbook(1, 2), now=now)


def logged_acts():
    return list(AccessEntry.objects.order_by("pk").values_list("act", "what", "status"))


def test_access_log_records_who_viewed_an_upload(clerk, signed_in, upload):
    address = reverse("upload", kwargs={"pk": upload.pk})

    signed_in(clerk).get(address)

    entry = AccessEntry.objects.get()
    assert (entry.username, entry.act, entry.what) == (clerk.username, Act.VIEW, address)
    assert (entry.address, entry.branch_code) == ("127.0.0.1", "5301")


def test_access_log_ignores_figure_pages(clerk, signed_in):
    page = signed_in(clerk)
    for name, kwargs in (("home", {}), ("board", {"key": "overview"}), ("help", {"page": "start"})):
        page.get(reverse(name, kwargs=kwargs))

    assert logged_acts() == []


def test_access_log_records_downloaded_file_as_export(clerk, signed_in):
    signed_in(clerk).get(reverse("disclosure"), {"branch": "5301", "period": "2021-08"})

    assert logged_acts() == [(Act.EXPORT, "/disclosure.xlsx", 200)]


def test_access_log_records_refused_page(clerk, signed_in):
    signed_in(clerk).get(reverse("access-log"))

    assert logged_acts() == [(Act.REFUSED, "/audit/", 403)]


def test_access_log_records_sign_ins_and_wrong_passwords(clerk):
    browser = Client()
    browser.post(reverse("login"), {"username": clerk.username, "password": "wrong"})
    browser.post(reverse("login"), {"username": clerk.username, "password": "secret-1"})

    assert [act for act, _, _ in logged_acts()] == [Act.REFUSED, Act.SIGN_IN]
    assert set(AccessEntry.objects.values_list("username", flat=True)) == {clerk.username}


def test_auditor_views_and_exports_the_access_log(auditor, clerk, signed_in, upload):
    signed_in(clerk).get(reverse("upload", kwargs={"pk": upload.pk}))

    page = auditor.get(reverse("access-log"), {"q": clerk.username, "act": "VIEW"})
    exported = auditor.get(reverse("access-log"), {"format": "csv"}).content.decode()

    assert f"/uploads/{upload.pk}/" in page.content.decode()
    assert f"/uploads/{upload.pk}/" in exported


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDITOR])
def test_access_log_is_refused_to_other_roles(role, person, signed_in):
    assert signed_in(person(role, "53")).get(reverse("access-log")).status_code == 403


def test_access_log_export_writes_formula_like_name_as_text(auditor):
    write_entry(None, Act.REFUSED, "/login/", username="=cmd|' /C calc'!A0")

    assert "'=cmd|" in auditor.get(reverse("access-log"), {"format": "csv"}).content.decode()


# The chain --------------------------------------------------------------------------


@pytest.fixture
def three_entries():
    for number in range(5):
        write_entry(None, Act.VIEW, f"/uploads/{number}/", reason="核对｜'")


def execute_without_triggers(sql):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_accessentry DISABLE TRIGGER audit_keep")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE audit_accessentry ENABLE TRIGGER audit_keep")


def test_access_log_seal_verifies_when_untouched(three_entries):
    verification = verify_chain(using="default")

    assert (verification.entries, verification.broken) == (5, [])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_accessentry SET username = 'x' WHERE what = '/uploads/2/'",
        "UPDATE audit_accessentry SET at = at - interval '1 s' WHERE what = '/uploads/2/'",
        "UPDATE audit_accessentry SET digest = sha256('x') WHERE what = '/uploads/2/'",
        "DELETE FROM audit_accessentry WHERE what = '/uploads/2/'",
        "DELETE FROM audit_accessentry WHERE what = '/uploads/0/'",
    ],
)
def test_access_log_seal_detects_any_change(sql, three_entries, capsys):
    execute_without_triggers(sql)

    with pytest.raises(SystemExit):
        call_command("audit", "--verify")

    assert "访问日志被改动" in capsys.readouterr().err


def test_access_log_seal_detects_truncated_end_by_noted_digest(three_entries, capsys):
    noted = verify_chain(using="default").last
    call_command("audit", "--verify", "--expect", noted)
    execute_without_triggers("DELETE FROM audit_accessentry WHERE what = '/uploads/4/'")

    with pytest.raises(SystemExit):
        call_command("audit", "--verify", "--expect", noted)


@pytest.mark.parametrize(
    "verb", ["UPDATE audit_accessentry SET reason = ''", "DELETE FROM audit_accessentry"]
)
def test_access_log_update_by_database_owner_is_refused(verb, three_entries):
    with (
        pytest.raises(DatabaseError, match="只能追加"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)


def test_access_log_update_by_application_role_is_refused():
    with connection.cursor() as cursor:
        rights = {}
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute(
                "SELECT has_table_privilege(%s, 'audit_accessentry', %s)",
                [settings.APPLICATION_ROLE, right],
            )
            rights[right] = cursor.fetchone()[0]

    assert rights == {
        "SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False,
    }  # fmt: skip


# Originals ----------------------------------------------------------------------------


def test_original_file_opens_with_reason_for_half_an_hour(clerk, signed_in, upload, time_machine):
    page = signed_in(clerk)
    address = reverse("upload-original", kwargs={"pk": upload.pk})
    assert page.get(address, {"file": "1"}).status_code == 200

    page.post(address, {"reason": "核对票据"})
    assert read_protected_file(page, page.get(address, {"file": "1"}))[:2] == b"PK"

    entry = AccessEntry.objects.get(act=Act.ORIGINAL)
    assert (entry.reason, entry.username) == ("核对票据", clerk.username)
    time_machine.move_to(timezone.now() + dt.timedelta(seconds=31 * 60))
    assert page.get(address, {"file": "1"}).status_code == 200


def test_original_file_without_reason_is_refused(clerk, signed_in, upload):
    page = signed_in(clerk)

    answer = page.post(reverse("upload-original", kwargs={"pk": upload.pk}), {"reason": " "})

    assert "请写明理由" in answer.content.decode()


def test_original_file_is_refused_to_supervisor(person, signed_in, upload):
    page = signed_in(person(Role.SUPERVISOR, "53"))

    assert page.get(reverse("upload-original", kwargs={"pk": upload.pk})).status_code == 403
