"""The files of relief in the demonstration, and the figures they give."""

import datetime as dt
import functools
import random
from collections.abc import Iterator
from decimal import Decimal

from redcross.demo.acceptance import ExpectedFigure, expect_figures
from redcross.demo.declaration import DemoFile, demo_file_source, visitor_file_source
from redcross.demo.fake_data import (
    id_number,
    list_prefectures,
    mobile_number,
    office_table,
    person_name,
    plain_table,
    population,
)
from relief.demo.aid import build_applications, build_grants, build_projects
from relief.demo.distributions import build_resources, build_roster, build_summary, list_households
from relief.demo.events import build_dispatches, build_engagements, build_needs, build_responses
from relief.demo.plan import (
    BENEFICIARY_TIMES,
    EARTHQUAKE,
    EDITION,
    EPIDEMIC,
    HOME_FUNDS,
    HOMES,
    MEDICAL_TIMES,
    RESOURCES,
    RESPONDERS,
    TEAM_TIMES,
    TEAMS,
    VOLUNTEERS,
    Rows,
    split_whole,
)
from relief.demo.stores import build_stock, build_teams


@demo_file_source
def list_register_files() -> Iterator[DemoFile]:
    """What the province keeps for all branches."""
    for sheet, period, filename, build in (
        ("relief.projects", "2021", "救助项目台账（2021年）.xlsx", build_projects),
        (
            "relief.edition_resources",
            "2021",
            "2021年博爱送万家筹集款物汇总表.xlsx",
            build_resources,
        ),
        ("relief.grants", "2021", "救助发放台账（2021年）.xlsx", build_grants),
        (
            "relief.applications",
            "2021",
            "天使计划救助申请汇总表（2021年）.xlsx",
            build_applications,
        ),
        (
            "relief.responses",
            "2020-01..2021-12",
            "应急响应登记表（2020—2021年）.xlsx",
            build_responses,
        ),
        (
            "relief.dispatches",
            "2020-01..2021-12",
            "应急救援情况表（2020—2021年）.xlsx",
            build_dispatches,
        ),
        ("relief.engagements", "2021", "志愿者参与应急统计表（2021年）.xlsx", build_engagements),
        ("relief.needs", "2021-05", "漾濞地震物资需求表.xlsx", build_needs),
        ("relief.stock", "2021", "救灾物资出入库台账（2021年）.xlsx", build_stock),
        ("relief.teams", "2021", "救援队名册（2021年）.xlsx", build_teams),
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
    roster = list_households()
    helped = sum(size for _, size in roster)
    yield DemoFile(
        "relief.roster", "530115", "2021-01", "晋宁区2021年博爱送万家发放花名册.xlsx", build_roster
    )
    towns = list_prefectures()
    parts = split_whole(BENEFICIARY_TIMES - helped, [population(town) for town in towns])
    for town, part in zip(towns, parts, strict=True):
        yield DemoFile(
            "relief.distributions",
            town.code,
            "2021",
            f"{town.short_name}2021年博爱送万家发放汇总表.xlsx",
            functools.partial(build_summary, town, part),
        )


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
            index + 1, "五华区", "示例街道", "示例社区", person_name(rng),
            id_number(900_000 + index, male=index % 2 == 0), 1 + index % 5, "低保户", "家庭箱", 1, 200, 300,
            mobile_number(rng), dt.date(2022, 1, 18), "2022年博爱送万家",
        )
        for index in range(20)
    ]  # fmt: skip
    title = "五华区红十字会博爱送万家发放花名册（2022年1月）"
    yield (
        "五华区2022年1月博爱送万家花名册.xlsx",
        office_table(title, headings, rows, society="昆明市五华区红十字会", unit="元"),
    )


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
