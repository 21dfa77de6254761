"""The files of gifts in the demonstration, and the figures they give."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal

from donations.demo.figures import build_day_99, build_history, build_targets
from donations.demo.invented_gifts import invent_gifts, plan_monthly_amounts
from donations.demo.ledgers import write_workbook
from redcross.branches.models import Branch
from redcross.demo.acceptance import ExpectedFigure, expect_figures
from redcross.demo.declaration import DemoFile, demo_file_source
from redcross.demo.fake_data import (
    LATE_PREFECTURES,
    STEP,
    list_prefectures,
)
from redcross.periods import Period

RETURNED, WAITING = "5329", ("5309", "5328")

JANUARY = "2022-01"


@demo_file_source
def list_history_files() -> Iterator[DemoFile]:
    """Years before the portal, the rank, and the targets, as the province registers them."""
    yield DemoFile("indicators.reported", "53", "2021", "期初数与历史数登记表.xlsx", build_history)
    yield DemoFile(
        "indicators.targets",
        "53",
        "2021",
        "2021年度目标分解表.xlsx",
        lambda: build_targets(2021, 700_000_000),
    )
    yield DemoFile(
        "indicators.targets",
        "53",
        "2022",
        "2022年度目标分解表.xlsx",
        lambda: build_targets(2022, 760_000_000),
    )


@demo_file_source
def list_gift_files() -> Iterator[DemoFile]:
    """Twelve months of the province and of each prefecture, then January 2022."""
    plan = plan_monthly_amounts()
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
        build_day_99,
    )


def _defer_ledger(branch: Branch, period: str, amount: int) -> Callable[[], bytes]:
    return lambda: _build_ledger(branch, period, amount)


def _build_ledger(branch: Branch, period: str, amount: int) -> bytes:
    rng = random.Random(f"{branch.code} {period}")
    style = int(branch.code) % 4
    rows = list(invent_gifts(branch, period, amount, rng))
    rows.sort(key=lambda row: str(row["day"]))
    return write_workbook(branch, Period.parse(period), rows, style)


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
