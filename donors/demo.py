"""Invented volunteers, wishes and cases of 2021 that add up to what was published.

The counts come from the public overview; names, places and days are invented, and the two
cases it tells of stand here without a name and without a county.
"""

import datetime as dt
import functools
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from donors.pseudonyms import compute_donor_codes
from redcross.branches.models import Branch
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

STEM_CELL_DONATIONS, ORGAN_DONATIONS, RECIPIENTS = 38, 73, 338
DONATIONS_BEFORE, RECIPIENTS_BEFORE = 444, 1817
STEM_CELL_BEFORE = {2016: 12, 2017: 16, 2018: 21, 2019: 27, 2020: 30}
VOLUNTEERS = 60
_SOCIETY = "云南省红十字会"
_OVERVIEW = "省红十字会工作综述（公开发布）"
_FIRST = dt.date(1980, 1, 1)

Rows = list[Sequence[object]]


@demo_file_source
def list_stem_cell_files() -> Iterator[DemoFile]:
    """A year's volunteers of each prefecture, and the steps the province keeps."""
    for town_number, town in enumerate(list_prefectures()):
        yield DemoFile(
            "donors.stem_cell_volunteers",
            town.code,
            "2021",
            f"{town.short_name}造血干细胞志愿者登记表（2021年）.xlsx",
            functools.partial(_build_volunteers, town, town_number),
        )
    yield DemoFile(
        "donors.stem_cell_steps",
        "53",
        "2021",
        "全省造血干细胞捐献环节登记表（2021年）.xlsx",
        _build_steps,
    )


def _invent_id_number(town_number: int, index: int) -> str:
    return id_number(town_number * 1000 + index, male=index % 2 == 0, first=_FIRST)


def _build_volunteers(town: Branch, town_number: int) -> bytes:
    rng = random.Random(f"volunteers {town.code}")
    rows: Rows = []
    for index in range(VOLUNTEERS):
        day = dt.date(2021, 1, 5) + dt.timedelta(days=rng.randrange(340))
        number = _invent_id_number(town_number, index)
        stored = day + dt.timedelta(days=rng.randrange(5, 20))
        rows.append(
            (
                index + 1, person_name(rng), "男" if index % 2 == 0 else "女", number,
                rng.choice("AB") + "型", mobile_number(rng), person_name(rng), mobile_number(rng), day,
                stored if stored.year == 2021 else "", f"YN{town.code}{index + 1:05d}",
                f"{town.short_name}示例血站",
            )
        )  # fmt: skip
    headings = (
        "序号", "姓名", "性别", "身份证号", "血型", "联系方式", "亲友联系人1", "亲友联系人1电话", "登记日期",
        "入库日期", "入库编号", "采样单位",
    )  # fmt: skip
    title = f"{town.society}造血干细胞志愿者登记表（2021年）"
    return office_table(title, headings, rows, society=town.society, style=town_number % 4)


