"""What a table does not say row by row: its title says it, or the rows say it otherwise."""

import datetime as dt

import pytest
from django.urls import reverse

from donations.models import Campaign, CampaignResult, Donation
from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.uploads.choices import State
from redcross.uploads.workflow import check
from relief.models import AidApplication, StockMovement
from tests.ledger import effective, ready
from tests.uploads.registered import errors, read
from tests.workbooks import xlsx

pytestmark = pytest.mark.django_db

DAY_99 = ["州市", "项目名称", "公众捐款（元）", "配捐（元）", "线下（元）", "合计（元）"]
CHILD = [
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
def test_a_campaign_is_named_by_the_title_of_its_own_year(title, period, campaign, tmp_path, now):
    rows = [[title], DAY_99, ["昆明市", "滇苗助学", 100, 20, 3, 123]]

    reading = read("donations.campaign_results", rows, tmp_path, period=period, now=now)

    assert reading.frame.to_dicts()[0].get("campaign") == campaign
    assert ("column.missing" in errors(reading)) == (campaign is None)


def test_what_the_title_said_is_loaded_with_the_last_day_of_the_period(road):
    rows = [["99公益日筹款统计表"], DAY_99, ["昆明市", "滇苗助学", 100, 20, 3, 123]]

    effective(
        road.clerk, road.reviewer, Branch.objects.get(code="53"), xlsx(rows), now=road.now,
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
def test_a_ledger_of_what_came_in_says_so_once(title, movement, tmp_path, now):
    rows = [[title], STORE, ["2021-09-03", "棉被", "床", 30]]

    reading = read("relief.stock", rows, tmp_path, now=now)

    assert reading.frame.to_dicts()[0].get("movement") == movement
    assert "branch.unknown" not in errors(reading)


def test_the_fund_of_a_child_follows_from_the_illness(road):
    child = ("示例童", "2012-03-04", "530102201203040014")
    rows = [
        ["大病救助申请汇总"],
        CHILD,
        [*child, "急性淋巴细胞白血病", 60000, "2021-09-03", "同意", 30000],
    ]

    upload = effective(
        road.clerk, road.reviewer, Branch.objects.get(code="53"), xlsx(rows), now=road.now,
        sheet="relief.applications", period="2021-09",
    )  # fmt: skip

    application = AidApplication.objects.get()
    assert (application.aid_fund, application.disease) == ("LITTLE_ANGEL", "LEUKAEMIA")
    assert application.proposed == application.granted == 30000
    # 初审 holds a word and no day.
    assert (application.first_review, application.first_review_on) == ("同意", None)
    assert not upload.findings.filter(code="column.unknown").exists()


def test_an_illness_without_a_fund_of_its_own_must_name_one(road):
    child = ("示例童", "2012-03-04", "530102201203040014")
    rows = [["大病救助申请汇总"], CHILD, [*child, "其他大病", 60000, "2021-09-03", "", None]]

    upload = ready(
        road.clerk, Branch.objects.get(code="53"), xlsx(rows), now=road.now,
        sheet="relief.applications", period="2021-09",
    )  # fmt: skip

    assert "required.empty" in {each.code for each in upload.findings.all()}


def test_a_day_that_is_mistyped_is_told_though_no_other_day_is_written(tmp_path, now):
    child = ("示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03")
    rows = [CHILD[:7], [*child, "13月45日"]]

    assert "date.impossible" in errors(read("relief.applications", rows, tmp_path, now=now))


def test_an_address_names_the_county_it_begins_with(tmp_path, now):
    heading = ["户籍地", *CHILD[:6]]
    child = ("示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03")
    places = ["双柏县妥甸镇", "楚雄州双柏县大庄镇柏子村", "双柏县新区村", "楚雄州双拍县大庄镇"]
    rows = [heading, *([place, *child] for place in places)]

    reading = read("relief.applications", rows, tmp_path, now=now)

    county = Branch.objects.get(code="532322").pk
    assert reading.frame["domicile"].to_list() == places
    assert reading.frame["branch"].to_list() == [county, county, county, None]
    assert errors(reading).count("branch.unknown") == 1


def test_a_county_is_not_asked_where_its_children_are_registered(tmp_path, now):
    heading = ["户籍地", *CHILD[:6]]
    child = ("示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03")
    rows = [heading, ["玉溪市红塔区示例路", *child]]

    reading = read("relief.applications", rows, tmp_path, code="532322", now=now)

    assert errors(reading) == []
    assert reading.frame["domicile"].to_list() == ["玉溪市红塔区示例路"]


@pytest.mark.parametrize(
    ("cells", "teams", "team"),
    [(["1支", "2"], [1, 2], None), (["县救援队", "示例队"], None, ["县救援队", "示例队"])],
)
def test_a_team_is_counted_or_named_as_the_column_holds_it(cells, teams, team, tmp_path, now):
    heading = ["灾害事件", "时间", "派出／队伍", "派出／人次"]
    rows = [heading, *(["新冠肺炎疫情", "2021-09-03", each, 5] for each in cells)]

    frame = read("relief.dispatches", rows, tmp_path, now=now).frame

    assert frame["teams"].to_list() == teams if teams else "teams" not in frame.columns
    assert frame["team"].to_list() == team if team else "team" not in frame.columns


def test_goods_with_a_source_came_in(road):
    heading = "日期 品名 单位 数量 来源（采购/捐赠/调拨/转交） 捐赠方/调入方"
    rows = [
        ("2021-08-03", "棉被", "床", 30, "捐赠", "示例公司"),
        ("2021-08-04", "棉被", "床", 5, "调拨", "省会"),
    ]

    road.effective("relief.stock", heading, *rows)

    kept = StockMovement.objects.order_by("moved_on").values_list(
        "movement", "origin", "counterpart"
    )
    assert list(kept) == [("IN", "DONATION", "示例公司"), ("TRANSFER_IN", "TRANSFER", "省会")]


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
def test_the_day_of_a_class_may_stand_once_above_its_roster(line, day, tmp_path, now):
    heading = ["姓名", "性别", "身份证号", "是否合格"]
    rows = [["学员名册"], line, heading, ["示例甲", "女", "530102198203040020", "合格"]]

    reading = read("training.roster", rows, tmp_path, now=now)

    assert reading.frame.to_dicts()[0].get("trained_on") == day
    assert ("column.missing" in errors(reading)) == (day is None)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("到账日期：2021年9月8日", dt.date(2021, 9, 8)),
        ("捐赠时间:2021.9.8", dt.date(2021, 9, 8)),
    ],
)
def test_a_list_without_days_takes_the_one_stated_above_it(line, day, tmp_path, now):
    found = read("donations.ledger", [["捐款信息公示表"], [line], *UNDATED], tmp_path, now=now)

    assert errors(found) == []
    assert found.frame["received_on"].to_list() == [day, day]
    assert not {"column.by_period"} & {each.code for each in found.findings}


