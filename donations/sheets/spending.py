"""What was paid out and handed on, and the statistics of fundraising."""

import polars as pl

from donations.models import (
    Allocation,
    Donation,
    GoodsGiven,
)
from redcross.branches.choices import Level
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.statistics_sheet import StatisticsSheet
from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.schedule import Due, Quarterly
from redcross.uploads.schema.sheet import Column, Sheet

register_codes(
    FindingCode(
        "allocation.other_purpose",
        "E661",
        Severity.ERROR,
        "拨付用途与定向用途不一致",
        "定向捐赠只能用于捐赠人指定的用途。",
        "请改正用途，或改用非定向资金拨付。",
    ),
)


@register
class GoodsGivenRegister(Sheet):
    """捐赠物资发放登记表：每行一批发出的物资，接收单位、数量、用途。"""

    key = "donations.goods_given"
    title = "捐赠物资发放登记表"
    model = GoodsGiven
    dated_by = "given_on"
    identity = ("item", "receiver", "given_on", "quantity")

    branch = Column("单位", fill_down=True)
    given_on = Column("发放日期", fill_down=True, from_title=True, default_from_period=True)
    item = Column("品名")
    model_size = Column("规格型号")
    measure = Column("计量单位")
    quantity = Column("数量")
    value = Column("折价（元）", unit=Unit.YUAN)
    receiver = Column("接收单位")
    origin = Column("来源捐赠（批次）")  # fmt: skip
    handler = Column("经手人")
    signed_by = Column("签收")
    purpose = Column("用途")
    campaign = Column("募捐活动")


@register
class Allocations(Sheet):
    """资金拨付登记表：每行一笔从基金拨出的资金；用定向捐赠拨付的写明票据号，用途须一致。"""

    key = "donations.allocations"
    title = "资金拨付登记表"
    model = Allocation
    dated_by = "allocated_on"
    identity = ("fund", "receiver", "allocated_on", "document_number", "purpose")
    due = (Due(Level.PREFECTURE, Quarterly(day=10)),)

    branch = Column("单位", fill_down=True)
    fund = Column("基金", fill_down=True)
    allocated_on = Column("拨付日期", fill_down=True)
    value = Column("拨付金额（元）", unit=Unit.YUAN)
    used_value = Column("已使用（元）", unit=Unit.YUAN, required=False)
    receiver = Column("接收单位")
    purpose = Column("用途")
    ticket_number = Column("定向捐赠票据号")
    document_number = Column("批准文号")

    def rules(self) -> tuple[Rule, ...]:
        """A designated gift goes where its giver said."""
        designated = dict(
            Donation.objects.filter(designated=True)
            .exclude(ticket_number="")
            .exclude(purpose="")
            .values_list("ticket_number", "purpose")
        )
        wanted = pl.col("ticket_number").replace_strict(
            designated, default=None, return_dtype=pl.String
        )
        return (
            Rule(
                code="allocation.other_purpose",
                violation=lambda: wanted.is_not_null() & (wanted != pl.col("purpose")),
                needs=("purpose", "ticket_number"),
                message="用途“{purpose}”与票据 {ticket_number} 的定向用途不一致",
                suggestion="定向捐赠只能用于捐赠人指定的用途；请改正用途，或改用非定向资金。",
            ),
            Rule(
                code="sum.parts",
                violation=lambda: pl.col("used_value") > pl.col("value"),
                needs=("used_value", "value"),
                message="已使用 {used_value} 超过拨付金额 {value}",
                suggestion="请核对两栏。",
            ),
        )


@register
class FundraisingStatistics(StatisticsSheet):
    """募捐筹资情况统计表：每行一个单位；与明细核对，不重复计入。"""

    key = "donations.statistics"
    title = "募捐筹资情况统计表"
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    raised = CountedColumn("合计", unit=Unit.YUAN, indicator="donations.raised")
    money = CountedColumn(
        "资金／小计",
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form",
        category="MONEY",
    )
    money_designated = CountedColumn(
        "资金／定向",
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="MONEY/true",
    )
    money_free = CountedColumn(
        "资金／非定向",
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="MONEY/false",
    )
    online = CountedColumn("资金／网络", unit=Unit.YUAN)
    day_99 = CountedColumn("资金／99公益日", unit=Unit.YUAN)
    goods = CountedColumn(
        "物资折价／小计",
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form",
        category="GOODS",
    )
    goods_designated = CountedColumn(
        "物资折价／定向",
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="GOODS/true",
    )
    goods_free = CountedColumn(
        "物资折价／非定向",
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="GOODS/false",
    )
    spent_money = CountedColumn("支出／资金", unit=Unit.YUAN, indicator="donations.allocated")
    spent_goods = CountedColumn("支出／物资", unit=Unit.YUAN, indicator="donations.goods_given")
    balance = CountedColumn("结余", unit=Unit.YUAN)
    tickets = CountedColumn("票据份数")

    def rules(self) -> tuple[Rule, ...]:
        """合计 = 资金 + 物资折价; 小计 = 定向 + 非定向."""
        return (
            *super().rules(),
            _sum_rule("raised", "money", "goods"),
            _sum_rule("money", "money_designated", "money_free"),
            _sum_rule("goods", "goods_designated", "goods_free"),
        )


def _sum_rule(whole: str, *parts: str) -> Rule:
    columns = FundraisingStatistics.columns
    named = "、".join(columns[part].label for part in parts)
    return Rule(
        code="sum.parts",
        violation=lambda: (
            pl.any_horizontal(pl.col(part).is_not_null() for part in parts)
            & (pl.col(whole) != pl.sum_horizontal(pl.col(part) for part in parts))
        ),
        needs=(whole, *parts),
        message=f"{columns[whole].label} {{{whole}}} 不等于{named}之和",
        suggestion="请核对各项。",
    )
