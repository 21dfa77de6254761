"""Gifts of the demonstration: amounts as published, names and shares invented.

Provincial totals come from the public overview; what prefectures and counties gave, and
every name, is invented. Amounts are whole hundreds of yuan, so that a workbook in units of
10,000 yuan holds them exactly.
"""

import random
from collections.abc import Iterator
from decimal import Decimal

from donations.demo.ledgers import Row
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.demo.fake_data import (
    STEP,
    allocate_by_weight,
    list_prefectures,
    population,
    split_amount,
)
from redcross.periods import Period

RAISED_2021 = 738_000_000

YANGBI = {"社会捐赠": 24_000_000, "上级拨入": 6_000_000, "省外支援": 2_961_100}

HENAN = 15_223_600

PROVINCE_SHARE = Decimal("0.52")

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


def plan_monthly_amounts() -> dict[str, list[int]]:
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


def invent_gifts(branch: Branch, period: str, amount: int, rng: random.Random) -> Iterator[Row]:
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
