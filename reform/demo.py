"""Invented facts, tasks and registers of 2021 and 2022 that add up to what was published."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.demo.acceptance import ExpectedFigure, expect_figures
from redcross.demo.declaration import DemoFile, demo_file_source, visitor_file_source
from redcross.demo.fake_data import (
    allocate_by_weight,
    list_prefectures,
    office_table,
    person_name,
    plain_table,
    population,
)

PREFECTURES_WITH_LEADER, COUNTIES_WITH_LEADER, COUNTIES_WITH_WINDOW = 13, 101, 72
NEW_UNITS, NEW_MEMBERS = 512, 48_500
_SOCIETY = "云南省红十字会"

TASKS_2021 = (
    ("推动《云南省红十字会条例》修订", "形成修订草案送审", "办公室"),
    ("推进红十字国际人道传播中心项目建设", "完成年度建设内容", "宣传传播部"),
    ("落实《云南省红十字会改革方案》", "改革事项点评通报2次", "组织部"),
    ("开展“走基层，推工作，办实事”大调研", "调研覆盖16个州市", "办公室"),
    ("推动“三献”与救护培训纳入文明城市测评体系", "写入测评体系", "三献部"),
    ("推动应急救护纳入“健康云南”行动", "写入行动方案", "救护部"),
    ("应急救护进机关、进学校", "与有关部门联合发文2件", "救护部"),
    ("建立重点工作定期通报制度", "按月通报", "办公室"),
    ("省红十字会领导挂钩联系州市", "挂钩联系16个州市", "办公室"),
    ("省红十字人道资源动员中心能力建设", "完成中心建设年度任务", "筹资部"),
    ("开展省、市、县三级募捐筹资工作培训", "培训覆盖三级", "筹资部"),
    ("规范社会捐赠款物与医疗设备捐赠管理", "建立设备台账", "财务部"),
    ("推进县级政务大厅红十字服务窗口建设", "新建窗口", "组织部"),
    ("发展乡镇、学校红十字基层组织", "新发展基层组织500个", "组织部"),
    ("实施“博爱送万家”和“博爱家园”项目", "按计划实施", "救助部"),
    ("做好新冠肺炎疫情防控和边境联防联控志愿服务", "按要求派出", "救援部"),
)
TASKS_2022 = (
    ("疫情防控", "按要求派出工作队", "救援部"),
    ("服务乡村振兴", "实施帮扶项目", "救助部"),
    ("参与社区治理", "建设博爱家园", "救助部"),
    ("服务“一带一路”建设", "开展人道交流合作", "宣传传播部"),
    ("提升应急救援、应急救护、人道救助能力", "三救能力建设", "救援部"),
    ("推动无偿献血、造血干细胞、遗体器官捐献", "三献工作", "三献部"),
    ("人道资源动员", "完成年度筹资目标", "筹资部"),
    ("红十字国际人道传播中心建设", "完成年度建设内容", "宣传传播部"),
)  # fmt: skip

Rows = list[Sequence[object]]


@demo_file_source
def list_register_files() -> Iterator[DemoFile]:
    """What the province keeps: facts of all branches, tasks, liaison, registers."""
    for sheet, period, filename, build in (
        (
            "reform.governance",
            "2020-12",
            "全省改革进展情况表（2020年12月）.xlsx",
            _build_governance_2020,
        ),
        (
            "reform.governance",
            "2021-12",
            "全省改革进展情况表（2021年12月）.xlsx",
            _build_governance_2021,
        ),
        ("reform.tasks", "2021-06", "2021年重点任务推进表（上半年）.xlsx", _build_tasks_midyear),
        ("reform.tasks", "2021-12", "2021年重点任务推进表（全年）.xlsx", _build_tasks_2021),
        ("reform.tasks", "2022-01", "2022年重点任务推进表（1月）.xlsx", _build_tasks_2022),
        ("reform.liaisons", "2021", "省红十字会领导挂钩联系表（2021年）.xlsx", _build_liaisons),
        ("reform.visits", "2021", "走访调研记录（2021年）.xlsx", _build_visits),
        ("reform.problems", "2021", "大调研问题清单（2021年）.xlsx", _build_problems),
        ("reform.activities", "2021", "活动台账（2021年）.xlsx", _build_activities),
        ("reform.documents", "2021", "文件台账（2021年）.xlsx", _build_documents),
        ("reform.milestones", "2021", "里程碑登记表（2021年）.xlsx", _build_milestones),
        ("reform.examples", "2021", "典型经验登记表（2021年）.xlsx", _build_examples),
    ):
        yield DemoFile(sheet, "53", period, filename, build)


@demo_file_source
def list_network_files() -> Iterator[DemoFile]:
    """Units, members and volunteers of each prefecture."""
    towns = list_prefectures()
    units = _split_whole(NEW_UNITS, [population(town) for town in towns])
    members = allocate_by_weight(NEW_MEMBERS, [population(town) for town in towns])
    for town, new_units, new_members in zip(towns, units, members, strict=True):
        yield DemoFile(
            "reform.units",
            town.code,
            "2021",
            f"{town.short_name}基层组织名册（2021年）.xlsx",
            _defer(_build_units, town, new_units),
        )
        yield DemoFile(
            "reform.network",
            town.code,
            "2021",
            f"{town.short_name}会员志愿者统计表（2021年）.xlsx",
            _defer(_build_movements, town, new_members),
        )


@visitor_file_source
def build_county_network_files() -> Iterator[tuple[str, bytes]]:
    """The members and volunteers of a county clerk's January, with nothing to find."""
    headings = (
        "单位", "会员／期初", "会员／新增成人", "会员／新增青少年", "会员／注销", "会员／期末",
        "志愿者／新注册", "志愿者／注销",
    )  # fmt: skip
    yield (
        "五华区2022年1月会员志愿者统计.xlsx",
        office_table(
            "五华区红十字会会员志愿者统计表（2022年1月）",
            headings,
            [("五华区", 820, 12, 40, 3, 869, 25, 1)],
            society="昆明市五华区红十字会",
        ),
    )


