"""Invented workbooks of grassroots units, members and volunteers."""

import datetime as dt
import random
from collections.abc import Callable, Sequence

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.demo.fake_data import (
    office_table,
    person_name,
)
from reform.demo.plan import Rows


def defer(build: Callable[[Branch, int], bytes], town: Branch, number: int) -> Callable[[], bytes]:
    return lambda: build(town, number)


def split_whole(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    parts[0] += total - sum(parts)
    return parts


def build_units(town: Branch, new: int) -> bytes:
    rng = random.Random(f"units {town.code}")
    counties = list(town.children.filter(level=Level.COUNTY).in_official_order())
    rows: Rows = []
    for index in range(new):
        county = rng.choice(counties)
        kind, word = (("乡镇", "乡"), ("学校", "学校"))[index % 2]
        rows.append(_invent_unit(county, index, kind, word, 2021, rng))
    for index in range(new, new + 12):
        kind, word = (("村（社区）", "社区"), ("医疗", "卫生院"), ("企业", "公司"))[index % 3]
        rows.append(_invent_unit(rng.choice(counties), index, kind, word, 2021, rng))
    for index in range(new + 12, new + 40):
        kind, word = (("乡镇", "镇"), ("学校", "中学"), ("村社区", "村"))[index % 3]
        rows.append(
            _invent_unit(rng.choice(counties), index, kind, word, rng.randrange(2012, 2021), rng)
        )
    headings = ("县区", "名称", "类别", "成立时间", "负责人", "会员人数")
    title = f"{town.society}基层组织名册（2021年）"
    return office_table(title, headings, rows, society=town.society, style=int(town.code) % 4)


def _invent_unit(
    county: Branch, index: int, kind: str, word: str, year: int, rng: random.Random
) -> Sequence[object]:
    return (
        county.short_name,
        f"{county.short_name}示例{index + 1}{word}红十字会",
        kind,
        dt.date(year, rng.randrange(1, 13), rng.randrange(1, 29)),
        person_name(rng),
        rng.randrange(12, 200),
    )


def build_movements(town: Branch, new: int) -> bytes:
    rng = random.Random(f"members {town.code}")
    counties = list(town.children.filter(level=Level.COUNTY).in_official_order())
    parts = split_whole(new, [rng.randrange(50, 150) for _ in counties])
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
