"""Everything the year's overview tells beside its figures can be seen on a page.

The workbooks are those of the demonstration that the province hands in, and one ledger;
they go the whole pipeline once for this file, and the transaction is rolled back at its end.
"""

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from donors.models import DonationCase
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.services import grant_role
from redcross.branches.models import Branch
from redcross.demo.declaration import list_demo_files
from redcross.periods import Period
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.workflow.services import draft_report
from tests.conftest import NOW
from tests.support.upload_pipeline import UploadPipeline

pytestmark = pytest.mark.django_db

LEDGER = "单位 捐赠人 类型 金额（元） 到账日期 资金来源 渠道 基金 募捐活动 票据号码"
GIFTS = [
    ("云南省", "云岭示例公司", "单位", 737_900_000, "2021-08-03", "社会捐赠", "网络平台", "滇苗助学", "", "1"),
    ("五华区", "滇池示例公司", "单位", 100_000, "2021-05-23", "社会捐赠", "银行", "", "“5·21”漾濞地震", "2"),
]  # fmt: skip
EVENT_HEADINGS = "活动时间 活动主题 参与单位 培训对象 参与人次"
EVENTS = [
    ("2021-04-08", "心肺复苏体验课", "示例州直机关工委", "机关", 40),
    ("2021-05-08", "急救知识进校园", "示例小学", "学校", 60),
]


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker):
    """The portal of the province's registers, as a person opens its pages."""
    whole = transaction.atomic()
    whole._from_testcase = True  # as Django marks its own: durable blocks may stand inside
    with django_db_blocker.unblock(), whole:
        province = Branch.objects.get(code="53")

        def person(role, code, **limits):
            user = User.objects.create_user(f"{role}-{code}", display_name="示例")
            grant_role(user, role, Branch.objects.get(code=code), **limits)
            return user

        pipeline = UploadPipeline(person, NOW)
        for file in list_demo_files():
            if (
                file.branch == "53"
                and file.outcome == "effective"
                and file.sheet != "donations.ledger"
            ):
                pipeline.file(file)
        pipeline.effective("donations.ledger", LEDGER, *GIFTS, code="53", period="2021")
        pipeline.effective("training.popularisation", EVENT_HEADINGS, *EVENTS, period="2021")
        desk = person(Role.DESK, "53")
        grant_role(desk, Role.OFFICE, province)
        for kind, period in (
            ("portal.annual_review", "2021"),
            ("reform.review", "2021Q4"),
            ("portal.civilised_city", "2021"),
        ):
            draft_report(report_kinds[kind], province, Period.parse(period), user=desk, now=NOW)
        client = Client()
        client.force_login(desk)
        yield client
        transaction.set_rollback(True)


def board(key="donations", **more):
    return "board", {"key": key}, {"branch": "53", "period": "2021", **more}


def figure(key, **more):
    return "figure", {"key": key}, {"branch": "53", "period": "2021", **more}


def records(model, **more):
    return f"admin:{model}_changelist", {}, more


def matrix(level):
    return "reform-matrix", {}, {"level": level, "on": "2021-12-31"}


TASKS = ("reform-tasks", {}, {"year": "2021"})
TASKS_2022 = ("reform-tasks", {}, {"year": "2022"})
BRIEFING = ("reform-briefing", {"code": "5301"}, {})
BRIEFING_DALI = ("reform-briefing", {"code": "5329"}, {})
ACTIVITIES = records("reform_activity")

