"""The API: rights and scopes of tokens, and a documented answer to every request."""

import contextlib
import datetime as dt
import io

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from redcross.accounts.choices import Role
from redcross.api.choices import TokenScope
from redcross.api.models import ApiToken, create_token
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from redcross.wsgi import application
from tests.support.cache import clear_test_cache
from tests.support.gift_ledger import (
    create_checked_upload,
    create_effective_upload,
    ledger_workbook,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limits(settings):
    clear_test_cache()


@pytest.fixture
def api_client():
    """Create a client that acts for a user by a token."""

    def make(user, *scopes, **dates):
        today = timezone.localdate()
        fields = {"ends_on": today + dt.timedelta(days=30), "today": today} | dates
        _, secret = create_token(
            user, name="示例程序", scopes=scopes or [TokenScope.READ], **fields
        )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return make


@pytest.fixture
def effective_upload(clerk, reviewer, branch, now):
    return create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(100, 200), now=now
    )


def upload_form(content, **more):
    form = {"sheet": "donations.ledger", "branch": "5301", "period": "2021-08"} | more
    return {"file": SimpleUploadedFile("明细.xlsx", content), **form}


# Tokens -------------------------------------------------------------------------


def test_api_token_is_stored_as_digest_only(clerk):
    today = timezone.localdate()
    token, secret = create_token(clerk, name="甲", scopes=["read"], ends_on=today, today=today)

    assert secret not in str(ApiToken.objects.values().get(pk=token.pk))


@pytest.mark.parametrize("header", [None, "Bearer rc_nothing", "Bearer ", "Basic eDp5"])
def test_api_request_without_valid_token_is_refused(client, header):
    headers = {"Authorization": header} if header else {}

    answer = client.get(reverse("api-uploads"), headers=headers)

    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}


def test_api_token_expired_or_revoked_is_refused(api_client, clerk):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    client = api_client(clerk, ends_on=yesterday, today=yesterday)
    assert client.get(reverse("api-uploads")).status_code == 401

    client = api_client(clerk)
    assert client.get(reverse("api-uploads")).status_code == 200
    ApiToken.objects.update(revoked_at=timezone.now())
    assert client.get(reverse("api-uploads")).status_code == 401


def test_api_wrong_token_is_refused_despite_a_session(signed_in, clerk):
    client = signed_in(clerk)

    answer = client.get(reverse("api-uploads"), headers={"Authorization": "Bearer rc_x"})

    assert answer.status_code == 401


def test_api_read_only_token_upload_is_refused(api_client, clerk):
    answer = api_client(clerk).post(reverse("api-uploads"), upload_form(ledger_workbook(1)))

    assert answer.status_code == 403
    assert not Upload.objects.exists()


# Uploads ------------------------------------------------------------------------


def test_api_token_uploads_polls_and_submits(
    api_client, clerk, reviewer, django_capture_on_commit_callbacks
):
    client = api_client(clerk, TokenScope.READ, TokenScope.UPLOAD)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("api-uploads"), upload_form(ledger_workbook(100)))
    assert answer.status_code == 201, answer.json()
    pk = answer.json()["upload"]

    status = client.get(reverse("api-upload", args=[pk])).json()
    assert (status["state"], status["rows"], status["changes"]["new"]) == ("ready", 1, 1)

    submit = reverse("api-submit", args=[pk])
    assert client.post(submit, {}, content_type="application/json").json()["state"] == "submitted"
    again = client.post(submit, {}, content_type="application/json")
    assert again.status_code == 409

    judge = api_client(reviewer, TokenScope.REVIEW)
    with django_capture_on_commit_callbacks(execute=True):
        judge.post(reverse("api-approve", args=[pk]), {}, content_type="application/json")
    assert Upload.objects.get(pk=pk).state == UploadState.EFFECTIVE


@pytest.mark.parametrize(
    ("more", "number", "sentence"),
    [
        ({"sheet": "nothing"}, 400, "没有名为“nothing”的报表"),
        ({"branch": "99"}, 400, "没有代码或名称为“99”的机构"),
        ({"period": "2021-13"}, 400, "无法识别报告期"),
        ({"branch": "5329"}, 409, ""),
        ({"colour": "red"}, 400, "不认识的参数“colour”"),
    ],
)
def test_api_invalid_upload_is_refused_with_a_message(api_client, clerk, more, number, sentence):
    answer = api_client(clerk, TokenScope.UPLOAD).post(
        reverse("api-uploads"), upload_form(ledger_workbook(1), **more)
    )

    assert answer.status_code == number
    assert sentence in answer.json()["message"]
    assert not Upload.objects.exists()


def test_api_upload_of_another_branch_is_not_found(api_client, person, clerk, branch, now):
    upload = create_checked_upload(clerk, branch("5301"), ledger_workbook(1), now=now)
    client = api_client(person(Role.STATISTICIAN, "5329"))

    assert client.get(reverse("api-upload", args=[upload.pk])).status_code == 404
    assert client.get(reverse("api-uploads")).json()["results"] == []


