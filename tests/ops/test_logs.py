"""The log: one line a request, one id through web, worker and database, no personal data."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from redcross import logs
from redcross.audit.models import AccessEntry
from redcross.exports.tasks import make_export
from redcross.logs import REQUEST

pytestmark = pytest.mark.django_db

PLANTED = ("云岭示例人", "530102199001011234", "13812345678", "shili@example.org")


def test_log_has_one_line_a_request_with_its_url_pattern(clerk, signed_in, read_log):
    answer = signed_in(clerk).get(reverse("help", kwargs={"page": "start"}), {"q": PLANTED[0]})

    _, lines = read_log()
    line = next(line for line in lines if line["event"] == "request")
    assert line["path"] == "help/<slug:page>/"
    assert (line["status"], line["user"], line["method"]) == (200, clerk.pk, "GET")
    assert line[REQUEST] == answer["X-Request-ID"]
    assert isinstance(line["ms"], int)


def test_log_ignores_a_request_id_sent_by_the_visitor(client):
    answer = client.get(reverse("login"), HTTP_X_REQUEST_ID="a" * 32)

    assert answer["X-Request-ID"] != "a" * 32


def test_error_page_shows_a_request_id_found_in_the_log_without_personal_data(
    clerk, read_log, monkeypatch, settings
):
    def broken(*_, **__):
        message = f"duplicate key: {PLANTED}"
        raise ValueError(message)

    monkeypatch.setattr("redcross.uploads.web.entry_views.creation.create_upload", broken)
    page = Client(raise_request_exception=False)
    page.force_login(clerk)

    answer = page.post(
        f"{reverse('upload-zero')}?q={PLANTED[0]}",
        {"sheet": "donations.ledger", "branch": clerk.roles.get().branch_id, "period": "2021-08",
         "note": PLANTED[0], "phone": PLANTED[2]},
        HTTP_USER_AGENT=PLANTED[3],
    )  # fmt: skip

    output, lines = read_log()
    number = answer["X-Request-ID"]
    assert answer.status_code == 500
    assert number in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    failed = next(item for item in lines if item.get("error") == "ValueError")
    assert failed[REQUEST] == number
    assert any("redcross/uploads/web/entry_views.py" in item for item in failed["at"])
    assert not [item for item in PLANTED if item in output + answer.content.decode()]


@pytest.mark.parametrize("planted", PLANTED[1:])
def test_log_masks_personal_data_in_any_line(planted, read_log):
    logging.getLogger("somebody.else").warning(f"value {planted}")  # noqa: G004
    logs.structlog.get_logger("redcross.x").info("event", told=[planted], more={"a": planted})

    output, lines = read_log()
    assert len(lines) == 2
    assert planted not in output


def test_log_omits_values_formatted_by_libraries(read_log):
    logging.getLogger("somebody.else").warning("row of %s is odd", PLANTED[0])

    output, lines = read_log()
    assert lines[0]["event"] == "row of %s is odd"
    assert PLANTED[0] not in output


def test_request_id_is_written_to_database_session_and_access_log(clerk, signed_in, monkeypatch):
    seen = {}

    def look(request):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('redcross.request'), current_setting('application_name')"
            )
            seen["found"] = cursor.fetchone()
        return {}

    monkeypatch.setattr("redcross.portal.context.find_topic", lambda _: look(None) or "start")
    answer = signed_in(clerk).get(reverse("exports"))
    number = answer["X-Request-ID"]
    signed_in(clerk).get(reverse("uploads"))

    assert seen["found"][0]
    assert seen["found"][1] == f"redcross {seen['found'][0]}"
    assert len(number) == 32
    assert AccessEntry.objects.latest("pk").request == seen["found"][0]


def test_task_log_carries_the_id_of_its_request(clerk, monkeypatch, now):
    heard = []
    monkeypatch.setattr(
        "redcross.exports.services.generate_export",
        lambda *_, **__: heard.append(logs.request_id()),
    )

    with logs.structlog.contextvars.bound_contextvars(**{REQUEST: "c" * 32}):
        make_export.apply_async(kwargs={"export_id": 1}, headers={"user_id": clerk.pk})

    assert heard == ["c" * 32]
