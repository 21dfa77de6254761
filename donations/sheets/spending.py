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
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.findings import Severity
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
    titles = (
        "发放（使用）物资一览表",
        "物资发放情况",
        "物资发放一览表",
        "捐赠物资流向公示表",
        "物资分配发放一览表",
        "捐赠物资使用情况",
    )
    model = GoodsGiven
    dated_by = "given_on"
    identity = ("item", "receiver", "given_on", "quantity")

    branch = Column("单位", aliases=["州市", "县区"], fill_down=True)
    given_on = Column(
        "发放日期",
        aliases=[
            "日期",
            "出库日期",
            "时间",
            "发放时间",
            "出库时间",
            "领用日期",
            "领用时间",
            "分配日期",
            "分配时间",
            "使用日期",
            "使用时间",
            "调拨日期",
            "拨付日期",
            "领取日期",
            "拨发时间",
            "配发日期",
            "支出日期",
        ],
        fill_down=True,
        from_title=True,
        default_from_period=True,
    )
    item = Column(
        "品名",
        aliases=[
            "物资名称",
            "发放物资",
            "物资",
            "物品名称",
            "物资品名",
            "物品",
            "品名（含数量）",
            "名称",
            "物资种类",
            "品种",
            "下拨物资",
            "支出物资名称",
        ],
    )
    model_size = Column(
        "规格型号",
        aliases=["规格", "型号", "规格/型号", "型号规格", "物资规格", "规格参数", "品规"],
    )
    measure = Column(
        "计量单位", aliases=["物资单位", "数量单位", "单位", "计件单位", "单位(件套)", "计量"]
    )
    quantity = Column(
        "数量",
        aliases=[
            "发放数量",
            "件数",
            "发放数",
            "出库数量",
            "领用数量",
            "分配数量",
            "使用数量",
            "实发数量",
            "实际发放数量",
            "下拨数量",
            "配发数",
            "支出数量",
        ],
    )
    value = Column(
        "折价（元）",
        aliases=[
            "价值",
            "金额",
            "折价金额",
            "折算金额",
            "物资价值",
            "折合金额",
            "价值合计(元)",
            "支出金额(元)",
        ],
        unit=Unit.YUAN,
    )
    receiver = Column(
        "接收单位",
        aliases=[
            "受赠单位",
            "发放对象",
            "领取单位",
            "接收单位/发放单位",
            "发放单位/接收单位",
            "接受单位",
            "领用单位",
            "使用单位",
            "流向",
            "去向",
            "受援单位",
            "发放单位",
            "受捐单位",
            "分配单位",
            "发往单位",
            "物资接收单位",
            "领用单位（受助单位）",
            "受助单位",
            "发放对象（单位）",
            "收货单位",
            "去向单位",
        ],
    )
    origin = Column(
        "来源捐赠（批次）",
        aliases=[
            "来源捐赠", "捐赠方", "捐赠单位", "捐赠人", "物资来源", "来源", "批次", "来源批次",
            "捐赠来源", "原捐赠方"],
    )  # fmt: skip
    handler = Column("经手人", aliases=["经办人", "发放人", "经办"])
    signed_by = Column("签收", aliases=["签收人", "领取人", "接收人", "签收人签字", "领取人签字"])
    purpose = Column("用途", aliases=["使用方向", "备注", "用途说明"])
    campaign = Column("募捐活动", aliases=["关联灾害事件", "灾害事件", "活动"])


