"""Search, navigation, help, printing, exports of boards, the wall screen, batch approval."""

import io
import re

import openpyxl
import pytest
from django.urls import reverse

from redcross.accounts.choices import Domain, Role
from redcross.portal.help import TOPICS
from redcross.portal.navigation import list_links
from redcross.portal.search_sources import search, to_pinyin
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from redcross.uploads.workflow import services
from tests.support.gift_ledger import (
    create_checked_upload,
    create_effective_upload,
    ledger_workbook,
)

pytestmark = pytest.mark.django_db


# Search -----------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["昆明", "km", "kunming", "KunMing", "5301"])
def test_search_finds_a_branch_by_common_spellings(words, person):
    hits = search(words, person(Role.LEADER, "53"))

    assert "昆明市红十字会" in [hit.title for hit in hits["机构"]]


def test_search_hides_results_outside_the_users_permissions(person):
    hits = search("昆明", person(Role.LEADER, "5303"))

    assert "机构" not in hits


def test_search_finds_figures_funds_events_sheets_and_codes(person):
    user = person(Role.DESK, "53")

    assert "募集款物合计" in [hit.title for hit in search("mjkw", user)["指标"]]
    assert "滇苗助学" in [hit.title for hit in search("dmzx", user)["基金"]]
    assert any("漾濞" in hit.title for hit in search("漾濞", user)["灾害事件"])
    assert "捐赠款物明细表" in [hit.title for hit in search("捐赠款物", user)["报表"]]
    assert search("E602", user)["问题代码"]


def test_search_results_all_open(person, signed_in):
    user = person(Role.DESK, "53")
    page = signed_in(user)

    for words in ("昆明", "募集", "滇苗", "我要报送"):
        for hits in search(words, user).values():
            for hit in hits:
                assert page.get(hit.address).status_code == 200, hit


def test_search_without_query_says_what_to_type(signed_in, clerk):
    page = signed_in(clerk)

    assert "拼音首字母" in page.get(reverse("search")).content.decode()
    assert "没有找到" in page.get(reverse("search"), {"q": "zzzz"}).content.decode()


@pytest.mark.parametrize(
    ("page", "marked"),
    [("home", "首页"), ("upload-new", "我要报送"), ("uploads", "报送记录"), ("account", None)],
)
def test_navigation_marks_only_the_current_page(page, marked, signed_in, clerk):
    shown = signed_in(clerk).get(reverse(page)).content.decode()

    labels = re.findall(r'aria-current="page">(.*?)</a>', shown)
    assert labels == ([marked] if marked else [])


@pytest.mark.parametrize("domain", [Domain.DONATIONS, Domain.DONORS])
@pytest.mark.parametrize("role", [Role.STATISTICIAN, Role.REVIEWER, Role.DESK, Role.OFFICE])
def test_navigation_links_all_open(role, domain, person, signed_in):
    someone = person(role, "53", domain=domain)
    page = signed_in(someone)

    shut = [
        (label, link) for label, link in list_links(someone) if page.get(link).status_code != 200
    ]

    assert shut == []


def test_navigation_labels_are_announced_once():
    assert to_pinyin("昆明市") == ("kunmingshi", "kms")


@pytest.mark.parametrize("topic", TOPICS)
def test_help_topics_all_open(topic, signed_in, clerk):
    page = signed_in(clerk).get(reverse("help", kwargs={"page": topic}))

    assert f"<h1>{TOPICS[topic]}" in page.content.decode()


# Papers -----------------------------------------------------------------------------


@pytest.fixture
def effective_upload(clerk, reviewer, branch, now):
    return create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(60000, 40000), now=now
    )


def test_board_workbook_holds_exact_figures(effective_upload, signed_in, person):
    page = signed_in(person(Role.LEADER, "53"))

    answer = page.get(
        reverse("board-export", kwargs={"key": "donations", "form": "xlsx"}),
        {"branch": "53", "period": "2021-08"},
    )

    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    values = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=5)}
    assert values["募集款物合计"] == 100000
    assert any(sheet._charts for sheet in book.worksheets)


def test_board_workbook_prints_one_page_wide_with_rank_beside_change(
    effective_upload, signed_in, person
):
    answer = signed_in(person(Role.LEADER, "53")).get(
        reverse("board-export", kwargs={"key": "donations", "form": "xlsx"}),
        {"branch": "53", "period": "2021-08"},
    )

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[1]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [cell.value for cell in sheet[4]][-3:] == ["位次", "变化", "同比"]


def test_chart_draws_no_zero_for_missing_values(effective_upload, signed_in, person):
    answer = signed_in(person(Role.LEADER, "53")).get(
        reverse("board-export", kwargs={"key": "donations", "form": "xlsx"}),
        {"branch": "53", "period": "2021-08"},
    )

    branches, trend = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[1:3]
    values = {row[0].value: row[1].value for row in trend.iter_rows(min_row=5)}
    assert (values["2021年8月"], values["2021年7月"]) == (100000, None)
    (series,) = branches._charts[0].series
    last = series.val.numRef.f.rpartition("$")[2]
    assert branches.cell(int(last) + 1, 1).value == "云南省本级"


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_print_page_of_a_period_without_data_opens(form, signed_in, person):
    answer = signed_in(person(Role.LEADER, "53")).get(
        reverse("board-export", kwargs={"key": "donations", "form": form}),
        {"branch": "53", "period": "2015-03"},
    )

    assert answer.content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")


