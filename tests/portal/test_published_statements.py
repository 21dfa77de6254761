"""Everything the year's overview tells beside its figures is seen on a page, in its place.

The workbooks are those of the demonstration that the province hands in, and a few rows more;
they go through the whole pipeline once for this file, and the transaction is rolled back at its
end. Each statement names the values it expects and where they stand: a card, a row by its
headings, a term, or a section. The last test looks for the same values in a portal without any
records: what a heading, a filter or a reference row shows alone is no statement.
"""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from donors.models import DonationCase
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.services import grant_role
from redcross.branches.models import Branch
from redcross.demo.declaration import list_demo_files
from redcross.periods import Period
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.models import Report
from redcross.reports.workflow.services import draft_report
from tests.conftest import NOW
from tests.portal.statements_2021 import CHILD, REPORTS, STATEMENTS, YOUNG
from tests.support.page_content import read_page
from tests.support.upload_pipeline import UploadPipeline

pytestmark = pytest.mark.django_db

LEDGER = "单位 捐赠人 类型 金额（元） 到账日期 资金来源 渠道 基金 募捐活动 票据号码"
GIFTS = [
    ("云南省", "云岭示例公司", "单位", 737_000_000, "2021-08-03", "社会捐赠", "网络平台", "滇苗助学", "", "1"),
    ("五华区", "滇池示例公司", "单位", 100_000, "2021-05-23", "社会捐赠", "银行", "", "“5·21”漾濞地震", "2"),
    ("云南省", "洱海示例公司", "单位", 200_000, "2021-07-21", "社会捐赠", "银行", "", "河南郑州洪涝灾害", "3"),
    ("云南省", "苍山示例公司", "单位", 300_000, "2021-06-01", "社会捐赠", "银行", "博爱云南行", "", "4"),
    ("云南省", "怒江示例公司", "单位", 400_000, "2021-06-02", "社会捐赠", "银行", "博爱健康行", "", "5"),
]  # fmt: skip
EVENT_HEADINGS = "活动时间 活动主题 参与单位 培训对象 参与人次"
EVENTS = [
    ("2021-04-08", "心肺复苏体验课", "示例州直机关工委", "机关", 40),
    ("2021-05-08", "急救知识进校园", "示例小学", "学校", 60),
]
NETWORK_HEADINGS = (
    "单位 会员／期初 会员／新增成人 会员／新增青少年 会员／注销 会员／期末 志愿者／新注册"
)
NETWORK = [
    ("昆明市", 100_000, 30_000, 10_000, 5_000, 135_000, 15_000),
    ("大理州", 50_000, 5_000, 3_500, 500, 58_000, 4_700),
]
UNIT_HEADINGS = "单位 基层组织名称 类别 成立日期"
UNITS = [
    ("昆明市", "示例乡红十字会", "乡镇", "2021-08-01"),
    ("昆明市", "示例小学红十字会", "学校", "2021-08-02"),
    ("大理州", "示例镇红十字会", "乡镇", "2021-08-03"),
]
TASK_HEADINGS = "年度 序号 重点任务 完成时限 填报日期 状态 佐证 完成日期 对应上级任务序号"
TASK = (
    "2021",
    "1",
    "配合条例修订调研",
    "2021-12-31",
    "2021-12-20",
    "已完成",
    "示例",
    "2021-12-20",
    "1",
)


@dataclass
class Portal:
    """A signed-in visitor, and the pages as they were before there was a record."""

    client: Client
    without_records: dict[str, object]

    def page(self, statement):
        place, _ = STATEMENTS[statement]
        name, kwargs, query = _locate(place)
        response = self.client.get(reverse(name, kwargs=kwargs), query)
        assert response.status_code == 200
        return read_page(response.content.decode())


def _locate(place):
    """Return name, arguments and query of a page; cases and reports are found by what they are."""
    if place == CHILD:
        case = DonationCase.objects.get(first_of_its_kind__contains="儿童", reported_on__year=2021)
        return "case", {"pk": case.pk}, {}
    if place == YOUNG:
        case = DonationCase.objects.get(reported_on__gte=dt.date(2022, 1, 1))
        return "case", {"pk": case.pk}, {}
    if isinstance(place, str):
        return "report", {"pk": Report.objects.get(kind=place).pk}, {}
    return place


def _exists_without_records(statement):
    place, _ = STATEMENTS[statement]
    return isinstance(place, tuple)


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker):
    """The portal of the province's registers, as a person opens its pages."""
    whole = transaction.atomic()
    whole._from_testcase = True  # as Django marks its own: durable blocks may stand inside
    with django_db_blocker.unblock(), override_settings(BUSINESS_DATE=NOW.date()), whole:
        desk = _make_user(Role.DESK, "53")
        grant_role(desk, Role.OFFICE, Branch.objects.get(code="53"))
        portal = Portal(Client(), {})
        portal.client.force_login(desk)
        for statement in filter(_exists_without_records, STATEMENTS):
            portal.without_records[statement] = portal.page(statement)
        _load_records()
        for kind, period in REPORTS.items():
            draft_report(
                report_kinds[kind],
                Branch.objects.get(code="53"),
                Period.parse(period),
                user=desk,
                now=NOW,
            )
        yield portal
        transaction.set_rollback(True)


def _make_user(role, code, **limits):
    user = User.objects.create_user(f"{role}-{code}", display_name="示例")
    grant_role(user, role, Branch.objects.get(code=code), **limits)
    return user


def _load_records():
    pipeline = UploadPipeline(_make_user, NOW)
    for file in list_demo_files():
        is_provincial = file.branch == "53" and file.outcome == "effective"
        if is_provincial and file.sheet != "donations.ledger":
            pipeline.file(file)
    pipeline.effective("donations.ledger", LEDGER, *GIFTS, code="53", period="2021")
    pipeline.effective("training.popularisation", EVENT_HEADINGS, *EVENTS, period="2021")
    pipeline.effective("reform.network", NETWORK_HEADINGS, *NETWORK, code="53", period="2021Q4")
    pipeline.effective("reform.units", UNIT_HEADINGS, *UNITS, code="53", period="2021Q3")
    pipeline.effective("reform.tasks", TASK_HEADINGS, TASK, code="5301", period="2021-12")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_published_statement_is_shown_in_its_place(statement, portal):
    page = portal.page(statement)

    _, expected = STATEMENTS[statement]
    assert [value for value in expected if not value.is_shown(page)] == []


@pytest.mark.parametrize("statement", [*filter(_exists_without_records, STATEMENTS)])
def test_published_statement_is_not_shown_without_records(statement, portal):
    page = portal.without_records[statement]

    _, expected = STATEMENTS[statement]
    assert [value for value in expected if value.is_shown(page)] == []


@pytest.mark.parametrize("statement", ["s06", "s07"])
def test_published_case_names_no_place_below_the_province(statement, portal):
    text = portal.page(statement).text()

    assert [
        branch.name for branch in Branch.objects.exclude(code="53") if branch.name in text
    ] == []
