"""A county's monthly workbooks in Chromium: at most six clicks each, or all of them at once."""

import pytest

from redcross.accounts.choices import Role
from redcross.demo.declaration import list_visitor_files
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from tests.browser.conftest import CHROMIUM, PHONE, WIDE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，跳过浏览器测试"),
    pytest.mark.django_db(transaction=True),
]
MOST_CLICKS = 6


@pytest.fixture
def monthly_workbooks(people, person, tmp_path):
    """Write the six workbooks of a county, as the demonstration does under var/demo/."""
    people["county"] = person(Role.STATISTICIAN, "530102")
    for name, content in list_visitor_files():
        if name.startswith("五华区2022年1月"):
            (tmp_path / name).write_bytes(content)
    paths = sorted(tmp_path.glob("五华区*.xlsx"))
    assert len(paths) == 6
    return paths


class ClickCounter:
    """A page that counts every click; choosing files costs two, the button and 打开."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, selector):
        self.page.locator(selector).first.click()
        self.clicks += 1

    def choose(self, paths):
        self.page.set_input_files("#id_files", [str(path) for path in paths])
        self.clicks += 2

    def menu(self, size):
        if size is PHONE:
            self.click(".menu")
        self.click("nav a:has-text('我要报送')")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "360"])
def test_each_monthly_workbook_is_submitted_with_six_clicks_at_most(visit, monthly_workbooks, size):
    page = visit("county", size)
    for path in monthly_workbooks if size is WIDE else monthly_workbooks[:1]:
        clerk = ClickCounter(page)
        clerk.menu(size)
        clerk.choose([path])
        clerk.click(".actions button:has-text('开始检查')")
        clerk.click(".actions button.primary:has-text('提交')")
        page.wait_for_selector(".message.success:has-text('已提交 1 份')")

        assert clerk.clicks <= MOST_CLICKS
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    submitted = Upload.objects.filter(state=UploadState.SUBMITTED)
    assert submitted.count() == (6 if size is WIDE else 1)


def test_six_workbooks_dropped_at_once_are_submitted_by_keyboard_alone(visit, monthly_workbooks):
    page = visit("county", WIDE)
    page.goto(page.url + "uploads/new/")
    page.set_input_files("#id_files", [str(path) for path in monthly_workbooks])

    for label in ("开始检查（6 份）", "提交无问题的 6 份"):
        button = page.locator(f"button:has-text('{label}')")
        button.wait_for()
        button.focus()
        page.keyboard.press("Enter")
    page.wait_for_selector(".message.success:has-text('已提交 6 份')")

    assert Upload.objects.filter(state=UploadState.SUBMITTED).count() == 6
