"""Pages of the progress board, the home page, notices, exemptions and locked periods."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.completeness.models import DueRule, Exemption, Reminder, Urging
from redcross.errors import RefusedError
from redcross.locks.choices import UnlockAnswer
from redcross.locks.models import PeriodLock, UnlockRequest
from redcross.locks.services import lock_period
from redcross.notices.models import Notice
from redcross.notices.services import notify
from redcross.periods import Period
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.workflow.services import draft_report, finalise_report
from tests.support.gift_ledger import (
    create_checked_upload,
    create_effective_upload,
    ledger_workbook,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_february(settings):
    settings.BUSINESS_DATE = dt.date(2022, 2, 22)


def measure_queries(page, address):
    """Return the number of queries of a page beyond its frame and the access log, and the response."""
    with CaptureQueriesContext(connection) as frame:
        page.get(reverse("help", kwargs={"page": "start"}))
    with CaptureQueriesContext(connection) as whole:
        response = page.get(address)
    own = [
        query["sql"]
        for query in whole
        if "audit_" not in query["sql"] and "SAVEPOINT" not in query["sql"]
    ]
    framed = [query["sql"] for query in frame if "SAVEPOINT" not in query["sql"]]
    return len(own) - len(framed), response


# The board --------------------------------------------------------------------


# The branch above is one query more, which the province has not.
@pytest.mark.parametrize(
    ("code", "rows", "queries"), [("530102", 1, 11), ("5301", 15, 11), ("53", 145, 10)]
)
def test_progress_board_query_count_is_constant_for_branch_and_province(
    code, rows, queries, person, signed_in, clerk, reviewer, branch, now
):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1), now=now)
    page = signed_in(person(Role.REVIEWER, code))
    address = f"{reverse('progress')}?period=2021Q3&level=all"
    page.get(address)  # what a process keeps is read before it is counted

    count, response = measure_queries(page, address)

    assert response.status_code == 200
    assert len(response.context["rows"]) == rows
    assert count == queries


def test_progress_board_shows_texts_rates_and_a_map_of_each_level(
    clerk, reviewer, branch, now, signed_in
):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1), now=now)
    page = signed_in(reviewer)

    province = page.get(reverse("progress"), {"period": "2021-08"})
    prefecture = page.get(reverse("progress"), {"period": "2021-08", "branch": "5301"})

    text = province.content.decode()
    assert "▲" in text
    assert "一次通过率" in text
    assert len(province.context["map"]["values"]) == 16
    assert prefecture.context["map"]["layer"] == "counties"
    cells = {str(obligation.status) for obligation in prefecture.context["obligations"]}
    assert {"COVERED", "EFFECTIVE", "LATE"} <= cells


def test_progress_board_filters_apply_to_page_and_workbook(clerk, reviewer, branch, now, signed_in):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1), now=now)
    page = signed_in(reviewer)
    form = {"period": "2021-08", "sheet": "donations.ledger", "standing": "EFFECTIVE"}

    board = page.get(reverse("progress"), form)
    book = openpyxl.load_workbook(io.BytesIO(page.get(reverse("progress-export"), form).content))

    assert [str(row.branch) for row in board.context["rows"]] == ["昆明市"]
    rows = list(book["报送进度"].iter_rows(min_row=5, values_only=True))
    assert [(row[0], row[5]) for row in rows] == [("昆明市", "已生效")]
    assert book["报送质量评价"].max_row > 16


def test_progress_board_without_obligations_says_what_to_do(signed_in, reviewer):
    DueRule.objects.filter(sheet="").update(since=dt.date(2022, 1, 1))

    text = signed_in(reviewer).get(reverse("progress"), {"period": "2021-08"}).content.decode()

    assert "换一个报告期" in text


def test_progress_board_urges_and_shows_sender_or_missing_recipient(person, reviewer, signed_in):
    clerk = person(Role.STATISTICIAN, "5301")
    page = signed_in(reviewer)
    form = {"branch": "53", "period": "2022-01", "sheet": "donations.ledger"}

    text = page.post(reverse("remind"), form, follow=True).content.decode()

    assert "已向 1 人" in text
    assert "还没有填报人账户" in text
    assert f"{reviewer} 催 {clerk}" in text
    again = page.post(reverse("remind"), form | {"only": "5301"}, follow=True).content.decode()
    assert "一小时内已催报过" in again
    assert Urging.objects.count() == 1


# Home and notices -------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_home_page_query_count_is_constant(
    count, clerk, branch, now, signed_in, django_assert_num_queries
):
    upload = create_checked_upload(clerk, branch("5301"), ledger_workbook(1), now=now)
    for number in range(count):
        notify([clerk], f"示例通知{number}", now=now)
        upload.pk, upload.state = None, "RETURNED"
        upload.first_month = upload.last_month = dt.date(2021, 1 + number, 1)
        upload.save()
    page = signed_in(clerk)

    page.get("/")  # what a process keeps is read before it is counted

    with django_assert_num_queries(27):
        response = page.get("/")

    assert len(response.context["returned"]) == count


def test_home_page_lists_every_calendar_and_counts_due_soon(signed_in, person):
    clerk = person(Role.STATISTICIAN, "5301")

    page = signed_in(clerk).get("/")

    kinds = {obligation.obligation.period.kind for obligation in page.context["pending"]}
    assert kinds == {"month", "quarter", "year"}
    assert page.context["late"] > 0


def test_home_page_without_obligations_says_what_to_do(signed_in, person):
    text = signed_in(person(Role.LEADER, "53")).get("/").content.decode()

    assert "现在没有要办的事" in text


def test_notice_opened_is_marked_read_and_redirects_to_its_page(signed_in, clerk, now):
    notify([clerk], "请看甲", link="/uploads/", now=now)
    notify([clerk], "请看乙", now=now)
    page = signed_in(clerk)
    first = Notice.objects.get(text="请看甲")

    answer = page.post(reverse("notice-open", kwargs={"pk": first.pk}))

    assert answer.url == "/uploads/"
    unread = page.get(reverse("notices"), {"state": "unread"})
    assert [entry.text for entry in unread.context["page"]] == ["请看乙"]


def test_notice_of_another_user_is_not_found(signed_in, clerk, reviewer, now):
    notify([clerk], "请看甲", now=now)

    answer = signed_in(reviewer).post(
        reverse("notice-open", kwargs={"pk": Notice.objects.get().pk})
    )

    assert answer.status_code == 404


# 免报 -------------------------------------------------------------------------


def test_exemption_page_grants_and_revokes(signed_in, reviewer, branch):
    page = signed_in(reviewer)
    form = {
        "branch": branch("5301").pk, "sheet": "donations.ledger", "period": "2022-01", "reason": "合并",
    }  # fmt: skip

    page.post(reverse("exemptions"), form)
    made = Exemption.objects.get()
    text = page.post(reverse("exemption-revoke", kwargs={"pk": made.pk}), follow=True)

    assert "已撤销" in text.content.decode()


def test_exemption_page_is_refused_to_clerks(signed_in, clerk, branch):
    signed_in(clerk).post(
        reverse("exemptions"), {"branch": branch("5301").pk, "period": "2022-01", "reason": "忙"}
    )

    assert not Exemption.objects.exists()


# Closed months ----------------------------------------------------------------


@pytest.fixture
def office(person):
    return person(Role.OFFICE, "53")


@pytest.fixture
def lock(office, branch, now):
    return lock_period("donations", branch("53"), Period.parse("2021"), user=office, now=now)


def test_lock_page_previews_affected_uploads(signed_in, office, clerk, reviewer, branch, now):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1, 2), now=now)
    page = signed_in(office)
    form = {"domain": "donations", "branch": branch("53").pk, "period": "2021", "reason": "定稿"}

    preview = page.post(reverse("locks"), form)
    assert preview.context["impact"].rows == 2
    assert not PeriodLock.objects.exists()

    page.post(reverse("locks"), form | {"confirm": "1"})

    assert PeriodLock.objects.get().reason == "定稿"


def test_unlock_request_is_answered_once_opens_the_months_and_notifies(
    signed_in, office, clerk, branch, now, lock
):
    page = signed_in(clerk)
    ask = reverse("lock-ask", kwargs={"pk": lock.pk})
    page.post(ask, {"branch": branch("5301").pk, "reason": "补报一笔"})
    twice = page.post(ask, {"branch": branch("5301").pk, "reason": "再来"})
    assert "已有一份申请" in twice.content.decode()
    made = UnlockRequest.objects.get()

    answered = signed_in(office)
    address = reverse("lock-answer", kwargs={"pk": made.pk})
    answered.post(address, {"grant": "1", "days": "3"})
    again = answered.post(address, {"remark": "不行"}, follow=True)

    made.refresh_from_db()
    assert made.answer == UnlockAnswer.GRANTED
    assert "请刷新页面" in again.content.decode()
    assert "已为昆明市开放至" in Notice.objects.get(user=clerk).text
    assert (
        create_checked_upload(clerk, branch("5301"), ledger_workbook(1), now=made.answered_at).state
        == "READY"
    )
    with pytest.raises(RefusedError, match="已锁定"):
        create_checked_upload(clerk, branch("5301"), ledger_workbook(2), now=made.open_until)


def test_unlock_refusal_requires_a_reason(signed_in, office, clerk, branch, lock, now):
    signed_in(clerk).post(
        reverse("lock-ask", kwargs={"pk": lock.pk}),
        {"branch": branch("5301").pk, "reason": "补报"},
    )
    made = UnlockRequest.objects.get()
    address = reverse("lock-answer", kwargs={"pk": made.pk})

    silent = signed_in(office).post(address, {"remark": ""}, follow=True).content.decode()
    signed_in(office).post(address, {"remark": "请在下月补报"})

    assert "请写明原因" in silent
    assert "请在下月补报" in Notice.objects.get(user=clerk).text


def test_unlock_without_reason_is_refused(signed_in, office, lock):
    page = signed_in(office)
    address = reverse("lock-unlock", kwargs={"pk": lock.pk})

    page.post(address, {"reason": ""})
    assert PeriodLock.objects.exists()
    page.post(address, {"reason": "审计要求更正"})

    assert not PeriodLock.objects.exists()


def test_correction_after_lock_keeps_the_printed_figure(
    signed_in, office, clerk, reviewer, branch, now, value
):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(100), now=now)
    kind = report_kinds["donations.quarterly"]
    report = draft_report(kind, branch("53"), Period.parse("2021Q3"), user=office, now=now)
    finalise_report(report.pk, document_number="", user=office, now=now)
    report.refresh_from_db()
    printed = report.content
    locked = lock_period("donations", branch("53"), Period.parse("2021"), user=office, now=now)
    with pytest.raises(RefusedError, match="已锁定"):
        create_checked_upload(clerk, branch("5301"), ledger_workbook(7, tickets="N"), now=now)
    signed_in(clerk).post(
        reverse("lock-ask", kwargs={"pk": locked.pk}),
        {"branch": branch("5301").pk, "reason": "补报"},
    )
    made = UnlockRequest.objects.get()
    signed_in(office).post(reverse("lock-answer", kwargs={"pk": made.pk}), {"grant": "1"})
    made.refresh_from_db()

    create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(7, tickets="N"), now=made.answered_at
    )

    report.refresh_from_db()
    assert report.content == printed
    assert value("donations.raised") == 107
    text = signed_in(office).get(reverse("report", kwargs={"pk": report.pk})).content.decode()
    assert "定稿后变化" in text


def test_bulletin_names_upload_quality_by_branch(office, clerk, reviewer, branch, now, person):
    from redcross.portal.reports import reporting
    from redcross.reports.narrative.report_context import ReportContext

    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1), now=now)

    paragraphs = list(reporting(ReportContext(branch("53"), Period.parse("2021-08"))))

    tables = [block for block in paragraphs if getattr(block, "title", "") == "报送质量评价"]
    assert tables[0].rows[0][0].text == "昆明市"
    assert len(tables[0].rows) == 16
    assert not Reminder.objects.exists()
    assert Branch.objects.count() > 16
