"""What a table does not say row by row: its title says it, or the rows say it otherwise."""

import datetime as dt

import pytest

from donations.models import Campaign, CampaignResult
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads.examining import setting_for
from redcross.uploads.reading import read_tables
from redcross.uploads.sheet import registry
from redcross.uploads.specification import Severity
from relief.models import AidApplication
from tests.ledger import effective, ready
from tests.uploads.readers import opened_here
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


def read(sheet, rows, folder, *, code="53", period="2021-09", now):
    """Read a table as it stands below its title."""
    path = folder / "表.xlsx"
    path.write_bytes(xlsx(rows))
    branch = Branch.objects.get(code=code)
    setting = setting_for(registry[sheet], branch, Period.parse(period), now=now)
    return read_tables(opened_here(path), setting.spec, setting.context)


def errors(reading):
    return [each.code for each in reading.findings if each.severity is Severity.ERROR]


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
    # 初审 holds a word and no day: it is left unread, and that is said.
    assert [each.value for each in upload.findings.filter(code="column.unknown")] == ["初审"]


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
    assert reading.frame["branch"].to_list() == [county, county, county, None]
    assert errors(reading).count("branch.unknown") == 1


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
        ("（截至2021年9月8日24：00）", None),
    ],
)
def test_a_list_without_days_takes_the_one_stated_above_it_and_no_other(line, day, tmp_path, now):
    rows = [["捐款信息公示表"], [line], ["捐赠人", "金额（元）"], ["示例甲", 100], ["示例乙", 50]]

    found = read("donations.ledger", rows, tmp_path, now=now)

    if day is None:  # until when it was counted is no day of any gift
        assert errors(found) == ["column.missing"]
    else:
        assert errors(found) == []
        assert found.frame["received_on"].to_list() == [day, day]
