"""Sign-in: locks, sessions, second factors, and answers that reveal nothing."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import SECOND_FACTOR_ROLES, Role
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb
from redcross.people.devices import describe_device
from redcross.people.services import perform

pytestmark = pytest.mark.django_db


def sign_in(client, username, password="secret-1"):  # noqa: S107  that of the cast
    return client.post(reverse("login"), {"username": username, "password": password})


# Lock-out ---------------------------------------------------------------------------


def test_sign_in_is_locked_after_five_wrong_passwords_at_one_address(clerk, reviewer):
    client = Client()
    for _ in range(5):
        answer = sign_in(client, clerk.username, "wrong")

    assert answer.status_code == 429
    assert sign_in(client, clerk.username).status_code == 429
    assert "15分钟后再试" in answer.content.decode()
    assert sign_in(client, reviewer.username).status_code == 302
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert sign_in(elsewhere, clerk.username).status_code == 302


def test_sign_in_lock_expires(clerk, time_machine):
    client = Client()
    for _ in range(5):
        sign_in(client, clerk.username, "wrong")
    time_machine.move_to(timezone.now() + dt.timedelta(seconds=16 * 60))

    assert sign_in(client, clerk.username).status_code == 302


def test_sign_in_answers_unknown_name_and_wrong_password_alike(clerk):
    unknown = sign_in(Client(), "nobody", "wrong")
    wrong = sign_in(Client(), clerk.username, "wrong")

    def error_message(answer, name):
        return answer.content.decode().replace(name, "").split("csrfmiddlewaretoken")[-1][90:]

    assert unknown.status_code == wrong.status_code == 200
    assert error_message(unknown, "nobody") == error_message(wrong, clerk.username)


def test_client_address_behind_a_proxy_is_the_last_forwarded_address(rf, settings):
    from redcross.accounts.sign_in.addresses import client_address

    request = rf.get("/", HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2", REMOTE_ADDR="127.0.0.1")
    assert client_address(request) == "127.0.0.1"
    settings.SECURE = True
    assert client_address(request) == "2.2.2.2"


# Sessions ---------------------------------------------------------------------------


def test_idle_session_expires(clerk, signed_in, time_machine):
    page = signed_in(clerk)
    assert page.get(reverse("home")).status_code == 200
    time_machine.move_to(timezone.now() + dt.timedelta(seconds=61 * 60))

    assert page.get(reverse("home")).url.startswith(reverse("login"))


def test_busy_session_expires_after_a_working_day(clerk, signed_in, time_machine):
    page = signed_in(clerk)
    for _ in range(14):
        answer = page.get(reverse("home"))
        time_machine.move_to(timezone.now() + dt.timedelta(seconds=59 * 60))

    assert answer.status_code == 302


def test_other_sessions_are_ended_by_the_user(clerk):
    here, there = Client(), Client(HTTP_USER_AGENT="旧电脑")
    for client in (here, there):
        sign_in(client, clerk.username)
        client.get(reverse("home"))
    assert "旧电脑" in here.get(reverse("account")).content.decode()

    here.post(reverse("account"))

    assert there.get(reverse("home")).status_code == 302
    assert here.get(reverse("home")).status_code == 200


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 6.1) Chrome/109.0.0.0 Safari/537.36", "Windows 7，Chrome"),
        ("Mozilla/5.0 (Linux; Android 12) Chrome/107.0 MicroMessenger/8.0", "安卓，微信"),
        ("curl/8.5", "curl/8.5"),
    ],
)
def test_session_device_is_shown_by_its_common_name(agent, expected):
    assert describe_device(agent) == expected


# The second factor --------------------------------------------------------------------


@pytest.fixture
def authenticator_secret(clerk):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(clerk, secret)
    return clerk, secret


def code_of(secret):
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )


def test_second_factor_code_is_accepted_once(authenticator_secret, time_machine):
    clerk, secret = authenticator_secret
    time_machine.move_to(timezone.now(), tick=False)
    client = Client()
    sign_in(client, clerk.username)

    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    while answer.status_code == 302 and answer.url == reverse("mfa_trust"):
        answer = client.post(answer.url, {"action": "skip"})
    assert client.get(reverse("home")).status_code == 200

    again = Client()
    sign_in(again, clerk.username)
    again.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert again.get(reverse("home")).status_code == 302


def test_second_factor_secret_is_stored_encrypted(authenticator_secret):
    _, secret = authenticator_secret

    assert secret not in str(Authenticator.objects.get().data)


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES))
def test_second_factor_is_required_for_privileged_roles(role, person, signed_in, settings):
    settings.SECOND_FACTOR = True
    page = signed_in(person(Role(role), "53"))

    assert page.get(reverse("home")).url == reverse("mfa_activate_totp")
    assert page.get(reverse("mfa_index")).status_code == 200


def test_second_factor_is_not_required_for_other_roles(clerk, signed_in, settings):
    settings.SECOND_FACTOR = True

    assert signed_in(clerk).get(reverse("home")).status_code == 200


def test_second_factor_is_reset_by_the_level_above(authenticator_secret, reviewer):
    clerk, _ = authenticator_secret

    perform(AccountAction(ActionVerb.RESET_SECOND_FACTOR, clerk), by=reviewer, now=timezone.now())

    assert sign_in(Client(), clerk.username).url == reverse("home")
