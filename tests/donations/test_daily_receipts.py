"""Daily receipts: a row with a column for each channel becomes one record for each channel."""

import datetime as dt
from decimal import Decimal

import pytest

from donations.models import DailyTaking
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.output.export_rows import ExportForm, export_workbook
from tests.support.gift_ledger import create_checked_upload, create_effective_upload
from tests.support.workbooks import write_xlsx

pytestmark = pytest.mark.django_db

FIVE_EMPTY, TWO_EMPTY = [None] * 5, [None] * 2
HEADING = [
    ["某某红十字会捐款收支情况"],
    ["序号", "日期", "收到细目款项统计", *FIVE_EMPTY, "实际数额", None, "公示内容", None],
    [*TWO_EMPTY, "微信二维码及pos机", None, "现金", None, "交通银行", None, *TWO_EMPTY, *TWO_EMPTY],
    [*TWO_EMPTY, "pos单数", "金额", "人数", "金额", "人数", "金额", *["人数", "金额"] * 2],
]
MERGES = ["C2:H2", "I2:J3", "K2:L3", "A2:A4", "B2:B4", "C3:D3", "E3:F3", "G3:H3"]
FIRST = [1, "2021-08-03 02:24", 6, 310.5, 2, 200, 1, "5,000", 9, 5510.5, 9, 5510.5]
SECOND = [2, "2021.08.04", 3, 20, None, None, None, None, 3, 20, 3, 20]
PROSE = [["存在问题："], ["1.二维码款项次日到账，公示晚一日；2.一笔外币待结汇后再计入。"]]


def receipts_workbook(*rows):
    return write_xlsx([*HEADING, *rows, *PROSE], merges=MERGES)


def test_daily_receipt_row_becomes_one_record_per_channel_and_no_gift(pipeline, value):
    branch = Branch.objects.get(code="5301")
    create_effective_upload(
        pipeline.clerk, pipeline.reviewer, branch, receipts_workbook(FIRST, SECOND), now=pipeline.now,
        sheet="donations.daily_takings",
    )  # fmt: skip

    first = DailyTaking.objects.filter(taken_on=dt.date(2021, 8, 3))
    assert set(first.values_list("basis", "channel", "gifts", "value")) == {
        ("RECEIVED", "WECHAT_POS", 6, Decimal("310.50")),
        ("RECEIVED", "CASH", 2, Decimal("200.00")),
        ("RECEIVED", "BANK", 1, Decimal("5000.00")),
        ("COUNTED", "", 9, Decimal("5510.50")),
        ("PUBLISHED", "", 9, Decimal("5510.50")),
    }
    assert DailyTaking.objects.filter(taken_on=dt.date(2021, 8, 4)).count() == 3
    assert value("donations.raised") is None


def test_daily_receipts_export_equals_the_uploaded_table(pipeline):
    branch = Branch.objects.get(code="5301")
    upload = create_effective_upload(
        pipeline.clerk, pipeline.reviewer, branch, receipts_workbook(FIRST, SECOND), now=pipeline.now,
        sheet="donations.daily_takings",
    )  # fmt: skip
    content = export_workbook(
        pipeline.clerk, sheet=upload.declared, branch=branch, period=Period.parse("2021-08"),
        form=ExportForm.BLANK,
    )  # fmt: skip

    again = create_checked_upload(
        pipeline.clerk, branch, content, now=pipeline.now, sheet=upload.sheet, period="2021-08",
        mode="append",
    )  # fmt: skip

    assert again.errors == 0
    assert (again.changes["new"], again.changes["changed"]) == (0, 0)
    assert again.changes["unchanged"] == 8


def test_daily_receipt_total_differing_from_channels_is_a_warning(pipeline):
    differing = [*FIRST[:9], 5500, 9, 5500]

    upload = create_checked_upload(
        pipeline.clerk, Branch.objects.get(code="5301"), receipts_workbook(differing), now=pipeline.now,
        sheet="donations.daily_takings",
    )  # fmt: skip

    assert upload.state == UploadState.READY
    assert [finding.code for finding in upload.findings.all()] == ["sum.parts"]


def test_daily_receipt_foreign_amount_is_an_error_not_yuan(pipeline):
    foreign = [*FIRST[:7], "33,133美元", *FIRST[8:]]

    upload = create_checked_upload(
        pipeline.clerk, Branch.objects.get(code="5301"), receipts_workbook(foreign), now=pipeline.now,
        sheet="donations.daily_takings",
    )  # fmt: skip

    findings = [(finding.code, finding.severity, finding.cell) for finding in upload.findings.all()]
    assert findings == [("amount.foreign_unit", "error", "H5")]
    assert upload.accepted == 0
