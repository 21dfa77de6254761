"""Invented gifts of 2021 and January 2022 whose totals are the published ones.

Provincial totals come from the public overview; what prefectures and counties gave, and
every name, is invented. Amounts are whole hundreds of yuan, so that a workbook kept in
万元 with two decimals says the same.
"""

import datetime as dt
import io
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import xlsxwriter

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.demo.acceptance import ExpectedFigure, expect_figures
from redcross.demo.declaration import DemoFile, demo_file_source, visitor_file_source
from redcross.demo.fake_data import (
    CREATED_AT,
    LATE_PREFECTURES,
    STEP,
    allocate_by_weight,
    list_prefectures,
    plain_table,
    population,
    split_amount,
)
from redcross.periods import Period

RAISED_2021 = 738_000_000
YANGBI = {"社会捐赠": 24_000_000, "上级拨入": 6_000_000, "省外支援": 2_961_100}
HENAN = 15_223_600
DAY_99 = 22_792_200
RAISED_BEFORE = {2015: 198_000_000, 2016: 231_000_000, 2017: 276_000_000, 2018: 332_000_000, 2019: 374_000_000, 2020: 1_231_000_000}  # fmt: skip
PROVINCE_SHARE = Decimal("0.52")
RETURNED, WAITING = "5329", ("5309", "5328")
JANUARY = "2022-01"

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN_NAMES = "示例一二三四五六七八九十甲乙丙丁"
_COMPANIES = ("云岭", "滇池", "苍山", "洱海", "怒江", "澜沧", "红土", "彩云", "金沙", "普者")
_TRADES = ("商贸", "建设", "农业科技", "药业", "物流", "餐饮管理", "文化传媒", "能源")
_FUNDS = (
    "滇苗助学",
    "博爱云南行",
    "博爱健康行",
    "博爱急救站",
    "博爱家园",
    "博爱送万家",
    "非定向捐赠",
)
_CHANNELS = ("银行", "微信", "支付宝", "云闪付", "网络平台", "现金")
_GOODS = (("医用外科口罩", "只"), ("棉被", "床"), ("大米", "袋"), ("急救包", "个"), ("帐篷", "顶"))

Row = dict[str, object]


@demo_file_source
def list_history_files() -> Iterator[DemoFile]:
    """Years before the portal, the rank, and the targets, as the province registers them."""
    yield DemoFile("indicators.reported", "53", "2021", "期初数与历史数登记表.xlsx", _build_history)
    yield DemoFile(
        "indicators.targets",
        "53",
        "2021",
        "2021年度目标分解表.xlsx",
        lambda: _build_targets(2021, 700_000_000),
    )
    yield DemoFile(
        "indicators.targets",
        "53",
        "2022",
        "2022年度目标分解表.xlsx",
        lambda: _build_targets(2022, 760_000_000),
    )


@demo_file_source
def list_gift_files() -> Iterator[DemoFile]:
    """Twelve months of the province and of each prefecture, then January 2022."""
    plan = _plan_monthly_amounts()
    for branch in [Branch.objects.get(code="53"), *list_prefectures()]:
        for month, amount in enumerate(plan[branch.code], start=1):
            period = f"2021-{month:02d}"
            yield DemoFile(
                sheet="donations.ledger",
                branch=branch.code,
                period=period,
                filename=f"{branch.short_name}红十字会2021年{month}月捐赠款物明细.xlsx",
                build=_defer_ledger(branch, period, amount),
            )
    yield from _list_january_files()


def _list_january_files() -> Iterator[DemoFile]:
    for branch in list_prefectures():
        if branch.code in LATE_PREFECTURES:
            continue
        outcome = "effective"
        if branch.code == RETURNED:
            outcome = "returned"
        elif branch.code in WAITING:
            outcome = "submitted"
        rng = random.Random(f"january {branch.code}")
        yield DemoFile(
            sheet="donations.ledger",
            branch=branch.code,
            period=JANUARY,
            filename=f"{branch.short_name}红十字会2022年1月捐赠款物明细.xlsx",
            build=_defer_ledger(branch, JANUARY, rng.randrange(8_000, 30_000) * STEP),
            outcome=outcome,  # type: ignore[arg-type]
            remark="第三行捐赠人名称与票据不一致，请核对后重报。" if outcome == "returned" else "",
        )


