"""Values that apply to every row: from the title, from above the table, from the clerk."""

import datetime as dt

import pytest
from django.urls import reverse

from donations.models import Campaign, CampaignResult, Donation
from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.uploads.choices import UploadState
from redcross.uploads.workflow import check
from relief.models import AidApplication, StockMovement
from tests.support.gift_ledger import create_checked_upload, create_effective_upload
from tests.support.workbooks import write_xlsx
from tests.uploads.support.registered_sheets import error_codes, parse_rows

pytestmark = pytest.mark.django_db

DAY_99 = ["州市", "项目名称", "公众捐款（元）", "配捐（元）", "线下（元）", "合计（元）"]
CHILD_ROWS = [
    "患儿姓名",
    "出生日期",
    "身份证号",
    "病种",
    "家庭自付（元）",
    "申请日期",
    "初审",
    "资助金额",
]
STORE = ["日期", "品名", "单位", "数量"]
UNDATED = [["捐赠人", "金额（元）"], ["示例甲", 100], ["示例乙", 50]]


@pytest.mark.parametrize(
    ("title", "period", "campaign"),
    [
        ("99公益日筹款统计表", "2021-09", "99-2021"),
        ("2021年“99公益日”网络筹款统计表", "2021-09", "99-2021"),
        ("99公益日筹款统计表", "2022-01", None),
        ("公益日筹款统计表", "2021-09", None),
        ("99公益日、5·8人道公益日筹款统计表", "2021-09", None),
    ],
)
def test_campaign_is_taken_from_a_title_of_its_own_year(title, period, campaign, tmp_path, now):
    rows = [[title], DAY_99, ["昆明市", "滇苗助学", 100, 20, 3, 123]]

    reading = parse_rows("donations.campaign_results", rows, tmp_path, period=period, now=now)

    assert reading.frame.to_dicts()[0].get("campaign") == campaign
    assert ("column.missing" in error_codes(reading)) == (campaign is None)


def test_title_values_are_loaded_with_the_last_day_of_the_period(pipeline):
    rows = [["99公益日筹款统计表"], DAY_99, ["昆明市", "滇苗助学", 100, 20, 3, 123]]

    create_effective_upload(
        pipeline.clerk, pipeline.reviewer, Branch.objects.get(code="53"), write_xlsx(rows), now=pipeline.now,
        sheet="donations.campaign_results", period="2021-09",
    )  # fmt: skip

    result = CampaignResult.objects.get()
    assert result.campaign == Campaign.objects.get(code="99-2021")
    assert result.closed_on == dt.date(2021, 9, 30)


@pytest.mark.parametrize(
    ("title", "movement"),
    [
        ("救灾物资入库台账", "IN"),
        ("救灾物资出库台账", "OUT"),
        ("救灾物资出入库台账", None),
        ("救灾物资入库/出库台账", None),
        ("救灾物资库存台账", None),
    ],
)
def test_stock_direction_stated_in_the_title_applies_to_every_row(title, movement, tmp_path, now):
    rows = [[title], STORE, ["2021-09-03", "棉被", "床", 30]]

    reading = parse_rows("relief.stock", rows, tmp_path, now=now)

    assert reading.frame.to_dicts()[0].get("movement") == movement
    assert "branch.unknown" not in error_codes(reading)


def test_fund_is_derived_from_the_illness(pipeline):
    child = ("示例童", "2012-03-04", "530102201203040014")
    rows = [
        ["大病救助申请汇总"],
        CHILD_ROWS,
        [*child, "急性淋巴细胞白血病", 60000, "2021-09-03", "同意", 30000],
    ]

    upload = create_effective_upload(
        pipeline.clerk, pipeline.reviewer, Branch.objects.get(code="53"), write_xlsx(rows), now=pipeline.now,
        sheet="relief.applications", period="2021-09",
    )  # fmt: skip

    application = AidApplication.objects.get()
    assert (application.aid_fund, application.disease) == ("LITTLE_ANGEL", "LEUKAEMIA")
    assert application.proposed == application.granted == 30000
    # 初审 holds a word and no day.
    assert (application.first_review, application.first_review_on) == ("同意", None)
    assert not upload.findings.filter(code="column.unknown").exists()


