"""Gifts, allocations, campaigns, disclosure and the merging of givers."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from donations.disclosure import list_due_disclosures
from donations.models import Allocation, Campaign, Donation, Giver
from donations.services import MergeError, merge_giver, separate_giver
from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.uploads.choices import UploadState

pytestmark = pytest.mark.django_db

LEDGER = "捐赠人 类型 金额（元） 到账日期 是否定向 定向用途 基金 票据号码"
ALLOCATION_HEADINGS = "基金 拨付日期 拨付金额（元） 已使用（元） 接收单位 用途 定向捐赠票据号"


@pytest.fixture
def designated_gift(pipeline):
    """A gift its giver designated for a school."""
    row = ("云岭示例公司", "单位", 5000, "2021-08-03", "是", "示例小学急救站", "博爱急救站", "D1")
    return pipeline.effective("donations.ledger", LEDGER, row)


# What gifts become ----------------------------------------------------------------


def test_allocation_of_a_designated_gift_to_another_purpose_is_an_error(pipeline, designated_gift):
    row = ("博爱急救站", "2021-08-20", 5000, 0, "示例小学", "购买车辆", "D1")

    upload = pipeline.checked("donations.allocations", ALLOCATION_HEADINGS, row)

    assert upload.state == UploadState.HAS_ERRORS
    assert "与票据 D1 的定向用途不一致" in pipeline.messages(upload)[0]


def test_database_refuses_allocation_of_a_designated_gift_to_another_purpose(
    pipeline, designated_gift
):
    row = ("博爱急救站", "2021-08-20", 5000, 0, "示例小学", "示例小学急救站", "D1")
    pipeline.effective("donations.allocations", ALLOCATION_HEADINGS, row)

    with pytest.raises(IntegrityError, match="定向捐赠"), transaction.atomic():
        Allocation.objects.update(purpose="购买车辆")


def test_allocation_used_above_the_paid_amount_is_an_error(pipeline):
    row = ("滇苗助学", "2021-08-20", 5000, 6000, "示例中学", "助学", "")

    upload = pipeline.checked("donations.allocations", ALLOCATION_HEADINGS, row)

    assert "已使用 6000" in pipeline.messages(upload)[0]


def test_fund_balance_is_received_minus_paid(pipeline, designated_gift, signed_in, person):
    row = ("博爱急救站", "2021-08-20", 2000, 500, "示例小学", "示例小学急救站", "D1")
    pipeline.effective("donations.allocations", ALLOCATION_HEADINGS, row)

    page = signed_in(person(Role.DESK, "53")).get(
        reverse("fund", kwargs={"code": "boai-station"}), {"branch": "53", "period": "2021"}
    )

    assert page.context["balance"].value == 3000


def test_giver_list_without_amounts_is_refused(pipeline):
    upload = pipeline.checked("donations.ledger", "捐赠人 到账日期", ("示例甲", "2021-08-20"))

    assert upload.state == UploadState.HAS_ERRORS
    assert pipeline.messages(upload) == ["第2行「捐赠人」：没有金额，也没有品名"]


def test_goods_without_valuation_proof_give_a_warning(pipeline):
    headings = "捐赠人 品名 数量 金额（元） 计价依据 到账日期"
    rows = [
        ("云岭示例公司", "大米", 10, 900, "", "2021-08-03"),
        ("云岭示例公司", "棉被", 10, 900, "发票", "2021-08-03"),
        ("云岭示例公司", "口罩", 10, None, "不标价", "2021-08-03"),
    ]

    upload = pipeline.checked("donations.goods_received", headings, *rows)

    assert [finding.row for finding in upload.findings.all()] == [2]
    assert upload.state == UploadState.READY


def test_goods_register_rows_are_goods_gifts(pipeline, value):
    headings = "捐赠人 品名 数量 金额（元） 计价依据 到账日期"
    row = ("云岭示例公司", "大米", 10, 900, "发票", "2021-08-03")

    pipeline.effective("donations.goods_received", headings, row)

    assert value("donations.raised", by=("form",), category="GOODS") == 900


def test_donation_statistics_are_compared_with_the_ledger_not_added(
    pipeline, designated_gift, value
):
    headings = "单位 合计 资金／小计 物资折价／小计"

    pipeline.effective(
        "donations.statistics", headings, ("昆明市", 9000, 9000, 0), period="2021-08"
    )

    assert value("donations.raised") == 5000


def test_donation_statistics_parts_that_do_not_add_up_give_a_finding(pipeline):
    upload = pipeline.checked(
        "donations.statistics", "单位 合计 资金／小计 物资折价／小计", ("昆明市", 9000, 8000, 0)
    )

    assert "不等于资金／小计、物资折价／小计之和" in pipeline.messages(upload)[0]


# How many branches raised ------------------------------------------------------------


def test_raising_branches_are_counted_once_each(pipeline, value):
    headings = "单位 捐赠人 金额（元） 到账日期 票据号码"
    rows = [
        ("五华区", "云岭示例公司", 100, "2021-08-01", "1"),
        ("五华区", "云岭示例公司", 100, "2021-09-01", "2"),
        ("盘龙区", "云岭示例公司", 100, "2021-09-01", "3"),
    ]
    pipeline.effective("donations.ledger", headings, *rows, period="2021")

    assert value("donations.branches_raised") == 2
    assert value("donations.branches_raised", code="5301", own=True) == 0
    share = value("donations.branches_raised_share")
    assert share == (Decimal(200) / Branch.objects.count()).quantize(Decimal("0.0001"))


def test_branch_with_all_gifts_refunded_is_not_a_raising_branch(pipeline, value):
    headings = "单位 捐赠人 金额（元） 到账日期 票据号码 退款原因 被冲销的原票据号"
    rows = [
        ("五华区", "云岭示例公司", 100, "2021-08-01", "1", "", ""),
        ("五华区", "云岭示例公司", -100, "2021-09-01", "2", "误汇", "1"),
    ]
    pipeline.effective("donations.ledger", headings, *rows, period="2021")

    assert value("donations.branches_raised") == 0


# Disclosure ------------------------------------------------------------------------


def make_campaign(code, start, end):
    return Campaign.objects.create(
        code=code, name=code, kind="APPEAL", starts_on=start, ends_on=end
    )


def test_short_campaign_result_is_due_within_three_months():
    short = make_campaign("short", dt.date(2021, 1, 1), dt.date(2021, 3, 1))

    (due,) = list_due_disclosures(short, dt.date(2021, 7, 1))

    assert (due.content, due.due_on) == ("募捐结果", dt.date(2021, 6, 1))
    assert due.is_late(dt.date(2021, 6, 2))
    assert not due.is_late(dt.date(2021, 6, 1))


def test_long_campaign_progress_is_due_every_three_months():
    long = make_campaign("long", dt.date(2021, 1, 1), dt.date(2021, 10, 15))

    dues = list_due_disclosures(long, dt.date(2021, 12, 1))

    progress = [due.due_on for due in dues if due.content == "募捐进展"]
    assert progress == [dt.date(2021, 4, 1), dt.date(2021, 7, 1), dt.date(2021, 10, 1)]


def test_disclosure_published_in_time_is_not_late(pipeline):
    short = make_campaign("short", dt.date(2021, 1, 1), dt.date(2021, 3, 1))
    pipeline.effective(
        "donations.disclosures",
        "募捐活动 公开内容 公开日期 公开渠道",
        ("short", "结果", "2021-05-20", "门户网站"),
        period="2021-05",
    )

    (due,) = list_due_disclosures(short, dt.date(2021, 7, 1))

    assert due.published_on == dt.date(2021, 5, 20)


def test_disclosure_list_masks_persons_and_holds_no_formula(pipeline, signed_in):
    headings = "捐赠人 类型 金额（元） 到账日期 票据号码"
    rows = [
        ("张示明", "个人", 100, "2021-08-01", "1"),
        ("@SUM示例公司", "单位", 250.5, "2021-08-02", "2"),
        ("无名氏", "匿名", 1, "2021-08-03", "3"),
    ]
    pipeline.effective("donations.ledger", headings, *rows)

    answer = signed_in(pipeline.clerk).get(
        reverse("disclosure"), {"branch": "5301", "period": "2021-08"}
    )

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    names = [sheet.cell(row, 3).value for row in range(4, 8)]
    assert names == ["张*明", "@SUM示例公司", "爱心人士", "合计"]
    assert sheet.cell(5, 3).data_type == "s"
    assert sheet.cell(7, 4).value == 351.5


def test_disclosure_list_is_refused_to_leaders(signed_in, person):
    leader = signed_in(person(Role.LEADER, "53"))

    assert leader.get(reverse("disclosure"), {"period": "2021-08"}).status_code == 403
    assert leader.get(reverse("givers")).status_code == 403


# Givers ------------------------------------------------------------------------------


@pytest.fixture
def two_givers(pipeline):
    headings = "捐赠人 类型 金额（元） 到账日期 票据号码"
    rows = [
        ("云岭示例公司", "单位", 100, "2021-08-01", "1"),
        ("云岭示例公司（昆明）", "单位", 200, "2021-08-02", "2"),
    ]
    pipeline.effective("donations.ledger", headings, *rows)
    return Giver.objects.order_by("name")


def test_givers_are_merged_and_split_by_the_desk(two_givers, signed_in, person):
    first, second = two_givers
    desk = signed_in(person(Role.DESK, "53", domain="donations"))

    desk.post(reverse("giver", kwargs={"pk": second.pk}), {"into": first.pk})
    page = desk.get(reverse("giver", kwargs={"pk": first.pk}))
    assert page.context["total"] == 300
    assert "云岭示例公司（昆明）" in page.content.decode()

    desk.post(reverse("giver", kwargs={"pk": second.pk}), {"separate": "1"})
    second.refresh_from_db()
    assert second.merged_into is None
    assert Donation.objects.filter(giver=second).count() == 1


def test_giver_merge_into_a_merged_giver_is_refused(two_givers, pipeline):
    first, second = two_givers
    merge_giver(second, first, user=pipeline.clerk)

    with pytest.raises(MergeError, match="已并入"):
        merge_giver(first, second, user=pipeline.clerk)

    separate_giver(second, user=pipeline.clerk)
    second.refresh_from_db()
    merge_giver(first, second, user=pipeline.clerk)


def test_giver_merge_by_a_clerk_is_refused(two_givers, signed_in, clerk):
    first, second = two_givers

    answer = signed_in(clerk).post(reverse("giver", kwargs={"pk": second.pk}), {"into": first.pk})

    assert answer.status_code == 403
