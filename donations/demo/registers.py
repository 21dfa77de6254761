"""Invented registers of fundraising: equipment, projects, what gifts became, what was told."""

import datetime as dt
from collections.abc import Iterator

from redcross.demo.declaration import DemoFile, demo_file_source
from redcross.demo.fake_data import list_prefectures, plain_table, population

_COMPANIES = ("云岭", "滇池", "苍山", "洱海", "怒江")


@demo_file_source
def list_register_files() -> Iterator[DemoFile]:
    """Equipment, the library of projects, what became of gifts, and what givers were told."""
    for sheet, filename, build in (
        ("donations.equipment", "捐赠医疗设备台账（2021年）.xlsx", _build_equipment),
        ("donations.project_library", "筹资项目库（2021年）.xlsx", _build_projects),
        ("donations.feedback", "捐赠反馈登记表（2021年）.xlsx", _build_feedback),
        ("donations.allocations", "资金拨付登记表（2021年）.xlsx", _build_allocations),
        ("donations.goods_given", "捐赠物资发放登记表（2021年）.xlsx", _build_goods_given),
        ("donations.disclosures", "募捐信息公开登记表（2021年）.xlsx", _build_disclosures),
        ("donations.daily_takings", "捐款收支情况（2021年）.xlsx", _build_daily_takings),
    ):
        yield DemoFile(sheet, "53", "2021", filename, build)


def _build_equipment() -> bytes:
    kinds = (("呼吸机", 180_000), ("监护仪", 36_000), ("救护车", 260_000), ("负压担架", 42_000))
    rows = [
        (
            town.short_name, f"YLSB-2021-{index + 1:03}", name, "示例型号", "云岭示例药业有限公司",
            f"{town.short_name}示例医院", value, dt.date(2021, 3 + index % 9, 10), "使用中",
            dt.date(2021, 12, 5), "",
        )
        for index, town in enumerate(list_prefectures())
        for name, value in (kinds[index % 4],)
    ]  # fmt: skip
    headings = (
        "单位", "设备编号", "设备名称", "规格型号", "捐赠单位", "使用单位", "价值（元）", "验收日期", "状态",
        "最近检查日期", "报废日期",
    )  # fmt: skip
    return plain_table("捐赠医疗设备台账", headings, rows)


def _build_projects() -> bytes:
    day = dt.date(2021, 8, 26)
    rows = [
        ("云南省", "滇苗助学·示例中学", "资助100名困难学生", "滇苗助学", 200_000, 200_000, day, "已筹满", "困难学生"),
        ("云南省", "博爱健康行·示例县", "为山区群众义诊", "博爱健康行", 300_000, 180_000, day, "筹款中", "山区群众"),
        ("云南省", "博爱急救站·示例小学", "建设50个急救站", "博爱急救站", 500_000, 320_000, day, "筹款中", "师生"),
        ("云南省", "博爱云南行·示例州", "救助大病患者", "博爱云南行", 400_000, 0, day, "待启动", "大病患者"),
    ]  # fmt: skip
    headings = (
        "单位", "项目名称", "需求", "基金", "筹资目标（元）", "已筹（元）", "推介日期", "状态", "受益对象",
    )  # fmt: skip
    return plain_table("筹资项目库", headings, rows)


def _build_feedback() -> bytes:
    rows = [
        (
            "云南省", f"{company}示例商贸有限公司", dt.date(2021, 10, 12 + index), "书面报告",
            "用于滇苗助学，资助学生名单已公示", 20_000 * (index + 1), "滇苗助学",
        )
        for index, company in enumerate(_COMPANIES)
    ]  # fmt: skip
    headings = ("单位", "捐赠人", "反馈日期", "反馈方式", "使用情况", "使用金额（元）", "基金")
    return plain_table("捐赠反馈登记表", headings, rows)


def _build_allocations() -> bytes:
    rows = [
        (
            "云南省", fund, dt.date(2021, 2 + index % 10, 18), value, value * share // 100,
            f"{town.short_name}红十字会", purpose, f"示例〔2021〕{index + 11}号",
        )
        for index, town in enumerate(list_prefectures())
        for fund, value, share, purpose in (
            ("滇苗助学", population(town) // 10 * 3, 100, "资助困难学生"),
            ("博爱家园", population(town) // 10 * 4, 80, "社区综合发展"),
            ("非定向捐赠", population(town) // 10 * 2, 60, "困难群众救助"),
        )
    ]  # fmt: skip
    headings = (
        "单位", "基金", "拨付日期", "拨付金额（元）", "已使用（元）", "接收单位", "用途", "批准文号",
    )  # fmt: skip
    return plain_table("资金拨付登记表", headings, rows)


def _build_goods_given() -> bytes:
    goods = (("大米", "袋", 80), ("急救包", "个", 120), ("医用外科口罩", "只", 1))
    rows = [
        (
            town.short_name, dt.date(2021, 1 + (index + number) % 12, 20), item, measure,
            200 * (index + 1), 200 * (index + 1) * price, f"{town.short_name}示例乡卫生院", "困难群众",
        )
        for index, town in enumerate(list_prefectures())
        for number, (item, measure, price) in enumerate(goods)
    ]  # fmt: skip
    headings = (
        "单位", "发放日期", "品名", "计量单位", "数量", "折价（元）", "接收单位", "用途",
    )  # fmt: skip
    return plain_table("捐赠物资发放登记表", headings, rows)


def _build_disclosures() -> bytes:
    rows = [
        ("云南省", "河南郑州洪涝灾害", "进展", dt.date(2021, 10, 8), "省红十字会门户网站"),
        ("云南省", "“5·21”漾濞地震", "进展", dt.date(2021, 8, 18), "省红十字会门户网站"),
        ("云南省", "“5·21”漾濞地震", "进展", dt.date(2021, 11, 16), "省红十字会门户网站"),
        ("云南省", "99公益日", "结果", dt.date(2021, 11, 30), "指定互联网募捐平台"),
    ]
    headings = ("单位", "募捐活动", "公开内容", "公开日期", "公开渠道")
    return plain_table("募捐信息公开登记表", headings, rows)


def _build_daily_takings() -> bytes:
    rows: list[tuple[object, ...]] = []
    for index in range(10):
        phones, cash, bank = 3_000 + 410 * index, 200 * (index % 4), 20_000 * (1 + index % 3)
        both = (9 + index, phones + cash + bank)
        by_channel = (6 + index % 5, phones, index % 4, cash, 1 + index % 3, bank)
        rows.append(("云南省", dt.date(2021, 5, 22 + index), *by_channel, *both, *both))
    above = "收到细目款项统计／"
    headings = (
        "单位", "日期", f"{above}微信二维码及POS机／笔数", f"{above}微信二维码及POS机／金额",
        f"{above}现金／人数", f"{above}现金／金额", f"{above}交通银行／人数", f"{above}交通银行／金额",
        "实际数额／人数", "实际数额／金额", "公示内容／人数", "公示内容／金额",
    )  # fmt: skip
    return plain_table("捐款收支情况表", headings, rows)
