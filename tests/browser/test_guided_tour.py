"""The visit of five minutes, from the sign-in on, as the page of the sign-in tells it."""

import re
import zipfile

import pytest
from django.urls import reverse

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.demo.declaration import DemoFile, list_demo_files, list_visitor_files
from redcross.demo.management.commands.demo import make_accounts, write_reports
from redcross.uploads.models import Upload
from redcross.uploads.workflow import services
from tests.browser.conftest import CHROMIUM, PHONE, WIDE
from tests.support.gift_ledger import create_checked_upload, create_effective_upload

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，跳过浏览器测试"),
    pytest.mark.django_db(transaction=True),
]
REPORTED_SHEETS = ("donations.ledger", "training.roster", "relief.distributions")
"""The sheets whose workbooks of 2021 the reports of this small province tell of."""
STATISTICIAN = "李示例（大理州统计员）"
REVIEWER, LEADER = "王示例（省级审核员）", "孙示例（省红会领导）"
DESK, OFFICE = "何示例（应急救护业务主管）", "刘示例（省红会办公室）"


@pytest.fixture
def province(committed, settings, now, tmp_path):
    """A demonstration made small: its people, a workbook of each told sheet, a returned one."""
    settings.DEMO, settings.BUSINESS_DATE = True, now.date()
    settings.VAR_DIR = tmp_path
    make_accounts()
    clerk, reviewer = User.objects.get(username="dali"), User.objects.get(username="review")
    filler = User.objects.get(username="命令行（填报）")
    for file in _smallest():
        branch = Branch.objects.get(code=file.branch)
        create_effective_upload(filler, reviewer, branch, file.build(), now=now, sheet=file.sheet, period=file.period)  # fmt: skip
    returned = next(file for file in list_demo_files() if file.outcome == "returned")
    upload = create_checked_upload(clerk, Branch.objects.get(code="5329"), returned.build(), now=now, period="2022-01")  # fmt: skip
    services.submit(upload.pk, user=clerk, now=now, note="说明")
    services.return_upload(upload.pk, user=reviewer, now=now, remark=returned.remark)
    folder = tmp_path / "demo"
    folder.mkdir()
    for name, content in list_visitor_files():
        (folder / name).write_bytes(content)
    return folder


def _smallest() -> list[DemoFile]:
    """Return one workbook of 2021 of each told sheet: of the branch deepest in the tree."""
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


@pytest.fixture
def sign_in_as(visitor, live_server):
    """Enter as one of the accounts the sign-in page offers, by one click."""

    def go(name, size):
        page = visitor(size)
        page.goto(f"{live_server.url}/login/")
        page.click(f"button:has-text('{name}')")
        page.wait_for_url(f"{live_server.url}/")
        return page

    return go


def open_menu_link(page, label):
    """Follow a link of the navigation, opening the menu where the screen is small."""
    if page.locator("[data-menu]").is_visible():
        page.click("[data-menu]")
    page.locator("nav.side").get_by_role("link", name=label, exact=True).first.click()


def upload_workbook(page, path):
    open_menu_link(page, "我要报送")
    page.set_input_files("#id_files", str(path))
    page.click("button:has-text('开始检查')")
    card = page.locator(".dropped-file", has_text=path.name)
    card.locator("text=读到").wait_for()
    card.locator("a:has-text('批次')").click()
    page.wait_for_selector("h2:has-text('问题清单')")


def read_first_aiders(page, address):
    page.goto(f"{address}/dashboards/overview/?branch=53&period=2022-01")
    return page.locator(".card", has_text="培训初级救护员人数").locator(".value").inner_text()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "360"])
def test_guided_tour_of_the_sign_in_page_is_completed(province, sign_in_as, live_server, size):
    dirty, mended = (
        next(path for path in province.iterdir() if word in path.name and "名册" in path.name)
        for word in ("有错误", "已改正")
    )

    # The statistician of 大理州 finds what is owed, returned and late.
    clerk = sign_in_as(STATISTICIAN, size)
    home = clerk.locator("main").inner_text()
    assert "应报未报" in home
    assert "已退回" in home
    assert "逾期" in home

    # The dirty roster: three mistakes, told by cell, and the workbook that marks them.
    upload_workbook(clerk, dirty)
    text = clerk.locator("main").inner_text()
    assert "校验码不正确" in text
    assert "2022年2月30日" in text
    with clerk.expect_download() as annotated:
        clerk.click("a:has-text('下载批注本')")
    assert zipfile.is_zipfile(annotated.value.path())

    # The mended one: what will change, handed over, and the sheet to sign.
    upload_workbook(clerk, mended)
    assert "新增 24 行" in clerk.locator("main").inner_text()
    if clerk.locator("#note").count():
        clerk.fill("#note", "一月新班。")
    clerk.click("button:has-text('提交审核')")
    clerk.click("a:has-text('打印报送表')")
    assert clerk.locator(".paper-code img").is_visible()
    upload = Upload.objects.latest("pk")

    # The reviewer passes it, and the leader's figure moves.
    leader = sign_in_as(LEADER, size)
    assert read_first_aiders(leader, live_server.url) == "—"
    reviewer = sign_in_as(REVIEWER, size)
    open_menu_link(reviewer, "待我审核")
    reviewer.wait_for_url(f"{live_server.url}{reverse('review')}")
    reviewer.wait_for_load_state("load")  # whose keys the page's script hears only then
    reviewer.keyboard.press("j")
    reviewer.keyboard.press("Enter")
    reviewer.get_by_role("button", name="通过", exact=True).click()  # not 通过选中的, of the queue
    reviewer.goto(f"{live_server.url}{reverse('upload', args=[upload.pk])}")
    reviewer.wait_for_selector(".tag.EFFECTIVE")
    assert read_first_aiders(leader, live_server.url) == "24人"

    # From the figure to the row of the workbook; the upload taken back and put back.
    read_first_aiders(reviewer, live_server.url)
    reviewer.locator(".card", has_text="培训初级救护员人数").locator(".value a").click()
    assert "第" in reviewer.locator("main").inner_text()
    reviewer.locator(f"main a[href='{reverse('upload', args=[upload.pk])}']").first.click()
    reviewer.click("button:has-text('作废本批')")
    reviewer.wait_for_selector(".tag.UNDONE")
    assert read_first_aiders(leader, live_server.url) == "—"
    reviewer.click("button:has-text('恢复本批')")
    reviewer.wait_for_selector(".tag.EFFECTIVE")
    assert read_first_aiders(leader, live_server.url) == "24人"

    # The leader's year, the map, an event.
    leader.goto(f"{live_server.url}/dashboards/overview/?branch=53&period=2021")
    assert "2021年" in leader.locator("h1").inner_text()
    leader.wait_for_selector("[data-chart='map'] svg path")
    leader.locator("[data-chart='map'] svg text", has_text="昆明").first.click()
    leader.wait_for_url(re.compile(r"branch=5301"))
    open_menu_link(leader, "灾害事件")
    leader.click("text=漾濞")
    leader.wait_for_selector("h1:has-text('漾濞')")

    # Who has not reported, and a reminder.
    desk = sign_in_as(DESK, size)
    open_menu_link(desk, "报送进度")
    desk.locator("button:has-text('催报')").first.click()
    assert "已" in desk.locator(".message").first.inner_text()

    # January's bulletin in Word, and the review of 2021 with its sources.
    write_reports()
    office = sign_in_as(OFFICE, size)
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

    for page in (clerk, reviewer, leader, desk, office):
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