@demo_file_source
def list_campaign_files() -> Iterator[DemoFile]:
    """The platform's count of 99公益日 2021, a workbook of the province for all."""
    yield DemoFile(
        "donations.campaign_results",
        "53",
        "2021-09",
        "2021年99公益日筹款统计表.xlsx",
        _build_day_99,
    )


def _plan_monthly_amounts() -> dict[str, list[int]]:
    """Return each branch's gifts of society by month of 2021, all months positive."""
    rng = random.Random("plan 2021")
    towns = list_prefectures()
    province = int(RAISED_2021 * PROVINCE_SHARE) // STEP * STEP
    weights = [population(branch) for branch in towns]
    totals = {"53": province} | dict(
        zip(
            (branch.code for branch in towns),
            allocate_by_weight(RAISED_2021 - province, weights),
            strict=True,
        )
    )
    return {
        code: allocate_by_weight(total, [rng.randrange(70, 130) for _ in range(12)])
        for code, total in totals.items()
    }


def _defer_ledger(branch: Branch, period: str, amount: int) -> Callable[[], bytes]:
    return lambda: _build_ledger(branch, period, amount)


def _build_ledger(branch: Branch, period: str, amount: int) -> bytes:
    rng = random.Random(f"{branch.code} {period}")
    style = int(branch.code) % 4
    rows = list(_invent_gifts(branch, period, amount, rng))
    rows.sort(key=lambda row: str(row["day"]))
    return _write_workbook(branch, Period.parse(period), rows, style)


