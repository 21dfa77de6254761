"""Names not yet registered: goods of a county, a new event, this year's campaign."""

import datetime as dt

import pytest

from donations.models import Campaign, CampaignResult, Donation
from redcross.branches.models import Branch
from redcross.uploads.choices import Severity
from redcross.uploads.workflow import revert
from relief.models import Dispatch, Edition, Event, Item, StockMovement
from tests.support.gift_ledger import create_checked_upload, create_effective_upload
from tests.support.workbooks import write_xlsx

pytestmark = pytest.mark.django_db
STORE = "日期 类别 品名 计量单位 数量"
SENT = "灾害事件 派出日期 地点 批次 人次"
DAY_99 = ["州市", "项目名称", "公众捐款（元）", "配捐（元）", "线下（元）", "合计（元）"]


def codes(upload, severity):
    findings = upload.findings.filter(severity=severity.value)
    return sorted(findings.values_list("code", flat=True))


def test_unregistered_goods_give_a_warning_and_are_registered_by_the_load(pipeline):
    row = ("2021-08-01", "入库", "方便面", "箱", 40)

    upload = pipeline.checked("relief.stock", STORE, row, row)

    assert codes(upload, Severity.ERROR) == []
    assert codes(upload, Severity.WARNING) == ["reference.new"]
    assert not Item.objects.filter(name="方便面").exists()

    pipeline.approve(upload)

    assert Item.objects.get(name="方便面").unit == "箱"
    assert StockMovement.objects.filter(item__name="方便面").count() == 2


def test_new_name_of_the_first_upload_is_known_to_the_second(pipeline):
    pipeline.effective("relief.stock", STORE, ("2021-08-01", "入库", "方便面", "箱", 40))

    upload = pipeline.checked("relief.stock", STORE, ("2021-08-02", "出库", " 方便面", "箱", 10))

    assert codes(upload, Severity.WARNING) == []


def test_name_similar_to_a_registered_one_is_questioned(pipeline):
    upload = pipeline.checked("relief.stock", STORE, ("2021-08-01", "入库", "大棉被", "床", 40))

    assert "如果是指“棉被”" in upload.findings.get(code="reference.new").suggestion


def test_name_registered_after_the_check_is_not_registered_twice(pipeline):
    upload = pipeline.checked("relief.stock", STORE, ("2021-08-01", "入库", "方便面", "箱", 40))
    Item.objects.create(code="noodles", name="即食面", other_names=["方便面"], unit="箱")

    pipeline.approve(upload)

    assert StockMovement.objects.get().item_id == "noodles"
    assert not Item.objects.filter(name="方便面").exists()


def test_reverted_upload_keeps_the_new_name_for_restoring(pipeline):
    upload = pipeline.effective("relief.stock", STORE, ("2021-08-01", "入库", "方便面", "箱", 40))

    revert.revert_upload(upload.pk, user=pipeline.reviewer, now=pipeline.now)
    assert StockMovement.objects.count() == 0
    revert.restore_upload(upload.pk, user=pipeline.reviewer, now=pipeline.now)

    assert StockMovement.objects.get().item.name == "方便面"


def test_new_event_of_a_county_is_created_by_its_first_row(pipeline):
    rows = [
        ("双柏县“9·3”山体滑坡", "2021-08-05", "妥甸镇", 1, 6),
        ("双柏县“9.3”山体滑坡", "2021-08-04", "大庄镇", 1, 5),
    ]

    pipeline.effective("relief.dispatches", SENT, rows[0])
    pipeline.effective("relief.dispatches", SENT, rows[1])

    event = Event.objects.get(name__contains="山体滑坡")
    assert (event.happened_on, event.place) == (dt.date(2021, 8, 5), "妥甸镇")
    assert Dispatch.objects.filter(event=event).count() == 2  # dots and quotes do not tell apart


@pytest.mark.parametrize(
    ("title", "period", "campaign"),
    [
        ("99公益日筹款统计表", "2026-09", "2026年99公益日"),
        ("2026年“99公益日”筹款统计表", "2026-10", "2026年99公益日"),
        ("2021年99公益日筹款统计表", "2026-09", "2021年99公益日"),
        ("5·8人道公益日筹款统计表", "2026-05", "2026年5·8人道公益日"),
    ],
)
def test_new_campaign_of_a_year_is_registered_by_its_first_results(
    title, period, campaign, pipeline
):
    rows = [[title], DAY_99, ["昆明市", "滇苗助学", 100, 20, 3, 123]]

    create_effective_upload(
        pipeline.clerk, pipeline.reviewer, Branch.objects.get(code="53"), write_xlsx(rows),
        now=dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC),
        sheet="donations.campaign_results", period=period,
    )  # fmt: skip

    assert CampaignResult.objects.get().campaign.name == campaign
    assert Campaign.objects.filter(name=campaign).count() == 1


def test_campaign_of_a_future_year_is_an_error(pipeline):
    rows = [["99公益日筹款统计表"], DAY_99, ["昆明市", "滇苗助学", 100, 20, 3, 123]]

    upload = create_checked_upload(
        pipeline.clerk, Branch.objects.get(code="53"), write_xlsx(rows), now=pipeline.now,
        sheet="donations.campaign_results", period="2022-01",
    )  # fmt: skip

    assert codes(upload, Severity.ERROR) == ["column.missing"]


def test_campaign_name_without_year_means_the_period_year(pipeline):
    heading = "募捐活动 州市 项目名称 公众捐款（元） 配捐（元） 线下（元） 合计（元）"
    row = ("99公益日", "昆明市", "滇苗助学", 100, 20, 3, 123)

    upload = create_checked_upload(
        pipeline.clerk, Branch.objects.get(code="53"), write_xlsx([heading.split(), row]),
        now=dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC),
        sheet="donations.campaign_results", period="2026-09",
    )  # fmt: skip

    assert "2026年99公益日" in upload.findings.get(code="reference.new").message


def test_edition_named_after_a_new_year_begins_before_it(pipeline):
    heading = "发放日期 户主姓名 身份证号 家庭人口"
    rows = [["2023年博爱送万家花名册"], heading.split()]
    rows.append(["2022-12-20", "示例甲", "530102198203040028", 3])

    create_effective_upload(
        pipeline.clerk, pipeline.reviewer, Branch.objects.get(code="53"), write_xlsx(rows),
        now=dt.datetime(2023, 1, 4, 9, tzinfo=dt.UTC), sheet="relief.roster", period="2022-12",
    )  # fmt: skip

    edition = Edition.objects.get(name="2023年博爱送万家")
    assert edition.starts_on == dt.date(2022, 12, 20)
    assert edition.programme_id == "boai-families"


def test_unregistered_fund_is_kept_as_designated_purpose(pipeline):
    heading = "捐赠人 金额（元） 到账日期 项目 定向用途"
    rows = [
        ("示例甲", 100, "2021-08-08", "滇苗助学", "助学"),
        ("示例乙", 50, "2021-08-08", "敬老爱老", ""),
        ("示例丙", 20, "2021-08-08", "敬老爱老", "慰问"),
    ]

    upload = pipeline.checked("donations.ledger", heading, *rows)
    assert codes(upload, Severity.ERROR) == []
    assert codes(upload, Severity.WARNING) == ["reference.as_text"]
    pipeline.approve(upload)

    rows = Donation.objects.order_by("-value").values_list("fund__name", "purpose")
    assert list(rows) == [("滇苗助学", "助学"), (None, "敬老爱老"), (None, "慰问；敬老爱老")]