def test_illness_without_its_own_fund_requires_a_fund(pipeline):
    child = ("示例童", "2012-03-04", "530102201203040014")
    rows = [["大病救助申请汇总"], CHILD_ROWS, [*child, "其他大病", 60000, "2021-09-03", "", None]]

    upload = create_checked_upload(
        pipeline.clerk, Branch.objects.get(code="53"), write_xlsx(rows), now=pipeline.now,
        sheet="relief.applications", period="2021-09",
    )  # fmt: skip

    assert "required.empty" in {finding.code for finding in upload.findings.all()}


def test_mistyped_date_is_an_error_even_without_other_dates(tmp_path, now):
    child = ("示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03")
    rows = [CHILD_ROWS[:7], [*child, "13月45日"]]

    assert "date.impossible" in error_codes(
        parse_rows("relief.applications", rows, tmp_path, now=now)
    )


def test_address_gives_the_county_it_begins_with(tmp_path, now):
    heading = ["户籍地", *CHILD_ROWS[:6]]
    child = ("示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03")
    places = ["双柏县妥甸镇", "楚雄州双柏县大庄镇柏子村", "双柏县新区村", "楚雄州双拍县大庄镇"]
    rows = [heading, *([place, *child] for place in places)]

    reading = parse_rows("relief.applications", rows, tmp_path, now=now)

    county = Branch.objects.get(code="532322").pk
    assert reading.frame["domicile"].to_list() == places
    assert reading.frame["branch"].to_list() == [county, county, county, None]
    assert error_codes(reading).count("branch.unknown") == 1


def test_county_upload_needs_no_household_address(tmp_path, now):
    heading = ["户籍地", *CHILD_ROWS[:6]]
    child = ("示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03")
    rows = [heading, ["玉溪市红塔区示例路", *child]]

    reading = parse_rows("relief.applications", rows, tmp_path, code="532322", now=now)

    assert error_codes(reading) == []
    assert reading.frame["domicile"].to_list() == ["玉溪市红塔区示例路"]


@pytest.mark.parametrize(
    ("cells", "teams", "team"),
    [(["1支", "2"], [1, 2], None), (["县救援队", "示例队"], None, ["县救援队", "示例队"])],
)
def test_team_column_is_read_as_count_or_names_by_its_content(cells, teams, team, tmp_path, now):
    heading = ["灾害事件", "时间", "派出／队伍", "派出／人次"]
    rows = [heading, *(["新冠肺炎疫情", "2021-09-03", cell, 5] for cell in cells)]

    frame = parse_rows("relief.dispatches", rows, tmp_path, now=now).frame

    assert frame["teams"].to_list() == teams if teams else "teams" not in frame.columns
    assert frame["team"].to_list() == team if team else "team" not in frame.columns


def test_goods_with_a_source_are_read_as_received(pipeline):
    heading = "日期 品名 单位 数量 来源（采购/捐赠/调拨/转交） 捐赠方/调入方"
    rows = [
        ("2021-08-03", "棉被", "床", 30, "捐赠", "示例公司"),
        ("2021-08-04", "棉被", "床", 5, "调拨", "省会"),
    ]

    pipeline.effective("relief.stock", heading, *rows)

    rows = StockMovement.objects.order_by("moved_on").values_list(
        "movement", "origin", "counterpart"
    )
    assert list(rows) == [("IN", "DONATION", "示例公司"), ("TRANSFER_IN", "TRANSFER", "省会")]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        (["培训时间：2021年9月3日—5日　　地点：示例"], dt.date(2021, 9, 3)),
        (["培训时间：", "2021.9.3-2021.9.5"], dt.date(2021, 9, 3)),
        (["地点：示例", "培训日期：2021-09-03"], dt.date(2021, 9, 3)),
        (["填报日期：2021年9月30日"], None),
        (["培训时间：九月上旬"], None),
    ],
)
def test_class_date_above_the_roster_applies_to_every_row(line, day, tmp_path, now):
    heading = ["姓名", "性别", "身份证号", "是否合格"]
    rows = [["学员名册"], line, heading, ["示例甲", "女", "530102198203040020", "合格"]]

    reading = parse_rows("training.roster", rows, tmp_path, now=now)

    assert reading.frame.to_dicts()[0].get("trained_on") == day
    assert ("column.missing" in error_codes(reading)) == (day is None)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("到账日期：2021年9月8日", dt.date(2021, 9, 8)),
        ("捐赠时间:2021.9.8", dt.date(2021, 9, 8)),
    ],
)
def test_rows_without_dates_take_the_date_above_the_table(line, day, tmp_path, now):
    result = parse_rows(
        "donations.ledger", [["捐款信息公示表"], [line], *UNDATED], tmp_path, now=now
    )

    assert error_codes(result) == []
    assert result.frame["received_on"].to_list() == [day, day]
    assert not {"column.by_period"} & {finding.code for finding in result.findings}