def _defer(build: Callable[[Branch, int], bytes], town: Branch, number: int) -> Callable[[], bytes]:
    return lambda: build(town, number)


def _split_whole(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    parts[0] += total - sum(parts)
    return parts


# 改革进展 ------------------------------------------------------------------------

_GOVERNANCE = (
    "单位", "机构单设（理顺）", "机构规格", "机构性质", "人员性质", "编制数", "实有", "党组", "党委分管领导",
    "政府分管领导", "理事会换届", "监事会", "服务窗口", "佐证文号", "未完成原因",
)  # fmt: skip
_NATURES = ("参公管理", "参公管理", "参公管理", "全额事业", "全额事业", "差额事业", "挂靠（卫健）")


def _build_governance_2020() -> bytes:
    return _build_governance(dt.date(2020, 12, 1), leaders=(8, 60), windows=35)


def _build_governance_2021() -> bytes:
    return _build_governance(
        dt.date(2021, 12, 1),
        leaders=(PREFECTURES_WITH_LEADER, COUNTIES_WITH_LEADER),
        windows=COUNTIES_WITH_WINDOW,
    )


def _build_governance(month: dt.date, *, leaders: tuple[int, int], windows: int) -> bytes:
    rng = random.Random("governance")
    towns = list_prefectures()
    counties = list(Branch.objects.at(Level.COUNTY).in_official_order())
    # The same order each year: who had a leader keeps him.
    order = {each.pk: rng.random() for each in (*towns, *counties)}
    led = {each.pk for each in sorted(towns, key=lambda b: order[b.pk])[: leaders[0]]}
    led |= {each.pk for each in sorted(counties, key=lambda b: order[b.pk])[: leaders[1]]}
    windowed = {each.pk for each in sorted(counties, key=lambda b: -order[b.pk])[:windows]}
    rows: Rows = []
    for at, branch in enumerate((*towns, *counties)):
        own = random.Random(branch.code)
        quota = own.randrange(3, 16) if branch.level == Level.COUNTY else own.randrange(12, 40)
        leader = branch.pk in led
        rows.append(
            (
                branch.short_name,
                "√" if own.random() < 0.9 else "×",
                "正科级" if branch.level == Level.COUNTY else "正处级",
                own.choice(_NATURES),
                own.choice(("公务员（参公）", "事业编制", "混合编制")),
                quota,
                max(1, quota - own.randrange(3)),
                "已设立" if own.random() < 0.55 else "未设立",
                _affirm(month, at) if leader else ("推进中" if own.random() < 0.5 else "否"),
                "是",
                "是" if own.random() < 0.8 else "○",
                "有" if own.random() < 0.5 else "无",
                _affirm(month, at + 1) if branch.pk in windowed else "否",
                f"示例办发〔{month.year}〕{at + 1}号" if leader else "",
                "" if leader else "正与同级党委沟通",
            )
        )
    title = f"全省红十字会改革进展情况表（{month.year}年{month.month}月）"
    return office_table(title, _GOVERNANCE, rows, society=_SOCIETY)


def _affirm(month: dt.date, at: int) -> str:
    return ("是", "√", f"是（{month.year}年{at % 11 + 1}月）", "1")[at % 4]


# 重点任务 ------------------------------------------------------------------------

_TASKS = (
    "序号", "重点任务", "具体指标", "责任部门/单位", "完成时限", "进展情况", "完成率", "状态", "存在问题",
    "下步措施", "佐证", "完成日期",
)  # fmt: skip


def _build_tasks_midyear() -> bytes:
    rows: Rows = [
        (
            at, name, measure, department, dt.date(2021, 12, 31), f"按计划推进，已完成{45 + at}%",
            45 + at, "推进中", "" if at % 5 else "个别州市进度偏慢", "加强督办", "", "",
        )
        for at, (name, measure, department) in enumerate(TASKS_2021, start=1)
    ]  # fmt: skip
    return office_table("2021年度重点任务推进表（上半年）", _TASKS, rows, society=_SOCIETY)


def _build_tasks_2021() -> bytes:
    rng = random.Random("tasks")
    rows: Rows = [
        (
            at, name, measure, department, dt.date(2021, 12, 31), "已按要求完成", 100, "已完成", "",
            "巩固成果", f"示例佐证材料第{at}号", dt.date(2021, rng.randrange(9, 13), 20),
        )
        for at, (name, measure, department) in enumerate(TASKS_2021, start=1)
    ]  # fmt: skip
    return office_table("2021年度重点任务推进表（全年）", _TASKS, rows, society=_SOCIETY)


def _build_tasks_2022() -> bytes:
    rows: Rows = [
        (
            at, name, measure, department, dt.date(2022, 12, 31), "已制定年度方案", 5 + at % 4,
            "推进中", "", "分解任务", "", "",
        )
        for at, (name, measure, department) in enumerate(TASKS_2022, start=1)
    ]  # fmt: skip
    return office_table("2022年度重点任务推进表（1月）", _TASKS, rows, society=_SOCIETY)


# 台账 ----------------------------------------------------------------------------


def _build_liaisons() -> bytes:
    rng = random.Random("liaisons")
    leaders = [person_name(rng) for _ in range(4)]
    rows: Rows = [
        (town.name, leaders[at % 4], "省红十字会领导", dt.date(2021, 3, 1))
        for at, town in enumerate(list_prefectures())
    ]
    return plain_table("领导挂钩联系表", ("联系州市", "联系领导", "职务", "起始日期"), rows)


def _build_visits() -> bytes:
    rng = random.Random("liaisons")
    leaders = [person_name(rng) for _ in range(4)]
    rows: Rows = [
        (
            town.name, leaders[at % 4], dt.date(2021, 4 + at % 8, 5 + at), f"{town.short_name}红十字会",
            "“走基层，推工作，办实事”大调研，走访县级红十字会和基层组织",
        )
        for at, town in enumerate(list_prefectures())
    ]  # fmt: skip
    return plain_table(
        "走访调研记录", ("走访单位", "走访领导", "走访日期", "地点", "工作内容"), rows
    )


def _build_problems() -> bytes:
    difficulties = (
        ("县级机构和人员性质不统一，队伍不稳定", "省红十字会组织部"),
        ("应急响应能力有待提高，备灾物资不足", "省红十字会救援部"),
        ("人道救助实力不强，资金渠道单一", "省红十字会筹资部"),
        ("基层工作经费没有列入预算", "州市红十字会"),
        ("救护培训师资不足", "省红十字会救护部"),
    )
    rows: Rows = []
    for at, town in enumerate(list_prefectures()):
        content, owner = difficulties[at % len(difficulties)]
        solved = at % 3 != 0
        rows.append(
            (
                town.name, dt.date(2021, 4 + at % 8, 6 + at), "“走基层，推工作，办实事”大调研", content, owner,
                dt.date(2021, 12, 31), "已解决" if solved else "正在解决",
                "与当地党委政府沟通，上下合力推动解决" if solved else "已列入下年度计划",
                dt.date(2021, 11, 1 + at) if solved else "",
            )
        )  # fmt: skip
    headings = (
        "涉及单位", "发现日期", "来源", "问题", "责任单位", "解决时限", "状态", "解决措施与结果", "解决日期",
    )  # fmt: skip
    return plain_table("大调研问题清单", headings, rows)


def _build_activities() -> bytes:
    rows: Rows = [
        (
            "云南省", "纪念活动", "第74个“5·8”世界红十字日系列纪念活动", dt.date(2021, 5, 8), "昆明市",
            "各级红十字会、志愿者", 3000, "", "主题宣传、救护演示、义诊",
        ),
        (
            "云南省", "座谈会", "捐赠人座谈会", dt.date(2021, 5, 10), "昆明市",
            "云岭示例商贸有限公司、彩云示例能源有限公司等捐赠人代表", 40, "", "听取捐赠人意见，反馈善款使用情况",
        ),
        (
            "云南省", "业务培训", "全省募捐筹资工作培训班", dt.date(2021, 6, 15), "昆明市", "省本级、州市红十字会",
            80, "11", "省级培训",
        ),
        (
            "大理白族自治州", "业务培训", "大理州募捐筹资工作培训班", dt.date(2021, 7, 6), "大理市",
            "州本级、县市红十字会", 45, "11", "州市级培训",
        ),
        (
            "五华区", "业务培训", "五华区募捐筹资工作培训班", dt.date(2021, 7, 20), "五华区",
            "区红十字会、街道社区", 30, "11", "县级培训",
        ),
        (
            "云南省", "宣传活动", "人道救助筹资项目推介会", dt.date(2021, 8, 26), "昆明市", "爱心企业代表", 60, "10",
            "推介滇苗助学、博爱健康行等项目",
        ),
    ]  # fmt: skip
    headings = (
        "单位", "活动类别", "活动名称", "活动日期", "地点", "参加人员", "参加人次", "对应任务序号", "内容",
    )  # fmt: skip
    return plain_table("活动台账", headings, rows)


def _build_documents() -> bytes:
    rows: Rows = [
        (
            "云南省", "示例联发〔2021〕5号", "关于在省直机关开展应急救护培训的通知", "省级", dt.date(2021, 4, 12),
            "省委省直机关工委", "应急救护进机关", "7",
        ),
        (
            "云南省", "示例联发〔2021〕9号", "关于加强学校红十字应急救护工作的通知", "省级", dt.date(2021, 6, 3),
            "省教育厅", "应急救护进学校", "7",
        ),
        (
            "云南省", "示例文明〔2021〕1号", "云南省文明城市测评体系（2021年版）", "省级", dt.date(2021, 3, 30), "",
            "“三献”与救护培训纳入测评体系", "5",
        ),
        (
            "云南省", "示例红发〔2021〕20号", "关于全省红十字会改革进展情况的点评通报", "省级",
            dt.date(2021, 9, 10), "", "改革进展点评", "3",
        ),
    ]  # fmt: skip
    headings = (
        "单位", "文号", "文件名称", "发文层级", "发文日期", "联发单位", "涉及工作", "对应任务序号",
    )  # fmt: skip
    return plain_table("文件台账", headings, rows)


def _build_milestones() -> bytes:
    rows: Rows = [
        (
            "云南省", dt.date(2021, 3, 30), "“三献”与救护培训纳入《云南省文明城市测评体系（2021年版）》", 2021, "5",
            "", "示例文明〔2021〕1号",
        ),
        (
            "云南省", dt.date(2021, 5, 20), "应急救护纳入“健康云南”行动", 2021, "6", "培训初级救护员人数",
            "示例行动方案",
        ),
        (
            "云南省", dt.date(2021, 7, 15), "《云南省红十字会条例》修订列入立法调研", 2021, "1", "", "示例立法计划",
        ),
        (
            "云南省", dt.date(2021, 11, 30), "《云南省红十字会条例》修订草案送审", 2021, "1", "", "示例送审稿",
        ),
        (
            "云南省", dt.date(2021, 10, 18), "红十字国际人道传播中心项目主体完工", 2021, "2", "", "示例验收单",
        ),
        (
            "云南省", dt.date(2021, 12, 10), "省红十字人道资源动员中心挂牌", 2021, "10", "募集款物合计", "示例批复",
        ),
    ]  # fmt: skip
    headings = ("单位", "日期", "里程碑", "任务年度", "任务序号", "关联指标", "佐证")
    return plain_table("里程碑登记表", headings, rows)


def _build_examples() -> bytes:
    rows: Rows = [
        (
            "曲靖市", dt.date(2021, 11, 5), "以项目带动基层组织建设", "项目工作法",
            "围绕博爱家园项目建组织、建队伍，项目村红十字组织全覆盖。",
        ),
        (
            "玉溪市", dt.date(2021, 11, 12), "把办公桌搬到村里", "一线工作法",
            "领导干部到村调研，现场解决救助申请难题。",
        ),
        (
            "楚雄州", dt.date(2021, 12, 2), "一所学校带动一片", "典型引路法",
            "以学校博爱急救站为样板，召开现场会推广。",
        ),
    ]  # fmt: skip
    headings = ("单位", "登记日期", "经验标题", "工作法", "做法与成效")
    return plain_table("典型经验登记表", headings, rows)


# 组织网络 ------------------------------------------------------------------------


def _build_units(town: Branch, new: int) -> bytes:
    rng = random.Random(f"units {town.code}")
    counties = list(town.children.filter(level=Level.COUNTY).in_official_order())
    rows: Rows = []
    for at in range(new):
        county = rng.choice(counties)
        kind, word = (("乡镇", "乡"), ("学校", "学校"))[at % 2]
        rows.append(_invent_unit(county, at, kind, word, 2021, rng))
    for at in range(new, new + 12):
        kind, word = (("村（社区）", "社区"), ("医疗", "卫生院"), ("企业", "公司"))[at % 3]
        rows.append(_invent_unit(rng.choice(counties), at, kind, word, 2021, rng))
    for at in range(new + 12, new + 40):
        kind, word = (("乡镇", "镇"), ("学校", "中学"), ("村社区", "村"))[at % 3]
        rows.append(
            _invent_unit(rng.choice(counties), at, kind, word, rng.randrange(2012, 2021), rng)
        )
    headings = ("县区", "名称", "类别", "成立时间", "负责人", "会员人数")
    title = f"{town.society}基层组织名册（2021年）"
    return office_table(title, headings, rows, society=town.society, style=int(town.code) % 4)


def _invent_unit(
    county: Branch, at: int, kind: str, word: str, year: int, rng: random.Random
) -> Sequence[object]:
    return (
        county.short_name,
        f"{county.short_name}示例{at + 1}{word}红十字会",
        kind,
        dt.date(year, rng.randrange(1, 13), rng.randrange(1, 29)),
        person_name(rng),
        rng.randrange(12, 200),
    )


def _build_movements(town: Branch, new: int) -> bytes:
    rng = random.Random(f"members {town.code}")
    counties = list(town.children.filter(level=Level.COUNTY).in_official_order())
    parts = _split_whole(new, [rng.randrange(50, 150) for _ in counties])
    rows: Rows = []
    for county, part in zip(counties, parts, strict=True):
        before, left = rng.randrange(800, 6000), rng.randrange(0, 40)
        adults = part * 45 // 100
        rows.append(
            (
                county.short_name, before, adults, part - adults, left, before + part - left,
                rng.randrange(0, 4), rng.randrange(20, 300), rng.randrange(0, 10),
                rng.randrange(500, 9000),
            )
        )  # fmt: skip
    headings = (
        "单位", "会员／期初", "会员／新增成人", "会员／新增青少年", "会员／注销", "会员／期末", "会员／新增团体",
        "志愿者／新注册", "志愿者／注销", "志愿者／服务时长（小时）",
    )  # fmt: skip
    return office_table(
        f"{town.society}会员志愿者统计表（2021年）",
        headings,
        rows,
        society=town.society,
        total=headings[1:],
    )


def _expectation(
    key: str, period: str, value: int, level: str = "", **more: object
) -> ExpectedFigure:
    return ExpectedFigure(key, period, Decimal(value), level=level, **more)  # type: ignore[arg-type]


expect_figures(
    _expectation("reform.party_leader_in_charge", "2021-12", PREFECTURES_WITH_LEADER, "PREFECTURE"),
    _expectation("reform.party_leader_in_charge", "2021-12", COUNTIES_WITH_LEADER, "COUNTY"),
    _expectation("reform.service_windows", "2021-12", COUNTIES_WITH_WINDOW, "COUNTY"),
    _expectation(
        "reform.grassroots_units_new", "2021", NEW_UNITS, breakdown="kind", category="乡镇+学校"
    ),
    _expectation("reform.members_new", "2021", NEW_MEMBERS),
    _expectation("reform.key_tasks_on_time", "2021", len(TASKS_2021), own=True),
)
