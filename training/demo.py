"""Invented classes, events, stations and devices of 2021 that add up to what was published.

The province's 96,000 first aiders and 384,000 people-times come from the public overview;
every name, number and share of a branch is invented.
"""

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
    LATE_PREFECTURES,
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
from redcross.periods import Period

TRAINED, TIMES = 96_000, 384_000
FAILED_SHARE = 40  # one in so many does not pass
CLASS_SIZE = 50
EVENTS = 40
_PARTNERS = {
    "机关": ("示例州直机关工委", "示例县政务服务局"),
    "学校": ("示例第一中学", "示例师范学校", "示例小学"),
    "企业": ("云岭示例能源有限公司", "彩云示例物流有限公司"),
    "社区": ("示例社区居委会", "示例街道办事处"),
    "农村": ("示例村委会", "示例乡卫生院"),
}
_TOPICS = (
    "应急救护知识进校园",
    "心肺复苏体验课",
    "防溺水与急救讲座",
    "“世界急救日”宣传",
    "公交驾驶员急救普及",
)
_ROSTER = (
    (
        "序号", "培训单位", "姓名", "性别", "身份证号", "单位", "职业", "联系电话", "培训日期", "培训类型",
        "期次", "对象类别", "理论成绩", "操作成绩", "是否合格", "证书编号", "发证日期",
    ),
    (
        "序号", "县区", "学员姓名", "性别", "身份证号码", "工作单位", "职务", "手机号", "培训时间", "培训类别",
        "班次", "人员类别", "成绩／理论", "成绩／操作", "考核结果", "证号", "发证时间",
    ),
)  # fmt: skip


def split_trained_by_prefecture() -> list[tuple[Branch, int]]:
    """Return how many passed in each prefecture, in whole hundreds."""
    towns = list_prefectures()
    parts = allocate_by_weight(TRAINED, [population(town) for town in towns])
    return list(zip(towns, parts, strict=True))


def split_times_by_prefecture() -> list[tuple[Branch, int]]:
    """Return the people-times of each prefecture, in whole hundreds."""
    towns = list_prefectures()
    rng = random.Random("times")
    weights = [population(town) * rng.randrange(80, 120) for town in towns]
    return list(zip(towns, allocate_by_weight(TIMES, weights), strict=True))


@demo_file_source
def list_roster_files() -> Iterator[DemoFile]:
    """A year's roster of each prefecture, all its counties in one workbook."""
    for style, (town, passed) in enumerate(split_trained_by_prefecture()):
        yield DemoFile(
            "training.roster",
            town.code,
            "2021",
            f"{town.short_name}2021年救护员培训名册.xlsx",
            functools.partial(_build_roster, town, passed, style % 2),
        )


def _build_roster(town: Branch, passed: int, style: int) -> bytes:
    rng = random.Random(f"roster {town.code}")
    rows = list(_invent_trainees(town, passed, rng))
    title = f"{town.society}救护员培训学员名册（2021年）"
    return office_table(title, _ROSTER[style], rows, society=town.society, style=style)


def _invent_trainees(town: Branch, passed: int, rng: random.Random) -> Iterator[Sequence[object]]:
    units = list(town.children.filter(level=Level.COUNTY).in_official_order())
    issued = number = failed = 0
    while issued < passed:
        unit = rng.choice(units)
        day = dt.date(2021, 1, 4) + dt.timedelta(days=rng.randrange(355))
        audience = rng.choice(tuple(_PARTNERS))
        workplace = rng.choice(_PARTNERS[audience])
        for _ in range(CLASS_SIZE):
            if issued == passed:
                return
            number += 1
            fails = number % FAILED_SHARE == 0
            failed += fails
            issued += not fails
            male = rng.random() < 0.5
            yield (
                number,
                unit.short_name,
                person_name(rng),
                "男" if male else "女",
                id_number(number, male=male),
                workplace,
                "",
                mobile_number(rng),
                day,
                "救护员",
                f"{day.month}月{unit.short_name}班",
                audience,
                rng.randrange(30, 60) if fails else rng.randrange(80, 101),
                "不合格" if fails else "合格",
                "不合格" if fails else "合格",
                "" if fails else f"YN{town.code}{number:06d}",
                "" if fails else min(day + dt.timedelta(days=10), dt.date(2021, 12, 31)),
            )


