"""Invented workbooks of what a yearly programme raised and gave to households."""

import datetime as dt
import functools
import random
from collections.abc import Sequence

from redcross.branches.choices import Level
from redcross.branches.models import Branch
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
from relief.demo.plan import EDITION, HOUSEHOLDS, RESOURCES, Rows

FIRST = dt.date(1955, 1, 1)


@functools.cache
def list_households() -> list[tuple[str, int]]:
    """Return village and family size of each household of the roster."""
    rng = random.Random("households")
    return [(f"示例{index // 24 + 1}村", rng.randrange(1, 7)) for index in range(HOUSEHOLDS)]


def build_roster() -> bytes:
    rng = random.Random("roster")
    hardships = ("因灾致困", "低保户", "特困", "独居老人", "献血者家庭", "军烈属", "困难会员")
    rows: Rows = []
    for index, (village, size) in enumerate(list_households()):
        rows.append(
            (
                index + 1, "晋宁区", "示例镇", village, person_name(rng),
                id_number(index, male=index % 2 == 0, first=FIRST), size, rng.choice(hardships),
                "家庭箱", 1, 200, 300, mobile_number(rng), person_name(rng),
                dt.date(2021, 1, 20 + index % 10),
            )
        )  # fmt: skip
    headings = (
        "序号", "县", "乡镇", "村(社区)", "户主姓名", "身份证号", "家庭人口", "困难类型", "发放物资", "数量",
        "折价(元)", "现金(元)", "联系电话", "领取人签字", "日期",
    )  # fmt: skip
    return table_with_edition(
        "晋宁区红十字会博爱送万家发放花名册", headings, rows, "晋宁区红十字会"
    )


def build_summary(town: Branch, times: int) -> bytes:
    rng = random.Random(f"summary {town.code}")
    counties = list(town.children.filter(level=Level.COUNTY).in_official_order())
    rows: Rows = []
    for index, part in enumerate(split_amount(times, 60, rng, step=1)):
        households = max(1, part // 3)
        rows.append(
            (
                rng.choice(counties).short_name, f"示例{index % 9 + 1}乡", f"示例{index + 1}村",
                dt.date(2021, rng.choice((1, 1, 2, 12)), rng.randrange(1, 29)), households, part,
                "家庭箱、棉被", households, households * 180, households * 100,
            )
        )  # fmt: skip
    headings = (
        "县区", "乡镇", "村（社区）", "发放日期", "户数", "受益人次", "发放物资", "数量", "折价（元）", "现金（元）",
    )  # fmt: skip
    return table_with_edition(f"{town.society}博爱送万家发放汇总表", headings, rows, town.society)


def table_with_edition(title: str, headings: Sequence[str], rows: Rows, society: str) -> bytes:
    return office_table(
        f"{title}（2021年）",
        (*headings, "活动届次"),
        [(*row, EDITION) for row in rows],
        society=society,
    )


def build_resources() -> bytes:
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
