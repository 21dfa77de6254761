"""Invented projects, distributions, grants and responses that add up to what was published."""

import datetime as dt
import functools
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.demo.acceptance import ExpectedFigure, expect_figures
from redcross.demo.declaration import DemoFile, demo_file_source, visitor_file_source
from redcross.demo.fake_data import (
    allocate_by_weight,
    id_number,
    list_prefectures,
    mobile_number,
    office_table,
    person_name,
    plain_table,
    population,
    split_amount,
)
from redcross.uploads.cells.identifiers import birth_date

RESOURCES, BENEFICIARY_TIMES = 20_000_000, 480_900
RESPONDERS, TEAMS, TEAM_TIMES, VOLUNTEERS = 184, 60, 1161, 7877
HOMES, HOME_FUNDS, MEDICAL_TIMES = 10, 5_260_000, 15_400
EDITION, EARTHQUAKE, EPIDEMIC = "2021年博爱送万家", "“5·21”漾濞地震", "新冠肺炎疫情"
HOUSEHOLDS = 240
_SOCIETY = "云南省红十字会"
_FIRST = dt.date(1955, 1, 1)

Rows = list[Sequence[object]]


@demo_file_source
def list_register_files() -> Iterator[DemoFile]:
    """What the province keeps for all branches."""
    for sheet, period, filename, build in (
        ("relief.projects", "2021", "救助项目台账（2021年）.xlsx", _build_projects),
        (
            "relief.edition_resources",
            "2021",
            "2021年博爱送万家筹集款物汇总表.xlsx",
            _build_resources,
        ),
        ("relief.grants", "2021", "救助发放台账（2021年）.xlsx", _build_grants),
        (
            "relief.applications",
            "2021",
            "天使计划救助申请汇总表（2021年）.xlsx",
            _build_applications,
        ),
        (
            "relief.responses",
            "2020-01..2021-12",
            "应急响应登记表（2020—2021年）.xlsx",
            _build_responses,
        ),
        (
            "relief.dispatches",
            "2020-01..2021-12",
            "应急救援情况表（2020—2021年）.xlsx",
            _build_dispatches,
        ),
        ("relief.engagements", "2021", "志愿者参与应急统计表（2021年）.xlsx", _build_engagements),
        ("relief.needs", "2021-05", "漾濞地震物资需求表.xlsx", _build_needs),
        ("relief.stock", "2021", "救灾物资出入库台账（2021年）.xlsx", _build_stock),
        ("relief.teams", "2021", "救援队名册（2021年）.xlsx", _build_teams),
    ):
        yield DemoFile(sheet, "53", period, filename, build)
    yield DemoFile("indicators.notes", "53", "2021", "口径说明登记表.xlsx", _build_notes)


def _build_notes() -> bytes:
    """The words that go with some of the year's figures."""
    january, december = dt.date(2021, 1, 1), dt.date(2021, 12, 1)
    so_far = "疫情发生以来累计"
    rows: Rows = [
        (
            "云南省", "活动筹集款物", january, december, "edition", "2021年博爱送万家", "余",
            "各地上报款物的合计，尾数未计。",
        ),
        *(
            ("云南省", label, None, december, "event", "新冠肺炎疫情", so_far, "")
            for label in ("派出援助工作队批次", "派出援助工作队人次", "参与应急的志愿者")
        ),
    ]  # fmt: skip
    headings = ("单位", "指标", "起始月", "截止月", "分组", "类别", "限定词", "口径说明")
    return plain_table("口径说明登记表", headings, rows)


@demo_file_source
def list_distribution_files() -> Iterator[DemoFile]:
    """A household roster of one county, and each prefecture's summary by village."""
    roster = _list_households()
    helped = sum(size for _, size in roster)
    yield DemoFile(
        "relief.roster", "530115", "2021-01", "晋宁区2021年博爱送万家发放花名册.xlsx", _build_roster
    )
    towns = list_prefectures()
    parts = _split_whole(BENEFICIARY_TIMES - helped, [population(town) for town in towns])
    for town, part in zip(towns, parts, strict=True):
        yield DemoFile(
            "relief.distributions",
            town.code,
            "2021",
            f"{town.short_name}2021年博爱送万家发放汇总表.xlsx",
            functools.partial(_build_summary, town, part),
        )


