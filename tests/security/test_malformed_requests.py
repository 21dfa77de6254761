"""Malformed requests end in a refusal, never in a server error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from redcross.accounts.choices import Role
from tests.support.cache import clear_test_cache
from tests.support.page_addresses import PAGES

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
MALFORMED_VALUES = (
    "'\"><script>", "\x01", "9" * 30, "-1", "٣", "𠮷", "../../etc/passwd", "2021-13", "0000",
    "1e400", "%", "%00%ff", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), " ",
    "x" * 500,
)  # fmt: skip
PARAMETER_NAMES = (
    "q", "page", "branch", "period", "against", "by", "category", "level", "day", "until", "sheet",
    "state", "act", "format", "fund", "campaign", "kind", "course", "own", "file", "next", "o",
    "p", "e", "all", "cursor", "cut_off", "year", "view", "unit",
)  # fmt: skip
SIGNING_OUT = {"logout", "account_logout", "admin:logout"}


@pytest.fixture
def full_access_client(person, signed_in):
    """A client of a user with every right but that to the access log."""
    user = person(Role.DESK, "53")
    from redcross.accounts.services import grant_role
    from redcross.branches.models import Branch

    for role in (Role.OFFICE, Role.ADMINISTRATOR, Role.REVIEWER):
        grant_role(user, role, Branch.objects.get(code="53"))
    return signed_in(user)


def list_pages():
    """Return every page of the portal, and the record pages of one model of each admin class."""
    kinds = ("donations_donation", "donations_fund", "accounts_user", "locks_periodlock")
    return [
        address
        for name, address in sorted(PAGES.items())
        if name not in SIGNING_OUT
        and (not name.startswith("admin:") or name.split(":")[1].startswith(kinds))
    ]


def test_malformed_query_strings_never_cause_a_server_error(full_access_client):
    for address in list_pages():
        for turn in range(0, len(MALFORMED_VALUES), 3):
            query = {
                name: MALFORMED_VALUES[(turn + at) % len(MALFORMED_VALUES)]
                for at, name in enumerate(PARAMETER_NAMES)
            }
            answer = full_access_client.get(address, query)
            assert answer.status_code < 500, f"{address} {query!r}"


def test_malformed_forms_never_cause_a_server_error(full_access_client):
    form = {
        "pk": "x", "reason": "𠮷" * 400, "period": "2021-13", "branch": "9" * 30, "sheet": "x",
        "until": "0000-00-00", "other": "-1", "note": "\x01", "remark": "%", "password": "x",
        "mode": "x", "action": "x", "_selected_action": "x", "heading": "x" * 999, "field": "x",
    }  # fmt: skip
    for address in list_pages():
        for fields in ({}, form):
            answer = full_access_client.post(address, fields)
            assert answer.status_code < 500, f"{address} {fields}"


def test_post_without_csrf_token_is_refused(clerk):
    page = Client(enforce_csrf_checks=True)
    page.force_login(clerk)

    for address in list_pages():
        if not address.startswith("/api/"):
            assert page.post(address).status_code in (403, 404, 405), address


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "PROPFIND", "X"])
def test_unknown_http_methods_are_refused(method, client):
    assert client.generic(method, "/").status_code == 405


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "[", "a" * 300, "127.0.0.1@evil", ""]
)
def test_unknown_host_header_is_refused(host, client):
    assert client.get("/login/", HTTP_HOST=host).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/" + "a" * 9000,
        "/help/" + "%00" + "/",
        "/uploads/%ff%fe/",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/uploads/" + "9" * 40 + "/",
    ],
)
def test_malformed_addresses_are_refused(address, full_access_client):
    assert 300 <= full_access_client.get(address).status_code < 500


@pytest.mark.parametrize(
    "name",
    [
        "HTTP_COOKIE",
        "HTTP_ACCEPT_LANGUAGE",
        "HTTP_USER_AGENT",
        "HTTP_REFERER",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_AUTHORIZATION",
        "HTTP_RANGE",
        "HTTP_HX_REQUEST",
        "HTTP_HX_CURRENT_URL",
    ],
)
@pytest.mark.parametrize("value", ["x" * 20_000, "\x00", "é\xff"])
def test_huge_and_malformed_headers_never_cause_a_server_error(name, value, clerk):
    page = Client()
    page.force_login(clerk)

    assert page.get("/", **{name: value}).status_code < 500
    assert page.get("/api/v1/sheets/", **{name: value}).status_code < 500


def test_nul_character_in_query_or_form_is_refused(full_access_client):
    assert full_access_client.get("/search/", {"q": "a\0b"}).status_code == 400
    assert full_access_client.post(reverse("upload-zero"), {"note": "a\0b"}).status_code == 400
    assert full_access_client.post(reverse("login"), {"a\0b": "x"}).status_code == 400


def test_form_with_too_many_fields_is_refused(full_access_client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

    answer = full_access_client.post(reverse("upload-zero"), dict.fromkeys("abcdefg", "1"))

    assert answer.status_code == 400


# How often ----------------------------------------------------------------------------


@pytest.fixture
def low_rate_limit(monkeypatch):
    """Limit every rate to two a minute."""

    from redcross.accounts.sign_in.rate_limits import _VisitorThrottle

    clear_test_cache()
    monkeypatch.setattr(
        _VisitorThrottle,
        "THROTTLE_RATES",
        dict.fromkeys(("sign-in", "search", "certificate-check"), "2/min"),
    )
    yield
    clear_test_cache()


def test_sign_in_above_rate_limit_of_one_address_is_refused(low_rate_limit, clerk, settings):
    settings.SECURE = True  # behind our proxy its last word counts

    def answers(forwarded):
        form = {"username": "nobody", "password": "x"}
        return [
            Client().post(reverse("login"), form, HTTP_X_FORWARDED_FOR=forwarded) for _ in range(3)
        ]

    here = answers("6.6.6.6, 1.1.1.1")
    there = answers("1.1.1.1, 2.2.2.2")[:2]

    assert [response.status_code for response in here] == [200, 200, 429]
    assert "分钟后再试" in here[2].content.decode()
    assert int(here[2]["Retry-After"]) > 0
    assert [response.status_code for response in there] == [200, 200]


def test_search_above_rate_limit_is_refused_to_that_user_only(
    low_rate_limit, clerk, reviewer, signed_in
):
    page = signed_in(clerk)

    answers = [page.get(reverse("search"), {"q": "a"}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert signed_in(reviewer).get(reverse("search"), {"q": "a"}).status_code == 200


# Settings -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run_behind_https():
    """Run a command behind https in a new process."""
    import base64
    import secrets

    environment = {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp"),  # noqa: S108
        "DJANGO_SETTINGS_MODULE": "redcross.settings", "SITE_URL": "https://portal.example.org",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_KEYS": "1:" + base64.b64encode(secrets.token_bytes(64)).decode(),
    }  # fmt: skip

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=250, check=False,
        )  # fmt: skip

    return run


def test_django_deployment_check_reports_nothing(run_behind_https):
    result = run_behind_https("manage.py", "check", "--deploy", "--fail-level", "INFO")

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout or "没有" in result.stdout or "0 silenced" in result.stdout


def test_cookies_and_transport_are_strict_behind_https(run_behind_https):
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS,"
        " s.SECURE_SSL_REDIRECT, s.DEBUG, s.ALLOWED_HOSTS[0], s.SESSION_COOKIE_PATH,"
        " s.SESSION_COOKIE_DOMAIN, s.ADMINS)"
    )
    values = run_behind_https("-c", code).stdout.split()

    assert values == [
        "__Host-session", "__Host-csrf", "True", "True", "31536000", "True", "False",
        "portal.example.org", "/", "None", "[]",
    ]  # fmt: skip


def test_signed_in_pages_forbid_caching(clerk, signed_in):
    answer = signed_in(clerk).get(reverse("uploads"))

    assert answer["Cache-Control"] == "no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert not settings.DEBUG