@register
class Allocations(Sheet):
    """资金拨付登记表：每行一笔从基金拨出的资金；用定向捐赠拨付的写明票据号，用途须一致。"""

    key = "donations.allocations"
    title = "资金拨付登记表"
    model = Allocation
    dated_by = "allocated_on"
    identity = ("fund", "receiver", "allocated_on", "document_number", "purpose")
    due = (Due(Level.PREFECTURE, Quarterly(day=10)),)

    branch = Column("单位", aliases=["拨付单位", "州市", "县区"], fill_down=True)
    fund = Column("基金", aliases=["项目", "品牌", "资金来源"], fill_down=True)
    allocated_on = Column("拨付日期", aliases=["日期", "支出日期", "时间"], fill_down=True)
    value = Column("拨付金额（元）", aliases=["拨付金额", "金额", "支出金额"], unit=Unit.YUAN)
    used_value = Column(
        "已使用（元）", aliases=["已使用", "使用金额"], unit=Unit.YUAN, required=False
    )
    receiver = Column("接收单位", aliases=["收款单位", "受助单位", "使用单位"])
    purpose = Column("用途", aliases=["资金用途", "使用方向"])
    ticket_number = Column("定向捐赠票据号", aliases=["票据号", "定向票据号"])
    document_number = Column("批准文号", aliases=["文号", "依据"])

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
    titles = (
        "筹资工作统计表",
        "募捐筹资统计表",
        "筹资情况统计表",
    )
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    raised = CountedColumn(
        "合计",
        aliases=[
            "募集合计",
            "款物合计",
            "总计",
            "筹资合计",
            "筹款合计",
            "募捐合计",
            "款物总计",
            "募集款物合计",
            "款物总额",
            "筹集款物合计",
            "筹集款物总额",
            "筹集款物合计（元）",
            "本季款物总计(万元)",
            "捐赠总收入",
            "募集总值",
        ],
        unit=Unit.YUAN,
        indicator="donations.raised",
    )
    money = CountedColumn(
        "资金／小计",
        aliases=[
            "资金小计",
            "资金",
            "捐款／小计",
            "现金／小计",
            "资金合计",
            "本季货币捐赠(万元)／合计",
            "捐款收入",
            "善款／合计",
        ],
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form",
        category="MONEY",
    )
    money_designated = CountedColumn(
        "资金／定向",
        aliases=[
            "资金／定向捐赠",
            "捐款／定向",
            "捐款／定向捐赠",
            "资金／定向捐款",
            "定向资金",
            "本季货币捐赠(万元)／指定用途",
            "其中:限定性捐款",
            "善款／定向善款",
        ],
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="MONEY/true",
    )
    money_free = CountedColumn(
        "资金／非定向",
        aliases=[
            "资金／非定向捐赠",
            "资金／不定向",
            "捐款／非定向",
            "捐款／非定向捐赠",
            "资金／非定向捐款",
            "非定向资金",
            "本季货币捐赠(万元)／未指定用途",
            "其中:非限定性捐款",
            "善款／非定向善款",
        ],
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="MONEY/false",
    )
    online = CountedColumn(
        "资金／网络",
        aliases=[
            "网络",
            "资金／网络募捐",
            "资金／网络筹款",
            "资金／网络捐款",
            "资金／线上",
            "捐款／网络",
            "捐款／网络捐款",
            "资金／互联网",
            "资金／互联网募捐",
            "资金／线上筹款",
            "捐赠资金／其中网络筹资",
            "其中网络筹资",
            "网络筹资",
            "资金／其中网络筹资",
            "善款／其中线上募集",
        ],
        unit=Unit.YUAN,
    )
    day_99 = CountedColumn(
        "资金／99公益日",
        aliases=["99公益日", "捐款／99公益日", "善款／其中“九九公益日”"],
        unit=Unit.YUAN,
    )
    goods = CountedColumn(
        "物资折价／小计",
        aliases=[
            "物资折价",
            "物资小计",
            "捐物／小计",
            "捐赠物资／小计",
            "接受捐赠物资折价",
            "物资折价合计",
            "捐赠物资折价",
            "本季实物捐赠折款(万元)／合计",
            "捐物收入(折价)",
            "善物折值／合计",
        ],
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form",
        category="GOODS",
    )
    goods_designated = CountedColumn(
        "物资折价／定向",
        aliases=[
            "物资折价／定向捐赠",
            "捐物／定向",
            "捐赠物资／定向",
            "定向物资折价",
            "定向物资",
            "本季实物捐赠折款(万元)／指定用途",
            "善物折值／定向善物",
        ],
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="GOODS/true",
    )
    goods_free = CountedColumn(
        "物资折价／非定向",
        aliases=[
            "物资折价／非定向捐赠",
            "物资折价／不定向",
            "捐物／非定向",
            "捐赠物资／非定向",
            "非定向物资折价",
            "非定向物资",
            "本季实物捐赠折款(万元)／未指定用途",
            "善物折值／非定向善物",
        ],
        unit=Unit.YUAN,
        indicator="donations.raised",
        breakdown="form+designated",
        category="GOODS/false",
    )
    spent_money = CountedColumn(
        "支出／资金",
        aliases=[
            "支出资金",
            "支出",
            "支出／资金支出",
            "拨付／资金",
            "使用／资金",
            "资金支出",
            "支出金额／资金",
            "本季支出(万元)／货币",
            "捐款支出",
            "已用／善款",
        ],
        unit=Unit.YUAN,
        indicator="donations.allocated",
    )
    spent_goods = CountedColumn(
        "支出／物资",
        aliases=[
            "支出物资",
            "支出／物资支出",
            "拨付／物资",
            "使用／物资",
            "物资支出",
            "支出金额／物资折价",
            "支出金额／物资",
            "支出／物资折价",
            "本季支出(万元)／实物",
            "捐物支出",
            "已用／善物",
        ],
        unit=Unit.YUAN,
        indicator="donations.goods_given",
    )
    balance = CountedColumn(
        "结余",
        aliases=[
            "期末结余",
            "结余金额",
            "累计结余",
            "期末余额",
            "结余资金",
            "余额",
            "本季末余额",
            "未用余额",
        ],
        unit=Unit.YUAN,
    )
    tickets = CountedColumn(
        "票据份数",
        aliases=[
            "票据数",
            "票据",
            "开具票据份数",
            "开票份数",
            "票据张数",
            "票据（张）",
            "开具票据",
            "票据数量",
            "捐赠票据份数",
            "开票张数(张)",
            "公益票据(份)",
        ],
    )

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
