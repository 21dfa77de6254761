"""Invented workbooks of figures from before the portal, targets and a fundraising day."""

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal

from redcross.demo.fake_data import (
    STEP,
    allocate_by_weight,
    list_prefectures,
    plain_table,
    population,
)

DAY_99 = 22_792_200

RAISED_BEFORE = {2015: 198_000_000, 2016: 231_000_000, 2017: 276_000_000, 2018: 332_000_000, 2019: 374_000_000, 2020: 1_231_000_000}  # fmt: skip

_OVERVIEW = "省红十字会工作综述（公开发布）"


def build_history() -> bytes:
    headings = (
        "单位", "指标", "范围", "起始月", "截止月", "分组", "类别", "数值", "限定词", "来源",
    )  # fmt: skip
    rows: list[Sequence[object]] = [
        _raised_row("云南省", year, value, _OVERVIEW) for year, value in RAISED_BEFORE.items()
    ]
    towns = list_prefectures()
    rng = random.Random("2020")
    weights = [population(town) * rng.randrange(60, 140) for town in towns]
    parts = allocate_by_weight(int(RAISED_BEFORE[2020] * Decimal("0.25")), weights)
    rows += [
        _raised_row(town.name, 2020, part, "演示数据")
        for town, part in zip(towns, parts, strict=True)
    ]
    rows.append(
        (
            "云南省", "公益日筹款全国红十字会系统位次", "全域", None, dt.date(2021, 9, 1), "campaign",
            "2021年99公益日", 2, "", _OVERVIEW,
        )
    )  # fmt: skip
    return plain_table("期初数与历史数登记表", headings, rows)


def _raised_row(unit: str, year: int, value: int, source: str) -> Sequence[object]:
    """Return the row of a year's total of a branch and those below it."""
    return (
        unit, "募集款物合计", "全域", dt.date(year, 1, 1), dt.date(year, 12, 1), "", "", value, "",
        source,
    )  # fmt: skip


def build_targets(year: int, total: int) -> bytes:
    towns = list_prefectures()
    parts = allocate_by_weight(total * 48 // 100, [population(town) for town in towns])
    rows: list[Sequence[object]] = [("云南省", "募集款物合计", year, total)]
    rows += [
        (town.name, "募集款物合计", year, part) for town, part in zip(towns, parts, strict=True)
    ]
    return plain_table(f"{year}年度目标分解表", ("单位", "指标", "年度", "目标值"), rows)


def build_day_99() -> bytes:
    rng = random.Random("99 2021")
    towns = list_prefectures()
    rows = []
    for town, value in zip(
        towns, allocate_by_weight(DAY_99, [population(town) for town in towns]), strict=True
    ):
        projects = ("滇苗助学", "博爱健康行")
        for project, part in zip(projects, allocate_by_weight(value, [60, 40]), strict=True):
            matched = part * 8 // 100 // STEP * STEP
            offline = part * 30 // 100 // STEP * STEP
            public = part - matched - offline
            times = max(10, part // 60)
            rows.append(
                (
                    town.name,
                    "2021年99公益日",
                    project,
                    rng.randrange(3, 30),
                    times,
                    public,
                    matched,
                    offline,
                    part,
                    dt.date(2021, 9, 10),
                )
            )
    headings = (
        "州市",
        "募捐活动",
        "项目名称",
        "一起捐数",
        "捐款人次",
        "公众捐款（元）",
        "配捐（元）",
        "线下（元）",
        "合计（元）",
        "统计截止日期",
    )
    return plain_table("2021年99公益日筹款统计表", headings, rows)
