"""Password rules, closing of unused accounts, and sessions that end with the role."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import SafetySettings, User
from redcross.accounts.services import grant_role
from redcross.completeness.calendar.due_calendar import nominal_due_date
from redcross.notices.models import Notice
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb
from redcross.people.inactive_accounts import close_inactive_accounts
from redcross.people.services import perform
from redcross.periods import Period
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Quarterly

pytestmark = pytest.mark.django_db

STRONG_PASSWORD = "Yunling-2022-a"  # noqa: S105  that of a test
QUIET_DAY = dt.datetime(2022, 2, 19, 9, tzinfo=dt.UTC)
"""A day around which nothing is due."""


def sign_in(name, password):
    client = Client()
    return client, client.post(reverse("login"), {"username": name, "password": password})


def change_password(client, old, new):
    return client.post(
        reverse("password_change"),
        {"old_password": old, "new_password1": new, "new_password2": new},
    )


# Passwords ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weak", ["Abc-123", "abcdefghij", "abcdefghij12", "1234567890", "ABCDEFGH123"]
)
def test_weak_password_is_refused(weak, clerk):
    with pytest.raises(ValidationError):
        validate_password(weak, clerk)


def test_password_change_succeeds_and_ends_other_sessions(clerk):
    here, _ = sign_in(clerk.username, "secret-1")
    there, _ = sign_in(clerk.username, "secret-1")

    answer = change_password(here, "secret-1", STRONG_PASSWORD)

    assert answer.status_code == 302
    assert here.get(reverse("home")).status_code == 200
    assert there.get(reverse("home")).status_code == 302


def test_recently_used_password_is_refused(clerk):
    SafetySettings.objects.create(pk=1, password_history=2)
    page, _ = sign_in(clerk.username, "secret-1")
    passwords = [f"{STRONG_PASSWORD}{number}" for number in range(3)]
    for old, new in zip(["secret-1", *passwords], passwords, strict=False):
        change_password(page, old, new)
    clerk.refresh_from_db()

    for password in passwords[1:]:
        with pytest.raises(ValidationError, match="最近用过"):
            validate_password(password, clerk)
    validate_password(passwords[0], clerk)
    assert clerk.used_passwords.count() == 2
    assert not clerk.used_passwords.filter(encoded__contains=STRONG_PASSWORD).exists()


def test_expired_password_must_be_changed_first(clerk):
    User.objects.filter(pk=clerk.pk).update(password_set_at=timezone.now() - dt.timedelta(days=181))
    page, _ = sign_in(clerk.username, "secret-1")

    assert page.get(reverse("uploads")).url == reverse("password_change")
    change_password(page, "secret-1", STRONG_PASSWORD)
    assert page.get(reverse("uploads")).status_code == 200


def test_password_lifetime_follows_the_setting(clerk):
    SafetySettings.objects.create(pk=1, password_days=0)
    User.objects.filter(pk=clerk.pk).update(password_set_at=timezone.now() - dt.timedelta(days=999))

    page, _ = sign_in(clerk.username, "secret-1")

    assert page.get(reverse("uploads")).status_code == 200


@pytest.fixture
def hash_counter(monkeypatch):
    """Count the password hashes that are computed."""
    counted = []
    encode = MD5PasswordHasher.encode

    def counting(self, password, salt):
        counted.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return counted


@pytest.mark.parametrize("who", ["unknown", "known", "closed", "service"])
def test_failed_sign_in_always_computes_one_hash(who, clerk, hash_counter):
    name = {"unknown": "nobody", "service": "命令行（填报）"}.get(who, clerk.username)
    if who == "closed":
        User.objects.filter(pk=clerk.pk).update(is_active=False)

    sign_in(name, "wrong")

    assert len(hash_counter) == 1


# Sessions -------------------------------------------------------------------------------


def test_password_reset_ends_every_session(clerk, reviewer):
    page, _ = sign_in(clerk.username, "secret-1")

    perform(AccountAction(ActionVerb.RESET_PASSWORD, clerk), by=reviewer, now=timezone.now())

    assert page.get(reverse("uploads")).status_code == 302


def test_session_ends_when_the_role_is_removed(clerk, signed_in):
    page = signed_in(clerk)
    assert page.get(reverse("uploads")).status_code == 200

    clerk.roles.all().delete()

    assert page.get(reverse("uploads")).url.startswith(reverse("login"))
    assert "_auth_user_id" not in page.session


def test_session_ends_when_the_account_is_closed(clerk, signed_in):
    page = signed_in(clerk)

    User.objects.filter(pk=clerk.pk).update(is_active=False)

    assert page.get(reverse("uploads")).status_code == 302


# Accounts nobody uses -------------------------------------------------------------------


@pytest.fixture
def make_unused_user(person):
    """Create a user whose last visit was so many days before the quiet day."""

    def make(role, code, days):
        user = person(role, code)
        User.objects.filter(pk=user.pk).update(last_login=QUIET_DAY - dt.timedelta(days=days))
        return user

    return make


def is_open(user):
    user.refresh_from_db()
    return user.is_active


def test_unused_account_is_warned_then_closed(make_unused_user, person):
    silent = make_unused_user(Role.LEADER, "5301", 200)
    keeper = person(Role.REVIEWER, "53")
    User.objects.filter(pk=keeper.pk).update(last_login=QUIET_DAY)

    assert close_inactive_accounts(now=QUIET_DAY) == (1, 0)
    assert is_open(silent)
    assert close_inactive_accounts(now=QUIET_DAY + dt.timedelta(days=13)) == (0, 0)
    assert close_inactive_accounts(now=QUIET_DAY + dt.timedelta(days=14)) == (0, 1)

    assert not is_open(silent)
    assert "停用" in Notice.objects.get(user=silent).text
    assert silent.username in Notice.objects.get(user=keeper).text


def test_unused_account_is_kept_when_its_user_signs_in_after_the_warning(make_unused_user):
    user = make_unused_user(Role.LEADER, "5301", 200)
    close_inactive_accounts(now=QUIET_DAY)
    User.objects.filter(pk=user.pk).update(last_login=QUIET_DAY + dt.timedelta(days=1))

    close_inactive_accounts(now=QUIET_DAY + dt.timedelta(days=20))

    assert is_open(user)


def test_closed_account_is_reopened_by_the_level_above(make_unused_user, reviewer):
    user = make_unused_user(Role.LEADER, "5301", 400)
    close_inactive_accounts(now=QUIET_DAY)
    close_inactive_accounts(now=QUIET_DAY + dt.timedelta(days=14))
    assert not is_open(user)

    action = AccountAction(ActionVerb.RESET_PASSWORD, user)
    password = perform(action, by=reviewer, now=QUIET_DAY).result.password

    assert is_open(user)
    assert sign_in(user.username, password)[1].status_code == 302


def make_all_sheets_quarterly():
    return next(
        (sheet, due)
        for sheet in registry.values()
        for due in sheet.due
        if isinstance(due.calendar, Quarterly)
    )


def test_unused_account_period_follows_the_users_reporting_calendar(person):
    SafetySettings.objects.create(pk=1, unused_days=40, unused_notice_days=7)
    sheet, due = make_all_sheets_quarterly()
    code = {"PROVINCE": "53", "PREFECTURE": "5301", "COUNTY": "530102"}[due.level]
    user = person(Role.STATISTICIAN, code)
    user.roles.update(sheets=[sheet.key])
    User.objects.filter(pk=user.pk).update(last_login=QUIET_DAY - dt.timedelta(days=100))

    close_inactive_accounts(now=QUIET_DAY)
    close_inactive_accounts(now=QUIET_DAY + dt.timedelta(days=10))

    assert is_open(user)


def test_unused_account_is_not_closed_in_a_week_with_an_obligation(make_unused_user):
    clerk = make_unused_user(Role.STATISTICIAN, "530102", 800)
    monthly = min(
        nominal_due_date(due, Period.parse("2022-02"))
        for sheet in registry.values()
        for due in sheet.due
        if due.level == "COUNTY" and due.calendar.months == 1
    )
    day = dt.datetime.combine(monthly, dt.time(9), dt.UTC)
    close_inactive_accounts(now=day - dt.timedelta(days=30))

    close_inactive_accounts(now=day)
    in_that_week = is_open(clerk)
    close_inactive_accounts(now=day + dt.timedelta(days=10))

    assert in_that_week
    assert not is_open(clerk)


def test_last_administrator_account_is_never_closed(make_unused_user, person):
    one = make_unused_user(Role.ADMINISTRATOR, "53", 900)
    User.objects.filter(username="admin").delete()

    close_inactive_accounts(now=QUIET_DAY)
    close_inactive_accounts(now=QUIET_DAY + dt.timedelta(days=30))

    assert is_open(one)


def test_service_account_is_never_closed():
    close_inactive_accounts(now=QUIET_DAY + dt.timedelta(days=9999))

    assert not User.objects.filter(is_service=True, is_active=False).exists()


# Settings and pairs ---------------------------------------------------------------------


def test_account_settings_are_a_single_row():
    SafetySettings.objects.create(pk=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        SafetySettings.objects.create(pk=2)


@pytest.mark.parametrize("role", [Role.DESK, Role.OFFICE, Role.AUDITOR])
def test_account_settings_change_is_refused_to_other_roles(role, person, signed_in):
    page = signed_in(person(role, "53"))

    assert page.get(reverse("admin:accounts_safetysettings_add")).status_code in (302, 403)
    administrator = signed_in(person(Role.ADMINISTRATOR, "53"))
    form = {"unused_days": 90, "unused_notice_days": 7, "password_days": 90, "password_history": 3,
            "export_hours": 24, "export_rows_at_once": 1000, "stand_in_days": 30}  # fmt: skip
    administrator.post(reverse("admin:accounts_safetysettings_add"), form)
    assert SafetySettings.current().unused_days == 90


def test_account_with_administrator_and_auditor_roles_is_refused(person, branch):
    user = person(Role.ADMINISTRATOR, "53")

    with pytest.raises(IntegrityError), transaction.atomic():
        grant_role(user, Role.AUDITOR, branch("53"))
