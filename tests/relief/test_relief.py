"""Relief: stock that never becomes negative, grant bands and caps, households, events."""

import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.urls import reverse

from donations.models import Campaign, Fund
from redcross.accounts.choices import Role
from redcross.indicators.rollup import verify
from redcross.uploads.choices import UploadState
from redcross.uploads.workflow import apply, revert
from relief.models import AidApplication, Distribution, Event, StockLevel, StockMovement

pytestmark = pytest.mark.django_db
STOCK_HEADINGS = "日期 类别 品名 数量 单价（元） 来源或去向"
APPLICATION_HEADINGS = (
    "基金 患儿姓名 出生日期 身份证号 病种 家庭自付（元） 申请日期 拟资助金额（元） 另行决定的说明"
)
CHILD = "530102201501010016"
HOUSEHOLD_HEADINGS = "活动届次 发放日期 户主姓名 身份证号 家庭人口"


def stock_level():
    return dict(StockLevel.objects.values_list("item__name", "quantity"))


@pytest.fixture
def stock_upload(pipeline):
    return pipeline.effective(
        "relief.stock", STOCK_HEADINGS, ("2021-08-01", "入库", "棉被", 100, 80, "采购")
    )


# Stock --------------------------------------------------------------------------


def test_stock_level_is_received_minus_issued(pipeline, stock_upload):
    pipeline.effective(
        "relief.stock", STOCK_HEADINGS, ("2021-08-05", "出库", "棉被", 30, 80, "示例乡")
    )

    assert stock_level() == {"棉被": Decimal(70)}


def test_stock_issue_above_the_level_is_refused_and_writes_nothing(pipeline, stock_upload):
    upload = pipeline.checked(
        "relief.stock", STOCK_HEADINGS, ("2021-08-05", "出库", "棉被", 101, 80, "示例乡")
    )

    if upload.state == UploadState.READY:
        with pytest.raises(apply.RefusedError, match="库存"):
            pipeline.approve(upload)
    assert stock_level() == {"棉被": Decimal(100)}


def test_database_refuses_negative_stock(stock_upload):
    with pytest.raises(DatabaseError), transaction.atomic():
        StockMovement.objects.update(quantity=-5, change=-5)


def test_stock_receipt_revert_is_refused_after_goods_were_issued(pipeline, stock_upload):
    pipeline.effective(
        "relief.stock", STOCK_HEADINGS, ("2021-08-05", "出库", "棉被", 30, 80, "示例乡")
    )

    with pytest.raises(apply.RefusedError):
        revert.revert_upload(stock_upload.pk, user=pipeline.clerk, now=pipeline.now)

    assert stock_level() == {"棉被": Decimal(70)}


def test_goods_passed_through_leave_the_stock_level_unchanged(pipeline, stock_upload):
    headings = "日期 类别 品名 数量 单价（元） 来源或去向 灾害事件"
    row = ("2021-08-06", "应急直转", "棉被", 40, 80, "示例安置点", "“5·21”漾濞地震")

    pipeline.effective("relief.stock", headings, row)

    assert stock_level() == {"棉被": Decimal(100)}


@pytest.mark.django_db(transaction=True)
def test_concurrent_issues_of_the_last_goods_succeed_once(committed, pipeline):
    committed()
    pipeline.effective(
        "relief.stock", STOCK_HEADINGS, ("2021-08-01", "入库", "棉被", 100, 80, "采购")
    )
    first = StockMovement.objects.get()
    gate, failed = threading.Barrier(2), []

    def take(number):
        try:
            gate.wait()
            with transaction.atomic():
                StockMovement.objects.create(
                    branch_id=first.branch_id,
                    upload_id=first.upload_id,
                    row_key=f"00000000-0000-0000-0000-00000000000{number}",
                    upload_row=number,
                    store=first.store,
                    moved_on=first.moved_on,
                    movement="OUT",
                    item=first.item,
                    quantity=60,
                    change=-60,
                    value_change=0,
                )
        except DatabaseError as error:
            failed.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=take, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(failed) == 1
    assert stock_level() == {"棉被": Decimal(40)}


# Aid ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "proposed", "state"),
    [
        (20_000, 15_000, UploadState.READY),
        (20_000.01, 20_000, UploadState.READY),
        (10_000, 5_000, UploadState.READY),
        (20_000, 20_000, UploadState.HAS_ERRORS),
        (5_000, 5_000, UploadState.HAS_ERRORS),
    ],
)
def test_aid_proposal_follows_the_grant_band_of_its_day(pipeline, own, proposed, state):
    row = (
        "天使阳光基金", "示例童", "2015-01-01", CHILD, "先心病", own, "2021-08-01", proposed, "",
    )  # fmt: skip

    upload = pipeline.checked("relief.applications", APPLICATION_HEADINGS, row)

    assert upload.state == state, pipeline.messages(upload)