@pytest.mark.parametrize("name", ["board-export", "figure-export"])
@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_print_pages_open(name, form, effective_upload, signed_in, person):
    key = "overview" if name == "board-export" else "donations.raised"
    answer = signed_in(person(Role.LEADER, "53")).get(
        reverse(name, kwargs={"key": key, "form": form}), {"branch": "53", "period": "2021-08"}
    )

    assert answer.content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")
    assert "attachment" in answer["Content-Disposition"]


def test_pdf_embeds_the_characters_it_shows(effective_upload, signed_in, person):
    answer = signed_in(person(Role.LEADER, "53")).get(
        reverse("board-export", kwargs={"key": "overview", "form": "pdf"}),
        {"branch": "53", "period": "2021-08"},
    )

    # ReportLab opens every page in Helvetica and writes nothing in it.
    named = set(re.findall(rb"/BaseFont /([\w+-]+)", answer.content)) - {b"Helvetica"}
    assert named
    assert all(re.fullmatch(rb"[A-Z]{6}\+NotoSansSC-Regular", name) for name in named)
    assert answer.content.count(b"/FontFile2 ") == len(named)


def test_print_page_of_another_branch_is_refused(effective_upload, signed_in, person):
    page = signed_in(person(Role.LEADER, "5303"))

    answer = page.get(
        reverse("board-export", kwargs={"key": "overview", "form": "pdf"}), {"branch": "5301"}
    )

    assert answer.status_code == 404


# Boards -----------------------------------------------------------------------------


def test_board_comparison_of_unequal_ranges_shows_the_difference(pipeline, signed_in):
    headings = "捐赠人 金额（元） 到账日期 票据号码"
    for year, amount in ((2020, 100), (2021, 300)):
        row = ("云岭示例公司", amount, f"{year}-08-01", str(year))
        pipeline.effective("donations.ledger", headings, row, period=str(year))

    page = signed_in(pipeline.clerk).get(
        reverse("board", kwargs={"key": "donations"}),
        {"branch": "53", "period": "2021", "against": "2019..2020"},
    )

    assert "较2019—2020年超出200元" in page.content.decode()


def test_board_comparison_with_invalid_period_shows_a_message(signed_in, clerk):
    page = signed_in(clerk).get(
        reverse("board", kwargs={"key": "donations"}), {"period": "2021", "against": "去年"}
    )

    assert page.status_code == 200
    assert "去年" in page.context["figure_query"].message


def test_board_links_keep_branch_and_period(effective_upload, signed_in, person):
    page = signed_in(person(Role.LEADER, "53"))
    page.get(reverse("board", kwargs={"key": "overview"}), {"branch": "5301", "period": "2021"})

    home = page.get(reverse("home")).content.decode()

    next_board = reverse("board", kwargs={"key": "donations"})
    assert f'href="{next_board}?branch=5301&amp;period=2021"' in home


def test_board_without_parameters_shows_the_readers_branch(effective_upload, signed_in, person):
    page = signed_in(person(Role.LEADER, "53"))

    home = page.get(reverse("home")).content.decode()

    assert f'href="{reverse("board", kwargs={"key": "donations"})}"' in home


def test_wall_screen_refreshes_its_content_only(effective_upload, signed_in, person):
    page = signed_in(person(Role.LEADER, "53"))
    at = {"branch": "53", "period": "2021-08"}

    whole = page.get(reverse("screen"), at).content.decode()
    middle = page.get(reverse("screen"), at, headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 60s"' in whole
    assert "<html" not in middle
    assert "10万元" in middle


# Forty uploads ------------------------------------------------------------------------


def test_batch_approval_approves_uploads_without_warnings_only(
    clerk, reviewer, branch, now, signed_in
):
    waiting = []
    for number in range(3):
        upload = create_checked_upload(
            clerk, branch("5301"), ledger_workbook(1, 2, tickets=f"P{number}"), now=now
        )
        services.submit(upload.pk, user=clerk, now=now, note="说明")
        waiting.append(upload.pk)
    Upload.objects.filter(pk=waiting[2]).update(warnings=1)

    signed_in(reviewer).post(reverse("review"), {"pk": waiting})

    states = dict(Upload.objects.filter(pk__in=waiting).values_list("pk", "state"))
    assert UploadState.SUBMITTED not in (states[waiting[0]], states[waiting[1]])
    assert states[waiting[2]] == UploadState.SUBMITTED


def test_upload_print_page_shows_totals_people_and_link(
    effective_upload, signed_in, clerk, reviewer
):
    page = signed_in(clerk).get(reverse("upload-paper", kwargs={"pk": effective_upload.pk}))

    text = page.content.decode()
    assert "100,000.00" in text
    assert str(clerk) in text
    assert str(reviewer) in text
    assert f"/uploads/{effective_upload.pk}/" in text
    assert "data:image/svg+xml" in text