SEEN = {
    "s01": (board(period="2020..2021", against="2015..2019"), ["19.69亿元", "超出5.58亿元"]),
    "s02": (figure("donors.stem_cell_donations"), ["38例", "历史新高"]),
    "s03": (matrix("prefecture"), ["13/16", "81.3%", "尚未落实的单位", "昭通市"]),
    "s03 counties": (matrix("county"), ["101/129", "78.3%"]),
    "s04": (matrix("county"), ["72/129", "55.8%"]),
    "s05": (TASKS, ["16/16", "示例佐证材料第16号"]),
    "s06": (
        "child",
        ["0-17岁", "心1", "肝1", "肾2", "眼角膜2", "全省首例儿童心脏移植", "协调员见证", "父母"],
    ),
    "s07": ("young", ["4人重获生命", "2人复明", "受助家庭", "6个", "数量未填"]),
    "s08": (records("reform_milestone", q="文明城市"), ["文明城市测评体系"]),
    "s08 extract": (("reports", {}, {}), ["文明城市测评取数表"]),
    "s09": (records("reform_milestone", q="健康云南"), ["健康云南"]),
    "s10": (records("reform_document"), ["联发", "省教育厅"]),
    "s10 audience": (figure("training.popularised_times"), ["机关", "学校"]),
    "s11": (TASKS, ["通报制度"]),
    "s12": (BRIEFING, ["挂钩联系与走访"]),
    "s13": (TASKS, ["灯", "佐证", "下级承接"]),
    "s14": (TASKS, ["《云南省红十字会条例》修订"]),
    "s15": (TASKS, ["红十字国际人道传播中心"]),
    "s16": (("reports", {}, {}), ["改革进展"]),
    "s17": (BRIEFING_DALI, ["困难和问题", "已解决"]),
    "s18": (matrix("prefecture"), ["党组"]),
    "s19": (records("donations_goodsgiven"), ["卫生院"]),
    "s19 feedback": (records("donations_feedback"), ["书面报告"]),
    "s20": (records("donations_equipment"), ["呼吸机", "使用中", "2021年12月5日"]),
    "s21": (ACTIVITIES, ["募捐筹资工作培训"]),
    "s22": (ACTIVITIES, ["5·8"]),
    "s23": (ACTIVITIES, ["座谈会"]),
    "s24": (records("donations_fundraisingproject"), ["筹资目标", "已筹", "筹款中"]),
    "s25": (TASKS, ["省红十字人道资源动员中心能力建设"]),
    "s26": (figure("donations.raised"), ["按渠道", "网络平台"]),
    "s27": (
        ("fund", {"code": "dianmiao"}, {"period": "2021"}),
        ["滇苗助学", "实施项目", "拨付资金"],
    ),
    "s28": (("funds", {}, {"period": "2021"}), ["博爱云南行"]),
    "s29": (("funds", {}, {"period": "2021"}), ["博爱健康行"]),
    "s30": (records("training_station", q="禄丰"), ["小学"]),
    "s31": (board(), ["募集到款物的单位", "2个"]),
    "s32": ("day_99", ["2,279.22万元", "第2位"]),
    "s33": (board("reform"), ["新发展会员", "新注册志愿者", "新发展基层组织"]),
    "s34": (matrix("county"), ["服务窗口"]),
    "s35": (("publicity-cases", {}, {}), ["总会推广使用", "书面授权"]),
    "s36": (("event", {"code": "yangbi-2021"}, {}), ["接受款物的来源", "社会捐赠"]),
    "s37": (("events", {}, {}), ["河南郑州洪涝灾害", "省外"]),
    "s38": (("events", {}, {}), ["新冠肺炎疫情", "2020年1月"]),
    "s39": (records("relief_project", q="博爱家园"), ["博爱家园"]),
    "s40": (board("relief"), ["博爱送万家"]),
    "s41": (records("relief_aidapplication"), ["白血病"]),
    "s42": (matrix("county"), ["机构性质", "人员性质", "差额事业"]),
    "s43": (("readiness", {}, {}), ["救援队", "储备"]),
    "s44": (BRIEFING, ["募集款物合计", "救助人次"]),
    "s45": (TASKS_2022, ["疫情防控", "服务乡村振兴", "参与社区治理", "一带一路"]),
    "s46": (records("reform_goodexample"), ["项目工作法"]),
}


def address(place):
    if place == "child":
        return reverse(
            "case",
            kwargs={
                "pk": DonationCase.objects.get(
                    first_of_its_kind__contains="儿童", reported_on__year=2021, reported_on__month=8
                ).pk
            },
        )
    if place == "young":
        return reverse(
            "case", kwargs={"pk": DonationCase.objects.get(reported_on__gte=dt.date(2022, 1, 1)).pk}
        )
    if place == "day_99":
        return reverse("campaign", kwargs={"code": "99-2021"})
    name, kwargs, _ = place
    return reverse(name, kwargs=kwargs)


@pytest.mark.parametrize("statement", SEEN)
def test_published_statement_is_shown_on_its_page(statement, portal):
    place, words = SEEN[statement]

    answer = portal.get(address(place), place[2] if isinstance(place, tuple) else {})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert [word for word in words if word not in page] == []
