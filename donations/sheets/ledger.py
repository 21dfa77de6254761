"""The ledger of gifts: a line each, money or goods."""

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from donations.choices import Form, GiverKind, Source
from donations.models import (
    Campaign,
    Donation,
    Giver,
)
from redcross.branches.choices import Level
from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.expressions import is_blank, is_filled
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly
from redcross.uploads.schema.sheet import Column, Parent, Sheet

register_codes(
    FindingCode(
        "amount.foreign",
        "E663",
        Severity.ERROR,
        "外币没有折合人民币",
        "金额一律以人民币元统计，外币另填“原币金额”。",
        "请按到账日汇率折合后填写。",
    ),
    FindingCode(
        "value.without_proof",
        "W662",
        Severity.WARNING,
        "折价没有依据",
        "物资折价须有发票、协议、市场价或评估作依据。",
        "请填写计价依据；没有价值证明的不填金额，填“不标价”。",
    ),
)

_ORGANISATION_PATTERN = (
    r"公司|集团|银行|学校|大学|学院|中学|小学|幼儿园|医院|协会|商会|基金|委员会|政府|"
    r"局|厅|办公室|支部|党委|工会|中心|企业|厂|店|社区|村委|合作社|研究|部队|寺|俱乐部|联合会|酒店|事务所"
)
_CASH_WORDS = ("现金", "资金", "人民币", "捐款", "善款", "现款", "款")
_ANONYMOUS_PATTERN = r"^(?:爱心人士|爱心个人|无名氏|匿名|社会爱心|热心市民|热心人士|好心人|不留名)"


