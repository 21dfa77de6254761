"""Pages show each person his own, and cost the same however long the lists are."""

import io
from urllib.parse import quote

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.dashboards.boards import registry as boards
from redcross.dashboards.composing import compose
from redcross.indicators.declare.declaration import registry as indicators
from redcross.indicators.disclosure.disclosure_control import Audience
from redcross.indicators.query.query_params import Asked
from redcross.periods import Period
from redcross.uploads.models import Upload
from redcross.uploads.workflow import services
from tests.ledger import effective, ledger, ready
from tests.workbooks import gifts, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in():
    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def loaded(clerk, reviewer, branch, now):
    return effective(clerk, reviewer, branch("5301"), ledger(1, 2), now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_costs_the_same_however_long(
    signed_in, clerk, branch, now, count, django_assert_max_num_queries
):
    for number in range(count):
        ready(clerk, branch("5301"), ledger(number + 1), now=now)
    client = signed_in(clerk)

    with django_assert_max_num_queries(19):
        response = client.get(reverse("uploads"))

    assert response.context["page"].paginator.count == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_however_long(
    signed_in, clerk, reviewer, branch, now, count, django_assert_max_num_queries
):
    for number in range(count):
        upload = ready(clerk, branch("5301"), ledger(number + 1), now=now)
        services.submit(upload.pk, user=clerk, now=now)
    client = signed_in(reviewer)

    with django_assert_max_num_queries(19):
        response = client.get(reverse("review"))

    assert len(response.context["queue"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_board_takes_few_queries_whatever_there_is(
    signed_in, clerk, reviewer, branch, now, person, count, django_assert_max_num_queries
):
    for number in range(count):
        effective(
            clerk, reviewer, branch("5301"), ledger(number + 1, tickets=f"T{number}"), now=now
        )
    client = signed_in(person(Role.LEADER, "53"))

    # Two of them read the tables of small figures, which a leader's answers go by.
    with django_assert_max_num_queries(24):
        response = client.get("/dashboards/overview/?branch=53&period=2021")

    assert response.status_code == 200


OF_SMALL_FIGURES = 2  # every cell counted, every figure reported, of guarded indicators


@pytest.mark.parametrize("key", sorted(boards))
def test_a_board_asks_its_figures_in_twelve_queries_whatever_it_shows(
    branch, key, clerk, reviewer, now, django_assert_max_num_queries
):
    effective(clerk, reviewer, branch("5301"), ledger(1, 2), now=now)

    for code in ("53", "5301", "530102"):
        asked = Asked(branch(code), Period.parse("2021"), own=False)
        with django_assert_max_num_queries(12):
            compose(boards[key], asked, Audience.RECORDS)
        with django_assert_max_num_queries(12 + OF_SMALL_FIGURES):
            compose(boards[key], asked, Audience.OUTSIDE)


def test_no_board_draws_or_ranks_what_may_not_be_compared():
    assert all(indicators[board.main].comparable for board in boards.values())


def test_a_reader_turns_to_other_periods_and_keeps_branch_and_comparison(signed_in, person, loaded):
    client = signed_in(person(Role.LEADER, "53"))

    page = client.get("/dashboards/overview/?branch=53&period=2021-08&against=previous").content

    for period in ("2021-07", "2021Q3", "2021H2", "2021", "..2021-08", "2021-09"):
        assert f"?branch=53&amp;against=previous&amp;period={period}".encode() in page
    assert "数据截至".encode() in page


def test_a_leader_reads_figures_and_no_record(signed_in, person, loaded):
    client = signed_in(person(Role.LEADER, "53"))

    page = client.get("/figures/donations.raised/?branch=53&period=2021")

    assert "3.00元" in page.content.decode()


def test_a_figure_leads_to_its_rows_their_upload_and_people(signed_in, reviewer, clerk, loaded):
    page = signed_in(reviewer).get("/figures/donations.raised/?branch=53&period=2021-08")

    text = page.content.decode()
    assert "工作表“明细”第3行" in text
    assert reverse("upload", kwargs={"pk": loaded.pk}) in text
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
def test_outside_the_subtree_there_is_nothing(signed_in, clerk, address):
    assert signed_in(clerk).get(address).status_code == 404


def test_an_upload_of_another_branch_is_not_found(signed_in, person, loaded):
    stranger = signed_in(person(Role.STATISTICIAN, "5303"))

    for name in ("upload", "upload-state"):
        assert stranger.get(reverse(name, kwargs={"pk": loaded.pk})).status_code == 404
    undo = reverse("upload-act", kwargs={"pk": loaded.pk, "verb": "undo"})
    assert stranger.post(undo).status_code == 404


def test_a_wrong_period_is_answered_with_a_sentence(signed_in, clerk):
    page = signed_in(clerk).get("/dashboards/overview/?period=abc")

    assert page.status_code == 200
    assert "无法识别报告期" in page.content.decode()


def test_the_annotated_workbook_marks_the_cell_and_bad_rows_come_back_alone(
    signed_in, clerk, branch, now
):
    content = gifts(("示例甲", 1, "2021-08-01", "A"), ("示例乙", "六万", "2021-08-02", "B"))
    upload = ready(clerk, branch("5301"), content, now=now)
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


def test_a_workbook_goes_from_the_page_to_effective_rows(
    signed_in, clerk, reviewer, branch, django_capture_on_commit_callbacks
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(clerk)
    file = SimpleUploadedFile("明细.xlsx", ledger(5))
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


def test_a_mapped_heading_is_remembered_for_the_branch(signed_in, clerk, branch, now):
    from redcross.uploads.workflow import check

    content = gifts(
        ("示例", 1, "2021-08-01", "科室甲"), headings=("捐赠人", "金额", "日期", "经办科室")
    )
    upload = ready(clerk, branch("5301"), content, now=now)
    client = signed_in(clerk)

    client.post(
        reverse("upload-act", kwargs={"pk": upload.pk, "verb": "map"}),
        {"heading": "经办科室", "field": "remark"},
    )
    checked = check.check(upload.pk, user=clerk, now=now)

    assert checked.tables[0]["columns"]["经办科室"] == "remark"


def test_home_says_what_is_owed(signed_in, clerk, settings):
    import datetime as dt

    settings.BUSINESS_DATE = dt.date(2022, 2, 22)

    text = signed_in(clerk).get("/").content.decode()

    assert "应报未报" in text
    assert "逾期 14 天" in text


def test_the_record_pages_show_one_s_own_and_take_no_new_rows(signed_in, clerk, person, loaded):
    text = signed_in(clerk).get("/records/donations/donation/").content.decode()
    assert "示例0" in text
    stranger = signed_in(person(Role.STATISTICIAN, "5303"))
    assert "示例0" not in stranger.get("/records/donations/donation/").content.decode()
    assert signed_in(clerk).get("/records/donations/donation/add/").status_code == 403
    assert signed_in(person(Role.LEADER, "53")).get("/records/").status_code == 302


def test_the_demonstration_s_notice_and_accounts_are_shown_only_there(client, settings):
    assert "演示数据" not in client.get("/login/").content.decode()

    settings.DEMO = True

    text = client.get("/login/").content.decode()
    assert settings.DEMO_NOTICE in text
    assert "kunming" in text


def test_whoever_was_given_a_password_changes_it_first(signed_in, clerk):
    clerk.must_change_password = True
    clerk.save()

    assert signed_in(clerk).get("/")["Location"] == "/password/"


def test_a_leader_follows_a_figure_without_reading_names(signed_in, person, loaded):
    client = signed_in(person(Role.LEADER, "53"))

    figure = client.get("/figures/donations.raised/?branch=53&period=2021").content.decode()
    upload = client.get(reverse("upload", kwargs={"pk": loaded.pk})).content.decode()

    assert "第3行" in figure
    assert "示例0 " not in figure
    assert "原样与读出" not in upload


@pytest.mark.django_db
def test_a_county_sees_its_rows_that_the_prefecture_handed_in(road, person, signed_in, branch):
    content = [["单位", "捐赠人", "金额（元）", "到账日期"], ["五华区", "示例甲", 5, "2021-08-08"]]
    upload = ready(road.clerk, branch("5301"), xlsx(content), now=road.now, period="2021-08")
    road.approve(upload)
    page = signed_in(person(Role.STATISTICIAN, "530102"))

    listed = page.get(reverse("admin:donations_donation_changelist"))
    row = Donation.objects.get()
    opened = page.get(reverse("admin:donations_donation_change", args=[row.pk]))

    assert [each.pk for each in listed.context["cl"].result_list] == [row.pk]
    assert "示例甲" in opened.content.decode()
    assert f"批次{upload.pk}" in opened.content.decode()