def _build_steps() -> bytes:
    rng = random.Random("steps")
    way = ("初配相合", "再动员", "高分辨检测", "体检", "采集捐献")
    towns = list_prefectures()
    rows: Rows = []
    for donated in range(STEM_CELL_DONATIONS + 30):
        town_number = donated % len(towns)
        code = compute_donor_codes([_invent_id_number(town_number, donated // len(towns))])[0]
        day = dt.date(2021, 1, 4) + dt.timedelta(days=rng.randrange(200))
        last = len(way) if donated < STEM_CELL_DONATIONS else rng.randrange(1, 5)
        for index, step in enumerate(way[:last]):
            leaves = donated >= STEM_CELL_DONATIONS and index == last - 1
            reason = rng.choice(("联系不上", "本人或家属不同意", "体检不合格", "患者放弃或延期"))
            rows.append(
                (
                    towns[town_number].name, code, step, day + dt.timedelta(days=index * 28),
                    "退出" if leaves else "通过", reason if leaves else "",
                    "示例医院" if step == "采集捐献" else "",
                    "是" if step == "采集捐献" and donated % 19 == 0 else "否",
                )
            )  # fmt: skip
    headings = ("州市", "志愿者代码", "环节", "日期", "结果", "退出原因", "采集医院", "是否二次")
    return plain_table("造血干细胞捐献环节登记表", headings, rows)


@demo_file_source
def list_organ_files() -> Iterator[DemoFile]:
    """Wishes, cases, stories and coordinators, kept by the province."""
    yield DemoFile(
        "donors.organ_wishes", "53", "2021", "人体器官捐献志愿登记表（2021年）.xlsx", _build_wishes
    )
    yield DemoFile(
        "donors.cases", "53", "2021", "人体器官捐献案例登记表（2021年）.xlsx", _build_cases
    )
    yield DemoFile(
        "donors.cases",
        "53",
        "2022-02",
        "人体器官捐献案例登记表（2022年2月）.xlsx",
        _build_case_2022,
    )
    yield DemoFile(
        "donors.publicity", "53", "2021", "捐献宣传案例登记表（2021年）.xlsx", _build_publicity
    )
    yield DemoFile(
        "donors.coordinators", "53", "2021", "人体器官捐献协调员名册.xlsx", _build_coordinators
    )


def _build_wishes() -> bytes:
    rng = random.Random("wishes")
    rows: Rows = []
    for index in range(320):
        day = dt.date(2021, 1, 5) + dt.timedelta(days=rng.randrange(350))
        body = rng.random() < 0.2
        rows.append(
            (
                rng.choice(list_prefectures()).name, person_name(rng),
                id_number(200_000 + index, male=index % 2 == 0, first=_FIRST), mobile_number(rng), day,
                rng.choice(("线上", "线上", "线下")), "是", "是" if rng.random() < 0.7 else "否",
                "是" if body else "否", person_name(rng), mobile_number(rng),
                day + dt.timedelta(days=9) if index % 80 == 0 and day.month < 12 else "",
            )
        )  # fmt: skip
    headings = (
        "登记单位", "姓名", "证件号", "电话", "登记日期", "登记渠道", "器官", "角膜", "遗体", "执行人",
        "执行人电话", "撤销日期",
    )  # fmt: skip
    return plain_table("人体器官捐献志愿登记表", headings, rows)


_CASES = (
    "单位", "案例号", "性别", "年龄段", "捐献类别", "医院", "协调员", "报告日期", "报名登记日期",
    "捐献评估日期", "书面同意日期", "同意人", "死亡判定日期", "见证日期", "见证人", "器官获取日期",
    "器官分配日期", "遗体处理日期", "缅怀纪念日期", "人道救助日期", "心", "肺", "肝", "肾", "胰", "小肠",
    "眼角膜", "遗体", "器官受者（人）", "角膜受者（人）", "受助家庭（个）", "首例说明", "慰问金额（元）",
)  # fmt: skip


def _invent_case(
    unit: str,
    number: str,
    day: dt.date,
    rng: random.Random,
    *,
    child: bool = False,
    sex: str = "男",
    band: str = "18-44岁",
    organs: tuple[object, ...],
    recipients: int,
    cornea_recipients: int,
    families: object = "",
    first: str = "",
) -> Sequence[object]:
    def later(days: int) -> dt.date:
        return day + dt.timedelta(days=days)

    return (
        unit, number, sex, band, "DBD" if child else rng.choice(("DBD", "DCD", "DBCD")), "示例医院",
        person_name(rng), day, later(0), later(1), later(1), "父母双方" if child else "配偶、成年子女、父母",
        later(2), later(2), person_name(rng), later(2), later(2), later(3), "", later(12), *organs,
        "否", recipients, cornea_recipients, families, first, 20_000,
    )  # fmt: skip


def _build_cases() -> bytes:
    rng = random.Random("cases")
    towns = list_prefectures()
    weights = [population(town) for town in towns]
    rows: Rows = [
        _invent_case(
            "云南省", "YN2021-C01", dt.date(2021, 8, 10), rng, child=True, sex="女", band="0-17岁",
            organs=(1, 0, 1, 2, 0, 0, 2), recipients=4, cornea_recipients=2, families=6,
            first="全省首例儿童心脏移植",
        )
    ]  # fmt: skip
    for number in range(2, ORGAN_DONATIONS + 1):
        both = number <= 45
        rows.append(
            _invent_case(
                rng.choices(towns, weights)[0].name,
                f"YN2021-{number:03d}",
                dt.date(2021, 1, 3) + dt.timedelta(days=rng.randrange(355)),
                rng,
                sex=rng.choice(("男", "女")),
                band=rng.choice(("18-44岁", "45-59岁", "60岁以上")),
                organs=(0, 0, 1, 2, 0, 0, 2 if both else 1),
                recipients=3,
                cornea_recipients=2 if both else 1,
            )
        )
    return plain_table("人体器官捐献案例登记表", _CASES, rows)


def _build_case_2022() -> bytes:
    rng = random.Random("case 2022")
    case = _invent_case(
        "云南省", "YN2022-001", dt.date(2022, 2, 18), rng, organs=(1, 0, 1, 2, 0, 0, ""),
        recipients=4, cornea_recipients=2, families=6,
    )  # fmt: skip
    # What comes after the recovery is not done yet.
    open_links = {"缅怀纪念日期", "人道救助日期", "遗体处理日期"}
    row = [
        "" if heading in open_links else cell for heading, cell in zip(_CASES, case, strict=True)
    ]
    return plain_table("人体器官捐献案例登记表", _CASES, [row])


def _build_publicity() -> bytes:
    rows: Rows = [
        (
            "云南省", "生命的接力", "小雨（化名）", dt.date(2021, 9, 1), dt.date(2021, 9, 20), "示例报纸", "是",
            dt.date(2021, 10, 15), "一名儿童的捐献使多人重获新生。",
        ),
        (
            "大理白族自治州", "一份特别的礼物", "阿明（化名）", dt.date(2021, 6, 3), dt.date(2021, 6, 20),
            "示例广播", "否", "", "一个家庭的决定。",
        ),
    ]  # fmt: skip
    headings = (
        "单位", "宣传标题", "化名", "宣传授权日期", "发布日期", "发布渠道", "总会推广使用", "总会采用日期",
        "内容摘要",
    )  # fmt: skip
    return plain_table("捐献宣传案例登记表", headings, rows)


def _build_coordinators() -> bytes:
    rng = random.Random("coordinators")
    rows: Rows = [
        (
            town.name, person_name(rng), "是" if index == 0 else "否", "示例医院", f"XT{town.code}{index}",
            dt.date(2020, 5, 6), dt.date(2024, 5, 5),
        )
        for town in list_prefectures()
        for index in range(2)
    ]  # fmt: skip
    headings = ("单位", "姓名", "专职", "所属机构", "协调员证号", "发证日期", "有效期至")
    return plain_table("人体器官捐献协调员名册", headings, rows)


@demo_file_source
def list_blood_files() -> Iterator[DemoFile]:
    """What the blood services told each quarter."""
    for quarter in range(1, 5):
        yield DemoFile(
            "donors.blood",
            "53",
            f"2021Q{quarter}",
            f"2021年第{quarter}季度无偿献血统计表.xlsx",
            functools.partial(_build_blood, quarter),
        )


def _build_blood(quarter: int) -> bytes:
    rng = random.Random(f"blood {quarter}")
    rows: Rows = []
    for town in list_prefectures():
        times = population(town) // 500 + rng.randrange(200, 900)
        rows.append(
            (
                town.name, times, times * rng.randrange(280, 330), rng.randrange(2, 12),
                rng.randrange(0, 40), rng.randrange(0, 60), rng.randrange(0, 90),
            )
        )  # fmt: skip
    headings = (
        "单位",
        "献血人次",
        "献血量（毫升）",
        "宣传动员场次",
        "奉献奖／金奖",
        "奉献奖／银奖",
        "奉献奖／铜奖",
    )
    return office_table(
        f"无偿献血统计表（2021年第{quarter}季度）",
        headings,
        rows,
        society=_SOCIETY,
        total=headings[1:],
    )


@demo_file_source
def list_history_files() -> Iterator[DemoFile]:
    """What had been given before the portal began."""
    yield DemoFile(
        "indicators.reported", "53", "2020", "三献期初数与历史数登记表.xlsx", _build_history
    )


def _build_history() -> bytes:
    end = dt.date(2020, 12, 1)
    rows: Rows = [
        ("云南省", "累计人体器官捐献例数", "全域", None, end, DONATIONS_BEFORE, _OVERVIEW),
        ("云南省", "器官捐献累计受益人数", "全域", None, end, RECIPIENTS_BEFORE, _OVERVIEW),
        ("云南省", "累计造血干细胞捐献例数", "全域", None, end, 230, "演示数据"),
        ("云南省", "造血干细胞库容", "全域", None, end, 92_000, "演示数据"),
        *(
            (
                "云南省", "造血干细胞捐献例数", "全域", dt.date(year, 1, 1), dt.date(year, 12, 1), value,
                "演示数据",
            )
            for year, value in STEM_CELL_BEFORE.items()
        ),
    ]  # fmt: skip
    headings = ("单位", "指标", "范围", "起始月", "截止月", "数值", "来源")
    return plain_table("期初数与历史数登记表", headings, rows)


expect_figures(
    ExpectedFigure("donors.stem_cell_donations", "2021", Decimal(STEM_CELL_DONATIONS)),
    ExpectedFigure("donors.organ_donations", "2021", Decimal(ORGAN_DONATIONS)),
    ExpectedFigure("donors.organ_recipients", "2021", Decimal(RECIPIENTS)),
    ExpectedFigure("donors.organ_donations_total", "..2021-12", Decimal(517)),
    ExpectedFigure("donors.organ_recipients_total", "..2021-12", Decimal(2155)),
)


@visitor_file_source
def build_county_stem_cell_files() -> Iterator[tuple[str, bytes]]:
    """The stem-cell statistics of a county clerk's January, with nothing to find."""
    headings = ("单位", "入库／任务数", "入库／完成数", "再动员", "高分辨", "体检", "捐献／本年")
    yield (
        "五华区2022年1月造血干细胞统计.xlsx",
        office_table(
            "五华区红十字会造血干细胞工作统计表（2022年1月）",
            headings,
            [("五华区", 20, 18, 2, 1, 1, 0)],
            society="昆明市五华区红十字会",
        ),
    )