@pytest.mark.parametrize(
    ("line", "period", "day"),
    [
        ("（截至2021年9月8日24：00）", "2021-09", dt.date(2021, 9, 8)),
        ("（2021年9月1日至9月8日）", "2021-09", dt.date(2021, 9, 8)),
        ("（截至2021年10月8日）", "2021-09", dt.date(2021, 9, 30)),
        ("（2021年2月）", "2021-02", dt.date(2021, 2, 28)),
    ],
)
def test_a_list_without_any_day_is_of_its_month_and_that_is_warned_of(
    line, period, day, tmp_path, now
):
    rows = [["捐款信息公示表"], [line], *UNDATED]

    found = read("donations.ledger", rows, tmp_path, period=period, now=now)

    assert errors(found) == []
    assert found.frame["received_on"].to_list() == [day, day]
    warned = [each for each in found.findings if each.code == "column.by_period"]
    assert f"{day.month}月{day.day}日" in warned[0].message


@pytest.mark.parametrize("period", ["2021", "2021Q3"])
def test_a_list_without_any_day_is_not_put_into_one_month_of_a_longer_period(period, tmp_path, now):
    found = read("donations.ledger", UNDATED, tmp_path, period=period, now=now)

    assert errors(found) == ["column.missing"]


def test_rows_without_what_each_must_have_are_not_offered_as_good_ones(road, signed_in):
    upload = ready(
        road.clerk, Branch.objects.get(code="5301"), xlsx(UNDATED), now=road.now, period="2021"
    )

    assert (upload.rows, upload.accepted) == (2, 0)
    page = signed_in(road.clerk).get(reverse("upload", args=[upload.pk])).content.decode()
    assert "先收正确的" not in page


def test_a_clerk_says_once_what_is_true_of_every_row(road, signed_in):
    page = signed_in(road.clerk)
    upload = ready(
        road.clerk, Branch.objects.get(code="5301"), xlsx(UNDATED), now=road.now, period="2021"
    )
    address = reverse("upload-act", args=[upload.pk, "fill"])
    assert "整张表填写" in page.get(reverse("upload", args=[upload.pk])).content.decode()

    page.post(address, {"field": "received_on", "text": "2021-03-05"})

    upload = check.check(upload.pk, user=road.clerk, now=road.now)
    assert upload.stated == {"received_on": "2021-03-05"}
    assert (upload.state, upload.errors, upload.warnings) == (State.READY, 0, 0)
    road.approve(upload)
    assert set(Donation.objects.values_list("received_on", flat=True)) == {dt.date(2021, 3, 5)}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("received_on", "2021-02-30", "这一天"),
        ("received_on", "上旬", "请写成"),
        ("phone", "13800000000", "不能为整张表填写"),
        ("id", "1", "不能为整张表填写"),
    ],
)
def test_what_cannot_be_true_of_every_row_is_refused_and_nothing_changes(
    field, text, said, road, signed_in
):
    upload = ready(
        road.clerk, Branch.objects.get(code="5301"), xlsx(UNDATED), now=road.now, period="2021"
    )
    address = reverse("upload-act", args=[upload.pk, "fill"])

    answer = signed_in(road.clerk).post(address, {"field": field, "text": text}, follow=True)

    assert said in answer.content.decode()
    upload.refresh_from_db()
    assert (upload.stated, upload.state) == ({}, State.HAS_ERRORS)


def test_nobody_else_says_what_is_true_of_every_row(road, signed_in, person):
    upload = ready(
        road.clerk, Branch.objects.get(code="5301"), xlsx(UNDATED), now=road.now, period="2021"
    )
    address = reverse("upload-act", args=[upload.pk, "fill"])
    asked = {"field": "received_on", "text": "2021-03-05"}

    assert signed_in(person(Role.STATISTICIAN, "5303")).post(address, asked).status_code == 404
    signed_in(road.reviewer).post(address, asked)

    upload.refresh_from_db()
    assert upload.stated == {}