def _invent_gifts(branch: Branch, period: str, amount: int, rng: random.Random) -> Iterator[Row]:
    """Invent the month's gifts: what an appeal received comes first, the rest is spread."""
    month = Period.parse(period)
    units = list(branch.children.filter(level=Level.COUNTY).in_official_order()) or [branch]
    for event, source, value, counts in _appeal_gifts(branch, period):
        for part in split_amount(value, max(2, min(24, value // 400_000)), rng):
            yield _invent_gift(
                rng,
                month,
                rng.choice([branch, *units]) if branch.code != "53" else branch,
                part,
                source=source,
                event=event,
            )
        amount -= value if counts else 0
    lines = max(8, min(40, amount // 250_000))
    for part in split_amount(amount, lines, rng):
        yield _invent_gift(rng, month, rng.choice(units), part)
    if branch.code != "53" and rng.random() < 0.5:
        yield _invent_gift(rng, month, rng.choice(units), None)


def _appeal_gifts(branch: Branch, period: str) -> Iterator[tuple[str, str, int, bool]]:
    if branch.code == "5329" and period == "2021-05":
        yield "“5·21”漾濞地震", "社会捐赠", 1_000_000, True
        yield "“5·21”漾濞地震", "省外支援", YANGBI["省外支援"], False
    if branch.code == "53" and period == "2021-05":
        yield "“5·21”漾濞地震", "社会捐赠", YANGBI["社会捐赠"] - 1_000_000, True
        yield "“5·21”漾濞地震", "上级拨入", YANGBI["上级拨入"], False
    if branch.code == "53" and period == "2021-07":
        yield "河南郑州洪涝灾害", "社会捐赠", HENAN, True


def _invent_gift(
    rng: random.Random,
    month: Period,
    unit: Branch,
    value: int | None,
    *,
    source: str = "社会捐赠",
    event: str = "",
) -> Row:
    company = rng.random() < 0.55 or source != "社会捐赠"
    first = 22 if event.endswith("地震") else 1
    day = month.start.replace(day=rng.randrange(first, month.last_day.day + 1))
    goods = value is None or (not event and rng.random() < 0.15)
    item, measure = rng.choice(_GOODS) if goods else ("", "")
    name = _invent_company(rng) if company else _invent_person(rng)
    if source == "上级拨入":
        name = "中国红十字会总会"
    elif source == "省外支援":
        name = f"{rng.choice(['示例省', '样本省', '演示市'])}红十字会"
    return {
        "unit": unit.short_name,
        "name": name,
        "kind": "单位" if company else "个人",
        "phone": "" if company else f"1380000{rng.randrange(10_000):04d}",
        "value": value,
        "day": day,
        "source": source,
        "channel": "" if goods else rng.choice(_CHANNELS),
        "designated": "是" if event or rng.random() < 0.6 else "否",
        "fund": "" if event else rng.choice(_FUNDS),
        "event": event,
        "item": item,
        "measure": measure,
        "quantity": rng.randrange(5, 500) if goods else "",
        "valuation": "不标价" if value is None else ("发票" if goods else ""),
        "ticket": f"{rng.randrange(10**10):010d}" if value is not None else "",
    }


def _invent_company(rng: random.Random) -> str:
    return f"{rng.choice(_COMPANIES)}{rng.choice(_COMPANIES)}示例{rng.choice(_TRADES)}有限公司"


def _invent_person(rng: random.Random) -> str:
    if rng.random() < 0.12:
        return rng.choice(["爱心人士", "无名氏", "爱心个人"])
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN_NAMES, rng.choice([1, 2])))


# Workbooks as four offices keep them -------------------------------------------

_HEADINGS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("序号", "n"), ("单位", "unit"), ("捐赠单位（个人）", "name"), ("类型", "kind"), ("联系电话", "phone"), ("捐赠金额（元）", "value"), ("到账日期", "day"), ("资金来源", "source"), ("渠道", "channel"), ("是否定向", "designated"), ("项目", "fund"), ("关联灾害事件", "event"), ("物资名称", "item"), ("计量单位", "measure"), ("数量", "quantity"), ("计价依据", "valuation"), ("票据号", "ticket")),
    (("序号", "n"), ("日期", "day"), ("县（市、区）", "unit"), ("捐赠人", "name"), ("金额（万元）", "value"), ("来源", "source"), ("捐赠方式", "channel"), ("定向", "designated"), ("基金", "fund"), ("活动", "event"), ("品名", "item"), ("计量单位", "measure"), ("数量", "quantity"), ("计价依据", "valuation"), ("票据号码", "ticket"), ("手机号", "phone")),
    (("收款单位", "unit"), ("捐赠者", "name"), ("捐赠人类型", "kind"), ("电话", "phone"), ("捐赠日期", "day"), ("款物来源", "source"), ("捐赠金额", "value"), ("是否定向捐赠", "designated"), ("所属基金", "fund"), ("灾害事件", "event"), ("入库物资", "item"), ("计量单位", "measure"), ("数量总计", "quantity"), ("计价依据", "valuation"), ("收款渠道", "channel"), ("票据编号", "ticket")),
    (("序号", "n"), ("所属单位", "unit"), ("姓 名", "name"), ("类别", "kind"), ("捐款时间", "day"), ("折价金额（元）", "value"), ("资金来源", "source"), ("支付方式", "channel"), ("是否定向", "designated"), ("基金名称", "fund"), ("募捐活动", "event"), ("捐赠物资", "item"), ("计量单位", "measure"), ("物资数量", "quantity"), ("计价依据", "valuation"), ("联系方式", "phone"), ("收据号", "ticket")),
)  # fmt: skip


def _write_workbook(branch: Branch, month: Period, rows: list[Row], style: int) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": CREATED_AT})
    sheet = book.add_worksheet("捐赠明细")
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
    headings = _HEADINGS[style]
    last = len(headings) - 1
    sheet.merge_range(0, 0, 0, last, f"{branch.society}捐赠款物明细表（{month.label}）", title)
    sheet.write(1, 0, f"填报单位（盖章）：{branch.society}")
    sheet.write(1, last, "单位：万元" if style == 1 else "单位：元")
    for column, (heading, _) in enumerate(headings):
        sheet.write(2, column, heading, head)
    for at, row in enumerate(rows):
        for column, (_, name) in enumerate(headings):
            _write_cell(book, sheet, 3 + at, column, name, {**row, "n": at + 1}, style)
    foot = 3 + len(rows)
    sheet.write(foot, 1, "合计")
    values = [row["value"] for row in rows if row["value"] is not None]
    total = sum(int(str(value)) for value in values)
    column = next(index for index, (_, name) in enumerate(headings) if name == "value")
    sheet.write_number(foot, column, total / 10_000 if style == 1 else total)
    sheet.write(foot + 1, 0, "单位负责人：段示例")
    sheet.write(foot + 1, 4, "审核人：木示例")
    sheet.write(foot + 1, 8, "填表人：和示例")
    sheet.set_column(0, last, 13)
    sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


def _write_cell(
    book: xlsxwriter.Workbook, sheet: object, at: int, column: int, name: str, row: Row, style: int
) -> None:
    value = row[name]
    if value is None or value == "":
        return
    if name == "day":
        _write_date(book, sheet, at, column, value, style)
    elif name == "value":
        number = int(str(value))
        written = number / 10_000 if style == 1 else number
        if style == 3 and number % 7 == 0:
            sheet.write_string(at, column, f"{number:,}.00")  # type: ignore[attr-defined]
        else:
            sheet.write_number(at, column, written)  # type: ignore[attr-defined]
    elif isinstance(value, int):
        sheet.write_number(at, column, value)  # type: ignore[attr-defined]
    else:
        text = f"{value}\t" if style == 2 and name == "name" else str(value)
        sheet.write_string(at, column, text)  # type: ignore[attr-defined]


def _write_date(
    book: xlsxwriter.Workbook, sheet: object, at: int, column: int, day: object, style: int
) -> None:
    assert isinstance(day, dt.date)  # noqa: S101
    if (style + at) % 3 == 0:
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(at, column, dt.datetime(day.year, day.month, day.day), form)  # type: ignore[attr-defined]
    elif (style + at) % 3 == 1:
        sheet.write_string(at, column, f"{day.year}.{day.month:02d}.{day.day:02d}")  # type: ignore[attr-defined]
    else:
        sheet.write_string(at, column, f"{day.year}年{day.month}月{day.day}日")  # type: ignore[attr-defined]


_OVERVIEW = "省红十字会工作综述（公开发布）"


def _build_history() -> bytes:
    headings = (
        "单位",
        "指标",
        "范围",
        "起始月",
        "截止月",
        "分组",
        "类别",
        "数值",
        "限定词",
        "来源",
    )
    rows: list[Sequence[object]] = [
        (
            "云南省",
            "募集款物合计",
            "全域",
            dt.date(year, 1, 1),
            dt.date(year, 12, 1),
            "",
            "",
            value,
            "",
            _OVERVIEW,
        )
        for year, value in RAISED_BEFORE.items()
    ]
    towns = list_prefectures()
    rng = random.Random("2020")
    weights = [population(town) * rng.randrange(60, 140) for town in towns]
    parts = allocate_by_weight(int(RAISED_BEFORE[2020] * Decimal("0.25")), weights)
    rows += [
        (
            town.name,
            "募集款物合计",
            "全域",
            dt.date(2020, 1, 1),
            dt.date(2020, 12, 1),
            "",
            "",
            part,
            "",
            "演示数据",
        )
        for town, part in zip(towns, parts, strict=True)
    ]
    rows.append(
        (
            "云南省",
            "公益日筹款全国红十字会系统位次",
            "全域",
            None,
            dt.date(2021, 9, 1),
            "campaign",
            "2021年99公益日",
            2,
            "",
            _OVERVIEW,
        )
    )
    return plain_table("期初数与历史数登记表", headings, rows)


def _build_targets(year: int, total: int) -> bytes:
    towns = list_prefectures()
    parts = allocate_by_weight(total * 48 // 100, [population(town) for town in towns])
    rows: list[Sequence[object]] = [("云南省", "募集款物合计", year, total)]
    rows += [
        (town.name, "募集款物合计", year, part) for town, part in zip(towns, parts, strict=True)
    ]
    return plain_table(f"{year}年度目标分解表", ("单位", "指标", "年度", "目标值"), rows)


def _build_day_99() -> bytes:
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


@visitor_file_source
def build_faulty_files() -> Iterator[tuple[str, bytes]]:
    """A January workbook with mistakes to find, and the same mended."""
    headings = (
        "序号",
        "单位",
        "捐赠人",
        "金额（元）",
        "到账日期",
        "渠道",
        "基金",
        "联系电话",
        "票据号",
    )
    good = [
        (
            1,
            "蒙自市",
            "云岭示例商贸有限公司",
            20000,
            "2022-01-05",
            "银行",
            "滇苗助学",
            "",
            "2200000001",
        ),
        (2, "个旧市", "李示例", 500, "2022.1.8", "微信", "博爱健康行", "13800001234", "2200000002"),
        (
            3,
            "弥勒市",
            "爱心人士",
            1288.5,
            "2022年1月12日",
            "支付宝",
            "非定向捐赠",
            "",
            "2200000003",
        ),
    ]
    bad = [
        good[0],
        (
            2,
            "个旧市",
            "李示例",
            "五百元",
            "2022.1.8",
            "微信",
            "博爱健康行",
            "1380000",
            "2200000002",
        ),
        (
            3,
            "盘龙区",
            "爱心人士",
            1288.5,
            "2022年13月12日",
            "支付宝",
            "不存在的基金",
            "",
            "2200000003",
        ),
        (4, "开远市", "赵示例", 300, "2021-12-30", "现金", "滇苗助学", "", "2200000004"),
    ]
    title = "红河州红十字会捐赠款物明细表（2022年1月）"
    yield "红河州2022年1月捐赠明细（有错误）.xlsx", plain_table(title, headings, bad)
    yield "红河州2022年1月捐赠明细（已改正）.xlsx", plain_table(title, headings, good)


@visitor_file_source
def build_county_gift_files() -> Iterator[tuple[str, bytes]]:
    """The ledger of a county clerk's January, with nothing to find."""
    headings = ("序号", "捐赠人", "金额（元）", "到账日期", "渠道", "是否定向", "票据号")
    rows = [
        (1, "云岭示例商贸有限公司", 30_000, dt.date(2022, 1, 6), "银行", "否", "2201020001"),
        (2, "李示例", 200, dt.date(2022, 1, 11), "微信", "否", "2201020002"),
        (3, "爱心人士", 66.6, dt.date(2022, 1, 19), "支付宝", "否", "2201020003"),
        (4, "彩云示例物流有限公司", 8_000, dt.date(2022, 1, 27), "银行", "否", "2201020004"),
    ]
    title = "五华区红十字会捐赠款物明细表（2022年1月）"
    yield "五华区2022年1月捐赠明细.xlsx", plain_table(title, headings, rows)


expect_figures(
    ExpectedFigure("donations.raised", "2021", Decimal(738_000_000)),
    ExpectedFigure("donations.raised", "2020..2021", Decimal(1_969_000_000)),
    ExpectedFigure("donations.raised", "2015..2019", Decimal(1_411_000_000)),
    ExpectedFigure(
        "donations.campaign_raised", "2021", Decimal(22_792_200), "campaign", "2021年99公益日"
    ),
    ExpectedFigure("donations.national_rank", "2021", Decimal(2), "campaign", "2021年99公益日"),
    ExpectedFigure(
        "donations.received_for_event", "2021", Decimal(32_961_100), "campaign", "“5·21”漾濞地震"
    ),
    ExpectedFigure(
        "donations.received_for_event",
        "2021",
        Decimal(15_223_600),
        "campaign+form",
        "河南郑州洪涝灾害/资金",
        own=True,
    ),
)
