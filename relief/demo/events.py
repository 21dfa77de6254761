"""Invented workbooks of the response to disasters."""

import datetime as dt
import random

from redcross.demo.fake_data import (
    list_prefectures,
    office_table,
    plain_table,
    population,
    split_amount,
)
from relief.demo.plan import (
    EARTHQUAKE,
    EPIDEMIC,
    RESPONDERS,
    SOCIETY,
    TEAM_TIMES,
    TEAMS,
    VOLUNTEERS,
    Rows,
    split_whole,
)


def build_responses() -> bytes:
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


def build_dispatches() -> bytes:
    rng = random.Random("dispatches")
    towns = list_prefectures()
    rows: Rows = []
    for index, part in enumerate(split_amount(TEAM_TIMES, TEAMS, rng, step=1)):
        day = dt.date(2020, 2, 1) + dt.timedelta(days=index * 11)
        rows.append(
            (
                towns[index % 16].name, EPIDEMIC, day, "派出工作队", f"第{index + 1}批抗疫援助工作队", 1, part,
                "边境州市", "疫情防控、消杀、物资转运",
            )
        )  # fmt: skip
    for index, part in enumerate(split_amount(RESPONDERS, 8, rng, step=1)):
        name = ("云南省", "大理白族自治州", "楚雄彝族自治州", "丽江市")[index % 4]
        rows.append(
            (
                name, EARTHQUAKE, dt.date(2021, 5, 21 + index % 6), "投入应急救援力量",
                ("省红十字大众卫生救援队", "赈济救援队", "心理救援队", "搜救队")[index % 4], 1, part, "漾濞县",
                "搜救、医疗、物资发放、心理援助",
            )
        )  # fmt: skip
    headings = (
        "单位", "灾害事件", "派出日期", "类别", "派出／队伍", "派出／批次", "派出／人次", "地点", "任务",
    )  # fmt: skip
    return office_table("应急救援情况表（2020—2021年）", headings, rows, society=SOCIETY)


def build_engagements() -> bytes:
    towns = [town for town in list_prefectures() if town.code in _BORDER]
    parts = split_whole(VOLUNTEERS, [population(town) for town in towns])
    rows: Rows = [
        (town.name, EPIDEMIC, dt.date(2021, 12, 20), part, part * 24, "边境疫情联防联控")
        for town, part in zip(towns, parts, strict=True)
    ]
    headings = ("州市", "灾害事件", "统计日期", "志愿者人数", "服务时长", "服务内容")
    return plain_table("志愿者参与应急统计表", headings, rows)


_BORDER = ("5305", "5308", "5309", "5325", "5326", "5328", "5331", "5333")


def build_needs() -> bytes:
    rows: Rows = [
        ("漾濞县", EARTHQUAKE, dt.date(2021, 5, 22), "棉帐篷", "顶", 300, 260),
        ("漾濞县", EARTHQUAKE, dt.date(2021, 5, 22), "棉被", "床", 2000, 2000),
        ("漾濞县", EARTHQUAKE, dt.date(2021, 5, 23), "折叠床", "张", 500, 420),
        ("永平县", EARTHQUAKE, dt.date(2021, 5, 23), "赈济家庭包", "个", 400, 400),
    ]
    headings = ("县区", "灾害事件", "提出日期", "需求物资", "计量单位", "需求数量", "已满足数量")
    return plain_table("灾区物资需求表", headings, rows)