@pytest.mark.parametrize(
    ("line", "period", "day"),
    [
        ("（截至2021年9月8日24：00）", "2021-09", dt.date(2021, 9, 8)),
        ("（2021年9月1日至9月8日）", "2021-09", dt.date(2021, 9, 8)),
        ("（截至2021年10月8日）", "2021-09", dt.date(2021, 9, 30)),
        ("（2021年2月）", "2021-02", dt.date(2021, 2, 28)),
    ],
)
def test_rows_without_any_date_take_the_month_with_a_warning(line, period, day, tmp_path, now):
    rows = [["捐款信息公示表"], [line], *UNDATED]

    result = parse_rows("donations.ledger", rows, tmp_path, period=period, now=now)

    assert error_codes(result) == []
    assert result.frame["received_on"].to_list() == [day, day]
    warned = [finding for finding in result.findings if finding.code == "column.by_period"]
    assert f"{day.month}月{day.day}日" in warned[0].message


@pytest.mark.parametrize("period", ["2021", "2021Q3"])
def test_rows_without_any_date_in_a_longer_period_are_an_error(period, tmp_path, now):
    result = parse_rows("donations.ledger", UNDATED, tmp_path, period=period, now=now)

    assert error_codes(result) == ["column.missing"]


def test_rows_without_required_values_are_not_offered_as_good_rows(pipeline, signed_in):
    upload = create_checked_upload(
        pipeline.clerk,
        Branch.objects.get(code="5301"),
        write_xlsx(UNDATED),
        now=pipeline.now,
        period="2021",
    )

    assert (upload.rows, upload.accepted) == (2, 0)
    page = signed_in(pipeline.clerk).get(reverse("upload", args=[upload.pk])).content.decode()
    assert "先收正确的" not in page


def test_value_entered_once_on_the_page_applies_to_every_row(pipeline, signed_in):
    page = signed_in(pipeline.clerk)
    upload = create_checked_upload(
        pipeline.clerk,
        Branch.objects.get(code="5301"),
        write_xlsx(UNDATED),
        now=pipeline.now,
        period="2021",
    )
    address = reverse("upload-act", args=[upload.pk, "fill"])
    assert "整张表填写" in page.get(reverse("upload", args=[upload.pk])).content.decode()

    page.post(address, {"field": "received_on", "text": "2021-03-05"})

    upload = check.check_upload(upload.pk, user=pipeline.clerk, now=pipeline.now)
    assert upload.table_values == {"received_on": "2021-03-05"}
    assert (upload.state, upload.errors, upload.warnings) == (UploadState.READY, 0, 0)
    pipeline.approve(upload)
    assert set(Donation.objects.values_list("received_on", flat=True)) == {dt.date(2021, 3, 5)}


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("received_on", "2021-02-30", "这一天"),
        ("received_on", "上旬", "请写成"),
        ("phone", "13800000000", "不能为整张表填写"),
        ("id", "1", "不能为整张表填写"),
    ],
)
def test_invalid_value_for_every_row_is_refused_and_changes_nothing(
    field, text, message, pipeline, signed_in
):
    upload = create_checked_upload(
        pipeline.clerk,
        Branch.objects.get(code="5301"),
        write_xlsx(UNDATED),
        now=pipeline.now,
        period="2021",
    )
    address = reverse("upload-act", args=[upload.pk, "fill"])

    answer = signed_in(pipeline.clerk).post(address, {"field": field, "text": text}, follow=True)

    assert message in answer.content.decode()
    upload.refresh_from_db()
    assert (upload.table_values, upload.state) == ({}, UploadState.HAS_ERRORS)


def test_value_for_every_row_by_another_user_is_refused(pipeline, signed_in, person):
    upload = create_checked_upload(
        pipeline.clerk,
        Branch.objects.get(code="5301"),
        write_xlsx(UNDATED),
        now=pipeline.now,
        period="2021",
    )
    address = reverse("upload-act", args=[upload.pk, "fill"])
    form = {"field": "received_on", "text": "2021-03-05"}

    assert signed_in(person(Role.STATISTICIAN, "5303")).post(address, form).status_code == 404
    signed_in(pipeline.reviewer).post(address, form)

    upload.refresh_from_db()
    assert upload.table_values == {}