def _split_whole(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    parts[0] += total - sum(parts)
    return parts


@visitor_file_source
def build_county_household_files() -> Iterator[tuple[str, bytes]]:
    """The households a county clerk's society visited in January, with nothing to find."""
    rng = random.Random("county households")
    headings = (
        "序号", "县区", "乡镇", "村（社区）", "户主姓名", "身份证号", "家庭人口", "困难类型", "发放物资",
        "数量", "折价（元）", "现金（元）", "联系电话", "发放日期", "活动届次",
    )  # fmt: skip
    rows = [
        (
            at + 1, "五华区", "示例街道", "示例社区", person_name(rng),
            id_number(900_000 + at, male=at % 2 == 0), 1 + at % 5, "低保户", "家庭箱", 1, 200, 300,
            mobile_number(rng), dt.date(2022, 1, 18), "2022年博爱送万家",
        )
        for at in range(20)
    ]  # fmt: skip
    title = "五华区红十字会博爱送万家发放花名册（2022年1月）"
    yield (
        "五华区2022年1月博爱送万家花名册.xlsx",
        office_table(title, headings, rows, society="昆明市五华区红十字会", unit="元"),
    )


# 送万家 --------------------------------------------------------------------------


@functools.cache
def _list_households() -> list[tuple[str, int]]:
    """Return village and family size of each household of the roster."""
    rng = random.Random("households")
    return [(f"示例{at // 24 + 1}村", rng.randrange(1, 7)) for at in range(HOUSEHOLDS)]


def _build_roster() -> bytes:
    rng = random.Random("roster")
    hardships = ("因灾致困", "低保户", "特困", "独居老人", "献血者家庭", "军烈属", "困难会员")
    rows: Rows = []
    for at, (village, size) in enumerate(_list_households()):
        rows.append(
            (
                at + 1, "晋宁区", "示例镇", village, person_name(rng),
                id_number(at, male=at % 2 == 0, first=_FIRST), size, rng.choice(hardships),
                "家庭箱", 1, 200, 300, mobile_number(rng), person_name(rng),
                dt.date(2021, 1, 20 + at % 10),
            )
        )  # fmt: skip
    headings = (
        "序号", "县", "乡镇", "村(社区)", "户主姓名", "身份证号", "家庭人口", "困难类型", "发放物资", "数量",
        "折价(元)", "现金(元)", "联系电话", "领取人签字", "日期",
    )  # fmt: skip
    return _table_with_edition(
        "晋宁区红十字会博爱送万家发放花名册", headings, rows, "晋宁区红十字会"
    )


def _build_summary(town: Branch, times: int) -> bytes:
    rng = random.Random(f"summary {town.code}")
    counties = list(town.children.filter(level=Level.COUNTY).in_official_order())
    rows: Rows = []
    for at, part in enumerate(split_amount(times, 60, rng, step=1)):
        households = max(1, part // 3)
        rows.append(
            (
                rng.choice(counties).short_name, f"示例{at % 9 + 1}乡", f"示例{at + 1}村",
                dt.date(2021, rng.choice((1, 1, 2, 12)), rng.randrange(1, 29)), households, part,
                "家庭箱、棉被", households, households * 180, households * 100,
            )
        )  # fmt: skip
    headings = (
        "县区", "乡镇", "村（社区）", "发放日期", "户数", "受益人次", "发放物资", "数量", "折价（元）", "现金（元）",
    )  # fmt: skip
    return _table_with_edition(f"{town.society}博爱送万家发放汇总表", headings, rows, town.society)


def _table_with_edition(title: str, headings: Sequence[str], rows: Rows, society: str) -> bytes:
    return office_table(
        f"{title}（2021年）",
        (*headings, "活动届次"),
        [(*row, EDITION) for row in rows],
        society=society,
    )


def _build_resources() -> bytes:
    rows: Rows = []
    towns = list_prefectures()
    sources = (
        ("总会拨款", "物资", 40),
        ("省会拨款", "物资", 25),
        ("捐赠", "资金", 20),
        ("财政", "资金", 15),
    )
    for source, form, share in sources:
        total = RESOURCES * share // 100
        parts = allocate_by_weight(total, [population(town) for town in towns])
        rows += [
            (town.name, EDITION, source, form, part, dt.date(2021, 2, 10))
            for town, part in zip(towns, parts, strict=True)
        ]
    headings = ("州市", "活动届次", "资金来源", "形式", "金额（元）", "统计日期")
    return plain_table("2021年博爱送万家筹集款物汇总表", headings, rows)


# 项目与救助 -----------------------------------------------------------------------


def _build_projects() -> bytes:
    rng = random.Random("projects")
    towns = list_prefectures()
    rows: Rows = []
    for at, part in enumerate(split_amount(HOME_FUNDS, HOMES, rng, step=1000)):
        begun = dt.date(2020, 9, 1) if at % 3 == 0 else dt.date(2021, 4, 1)
        done = at % 2 == 0
        rows.append(
            (
                towns[at].name, "博爱家园", f"{towns[at].short_name}示例村博爱家园项目", "示例村",
                "中央专项彩票公益金", part, part, part * 7 // 10, rng.randrange(800, 3000), begun,
                dt.date(2021, 11, 20) if done else "", "已完工" if done else "实施中",
                "完成组织发展、软件、硬件与生计发展（循环借款）",
            )
        )  # fmt: skip
    for at, brand in enumerate(("滇苗助学", "博爱健康行", "博爱云南行", "博爱急救站")):
        value = (at + 2) * 600_000
        rows.append(
            (
                "云南省", brand, f"2021年{brand}项目", "全省", "捐赠", value, value, value * 8 // 10,
                (at + 1) * 1500, dt.date(2021, 1, 10), "", "实施中", "按计划实施",
            )
        )  # fmt: skip
    headings = (
        "实施单位", "项目类型", "项目名称", "实施地点", "资金来源", "项目预算", "到位资金", "支出", "受益人数",
        "启动日期", "完成日期", "项目状态", "项目进展",
    )  # fmt: skip
    return office_table("救助项目台账（2021年）", headings, rows, society=_SOCIETY, unit="元")


def _build_grants() -> bytes:
    rng = random.Random("grants")
    towns = list_prefectures()
    rows: Rows = []
    illnesses = (
        ("博爱健康行", "先心病"), ("博爱云南行", "大病"), ("红十字天使计划", "白血病"), ("博爱健康行", "大病"),
    )  # fmt: skip
    for at, part in enumerate(split_amount(MEDICAL_TIMES, 320, rng, step=1)):
        brand, disease = illnesses[at % 4]
        rows.append(
            (
                towns[at % 16].name, brand, dt.date(2021, rng.randrange(1, 13), rng.randrange(1, 29)),
                disease, part, part * rng.randrange(300, 900), "捐赠" if at % 3 else "财政",
            )
        )  # fmt: skip
    for at in range(48):
        rows.append(
            (
                towns[at % 16].name, "滇苗助学", dt.date(2021, 8 + at % 2, 1 + at % 28), "",
                40 + at, (40 + at) * 1000, "捐赠",
            )
        )  # fmt: skip
    headings = ("州市", "救助项目", "救助日期", "病种", "救助人次", "救助金额（元）", "资金来源")
    return plain_table("救助发放台账", headings, rows)


def _build_applications() -> bytes:
    rng = random.Random("applications")
    towns = list_prefectures()
    bands = ((7_500, 5_000), (12_000, 10_000), (18_000, 15_000), (26_000, 20_000), (52_000, 30_000))
    rows: Rows = []
    for at in range(120):
        leukaemia = at % 3 == 0
        own, grant = (90_000, 30_000) if leukaemia else bands[at % 5]
        applied = dt.date(2021, rng.randrange(1, 11), rng.randrange(1, 25))
        paid = applied + dt.timedelta(days=50)
        number = id_number(at * 20, male=at % 2 == 0, first=dt.date(2012, 1, 1))
        rows.append(
            (
                towns[at % 16].name, "小天使基金" if leukaemia else "天使阳光基金", person_name(rng),
                birth_date(number), number,
                "白血病" if leukaemia else "先心病", "示例儿童医院", "否", own, person_name(rng),
                mobile_number(rng), applied, applied + dt.timedelta(days=5),
                applied + dt.timedelta(days=15), applied + dt.timedelta(days=30),
                applied + dt.timedelta(days=40), grant, grant, paid,
            )
        )  # fmt: skip
    headings = (
        "户籍地", "申请基金", "患儿姓名", "出生日期", "身份证号", "病种", "医院", "是否移植", "家庭自付（元）",
        "监护人", "电话", "申请日期", "初审", "审核", "评审", "公示", "拟资助金额（元）", "资助金额（元）", "拨付日期",
    )  # fmt: skip
    return plain_table("天使计划救助申请汇总表", headings, rows)


# 应急 ----------------------------------------------------------------------------


def _build_responses() -> bytes:
    rows: Rows = [
        ("云南省", EPIDEMIC, "一级", dt.date(2020, 1, 24), "启动疫情防控应急响应"),
        ("云南省", EPIDEMIC, "三级", dt.date(2020, 5, 10), "调整响应级别"),
        ("云南省", EARTHQUAKE, "三级", dt.date(2021, 5, 21), "启动三级响应"),
        ("云南省", EARTHQUAKE, "二级", dt.date(2021, 5, 22), "提升至二级响应"),
        ("云南省", EARTHQUAKE, "终止响应", dt.date(2021, 6, 10), "转入灾后重建"),
        ("云南省", "河南郑州洪涝灾害", "四级", dt.date(2021, 7, 22), "支援省外"),
    ]
    headings = ("单位", "灾害事件", "响应级别", "启动日期", "说明")
    return plain_table("应急响应登记表", headings, rows)


def _build_dispatches() -> bytes:
    rng = random.Random("dispatches")
    towns = list_prefectures()
    rows: Rows = []
    for at, part in enumerate(split_amount(TEAM_TIMES, TEAMS, rng, step=1)):
        day = dt.date(2020, 2, 1) + dt.timedelta(days=at * 11)
        rows.append(
            (
                towns[at % 16].name, EPIDEMIC, day, "派出工作队", f"第{at + 1}批抗疫援助工作队", 1, part,
                "边境州市", "疫情防控、消杀、物资转运",
            )
        )  # fmt: skip
    for at, part in enumerate(split_amount(RESPONDERS, 8, rng, step=1)):
        name = ("云南省", "大理白族自治州", "楚雄彝族自治州", "丽江市")[at % 4]
        rows.append(
            (
                name, EARTHQUAKE, dt.date(2021, 5, 21 + at % 6), "投入应急救援力量",
                ("省红十字大众卫生救援队", "赈济救援队", "心理救援队", "搜救队")[at % 4], 1, part, "漾濞县",
                "搜救、医疗、物资发放、心理援助",
            )
        )  # fmt: skip
    headings = (
        "单位", "灾害事件", "派出日期", "类别", "派出／队伍", "派出／批次", "派出／人次", "地点", "任务",
    )  # fmt: skip
    return office_table("应急救援情况表（2020—2021年）", headings, rows, society=_SOCIETY)


def _build_engagements() -> bytes:
    towns = [town for town in list_prefectures() if town.code in _BORDER]
    parts = _split_whole(VOLUNTEERS, [population(town) for town in towns])
    rows: Rows = [
        (town.name, EPIDEMIC, dt.date(2021, 12, 20), part, part * 24, "边境疫情联防联控")
        for town, part in zip(towns, parts, strict=True)
    ]
    headings = ("州市", "灾害事件", "统计日期", "志愿者人数", "服务时长", "服务内容")
    return plain_table("志愿者参与应急统计表", headings, rows)


_BORDER = ("5305", "5308", "5309", "5325", "5326", "5328", "5331", "5333")


def _build_needs() -> bytes:
    rows: Rows = [
        ("漾濞县", EARTHQUAKE, dt.date(2021, 5, 22), "棉帐篷", "顶", 300, 260),
        ("漾濞县", EARTHQUAKE, dt.date(2021, 5, 22), "棉被", "床", 2000, 2000),
        ("漾濞县", EARTHQUAKE, dt.date(2021, 5, 23), "折叠床", "张", 500, 420),
        ("永平县", EARTHQUAKE, dt.date(2021, 5, 23), "赈济家庭包", "个", 400, 400),
    ]
    headings = ("县区", "灾害事件", "提出日期", "需求物资", "计量单位", "需求数量", "已满足数量")
    return plain_table("灾区物资需求表", headings, rows)


def _build_stock() -> bytes:
    rng = random.Random("stock")
    items = (
        ("赈济家庭包", 300, 2400), ("棉帐篷", 1200, 500), ("棉被", 120, 6000), ("折叠床", 180, 1200),
        ("毛巾被", 60, 2500),
    )  # fmt: skip
    rows: Rows = []
    for at, (item, price, quantity) in enumerate(items, start=1):
        rows.append(
            (
                "云南省", "省备灾中心", dt.date(2021, 1, 12), f"RK2021-{at:03d}", "采购入库", item, quantity,
                price, quantity * price, "示例物资供应商", "", "否", "", person_name(rng),
            )
        )  # fmt: skip
        sent = quantity // 6
        rows.append(
            (
                "云南省", "省备灾中心", dt.date(2021, 5, 22), f"CK2021-{at:03d}", "出库", item, sent, price,
                sent * price, "大理州红十字会", EARTHQUAKE, "是", dt.date(2021, 5, 24), person_name(rng),
            )
        )  # fmt: skip
    rows.append(
        (
            "大理白族自治州", "漾濞前方接收点", dt.date(2021, 5, 23), "ZZ2021-001", "应急直转", "大米", 400, 90,
            36_000, "示例爱心企业直送安置点", EARTHQUAKE, "是", "", person_name(rng),
        )
    )  # fmt: skip
    headings = (
        "单位", "仓库", "日期", "单据号", "类别", "品名", "数量", "单价", "金额", "来源或去向", "灾害事件",
        "先发后补", "手续补齐日期", "经手人",
    )  # fmt: skip
    return office_table("救灾物资出入库台账（2021年）", headings, rows, society=_SOCIETY, unit="元")


def _build_teams() -> bytes:
    rng = random.Random("teams")
    kinds = ("赈济", "医疗", "供水", "大众卫生", "心理", "搜救", "水上救生")
    rows: Rows = [
        (
            "云南省", "云南省红十字大众卫生救援队", "大众卫生", "国家级", 42, dt.date(2013, 10, 10),
            dt.date(2021, 9, 16), "净水、消杀、厕所搭建设备",
        ),
        (
            "云南省", "云南省红十字赈济救援队", "赈济", "省级", 30, dt.date(2012, 6, 1),
            dt.date(2021, 10, 20), "赈济家庭包发放与安置点管理设备",
        ),
    ]  # fmt: skip
    rows += [
        (
            town.name, f"{town.short_name}红十字{kinds[at % 7]}救援队", kinds[at % 7], "州市级",
            rng.randrange(12, 40), dt.date(2015 + at % 6, 3, 5), dt.date(2021, 3 + at % 8, 18),
            "通信、照明、急救装备",
        )
        for at, town in enumerate(list_prefectures())
    ]  # fmt: skip
    headings = (
        "单位",
        "队伍名称",
        "类别",
        "级别",
        "队员人数",
        "组建日期",
        "最近演练日期",
        "主要装备",
    )
    return plain_table("救援队名册", headings, rows)


def _expectation(
    key: str, period: str, value: int, breakdown: str = "", category: str = ""
) -> ExpectedFigure:
    return ExpectedFigure(key, period, Decimal(value), breakdown, category)


expect_figures(
    _expectation("relief.programme_resources", "2021", RESOURCES, "edition", EDITION),
    _expectation("relief.beneficiary_times", "2021", BENEFICIARY_TIMES, "edition", EDITION),
    _expectation("relief.responder_times", "2021", RESPONDERS, "event", EARTHQUAKE),
    _expectation("relief.teams_dispatched", "..2021-12", TEAMS, "event", EPIDEMIC),
    _expectation("relief.dispatched_times", "..2021-12", TEAM_TIMES, "event", EPIDEMIC),
    _expectation("relief.volunteers_engaged", "..2021-12", VOLUNTEERS, "event", EPIDEMIC),
    _expectation("relief.projects_implemented", "2021", HOMES, "programme", "博爱家园"),
    _expectation("relief.special_funds_secured", "2021", HOME_FUNDS, "programme", "博爱家园"),
    _expectation("relief.medical_aid_times", "2021", MEDICAL_TIMES),
)
