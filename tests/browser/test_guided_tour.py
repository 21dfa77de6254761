"""The tour of five minutes, as the sign-in page of the demonstration describes it.

Each station of the tour is a test of its own, at a desk and on a phone.
"""

import re
import zipfile

import pytest
from django.urls import reverse

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.demo.declaration import DemoFile, list_demo_files, list_visitor_files
from redcross.demo.management.commands.demo import make_accounts, write_reports
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply, services
from tests.browser.conftest import CHROMIUM, PHONE, WIDE
from tests.support.gift_ledger import create_checked_upload, create_effective_upload

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，跳过浏览器测试"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "360"]),
]
REPORTED_SHEETS = ("donations.ledger", "training.roster", "relief.distributions")
"""The sheets that the reports of this small province need a workbook of 2021 of."""
STATISTICIAN = "李示例（大理州统计员）"
REVIEWER, LEADER = "王示例（省级审核员）", "孙示例（省红会领导）"
DESK, OFFICE = "何示例（应急救护业务主管）", "刘示例（省红会办公室）"
FIRST_AIDERS = "培训初级救护员人数"


# The demonstration made small ---------------------------------------------------------


@pytest.fixture
def accounts(committed, settings, now, tmp_path):
    """The demonstration's accounts, on its day; returns users by name."""
    settings.DEMO, settings.BUSINESS_DATE = True, now.date()
    settings.VAR_DIR = tmp_path
    make_accounts()
    return {user.username: user for user in User.objects.all()}


@pytest.fixture
def rosters():
    """The two rosters of a visitor, one with three mistakes and one corrected: (name, content)."""
    return tuple(
        next(
            (name, content)
            for name, content in list_visitor_files()
            if word in name and "名册" in name
        )
        for word in ("有错误", "已改正")
    )


@pytest.fixture
def returned_upload(accounts, now):
    """A ledger of 大理州 that the reviewer sent back."""
    file = next(file for file in list_demo_files() if file.outcome == "returned")
    upload = create_checked_upload(
        accounts["dali"], Branch.objects.get(code="5329"), file.build(), now=now, period="2022-01"
    )
    services.submit(upload.pk, user=accounts["dali"], now=now, note="说明")
    return services.return_upload(upload.pk, user=accounts["review"], now=now, remark=file.remark)


@pytest.fixture
def submitted_roster(accounts, rosters, now):
    """The corrected roster of 大理州, which waits for the reviewer."""
    upload = create_checked_upload(
        accounts["dali"], Branch.objects.get(code="5329"), rosters[1][1], now=now,
        sheet="training.roster", period="2022-01",
    )  # fmt: skip
    assert upload.state == UploadState.READY, upload.message
    services.submit(upload.pk, user=accounts["dali"], now=now, note="一月新班。")
    return upload


@pytest.fixture
def reports(accounts, now):
    """The reports of January 2022 and of 2021, over a few workbooks."""
    filler = User.objects.get(username="命令行（填报）")
    for file in _smallest_files():
        branch = Branch.objects.get(code=file.branch)
        create_effective_upload(
            filler, accounts["review"], branch, file.build(), now=now, sheet=file.sheet,
            period=file.period,
        )  # fmt: skip
    write_reports()


def _smallest_files() -> list[DemoFile]:
    """Return one workbook of 2021 of each sheet: that of the branch deepest in the tree."""
    smallest = {}
    for file in sorted(list_demo_files(), key=lambda file: (len(file.branch), file.branch)):
        if (
            file.sheet in REPORTED_SHEETS
            and file.outcome == "effective"
            and file.period.startswith("2021")
        ):
            smallest[file.sheet] = file
    assert smallest.keys() == set(REPORTED_SHEETS)
    return list(smallest.values())


# Acts of a visitor --------------------------------------------------------------------


@pytest.fixture
def sign_in_as(visitor, live_server, size):
    """Enter as one of the accounts the sign-in page offers, by one click."""
    pages = []

    def enter(name):
        page = visitor(size)
        page.goto(f"{live_server.url}/login/")
        page.click(f"button:has-text('{name}')")
        page.wait_for_url(f"{live_server.url}/")
        pages.append(page)
        return page

    yield enter
    for page in pages:
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def open_menu_link(page, label):
    """Follow a link of the navigation, opening the menu where the screen is small."""
    if page.locator("[data-menu]").is_visible():
        page.click("[data-menu]")
    page.locator("nav.side").get_by_role("link", name=label, exact=True).first.click()


def upload_workbook(page, path):
    """Drop a workbook, have it checked, and open its page."""
    open_menu_link(page, "我要报送")
    page.set_input_files("#id_files", str(path))
    page.click("button:has-text('开始检查')")
    card = page.locator(".dropped-file", has_text=path.name)
    card.locator("text=读到").wait_for()
    card.locator("a:has-text('批次')").click()
    page.wait_for_selector("h2:has-text('问题清单')")


def read_first_aiders(page, address):
    page.goto(f"{address}/dashboards/overview/?branch=53&period=2022-01")
    return page.locator(".card", has_text=FIRST_AIDERS).locator(".value").inner_text()


# Stations -----------------------------------------------------------------------------


