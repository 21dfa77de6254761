"""The pictures of the staff manual are of the pages as they are today.

`make manual` (MANUAL=1) takes them anew. In the gate the words of each page, that is its
headings, labels, columns and buttons, are held against those of the day its picture was
taken: a page that says something else fails until its picture is taken again.
"""

import datetime as dt
import json
import os

import pytest
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.models import User
from redcross.accounts.scope import acting_for
from redcross.accounts.services import grant_role
from redcross.branches.models import Branch
from redcross.demo.declaration import ACCOUNTS, PASSWORD, list_demo_files
from redcross.demo.management.commands.demo import process_file, start_obligations
from redcross.periods import Period, business_now
from redcross.portal.manual import PICTURES
from redcross.reports.models import Report
from redcross.reports.workflow.due_reports import write_due_reports
from redcross.uploads.models import Upload
from redcross.uploads.workflow import check, creation, services
from tests.browser.conftest import CHROMIUM, WIDE
from tests.support.gift_ledger import ledger_workbook

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，跳过浏览器测试"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
SHOWN_BRANCHES = {"53", "5301", "5303", "5329"}
TAKE = bool(os.environ.get("MANUAL"))
MANIFEST = PICTURES / "manifest.json"
WORDS_SCRIPT = """
() => [...new Set(
  [...document.querySelectorAll("main h1, main h2, main th, main label, main button")]
    .filter((part) => part.offsetParent !== null)
    .map((part) => part.innerText.replace(/[0-9０-９.,，%：:]+/g, "").replace(/\\s+/g, " ").trim())
    .filter((text) => text && text.length <= 16)
)].sort()
"""


@pytest.fixture
def demonstration(committed, settings):
    """A part of the demonstration: the province and three prefectures."""
    settings.BUSINESS_DATE = dt.date(2022, 2, 22)
    settings.DEMO = True
    settings.SECOND_FACTOR = False
    for account in ACCOUNTS:
        user = User.objects.create_user(
            account.username, password=PASSWORD, display_name=account.display_name
        )
        grant_role(
            user, account.role, Branch.objects.get(code=account.branch), domain=account.domain
        )
    for file in list_demo_files():
        if file.branch in SHOWN_BRANCHES:
            process_file(file)
    start_obligations()
    clerk = User.objects.get(username="kunming")
    now = business_now(timezone.now())
    for content, name in [
        (ledger_workbook(60000, 40000), "昆明市2022年1月补报.xlsx"),
        (ledger_workbook("六万", 40000), "昆明市1月捐赠明细（待改）.xlsx"),
    ]:
        upload = creation.create_upload(
            clerk, sheet="donations.ledger", branch=Branch.objects.get(code="5301"),
            period=Period.parse("2021-08"), content=content, filename=name, now=now,
        )  # fmt: skip
        upload = check.check_upload(upload.pk, user=clerk, now=now)
        if not upload.errors:
            with acting_for(clerk):
                services.submit(upload.pk, user=clerk, now=now, note="补报一笔。")
    write_due_reports(now)


def addresses():
    """Return (picture, person, address) of each picture, in the order of the manual."""
    waiting = Upload.objects.get(filename__contains="补报").pk
    wrong = Upload.objects.get(filename__contains="待改").pk
    report = Report.objects.order_by("pk").first()
    assert report is not None
    board = lambda key: reverse("board", kwargs={"key": key})  # noqa: E731
    return [
        ("clerk-home", "kunming", reverse("home")),
        ("clerk-upload", "kunming", reverse("upload-new")),
        ("clerk-findings", "kunming", reverse("upload", kwargs={"pk": wrong})),
        ("reviewer-queue", "review", reverse("review")),
        ("reviewer-review", "review", reverse("upload", kwargs={"pk": waiting})),
        ("reviewer-progress", "review", reverse("progress")),
        ("desk-board", "desk", board("donations")),
        ("desk-records", "desk", reverse("admin:donations_donation_changelist")),
        ("office-reports", "office", reverse("reports")),
        ("office-report", "office", reverse("report", kwargs={"pk": report.pk})),
        ("leader-board", "leader", f"{board('overview')}?period=2021"),
        ("leader-figure", "leader", f"{reverse('figure', args=['donations.raised'])}?period=2021"),
        ("coordinator-cases", "coordinator", reverse("cases")),
        ("coordinator-vault", "coordinator", reverse("vault")),
        ("auditor-log", "auditor", reverse("access-log")),
        ("administrator-people", "administrator", reverse("people")),
        ("administrator-settings", "administrator", reverse("admin:accounts_safetysettings_changelist")),
    ]  # fmt: skip


def sign_in(page, live_server, username):
    page.goto(f"{live_server.url}/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")


def test_manual_pictures_show_the_pages_of_today(demonstration, visitor, live_server):
    pages, words = {}, {}
    for name, username, address in addresses():
        if username not in pages:
            pages[username] = visitor(WIDE)
            sign_in(pages[username], live_server, username)
        page = pages[username]
        answer = page.goto(f"{live_server.url}{address}")
        page.wait_for_load_state("networkidle")
        assert answer is not None
        assert answer.status == 200, name
        words[name] = page.evaluate(WORDS_SCRIPT)
        if TAKE:
            page.screenshot(path=PICTURES / f"{name}.png")

    if TAKE:
        text = json.dumps(words, ensure_ascii=False, indent=1, sort_keys=True)
        MANIFEST.write_text(text + "\n")
    assert words == json.loads(MANIFEST.read_text()), "页面变了：请运行 make manual 重新截图。"
