"""Pages of the portal: what each user sees, and a constant number of queries."""

import io
from urllib.parse import quote

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.dashboards.boards import registry as boards
from redcross.dashboards.compose import compose_board
from redcross.indicators.declare.declaration import registry as indicators
from redcross.indicators.disclosure.disclosure_control import FigureAudience
from redcross.indicators.query.query_params import FigureQuery
from redcross.periods import Period
from redcross.uploads.models import Upload
from redcross.uploads.workflow import services
from tests.support.gift_ledger import (
    create_checked_upload,
    create_effective_upload,
    ledger_workbook,
)
from tests.support.workbooks import gift_workbook, write_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in():
    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def effective_upload(clerk, reviewer, branch, now):
    return create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1, 2), now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_upload_history_query_count_is_constant(
    signed_in, clerk, branch, now, count, django_assert_num_queries
):
    for number in range(count):
        create_checked_upload(clerk, branch("5301"), ledger_workbook(number + 1), now=now)
    client = signed_in(clerk)

    client.get(reverse("uploads"))  # what a process keeps is read before it is counted

    with django_assert_num_queries(16):
        response = client.get(reverse("uploads"))

    assert response.context["page"].paginator.count == count


@pytest.mark.parametrize("count", [1, 3])
def test_review_queue_query_count_is_constant(
    signed_in, clerk, reviewer, branch, now, count, django_assert_num_queries
):
    for number in range(count):
        upload = create_checked_upload(clerk, branch("5301"), ledger_workbook(number + 1), now=now)
        services.submit(upload.pk, user=clerk, now=now)
    client = signed_in(reviewer)

    client.get(reverse("review"))  # what a process keeps is read before it is counted

    with django_assert_num_queries(16):
        response = client.get(reverse("review"))

    assert len(response.context["queue"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_board_query_count_is_small_with_any_data(
    signed_in, clerk, reviewer, branch, now, person, count, django_assert_num_queries
):
    for number in range(count):
        create_effective_upload(
            clerk,
            reviewer,
            branch("5301"),
            ledger_workbook(number + 1, tickets=f"T{number}"),
            now=now,
        )
    client = signed_in(person(Role.LEADER, "53"))

    address = "/dashboards/overview/?branch=53&period=2021"
    client.get(address)  # what a process keeps is read before it is counted

    # Two of them read the tables of small figures, which a leader's answers go by.
    with django_assert_num_queries(21):
        response = client.get(address)

    assert response.status_code == 200


BOARD_QUERIES = {
    "donations": (8, 8),
    "donors": (6, 8),
    "overview": (7, 9),
    "reform": (6, 6),
    "relief": (9, 9),
    "training": (7, 7),
}
"""Queries for who reads records and for everybody else: a board with guarded indicators reads
their small cells and reported figures too, as suppression goes by them."""


@pytest.mark.parametrize("key", sorted(boards))
@pytest.mark.parametrize("count", [1, 3])
def test_board_figures_query_count_is_the_same_at_every_level(
    branch, key, count, clerk, reviewer, now, django_assert_num_queries
):
    for number in range(count):
        create_effective_upload(
            clerk, reviewer, branch("5301"), ledger_workbook(1, 2, tickets=f"T{number}"), now=now
        )
    for_records, for_others = BOARD_QUERIES[key]

    for code in ("53", "5301", "530102"):
        selection = FigureQuery(branch(code), Period.parse("2021"), own=False)
        with django_assert_num_queries(for_records):
            compose_board(boards[key], selection, FigureAudience.RECORDS)
        with django_assert_num_queries(for_others):
            compose_board(boards[key], selection, FigureAudience.OUTSIDE)


def test_board_does_not_chart_or_rank_incomparable_indicators():
    assert all(indicators[board.main].comparable for board in boards.values())


def test_board_period_links_keep_branch_and_comparison(signed_in, person, effective_upload):
    client = signed_in(person(Role.LEADER, "53"))

    page = client.get("/dashboards/overview/?branch=53&period=2021-08&against=previous").content

    for period in ("2021-07", "2021Q3", "2021H2", "2021", "..2021-08", "2021-09"):
        assert f"?branch=53&amp;against=previous&amp;period={period}".encode() in page
    assert "数据截至".encode() in page


def test_leader_reads_figures_but_no_records(signed_in, person, effective_upload):
    client = signed_in(person(Role.LEADER, "53"))

    page = client.get("/figures/donations.raised/?branch=53&period=2021")

    assert "3.00元" in page.content.decode()


def test_figure_page_links_to_rows_uploads_and_people(signed_in, reviewer, clerk, effective_upload):
    page = signed_in(reviewer).get("/figures/donations.raised/?branch=53&period=2021-08")

    text = page.content.decode()
    assert "工作表“明细”第3行" in text
    assert reverse("upload", kwargs={"pk": effective_upload.pk}) in text
    assert clerk.display_name in text
    assert reviewer.display_name in text


@pytest.mark.parametrize(
    "address",
    [
        "/dashboards/overview/?branch=53&period=2021", "/dashboards/overview/?branch=5303",
        "/dashboards/overview/?branch=999", "/dashboards/none/",
        "/figures/donations.raised/?branch=53", "/figures/none/",
    ],
)  # fmt: skip
def test_figure_page_outside_the_subtree_is_404(signed_in, clerk, address):
    assert signed_in(clerk).get(address).status_code == 404


def test_upload_page_of_another_branch_is_404(signed_in, person, effective_upload):
    stranger = signed_in(person(Role.STATISTICIAN, "5303"))

    for name in ("upload", "upload-state"):
        assert stranger.get(reverse(name, kwargs={"pk": effective_upload.pk})).status_code == 404
    undo = reverse("upload-act", kwargs={"pk": effective_upload.pk, "verb": "undo"})
    assert stranger.post(undo).status_code == 404


def test_board_with_invalid_period_shows_a_message(signed_in, clerk):
    page = signed_in(clerk).get("/dashboards/overview/?period=abc")

    assert page.status_code == 200
    assert "无法识别报告期" in page.content.decode()


def test_annotated_workbook_marks_the_cell_and_bad_rows_are_downloaded_alone(
    signed_in, clerk, branch, now
):
    content = gift_workbook(("示例甲", 1, "2021-08-01", "A"), ("示例乙", "六万", "2021-08-02", "B"))
    upload = create_checked_upload(clerk, branch("5301"), content, now=now)
    client = signed_in(clerk)

    annotated = client.get(
        reverse("upload-download", kwargs={"pk": upload.pk, "kind": "annotated"})
    )
    sheet = openpyxl.load_workbook(io.BytesIO(annotated.content)).active
    assert sheet["B4"].fill.fgColor.rgb.endswith("FFC7CE")
    assert "六万" in sheet["E4"].value

    bad = client.get(reverse("upload-download", kwargs={"pk": upload.pk, "kind": "bad-rows"}))
    rows = list(openpyxl.load_workbook(io.BytesIO(bad.content)).active.values)
    assert [row[0] for row in rows] == ["捐赠款物明细表", "捐赠人", "示例乙"]
    assert quote("待改行") in bad["Content-Disposition"]


def test_workbook_uploaded_on_the_page_becomes_effective_rows(
    signed_in, clerk, reviewer, branch, django_capture_on_commit_callbacks
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(clerk)
    file = SimpleUploadedFile("明细.xlsx", ledger_workbook(5))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("upload-new"), {"files": file, "for-period": "2021-08"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("parcels-start"))
    pk = Upload.objects.get(filename="明细.xlsx").pk
    address = reverse("upload", kwargs={"pk": pk})
    client.post(reverse("upload-act", kwargs={"pk": pk, "verb": "submit"}))
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(reviewer).post(reverse("review-decide", kwargs={"pk": pk, "verb": "approve"}))

    assert "已生效" in client.get(address).content.decode()


def test_mapped_header_is_remembered_for_the_branch(signed_in, clerk, branch, now):
    from redcross.uploads.workflow import check

    content = gift_workbook(
        ("示例", 1, "2021-08-01", "科室甲"), headings=("捐赠人", "金额", "日期", "经办科室")
    )
    upload = create_checked_upload(clerk, branch("5301"), content, now=now)
    client = signed_in(clerk)

    client.post(
        reverse("upload-act", kwargs={"pk": upload.pk, "verb": "map"}),
        {"heading": "经办科室", "field": "remark"},
    )
    checked = check.check_upload(upload.pk, user=clerk, now=now)

    assert checked.tables[0]["columns"]["经办科室"] == "remark"


def test_home_page_lists_due_sheets(signed_in, clerk, settings):
    import datetime as dt

    settings.BUSINESS_DATE = dt.date(2022, 2, 22)

    text = signed_in(clerk).get("/").content.decode()

    assert "应报未报" in text
    assert "逾期 14 天" in text


def test_record_pages_show_own_rows_and_refuse_new_rows(signed_in, clerk, person, effective_upload):
    text = signed_in(clerk).get("/records/donations/donation/").content.decode()
    assert "示例0" in text
    stranger = signed_in(person(Role.STATISTICIAN, "5303"))
    assert "示例0" not in stranger.get("/records/donations/donation/").content.decode()
    assert signed_in(clerk).get("/records/donations/donation/add/").status_code == 403
    assert signed_in(person(Role.LEADER, "53")).get("/records/").status_code == 302


def test_demo_notice_and_accounts_are_shown_in_demo_mode_only(client, settings):
    assert "演示数据" not in client.get("/login/").content.decode()

    settings.DEMO = True

    text = client.get("/login/").content.decode()
    assert settings.DEMO_NOTICE in text
    assert "kunming" in text


def test_initial_password_must_be_changed_first(signed_in, clerk):
    clerk.must_change_password = True
    clerk.save()

    assert signed_in(clerk).get("/")["Location"] == "/password/"


def test_leader_drills_down_a_figure_without_personal_names(signed_in, person, effective_upload):
    client = signed_in(person(Role.LEADER, "53"))

    figure = client.get("/figures/donations.raised/?branch=53&period=2021").content.decode()
    upload = client.get(reverse("upload", kwargs={"pk": effective_upload.pk})).content.decode()

    assert "第3行" in figure
    assert "示例0 " not in figure
    assert "原样与读出" not in upload


@pytest.mark.django_db
def test_county_sees_its_rows_uploaded_by_the_prefecture(pipeline, person, signed_in, branch):
    content = [["单位", "捐赠人", "金额（元）", "到账日期"], ["五华区", "示例甲", 5, "2021-08-08"]]
    upload = create_checked_upload(
        pipeline.clerk, branch("5301"), write_xlsx(content), now=pipeline.now, period="2021-08"
    )
    pipeline.approve(upload)
    page = signed_in(person(Role.STATISTICIAN, "530102"))

    listed = page.get(reverse("admin:donations_donation_changelist"))
    row = Donation.objects.get()
    opened = page.get(reverse("admin:donations_donation_change", args=[row.pk]))

    assert [row.pk for row in listed.context["cl"].result_list] == [row.pk]
    assert "示例甲" in opened.content.decode()
    assert f"批次{upload.pk}" in opened.content.decode()
