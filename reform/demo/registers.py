"""Invented registers of visits, problems, activities, documents, milestones and examples."""

import datetime as dt
import random

from redcross.demo.fake_data import (
    list_prefectures,
    person_name,
    plain_table,
)
from reform.demo.plan import Rows


def build_liaisons() -> bytes:
    rng = random.Random("liaisons")
    leaders = [person_name(rng) for _ in range(4)]
    rows: Rows = [
        (town.name, leaders[index % 4], "省红十字会领导", dt.date(2021, 3, 1))
        for index, town in enumerate(list_prefectures())
    ]
    return plain_table("领导挂钩联系表", ("联系州市", "联系领导", "职务", "起始日期"), rows)


def build_visits() -> bytes:
    rng = random.Random("liaisons")
    leaders = [person_name(rng) for _ in range(4)]
    rows: Rows = [
        (
            town.name, leaders[index % 4], dt.date(2021, 4 + index % 8, 5 + index), f"{town.short_name}红十字会",
            "“走基层，推工作，办实事”大调研，走访县级红十字会和基层组织",
        )
        for index, town in enumerate(list_prefectures())
    ]  # fmt: skip
    return plain_table(
        "走访调研记录", ("走访单位", "走访领导", "走访日期", "地点", "工作内容"), rows
    )


def build_problems() -> bytes:
    difficulties = (
        ("县级机构和人员性质不统一，队伍不稳定", "省红十字会组织部"),
        ("应急响应能力有待提高，备灾物资不足", "省红十字会救援部"),
        ("人道救助实力不强，资金渠道单一", "省红十字会筹资部"),
        ("基层工作经费没有列入预算", "州市红十字会"),
        ("救护培训师资不足", "省红十字会救护部"),
    )
    rows: Rows = []
    for index, town in enumerate(list_prefectures()):
        content, owner = difficulties[index % len(difficulties)]
        solved = index % 3 != 0
        rows.append(
            (
                town.name, dt.date(2021, 4 + index % 8, 6 + index), "“走基层，推工作，办实事”大调研", content, owner,
                dt.date(2021, 12, 31), "已解决" if solved else "正在解决",
                "与当地党委政府沟通，上下合力推动解决" if solved else "已列入下年度计划",
                dt.date(2021, 11, 1 + index) if solved else "",
            )
        )  # fmt: skip
    headings = (
        "涉及单位", "发现日期", "来源", "问题", "责任单位", "解决时限", "状态", "解决措施与结果", "解决日期",
    )  # fmt: skip
    return plain_table("大调研问题清单", headings, rows)


def build_activities() -> bytes:
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


def build_documents() -> bytes:
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


def build_milestones() -> bytes:
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


def build_examples() -> bytes:
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