@demo_file_source
def list_event_files() -> Iterator[DemoFile]:
    """A year's 普及 events of each prefecture."""
    for town, times in split_times_by_prefecture():
        yield DemoFile(
            "training.popularisation",
            town.code,
            "2021",
            f"{town.short_name}2021年应急救护普及活动台账.xlsx",
            functools.partial(_build_events, town, times, Period.year(2021)),
        )
    january = Period.parse("2022-01")
    for town, times in split_times_by_prefecture():
        if town.code not in LATE_PREFECTURES:
            yield DemoFile(
                "training.popularisation",
                town.code,
                str(january),
                f"{town.short_name}2022年1月应急救护普及活动台账.xlsx",
                functools.partial(_build_events, town, times // 14, january),
                outcome="submitted" if town.code == "5308" else "effective",
            )


def _build_events(town: Branch, times: int, period: Period) -> bytes:
    rng = random.Random(f"events {town.code} {period}")
    days = (period.last_day - period.start).days - 10
    units = list(town.children.filter(level=Level.COUNTY).in_official_order())
    rows = []
    for number, part in enumerate(split_amount(times, EVENTS, rng, step=1), start=1):
        audience = rng.choice(tuple(_PARTNERS))
        day = period.start + dt.timedelta(days=3 + rng.randrange(days))
        rows.append(
            (
                number, rng.choice(units).short_name, day, rng.choice(_TOPICS),
                rng.choice(_PARTNERS[audience]), audience, part,
            )
        )  # fmt: skip
    headings = ("序号", "县（市、区）", "活动时间", "活动主题", "参与单位", "培训对象", "参与人次")
    return office_table(
        f"{town.society}应急救护普及活动台账（{period.label}）",
        headings,
        rows,
        society=town.society,
        total=["参与人次"],
        style=3,
    )


@demo_file_source
def list_register_files() -> Iterator[DemoFile]:
    """Stations, devices, their inspections, and instructors, kept by the province."""
    yield DemoFile(
        "training.stations", "53", "2021", "全省博爱急救站台账（2021年）.xlsx", _build_stations
    )
    yield DemoFile("training.devices", "53", "2021", "全省AED台账（2021年）.xlsx", _build_devices)
    yield DemoFile(
        "training.inspections", "53", "2021", "AED巡检记录（2021年）.xlsx", _build_inspections
    )
    yield DemoFile(
        "training.instructors", "53", "2021", "救护师资名册（2021年）.xlsx", _build_instructors
    )


def _list_counties() -> list[Branch]:
    return list(Branch.objects.at(Level.COUNTY).in_official_order())


def _build_stations() -> bytes:
    rng = random.Random("stations")
    rows: list[Sequence[object]] = [
        (
            "禄丰市", "禄丰市示例小学博爱急救站", "学校", "禄丰市示例镇", dt.date(2021, 4, 20), "",
            820, 12, "博爱急救站项目", "白示例",
        )
    ]  # fmt: skip
    for number, unit in enumerate(rng.sample(_list_counties(), 40), start=1):
        kind, word = (("学校", "小学"), ("社区", "社区"))[number % 5 == 0]
        rows.append(
            (
                unit.short_name, f"{unit.short_name}示例{word}{number}博爱急救站", kind,
                f"{unit.short_name}示例路{number}号",
                dt.date(2020, 9, 1) + dt.timedelta(days=rng.randrange(480)), "",
                rng.randrange(120, 1500), rng.randrange(2, 20), "博爱急救站项目", person_name(rng),
            )
        )  # fmt: skip
    headings = (
        "单位", "急救站名称", "场所类别", "地址", "挂牌日期", "撤销日期", "覆盖人数", "站内救护员（人）",
        "资助来源", "负责人",
    )  # fmt: skip
    return plain_table("全省博爱急救站台账", headings, rows)


@functools.cache
def _list_device_places() -> list[tuple[str, str]]:
    """Return county and number of each device."""
    rng = random.Random("devices")
    return [
        (rng.choice(_list_counties()).short_name, f"AED-{number:04d}") for number in range(1, 241)
    ]


def _build_devices() -> bytes:
    rng = random.Random("device days")
    rows = []
    for index, (unit, number) in enumerate(_list_device_places(), start=1):
        installed = dt.date(2020, 6, 1) + dt.timedelta(days=rng.randrange(570))
        rows.append(
            (
                unit, number, "示例型号", f"{unit}示例大厅{index}",
                rng.choice(("学校", "社区", "景区", "交通枢纽")), installed,
                installed + dt.timedelta(days=4 * 365), installed + dt.timedelta(days=2 * 365 - 30),
                person_name(rng),
            )
        )  # fmt: skip
    headings = (
        "单位", "设备编号", "品牌型号", "安放位置", "场所类别", "安装日期", "电池有效期至",
        "电极片有效期至", "管理员",
    )  # fmt: skip
    return plain_table("全省AED台账", headings, rows)


def _build_inspections() -> bytes:
    rng = random.Random("inspections")
    rows = [
        (
            unit, number, dt.date(2021, 10, 8) + dt.timedelta(days=rng.randrange(84)), "正常",
            person_name(rng),
        )
        for index, (unit, number) in enumerate(_list_device_places())
        if index % 3
    ]  # fmt: skip
    return plain_table("AED巡检记录", ("单位", "设备编号", "巡检日期", "状况", "巡检人"), rows)


def _build_instructors() -> bytes:
    rng = random.Random("instructors")
    rows = [
        (
            town.short_name, person_name(rng), rng.choice(("省级", "州市级")), f"SZ{town.code}{number:03d}",
            dt.date(2020, rng.randrange(1, 13), 5), dt.date(2023, 12, 31),
        )
        for town in list_prefectures()
        for number in range(1, 7)
    ]  # fmt: skip
    headings = ("所属红十字会", "姓名", "师资级别", "师资证编号", "发证日期", "有效期至")
    return plain_table("救护师资名册", headings, rows)


@demo_file_source
def list_statistics_files() -> Iterator[DemoFile]:
    """The table the prefectures fill besides; one of them counted thirty people too many."""
    yield DemoFile(
        "training.statistics", "53", "2021", "2021年应急救护培训情况统计表.xlsx", _build_statistics
    )


def _build_statistics() -> bytes:
    times = dict(split_times_by_prefecture())
    rows = [
        (town.short_name, passed + (30 if town.code == "5304" else 0), times[town], EVENTS)
        for town, passed in split_trained_by_prefecture()
    ]
    return office_table(
        "应急救护培训情况统计表（2021年）",
        ("单位", "救护员／人数", "普及／人次", "普及／场次"),
        rows,
        society="云南省红十字会",
        total=["救护员／人数", "普及／人次", "普及／场次"],
    )


expect_figures(
    ExpectedFigure("training.first_aiders_trained", "2021", Decimal(TRAINED)),
    ExpectedFigure("training.popularised_times", "2021", Decimal(TIMES)),
)


@visitor_file_source
def build_sample_rosters() -> Iterator[tuple[str, bytes]]:
    """A class of January with three mistakes to find, and the same mended."""
    town = Branch.objects.get(code="5329")
    good = list(_invent_january_class(town))
    wrong = [list(row) for row in good]
    wrong[4][4] = f"{str(wrong[4][4])[:17]}{'X' if str(wrong[4][4])[-1] != 'X' else '1'}"
    wrong[9][14] = "不合格"
    wrong[14][8] = "2022年2月30日"
    title = f"{town.society}救护员培训学员名册（2022年1月）"
    for word, rows in (("有错误", wrong), ("已改正", good)):
        content = office_table(title, _ROSTER[1], rows, society=town.society, style=1)
        yield f"大理州2022年1月救护员培训名册（{word}）.xlsx", content


@visitor_file_source
def build_county_training_files() -> Iterator[tuple[str, bytes]]:
    """The class and the statistics of a county clerk's January, with nothing to find."""
    rng = random.Random("county class")
    society = Branch.objects.get(code="530102").society
    rows = [
        (
            number, "五华区", person_name(rng), "男" if number % 2 else "女",
            id_number(5_100_000 + number, male=bool(number % 2)), "示例第一中学", "", mobile_number(rng),
            dt.date(2022, 1, 15), "救护员", "1月五华区班", "学校", rng.randrange(80, 101), "合格",
            "合格", f"YN53010222{number:04d}", dt.date(2022, 1, 21),
        )
        for number in range(1, 31)
    ]  # fmt: skip
    title = f"{society}救护员培训学员名册（2022年1月）"
    yield (
        "五华区2022年1月救护员培训名册.xlsx",
        office_table(title, _ROSTER[0], rows, society=society),
    )
    yield (
        "五华区2022年1月应急救护培训统计.xlsx",
        office_table(
            f"{society}应急救护培训情况统计表（2022年1月）",
            ("单位", "救护员／期数", "救护员／人数", "普及／场次", "普及／人次"),
            [("五华区", 1, 30, 4, 260)],
            society=society,
        ),
    )


def _invent_january_class(town: Branch) -> Iterator[Sequence[object]]:
    rng = random.Random("january class")
    unit = town.children.filter(level=Level.COUNTY).in_official_order().first()
    assert unit is not None  # noqa: S101  the branch has counties
    for number in range(1, 25):
        male = rng.random() < 0.5
        yield (
            number, unit.short_name, person_name(rng), "男" if male else "女",
            id_number(5_000_000 + number, male=male), "示例县政务服务局", "", mobile_number(rng),
            dt.date(2022, 1, 12), "救护员", f"1月{unit.short_name}班", "机关",
            rng.randrange(80, 101), "合格", "合格", f"YN{town.code}22{number:04d}",
            dt.date(2022, 1, 20),
        )  # fmt: skip