# Figures, records, reports --------------------------------------------------------


def test_api_figures_equal_those_of_the_command(api_client, reviewer, effective_upload):
    answer = api_client(reviewer).get(
        reverse("api-indicators"), {"keys": "donations.raised", "period": "2021", "branch": "53"}
    )

    line = answer.json()[0]
    assert (line["value"], line["from"], line["unit"]) == ("300", "rows", "元")


def test_api_figures_of_another_branch_are_refused(api_client, clerk, effective_upload):
    answer = api_client(clerk).get(
        reverse("api-indicators"), {"keys": "donations.raised", "period": "2021", "branch": "5329"}
    )

    assert answer.status_code == 403


def test_api_records_are_masked_and_omit_encrypted_columns(api_client, reviewer, effective_upload):
    answer = api_client(reviewer).get(reverse("api-records", args=["donations.donation"])).json()

    assert [row["value"] for row in answer["results"]] == ["200.00", "100.00"]
    assert "示例0" not in str(answer)
    assert not [name for name in answer["results"][0] if "phone" in name or "index" in name]


def test_api_records_exclude_the_identity_vault(api_client, reviewer):
    kinds = api_client(reviewer).get(reverse("api-record-kinds")).json()

    assert "donors.donoridentity" not in {kind["model"] for kind in kinds}
    answer = api_client(reviewer).get(reverse("api-records", args=["donors.donoridentity"]))
    assert answer.status_code == 404


def test_api_leader_token_reads_figures_but_no_records(api_client, person, effective_upload):
    client = api_client(person(Role.LEADER, "53"))

    assert client.get(reverse("api-records", args=["donations.donation"])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_api_record_list_query_count_is_constant(
    api_client, clerk, reviewer, branch, now, count, django_assert_num_queries
):
    create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(*range(1, count + 1)), now=now
    )
    client = api_client(reviewer)

    address = reverse("api-records", args=["donations.donation"])
    client.get(address)  # what a process keeps is read before it is counted

    with django_assert_num_queries(15):
        response = client.get(address)

    assert len(response.json()["results"]) == count


def test_api_request_above_rate_limit_is_refused_with_retry_after(api_client, clerk, monkeypatch):
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "rate", "2/hour", raising=False)
    client = api_client(clerk)

    answers = [client.get(reverse("api-sheets")).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_api_blank_workbook_is_a_readable_workbook(api_client, clerk):
    answer = api_client(clerk).get(reverse("api-template", args=["donations.ledger"]))

    assert io.BytesIO(answer.content).read(2) == b"PK"


def test_api_schema_page_is_served_locally(signed_in, clerk):
    page = signed_in(clerk).get(reverse("api-docs")).content.decode()

    assert "https://" not in page
    assert "swagger-ui" in page


# Everything else ------------------------------------------------------------------


@contextlib.contextmanager
def share_test_transaction():
    """Run requests to the bare WSGI application in the test's own transaction."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize(
    "role", [Role.STATISTICIAN, Role.REVIEWER, Role.LEADER, Role.AUDITOR, None]
)
def test_api_answers_to_generated_requests_match_the_schema(
    api_client, person, effective_upload, clerk, role
):
    token = ""
    if role is not None:
        today = timezone.localdate()
        _, token = create_token(
            person(role, "53"), name="示例", scopes=TokenScope.values, ends_on=today, today=today
        )
    reader = api_client(clerk)
    raw = reader.get(reverse("api-schema"), {"format": "json"}).json()
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = application
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    operations = [get_all_operation.ok() for get_all_operation in schema.get_all_operations()]
    assert len(operations) >= 15

    for operation in operations:

        @settings(
            max_examples=6,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            clear_test_cache()
            case.call_and_validate(headers=headers, checks=CHECKS)

        with share_test_transaction():
            ask()


def test_api_token_page_creates_shows_once_and_revokes(signed_in, clerk, client):
    person = signed_in(clerk)
    day = (timezone.localdate() + dt.timedelta(days=9)).isoformat()

    page = person.post(
        reverse("tokens"), {"name": "月报程序", "scopes": ["read"], "ends_on": day}
    ).content.decode()

    secret = page[page.index("rc_") :].partition("<")[0]
    assert secret not in person.get(reverse("tokens")).content.decode()
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get(reverse("api-sheets"), headers=headers).status_code == 200
    person.post(reverse("token-revoke", args=[ApiToken.objects.get().pk]))
    assert client.get(reverse("api-sheets"), headers=headers).status_code == 401


@pytest.mark.parametrize("days", [-1, 400])
def test_api_token_lifetime_above_a_year_is_refused(signed_in, clerk, days):
    day = (timezone.localdate() + dt.timedelta(days=days)).isoformat()

    page = signed_in(clerk).post(
        reverse("tokens"), {"name": "甲", "scopes": ["read"], "ends_on": day}
    )

    assert "有效期须在今天到一年以内" in page.content.decode()
    assert not ApiToken.objects.exists()
