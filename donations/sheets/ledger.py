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
from redcross.uploads.codes import Code, declare
from redcross.uploads.sheet import (
    Column,
    Due,
    Monthly,
    Parent,
    Sheet,
    register,
)
from redcross.uploads.specification import Rule, Severity, SheetKind

declare(
    Code(
        "value.without_proof",
        "W662",
        Severity.WARNING,
        "折价没有依据",
        "物资折价须有发票、协议、市场价或评估作依据。",
        "请填写计价依据；没有价值证明的不填金额，填“不标价”。",
    ),
)

_ORGANISATION = (
    r"公司|集团|银行|学校|大学|学院|中学|小学|幼儿园|医院|协会|商会|基金|委员会|政府|"
    r"局|厅|办公室|支部|党委|工会|中心|企业|厂|店|社区|村委|合作社|研究|部队|寺|俱乐部|联合会|酒店|事务所"
)
_ANONYMOUS = r"^(?:爱心人士|爱心个人|无名氏|匿名|社会爱心|热心市民|热心人士|好心人|不留名)"


@register
class GiftLedger(Sheet):
    """捐赠款物明细：每行一笔捐赠，资金或物资。"""

    key = "donations.ledger"
    title = "捐赠款物明细表"
    titles: ClassVar[Sequence[str]] = (
        "捐款信息公示表",
        "接收社会捐款公示",
        "接收捐款情况公示表",
        "接收社会捐赠明细",
        "接受捐赠明细",
        "社会捐赠资金公示",
    )
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
            into="giver",
            model=Giver,
            fields={"name": "giver_name", "kind": "giver_kind"},
            key=("name", "kind"),
            when=lambda: pl.col("giver_kind") == GiverKind.ORGANISATION,
        ),
    )

    branch = Column(
        "单位",
        aliases=[
            "收款单位",
            "接收单位",
            "填报单位",
            "县区",
            "县（市、区）",
            "所属单位",
            "单位名称",
            "机构",
        ],
        fill_down=True,
        note="代报时每行填写收款的县（市、区）；整栏空白表示本单位。",
        sample="五华区",
    )
    giver_name = Column(
        "捐赠人",
        aliases=[
            "捐赠者",
            "捐赠单位",
            "捐赠单位（个人）",
            "捐赠（单位/姓名）",
            "捐赠方",
            "捐赠人（单位）",
            "捐赠单位/个人",
            "捐赠单位或个人",
            "捐赠人姓名",
            "捐赠人名称",
            "捐赠单位名称",
            "捐款人",
            "捐款单位",
            "捐款单位（个人）",
            "捐款单位/个人",
            "捐款人姓名",
            "捐款者",
            "捐款方",
            "捐款人（单位）",
            "捐款人/单位",
            "捐赠人/单位",
            "单位/个人",
            "单位（个人）",
            "单位或个人",
            "爱心单位",
            "爱心人士",
            "爱心单位（个人）",
            "捐助单位",
            "捐助人",
            "捐献人",
            "昵称",
            "交款人",
            "付款人",
            "汇款人",
            "对方户名",
            "对方名称",
            "户名",
            "姓名",
            "姓名（姓氏隐去）",
            "捐赠单位（人）",
            "捐赠个人/单位",
            "捐赠个人",
            "捐赠来源",
            "名称",
            "捐赠单位及个人",
            "单位/姓名",
            "姓名/单位",
            "单位、个人",
            "捐赠主体",
            "款项来源",
            "单位",
            "单位名称",
            "爱心企业",
            "捐赠企业",
            "捐款企业",
            "爱心企业/个人",
            "捐赠团体",
            "捐款人名称",
            "付款方",
            "汇款方",
        ],
        hints=[
            "捐赠人",
            "捐赠单位",
            "捐赠者",
            "捐赠方",
            "捐款人",
            "捐款单位",
            "捐款者",
            "姓名",
            "户名",
            "捐资人",
            "捐资单位",
            "捐助者",
            "捐助单位",
            "缴款人",
            "来款单位",
            "爱心单位",
            "爱心企业",
            "客户名称",
            "账户名称",
            "捐款来源",
            "捐赠对象",
        ],
        fill_down=True,
        sample="云岭示例公司",
    )
    giver_kind = Column(
        "捐赠人类型",
        aliases=["类型", "捐赠人类别", "捐赠类型", "单位/个人类别", "类别"],
        required=False,
        words={
            "自然人": "PERSON",
            "企业": "ORGANISATION",
            "法人": "ORGANISATION",
            "机构": "ORGANISATION",
            "集体": "ORGANISATION",
            "不具名": "ANONYMOUS",
        },
        sample="单位",
    )
    phone = Column(
        "联系电话", aliases=["电话", "联系方式", "手机", "手机号", "手机号码"], sample="13800000000"
    )
    form = Column(
        "形式",
        aliases=["捐赠形式", "款物类别", "款/物", "捐赠类别"],
        required=False,
        words={
            "款": "MONEY",
            "现金": "MONEY",
            "捐款": "MONEY",
            "钱": "MONEY",
            "物": "GOODS",
            "实物": "GOODS",
            "捐物": "GOODS",
        },
        sample="资金",
    )
    source = Column(
        "资金来源",
        aliases=["来源", "款物来源"],
        required=False,
        words={
            "社会": "SOCIETY",
            "捐赠": "SOCIETY",
            "上级": "HIGHER_LEVEL",
            "省会拨款": "HIGHER_LEVEL",
            "总会拨款": "HIGHER_LEVEL",
            "市红会转入": "INTERNAL",
            "转拨": "INTERNAL",
            "省外": "OTHER_PROVINCE",
        },
        sample="社会捐赠",
    )
    value = Column(
        "金额（元）",
        aliases=[
            "捐赠金额",
            "交易金额",
            "金额",
            "捐款金额",
            "捐赠额",
            "捐赠款",
            "捐款额",
            "到账金额",
            "捐赠资金",
            "折价金额",
            "折价",
            "折算金额",
            "折款",
            "价值",
            "总价值",
            "货值",
            "金额（折价）",
            "捐赠价值",
            "捐赠款金额",
            "捐款数额",
            "捐赠数额",
            "捐款",
            "善款金额",
            "实收金额",
            "收入金额",
            "入账金额",
            "贷方发生额",
            "贷方发生额收入",
            "贷方金额",
            "贷方",
            "收入贷",
            "收入贷方",
            "转入金额",
            "存入金额",
            "收入",
            "款物金额",
            "捐赠款额",
            "资金",
            "金额合计",
            "合计金额",
            "捐赠金额（折价）",
            "人民币",
            "数额",
            "善款",
            "捐赠善款",
            "爱心款",
            "捐赠款项",
            "捐款款项",
            "款额",
            "捐款总额",
            "捐赠总额",
            "金额总计",
            "捐赠现金",
        ],
        hints=[
            "金额",
            "捐款额",
            "捐赠额",
            "折价",
            "价值",
            "捐款数",
            "捐赠款",
            "捐赠资金",
            "发生额",
        ],
        unit=Unit.YUAN,
        allow_negative=True,
        required=False,
        sample="10000.00",
    )
    received_on = Column(
        "到账日期",
        aliases=[
            "捐赠日期",
            "日期",
            "时间",
            "捐赠时间",
            "捐款日期",
            "捐款时间",
            "到账时间",
            "接收日期",
            "接收时间",
            "收款日期",
            "收款时间",
            "交易日期",
            "交易时间",
            "入账日期",
            "入账时间",
            "记账日期",
            "入库日期",
            "入库时间",
            "接受日期",
            "接受时间",
            "登记日期",
            "登记时间",
        ],
        hints=["日期", "时间", "捐款日", "到账日", "交易日"],
        fill_down=True,
        in_title=True,
        by_period=True,
        sample="2021-08-08",
    )
    channel = Column(
        "渠道",
        aliases=[
            "捐赠渠道",
            "收款渠道",
            "捐赠方式",
            "捐款方式",
            "收款方式",
            "支付方式",
            "方式",
            "途径",
            "捐款渠道",
        ],
        words={
            "银行转账": "BANK",
            "转账": "BANK",
            "汇款": "BANK",
            "对公转账": "BANK",
            "微信支付": "WECHAT",
            "微信扫码": "WECHAT",
            "网上": "PLATFORM",
            "网络": "PLATFORM",
            "腾讯公益": "PLATFORM",
            "扫码": "QR_CODE",
            "POS机": "POS",
            "刷卡": "POS",
        },
        otherwise="remark",
        sample="银行",
    )
    designated = Column(
        "是否定向",
        aliases=["定向", "是否定向捐赠", "定向/非定向"],
        required=False,
        words={"定向": "1", "非定向": "0", "不定向": "0"},
        sample="否",
    )
    purpose = Column(
        "定向用途",
        aliases=[
            "用途",
            "捐赠用途",
            "捐赠意向",
            "使用意向",
            "捐款用途",
            "定向捐赠用途",
            "指定用途",
            "捐赠意愿",
            "意向",
        ],
    )
    fund = Column(
        "基金",
        aliases=["项目", "基金/项目", "所属基金", "项目名称", "基金名称", "捐赠项目"],
        otherwise="purpose",
        sample="滇苗助学",
    )
    campaign = Column(
        "募捐活动",
        aliases=["关联灾害事件", "灾害事件", "活动", "活动名称", "专项", "事件"],
        otherwise="purpose",
        sample="",
    )
    credited_branch = Column("业绩归属单位", aliases=["归属单位", "业绩单位"])
    item = Column(
        "品名",
        aliases=[
            "入库物资",
            "物资名称",
            "捐赠物资",
            "物品名称",
            "物资",
            "物品",
            "捐赠物品",
            "捐赠物资名称",
            "入库物资（品名）",
            "货物名称",
            "名称及规格",
            "捐赠内容",
            "物资品名",
            "产品名称",
            "品名（含数量）",
            "品种",
            "物资种类",
        ],
        hints=["品名", "物资名称", "物品名称"],
    )
    model_size = Column("规格型号", aliases=["规格", "型号", "规格/型号", "型号规格"])
    measure = Column("计量单位", aliases=["物资单位", "数量单位", "单位"])
    quantity = Column(
        "数量",
        aliases=[
            "数量总计",
            "捐赠数量",
            "接收数量",
            "入库数量",
            "物资数量",
            "件数",
            "总数",
            "总数量",
        ],
        hints=["数量"],
    )
    unit_price = Column("单价（元）", aliases=["单价", "单位价格"], unit=Unit.YUAN)
    valuation = Column("计价依据", aliases=["折价依据", "价值依据"])
    expires_on = Column("有效期至", aliases=["有效期", "失效日期", "保质期至", "有效期限"])
    batch = Column("批号", aliases=["生产批号", "批次号"])
    accepted_by = Column("验收人", aliases=["验收", "接收人", "验收人员"])
    anonymous = Column("是否匿名", aliases=["匿名", "是否匿名捐赠"], required=False)
    ticket_code = Column("票据代码", aliases=["发票代码"])
    ticket_number = Column(
        "票据号码",
        aliases=[
            "票据号",
            "票号",
            "收据号",
            "收据编号",
            "捐赠票据号",
            "票据编号",
            "交易单号",
            "交易流水号",
            "流水号",
            "凭证号",
            "收据号码",
        ],
    )
    ticket_waived = Column(
        "是否放弃票据", aliases=["放弃票据", "是否放弃开票", "是否放弃捐赠票据"], required=False
    )
    refunded_ticket = Column("被冲销的原票据号", aliases=["原票据号", "冲销票据号"])
    reason = Column("退款原因", aliases=["冲销原因"])
    remark = Column("备注", aliases=["说明", "附言", "摘要", "留言"])

    def rules(self) -> tuple[Rule, ...]:
        """A refund says why and of what; a line is money or goods; goods are valued."""
        return (
            Rule(
                code="refund.reason_missing",
                broken=lambda: (
                    (pl.col("value") <= 0) & (_blank("reason") | _blank("refunded_ticket"))
                ),
                needs=("value",),
                message="金额 {value} 不大于 0，须写明退款原因和被冲销的原票据号",
                suggestion="请在“退款原因”“被冲销的原票据号”两栏补填，或改正金额。",
            ),
            Rule(
                code="required.empty",
                broken=lambda: pl.col("value").is_null() & _blank("item"),
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
            pl.when(name.str.contains(_ANONYMOUS))
            .then(pl.lit(GiverKind.ANONYMOUS.value))
            .when(name.str.contains(_ORGANISATION))
            .then(pl.lit(GiverKind.ORGANISATION.value))
            .otherwise(pl.lit(GiverKind.PERSON.value))
        )
        is_goods = _filled(frame, "item") | _filled(frame, "quantity")
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
    titles = (
        "接收社会捐赠物资一览表",
        "接收捐赠物资",
        "接受捐赠物资明细表",
        "接收社会捐赠物资公示",
        "捐赠物资入库登记表",
    )
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
                broken=lambda: (
                    pl.col("value").is_not_null()
                    & (pl.col("valuation").fill_null("").is_in(["", "UNPRICED"]))
                ),
                needs=("value", "valuation"),
                message="折价 {value} 没有写明计价依据",
                suggestion="请在“计价依据”填发票、协议、市场价或评估；没有价值证明则不填金额，填“不标价”。",
                severity=Severity.WARNING,
            ),
        )


def _blank(name: str) -> pl.Expr:
    """Tell whether a text is empty; a column the workbook lacks is."""
    return pl.col(name).fill_null("") == ""


def _filled(frame: pl.DataFrame, name: str) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(value=False)
    return pl.col(name).cast(pl.String).fill_null("") != ""
