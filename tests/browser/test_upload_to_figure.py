"""From a workbook with errors to a leader's figure and back, in Chromium."""

import re
import tempfile
from pathlib import Path

import pytest

from tests.browser.conftest import CHROMIUM, PHONE, WIDE
from tests.support.gift_ledger import ledger_workbook
from tests.support.workbooks import gift_workbook

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，跳过浏览器测试"),
    pytest.mark.django_db(transaction=True),
]


def upload_workbook(page, content):
    page.click("text=我要报送")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "昆明市2021年8月捐赠明细.xlsx"
        path.write_bytes(content)
        page.set_input_files("#id_files", str(path))
        page.click("button:has-text('开始检查')")
    page.locator(".dropped-file a:has-text('批次')").last.click()
    page.wait_for_selector("h2:has-text('问题清单')")


def read_raised_figure(page, address):
    page.goto(f"{address}/dashboards/overview/?branch=53&period=2021-08")
    return page.inner_text(".card .value")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "360"])
def test_dirty_workbook_becomes_a_figure_and_is_reverted(visit, live_server, size):
    clerk = visit("clerk", WIDE)
    upload_workbook(clerk, gift_workbook(("示例甲", "六万", "2021-08-01", "A")))
    assert "识别为文本“六万”" in clerk.text_content("main")

    upload_workbook(clerk, ledger_workbook(60000, 40000))
    clerk.click("text=提交审核")
    assert "待审核" in clerk.text_content("main")

    reviewer = visit("reviewer", size)
    reviewer.goto(f"{live_server.url}/uploads/review/")
    reviewer.keyboard.press("j")
    reviewer.keyboard.press("Enter")
    reviewer.wait_for_url(re.compile(r"/uploads/\d+/"))
    address = reviewer.url.partition("?")[0]
    reviewer.click("button:has-text('通过')")
    # The next of the queue opens by itself: this one is looked at again.
    reviewer.wait_for_selector(".message.success")
    reviewer.goto(address)
    reviewer.wait_for_selector(".tag.EFFECTIVE")

    leader = visit("leader", size, "dark")
    assert read_raised_figure(leader, live_server.url) == "10万元"
    leader.wait_for_selector(".chart svg")
    width = leader.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"]

    reviewer.goto(f"{live_server.url}/figures/donations.raised/?branch=53&period=2021-08")
    assert "第3行" in reviewer.text_content("main")
    reviewer.locator("h2:has-text('明细') ~ .table-wrap a").first.click()
    reviewer.click("button:has-text('作废本批')")
    reviewer.wait_for_selector(".tag.UNDONE")
    assert read_raised_figure(leader, live_server.url) == "—"

    reviewer.click("button:has-text('恢复本批')")
    reviewer.wait_for_selector(".tag.EFFECTIVE")
    assert read_raised_figure(leader, live_server.url) == "10万元"
