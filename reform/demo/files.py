"""The files of reform in the demonstration, and the figures they give."""

from collections.abc import Iterator
from decimal import Decimal

from redcross.demo.acceptance import ExpectedFigure, expect_figures
from redcross.demo.declaration import DemoFile, demo_file_source, visitor_file_source
from redcross.demo.fake_data import (
    allocate_by_weight,
    list_prefectures,
    office_table,
    population,
)
from reform.demo.governance import build_governance_2020, build_governance_2021
from reform.demo.network import build_movements, build_units, defer, split_whole
from reform.demo.plan import (
    COUNTIES_WITH_LEADER,
    COUNTIES_WITH_WINDOW,
    NEW_MEMBERS,
    NEW_UNITS,
    PREFECTURES_WITH_LEADER,
    TASKS_2021,
)
from reform.demo.registers import (
    build_activities,
    build_documents,
    build_examples,
    build_liaisons,
    build_milestones,
    build_problems,
    build_visits,
)
from reform.demo.tasks import build_tasks_2021, build_tasks_2022, build_tasks_midyear


@demo_file_source
def list_register_files() -> Iterator[DemoFile]:
    """What the province keeps: facts of all branches, tasks, liaison, registers."""
    for sheet, period, filename, build in (
        (
            "reform.governance",
            "2020-12",
            "全省改革进展情况表（2020年12月）.xlsx",
            build_governance_2020,
        ),
        (
            "reform.governance",
            "2021-12",
            "全省改革进展情况表（2021年12月）.xlsx",
            build_governance_2021,
        ),
        ("reform.tasks", "2021-06", "2021年重点任务推进表（上半年）.xlsx", build_tasks_midyear),
        ("reform.tasks", "2021-12", "2021年重点任务推进表（全年）.xlsx", build_tasks_2021),
        ("reform.tasks", "2022-01", "2022年重点任务推进表（1月）.xlsx", build_tasks_2022),
        ("reform.liaisons", "2021", "省红十字会领导挂钩联系表（2021年）.xlsx", build_liaisons),
        ("reform.visits", "2021", "走访调研记录（2021年）.xlsx", build_visits),
        ("reform.problems", "2021", "大调研问题清单（2021年）.xlsx", build_problems),
        ("reform.activities", "2021", "活动台账（2021年）.xlsx", build_activities),
        ("reform.documents", "2021", "文件台账（2021年）.xlsx", build_documents),
        ("reform.milestones", "2021", "里程碑登记表（2021年）.xlsx", build_milestones),
        ("reform.examples", "2021", "典型经验登记表（2021年）.xlsx", build_examples),
    ):
        yield DemoFile(sheet, "53", period, filename, build)


@demo_file_source
def list_network_files() -> Iterator[DemoFile]:
    """Units, members and volunteers of each prefecture."""
    towns = list_prefectures()
    units = split_whole(NEW_UNITS, [population(town) for town in towns])
    members = allocate_by_weight(NEW_MEMBERS, [population(town) for town in towns])
    for town, new_units, new_members in zip(towns, units, members, strict=True):
        yield DemoFile(
            "reform.units",
            town.code,
            "2021",
            f"{town.short_name}基层组织名册（2021年）.xlsx",
            defer(build_units, town, new_units),
        )
        yield DemoFile(
            "reform.network",
            town.code,
            "2021",
            f"{town.short_name}会员志愿者统计表（2021年）.xlsx",
            defer(build_movements, town, new_members),
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