@register
class GiftLedger(Sheet):
    """捐赠款物明细：每行一笔捐赠，资金或物资。"""

    key = "donations.ledger"
    title = "捐赠款物明细表"
    model = Donation
    kind = SheetKind.LEDGER
    dated_by = "received_on"
    identity = ("ticket_code", "ticket_number")
    due: ClassVar[Sequence[Due]] = (
        Due(Level.COUNTY, Monthly(day=5)),
        Due(Level.PREFECTURE, Monthly(day=8)),
    )
    constants = {"giver_kind": None, "form": None, "source": Source.SOCIETY}
    parents = (
        Parent(
            foreign_key="giver",
            model=Giver,
            fields={"name": "giver_name", "kind": "giver_kind"},
            key=("name", "kind"),
            when=lambda: pl.col("giver_kind") == GiverKind.ORGANISATION,
        ),
    )

    branch = Column(
        "单位",
        fill_down=True,
        note="代报时每行填写收款的县（市、区）；整栏空白表示本单位。",
        sample="五华区",
    )
    giver_name = Column("捐赠人", rejects_numbers=True, fill_down=True, sample="云岭示例公司")
    giver_kind = Column("捐赠人类型", required=False, sample="单位")
    phone = Column("联系电话", fallback_column="giver_name", sample="13800000000")
    form = Column("形式", required=False, fallback_column="channel", sample="资金")
    source = Column("资金来源", required=False, sample="社会捐赠")
    value = Column(
        "金额（元）",
        fallback_column="item",
        unit=Unit.YUAN,
        allow_negative=True,
        required=False,
        sample="10000.00",
    )
    received_on = Column(
        "到账日期", fill_down=True, from_title=True, default_from_period=True, sample="2021-08-08"
    )
    currency = Column("币种")
    original_value = Column("原币金额", allow_negative=True)
    exchange_rate = Column("汇率")
    channel = Column("渠道", fallback_column="remark", sample="银行")
    designated = Column("是否定向", required=False, sample="否")
    purpose = Column("定向用途")
    fund = Column("基金", fallback_column="purpose", sample="滇苗助学")
    campaign = Column("募捐活动", fallback_column="purpose", sample="")
    credited_branch = Column("业绩归属单位")
    item = Column("品名", rejects_numbers=True)
    model_size = Column("规格型号")
    measure = Column("计量单位")
    quantity = Column("数量")
    unit_price = Column("单价（元）", unit=Unit.YUAN)
    valuation = Column("计价依据")
    expires_on = Column("有效期至", default_to_month_end=True)
    batch = Column("批号")
    accepted_by = Column("验收人")
    anonymous = Column("是否匿名", required=False)
    ticket_code = Column("票据代码")
    ticket_number = Column("票据号码")
    ticket_waived = Column("是否放弃票据", required=False)
    refunded_ticket = Column("被冲销的原票据号")
    reason = Column("退款原因")
    remark = Column("备注")

    def normalize(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take 现金, 500 and 元 in the columns of goods for five hundred yuan."""
        if not {"item", "quantity"} <= set(frame.columns):
            return frame
        measure = pl.col("measure") if "measure" in frame.columns else pl.lit("元")
        value = pl.col("value") if "value" in frame.columns else pl.lit(None)
        yuan = measure.fill_null("元").replace_strict(
            {"元": 1, "万元": 10_000, "块": 1, "圆": 1}, default=None, return_dtype=pl.Int64
        )
        is_money = (
            pl.col("item").is_in(_CASH_WORDS)
            & pl.col("quantity").is_not_null()
            & value.is_null()
            & yuan.is_not_null()
        ).fill_null(value=False)
        counted = (pl.col("quantity") * yuan).cast(pl.Decimal(38, 2))
        emptied = [name for name in ("item", "quantity", "measure") if name in frame.columns]
        return frame.with_columns(
            pl.when(is_money).then(counted).otherwise(value.cast(pl.Decimal(38, 2))).alias("value"),
            *[pl.when(~is_money).then(pl.col(name)).alias(name) for name in emptied],
        )

    def rules(self) -> tuple[Rule, ...]:
        """A refund says why and of what; a line is money or goods; goods are valued."""
        return (
            Rule(
                code="amount.foreign",
                violation=lambda: ~is_blank("currency") & pl.col("original_value").is_null(),
                needs=("currency", "value"),
                message="{currency} {value} 没有折合人民币",
                suggestion="请把外币写在“原币金额”，“金额（元）”填按到账日汇率折合的人民币。",
            ),
            Rule(
                code="refund.reason_missing",
                violation=lambda: (
                    (pl.col("value") <= 0) & (is_blank("reason") | is_blank("refunded_ticket"))
                ),
                needs=("value",),
                message="金额 {value} 不大于 0，须写明退款原因和被冲销的原票据号",
                suggestion="请在“退款原因”“被冲销的原票据号”两栏补填，或改正金额。",
            ),
            Rule(
                code="required.empty",
                violation=lambda: pl.col("value").is_null() & is_blank("item"),
                needs=("giver_name",),
                message="没有金额，也没有品名",
                suggestion="资金须填金额；物资须填品名，没有价值证明时计价依据填“不标价”。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Tell money from goods and persons from organisations where nobody has said."""
        kinds = dict(Campaign.objects.values_list("code", "kind"))
        name = pl.col("giver_name")
        guessed = (
            pl.when(name.str.contains(_ANONYMOUS_PATTERN))
            .then(pl.lit(GiverKind.ANONYMOUS.value))
            .when(name.str.contains(_ORGANISATION_PATTERN))
            .then(pl.lit(GiverKind.ORGANISATION.value))
            .otherwise(pl.lit(GiverKind.PERSON.value))
        )
        goods_columns = [name for name in ("item", "quantity") if name in frame.columns]
        is_goods = pl.any_horizontal(pl.lit(value=False), *map(is_filled, goods_columns))
        form = pl.when(is_goods).then(pl.lit("GOODS")).otherwise(pl.lit("MONEY"))
        frame = frame.with_columns(
            pl.col("giver_kind").cast(pl.String).replace("", None).fill_null(guessed),
            pl.col("form").cast(pl.String).replace("", None).fill_null(form),
            pl.col("source").cast(pl.String).replace("", None).fill_null(Source.SOCIETY.value),
        )
        if "campaign" in frame.columns:
            frame = frame.with_columns(
                campaign_kind=pl.col("campaign").replace_strict(
                    kinds, default=None, return_dtype=pl.String
                )
            )
        return frame


@register
class GoodsReceived(GiftLedger):
    """捐赠物资接收登记表：每行一批物资，注明计价依据；没有价值证明的填“不标价”。"""

    key = "donations.goods_received"
    title = "捐赠物资接收登记表"
    due: ClassVar[Sequence[Due]] = ()
    constants: ClassVar = {"giver_kind": None, "form": Form.GOODS, "source": Source.SOCIETY}

    item = dataclasses.replace(GiftLedger.item, required=True)
    valuation = dataclasses.replace(
        GiftLedger.valuation, note="发票、协议、市场价、评估；没有价值证明填“不标价”。"
    )

    def rules(self) -> tuple[Rule, ...]:
        """A value rests on a proof; what has none is not priced."""
        return (
            *super().rules(),
            Rule(
                code="value.without_proof",
                violation=lambda: (
                    pl.col("value").is_not_null()
                    & (pl.col("valuation").fill_null("").is_in(["", "UNPRICED"]))
                ),
                needs=("value", "valuation"),
                message="折价 {value} 没有写明计价依据",
                suggestion="请在“计价依据”填发票、协议、市场价或评估；没有价值证明则不填金额，填“不标价”。",
                severity=Severity.WARNING,
            ),
        )
