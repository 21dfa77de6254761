"""Invented workbooks of the state of reform."""

import datetime as dt
import random

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.demo.fake_data import (
    list_prefectures,
    office_table,
)
from reform.demo.plan import (
    COUNTIES_WITH_LEADER,
    COUNTIES_WITH_WINDOW,
    PREFECTURES_WITH_LEADER,
    SOCIETY,
    Rows,
)

_GOVERNANCE = (
    "单位", "机构单设（理顺）", "机构规格", "机构性质", "人员性质", "编制数", "实有", "党组", "党委分管领导",
    "政府分管领导", "理事会换届", "监事会", "服务窗口", "佐证文号", "未完成原因",
)  # fmt: skip

_NATURES = ("参公管理", "参公管理", "参公管理", "全额事业", "全额事业", "差额事业", "挂靠（卫健）")


def build_governance_2020() -> bytes:
    return _build_governance(dt.date(2020, 12, 1), leaders=(8, 60), windows=35)


def build_governance_2021() -> bytes:
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
    order = {branch.pk: rng.random() for branch in (*towns, *counties)}
    led = {branch.pk for branch in sorted(towns, key=lambda b: order[b.pk])[: leaders[0]]}
    led |= {branch.pk for branch in sorted(counties, key=lambda b: order[b.pk])[: leaders[1]]}
    windowed = {branch.pk for branch in sorted(counties, key=lambda b: -order[b.pk])[:windows]}
    rows: Rows = []
    for index, branch in enumerate((*towns, *counties)):
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
                _affirm(month, index) if leader else ("推进中" if own.random() < 0.5 else "否"),
                "是",
                "是" if own.random() < 0.8 else "○",
                "有" if own.random() < 0.5 else "无",
                _affirm(month, index + 1) if branch.pk in windowed else "否",
                f"示例办发〔{month.year}〕{index + 1}号" if leader else "",
                "" if leader else "正与同级党委沟通",
            )
        )
    title = f"全省红十字会改革进展情况表（{month.year}年{month.month}月）"
    return office_table(title, _GOVERNANCE, rows, society=SOCIETY)


def _affirm(month: dt.date, index: int) -> str:
    return ("是", "√", f"是（{month.year}年{index % 11 + 1}月）", "1")[index % 4]