def test_database_refuses_aid_above_the_lifetime_cap_of_a_child(pipeline):
    row = (
        "天使阳光基金",
        "示例童",
        "2015-01-01",
        CHILD,
        "先心病",
        20_000,
        "2021-08-01",
        15_000,
        "",
    )
    pipeline.effective("relief.applications", APPLICATION_HEADINGS, row)

    with pytest.raises(DatabaseError), transaction.atomic():
        AidApplication.objects.update(proposed=900_000)


# Households ---------------------------------------------------------------------


def test_household_listed_twice_is_a_warning_naming_the_other_row(pipeline):
    row = ("2021年博爱送万家", "2021-08-08", "示例户", "53010219900101001X", 4)
    other = ("2021年博爱送万家", "2021-08-09", "示例户", "53010219900101001X", 4)

    upload = pipeline.checked("relief.roster", HOUSEHOLD_HEADINGS, row, other)

    assert upload.state == UploadState.READY, pipeline.messages(upload)
    assert upload.warnings
    assert any("第2行" in text or "第3行" in text for text in pipeline.messages(upload))


def test_distribution_roster_counts_people_of_each_household(pipeline, value):
    rows = [
        ("2021年博爱送万家", "2021-08-08", f"示例户{at}", number, at + 2)
        for at, number in enumerate(("53010219900101001X", "530102199001010036"))
    ]

    pipeline.effective("relief.roster", HOUSEHOLD_HEADINGS, *rows)

    assert Distribution.objects.count() == 2
    assert value("relief.beneficiary_times") == 5
    assert all(cell.different == 0 for cell in verify(using="default"))


# Pages --------------------------------------------------------------------------


@pytest.fixture
def earthquake(pipeline):
    pipeline.effective(
        "relief.dispatches",
        "灾害事件 派出日期 类别 队伍名称 批次 人次",
        ("“5·21”漾濞地震", "2021-05-22", "投入应急救援力量", "示例救援队", 1, 184),
        code="53",
        period="2021-05",
    )
    return Event.objects.get(name="“5·21”漾濞地震")


def test_event_page_shows_dispatched_people_and_their_source(
    pipeline, earthquake, signed_in, person
):
    page = signed_in(person(Role.LEADER, "53")).get(reverse("event", args=[earthquake.pk]))

    text = page.content.decode()
    assert "184人次" in text
    assert "示例救援队" in text
    assert "第2行" in text


def test_event_page_shows_a_prefecture_its_own_records_only(
    pipeline, earthquake, signed_in, person
):
    pipeline.effective(
        "relief.dispatches",
        "灾害事件 派出日期 类别 队伍名称 批次 人次",
        ("“5·21”漾濞地震", "2021-05-23", "投入应急救援力量", "示例州级救援队", 1, 12),
        code="5329",
        period="2021-05",
    )

    page = signed_in(person(Role.REVIEWER, "5329")).get(reverse("event", args=[earthquake.pk]))

    text = page.content.decode()
    assert page.status_code == 200
    assert "示例州级救援队" in text
    assert "示例救援队" not in text


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("events", ["还没有灾害事件。省级业务主管可在“记录”里登记事件"]),
        (
            "readiness",
            [
                "还没有救援队。请用《救援队名册》报送。",
                "还没有库存。请用《救灾物资出入库台账》报送。",
            ],
        ),
        ("funds", ["还没有基金。省级业务主管可在“记录”里添加。"]),
        ("campaigns", ["没有这一类活动。"]),
    ],
)
def test_relief_pages_without_data_say_what_to_do(signed_in, person, name, texts):
    for model in (Event, Fund, Campaign):
        model.objects.all().delete()

    page = signed_in(person(Role.LEADER, "53")).get(reverse(name))

    assert page.status_code == 200
    assert [text for text in texts if text not in page.content.decode()] == []


def test_event_page_is_404_for_roles_without_figures(earthquake, signed_in, person):
    client = signed_in(person(Role.ADMINISTRATOR, "53"))

    assert client.get(reverse("event", args=[earthquake.pk])).status_code == 404


def test_fund_page_shows_the_projects_of_its_brand(pipeline, signed_in, person):
    pipeline.effective(
        "relief.projects",
        "项目品牌 项目名称 资金来源 预算（元） 状态",
        ("滇苗助学", "示例助学项目", "捐赠", 1000, "实施中"),
        period="2021",
    )

    page = signed_in(person(Role.LEADER, "53")).get(reverse("fund", args=["dianmiao"]))

    assert "示例助学项目" in page.content.decode()


def test_event_map_marks_the_place_of_the_event(earthquake, signed_in, person):
    page = signed_in(person(Role.LEADER, "53"))

    inside = page.get(reverse("event", kwargs={"code": "yangbi-2021"})).context["map"]
    outside = page.get(reverse("event", kwargs={"code": "henan-2021"})).context["map"]

    assert inside["point"] == pytest.approx([99.87, 25.68], abs=0.2)
    assert len([value for value in inside["values"] if value["name"].isdigit()]) >= 16
    assert outside is None