def test_statistician_home_shows_due_returned_and_late_uploads(
    accounts, returned_upload, sign_in_as
):
    home = sign_in_as(STATISTICIAN).locator("main").inner_text()

    assert "应报未报" in home
    assert "已退回" in home
    assert "逾期" in home


def test_roster_with_mistakes_is_marked_in_page_and_workbook(
    accounts, rosters, sign_in_as, tmp_path
):
    name, content = rosters[0]
    (tmp_path / name).write_bytes(content)
    clerk = sign_in_as(STATISTICIAN)

    upload_workbook(clerk, tmp_path / name)

    problems = clerk.locator("main").inner_text()
    assert "校验码不正确" in problems
    assert "2022年2月30日" in problems
    with clerk.expect_download() as annotated:
        clerk.click("a:has-text('下载批注本')")
    assert zipfile.is_zipfile(annotated.value.path())


def test_corrected_roster_is_submitted_and_printed(accounts, rosters, sign_in_as, tmp_path):
    name, content = rosters[1]
    (tmp_path / name).write_bytes(content)
    clerk = sign_in_as(STATISTICIAN)

    upload_workbook(clerk, tmp_path / name)
    assert "新增 24 行" in clerk.locator("main").inner_text()
    if clerk.locator("#note").count():
        clerk.fill("#note", "一月新班。")
    clerk.click("button:has-text('提交审核')")
    clerk.click("a:has-text('打印报送表')")

    assert clerk.locator(".paper-code img").is_visible()
    assert Upload.objects.latest("pk").state == UploadState.SUBMITTED


def test_approved_roster_moves_the_leaders_figure(submitted_roster, sign_in_as, live_server):
    leader, reviewer = sign_in_as(LEADER), sign_in_as(REVIEWER)
    assert read_first_aiders(leader, live_server.url) == "—"

    open_menu_link(reviewer, "待我审核")
    reviewer.wait_for_url(f"{live_server.url}{reverse('review')}")
    reviewer.wait_for_load_state("load")  # whose keys the page's script hears only then
    reviewer.keyboard.press("j")
    reviewer.keyboard.press("Enter")
    reviewer.get_by_role("button", name="通过", exact=True).click()  # not 通过选中的, of the queue
    reviewer.goto(f"{live_server.url}{reverse('upload', args=[submitted_roster.pk])}")
    reviewer.wait_for_selector(".tag.EFFECTIVE")

    assert read_first_aiders(leader, live_server.url) == "24人"


def test_figure_leads_to_its_upload_which_is_reverted_and_restored(
    submitted_roster, accounts, sign_in_as, live_server, now
):
    services.approve(submitted_roster.pk, user=accounts["review"], now=now)
    apply.apply_upload(submitted_roster.pk, now=now)
    leader, reviewer = sign_in_as(LEADER), sign_in_as(REVIEWER)
    assert read_first_aiders(reviewer, live_server.url) == "24人"

    reviewer.locator(".card", has_text=FIRST_AIDERS).locator(".value a").click()
    assert "第" in reviewer.locator("main").inner_text()
    address = reverse("upload", args=[submitted_roster.pk])
    reviewer.locator(f"main a[href='{address}']").first.click()
    reviewer.click("button:has-text('作废本批')")
    reviewer.wait_for_selector(".tag.UNDONE")
    assert read_first_aiders(leader, live_server.url) == "—"
    reviewer.click("button:has-text('恢复本批')")
    reviewer.wait_for_selector(".tag.EFFECTIVE")
    assert read_first_aiders(leader, live_server.url) == "24人"


def test_leader_opens_a_year_a_prefecture_on_the_map_and_an_event(
    accounts, sign_in_as, live_server
):
    leader = sign_in_as(LEADER)

    leader.goto(f"{live_server.url}/dashboards/overview/?branch=53&period=2021")
    assert "2021年" in leader.locator("h1").inner_text()
    leader.wait_for_selector("[data-chart='map'] svg path")
    leader.locator("[data-chart='map'] svg text", has_text="昆明").first.click()
    leader.wait_for_url(re.compile(r"branch=5301"))
    open_menu_link(leader, "灾害事件")
    leader.click("text=漾濞")

    leader.wait_for_selector("h1:has-text('漾濞')")


def test_desk_urges_branches_that_have_not_reported(accounts, sign_in_as):
    desk = sign_in_as(DESK)

    open_menu_link(desk, "报送进度")
    desk.locator("button:has-text('催报')").first.click()

    assert "已" in desk.locator(".message").first.inner_text()


def test_office_downloads_a_bulletin_and_opens_the_source_of_a_number(reports, sign_in_as):
    office = sign_in_as(OFFICE)

    open_menu_link(office, "通报与报告")
    office.locator("main a", has_text="2022年1月全省红十字会").first.click()
    with office.expect_download() as bulletin:
        office.click("a:has-text('下载 Word')")
    with zipfile.ZipFile(bulletin.value.path()) as word:
        assert "红十字会" in word.read("word/document.xml").decode()
    open_menu_link(office, "通报与报告")
    office.locator("main a", has_text="2021年").first.click()
    office.locator("a.source").first.click()

    office.wait_for_selector("h2:has-text('口径')")
