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
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.findings import Severity
from redcross.uploads.schema.import_spec import Rule, SheetKind, SplitAmounts
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
_GIVING = (
    "(?:捐赠|捐款|捐资|捐助|捐献|捐|赠与|赠送|认捐|交款|缴款|付款|汇款|来款|打款|转账|出资|爱心)"
)
_WHO = "(?:单位|个人|企业|公司|机构|团体|集体|组织|人员|人士|者|人|方|户|群众)"
_GIVER = (
    rf"{_GIVING}{_WHO}(?:[或及和与]?{_GIVING}?{_WHO})*(?:名称|姓名|名单|全称|昵称)?",
    r"(?:微信|支付宝|网络|付款|支付)(?:昵称|账户名|户名|用户名|姓名|名称)",
)
_PAID = (
    "(?:捐赠|捐款|捐资|捐助|捐献|捐|到账|实收|收到|收入|入账|交易|订单|支付|转账|善款|爱心|赠款"
    "|缴款|交款|汇款|来款|付款)"
)
_AMOUNT = (rf"(?:实际|实)?{_PAID}(?:款|资金|金)?(?:总额|金额|数额|款额|额|款数|数目)",)
_ARRIVED = (
    "(?:捐赠|捐款|捐资|捐助|捐献|到账|到款|收款|接收|接受|入账|记账|交易|支付|付款|交款|缴款|汇款"
    "|来款|转账|登记)"
)
_DAY = (rf"{_ARRIVED}(?:日期|时间|日)",)
_CASH_WORDS = ("现金", "资金", "人民币", "捐款", "善款", "现款", "款")
_BY_CHANNEL = {
    "银行转账": "银行", "银行": "银行", "转账": "银行", "汇款": "银行", "对公账户": "银行",
    "现金": "现金", "微信": "微信", "支付宝": "支付宝", "云闪付": "云闪付", "POS机": "POS",
    "POS": "POS", "二维码": "二维码", "扫码": "二维码", "网络": "网络平台", "网络平台": "网络平台",
    "线上": "网络平台", "其他": "其他", "其它": "其他",
}  # fmt: skip
_SPLIT_AMOUNTS = SplitAmounts(
    field="value",
    parts={
        **{word: ("channel", said) for word, said in _BY_CHANNEL.items()},
        "定向": ("designated", "是"), "定向捐款": ("designated", "是"),
        "定向捐赠": ("designated", "是"), "非定向": ("designated", "否"),
        "非定向捐款": ("designated", "否"), "非定向捐赠": ("designated", "否"),
        **dict.fromkeys(
            (
                "资金", "捐款", "捐资", "捐赠现金", "捐赠资金", "现金捐赠", "现金金额", "捐款金额",
                "物资折价", "物资折款", "物资价值", "物资金额", "折价", "折价金额", "价值", "折款",
                "捐赠物资折价", "物资折合金额", "物资折价金额", "线下",
            )
        ),
    },
    groups=("捐赠金额", "捐款金额", "金额", "收款金额", "到账金额", "捐赠款", "捐款"),
    totals=("合计", "总计", "小计", "款物合计", "金额合计", "合计金额", "总金额", "总额", "共计"),
)  # fmt: skip
UNPRICED = ("不标价", "无标价", "未标价", "未折价", "不计价", "未估价", "无价值证明")
_DOMESTIC_CURRENCY = ("人民币", "RMB", "CNY", "元", "人民币元", "rmb")
_ANONYMOUS_PATTERN = r"^(?:爱心人士|爱心个人|无名氏|匿名|社会爱心|热心市民|热心人士|好心人|不留名)"


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
    split_amounts = _SPLIT_AMOUNTS
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
        aliases=[
            "收款单位",
            "接收单位",
            "填报单位",
            "县区",
            "县（市、区）",
            "所属单位",
            "单位名称",
            "机构",
            "所属县(市、区)",
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
            "善款来源(个人/团体)",
            "捐方名称",
            "献爱心单位(人)",
            "付款人昵称",
            "付款账户名",
            "物资捐赠者",
            "捐物单位及个人",
            "赠方",
        ],
        substrings=[
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
            "捐方",
            "赠方",
            "昵称",
        ],
        patterns=_GIVER,
        rejects_numbers=True,
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
        "联系电话",
        aliases=["电话", "联系方式", "手机", "手机号", "手机号码"],
        fallback_column="giver_name",
        sample="13800000000",
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
        fallback_column="channel",
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
            "折合人民币",
            "折人民币",
            "折合人民币金额",
            "人民币金额",
            "折合金额",
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
            "到位资金(元)",
            "支付金额(元)",
            "估价合计(元)",
            "折合价款(元)",
        ],
        substrings=[
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
        patterns=_AMOUNT,
        exclude_pattern="承诺|认捐|协议|应收|应捐|意向|拟捐|未到账|退款|手续费|余额|累计|大写",
        null_values=UNPRICED,
        fallback_column="item",
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
            "款项到账日",
            "进账日期",
            "收讫日期",
            "支付时间",
            "到账时刻",
            "收货日期",
            "捐入日期",
        ],
        substrings=["日期", "时间", "捐款日", "到账日", "交易日"],
        patterns=_DAY,
        fill_down=True,
        from_title=True,
        default_from_period=True,
        sample="2021-08-08",
    )
    currency = Column("币种", aliases=["货币", "币别", "货币种类"], null_values=_DOMESTIC_CURRENCY)
    original_value = Column(
        "原币金额", aliases=["外币金额", "原币", "外币", "原币种金额"], allow_negative=True
    )
    exchange_rate = Column("汇率", aliases=["折算汇率", "折合汇率", "当日汇率"])
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
            "支付渠道",
            "捐款途径",
            "收款途径",
            "缴款途径",
            "来款渠道",
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
        fallback_column="remark",
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
        fallback_column="purpose",
        sample="滇苗助学",
    )
    campaign = Column(
        "募捐活动",
        aliases=["关联灾害事件", "灾害事件", "活动", "活动名称", "专项", "事件"],
        fallback_column="purpose",
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
            "捐物",
            "捐赠实物",
            "捐物名称",
        ],
        substrings=["品名", "物资名称", "物品名称"],
        rejects_numbers=True,
    )
    model_size = Column("规格型号", aliases=["规格", "型号", "规格/型号", "型号规格", "规格尺寸"])
    measure = Column(
        "计量单位", aliases=["物资单位", "数量单位", "单位", "量词", "计数单位", "单位(箱、件)"]
    )
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
            "实收数",
            "点收数",
        ],
        substrings=["数量"],
    )
    unit_price = Column("单价（元）", aliases=["单价", "单位价格", "市场单价(元)"], unit=Unit.YUAN)
    valuation = Column(
        "计价依据", aliases=["折价依据", "价值依据", "价格依据", "估价依据", "定价依据", "作价依据"]
    )
    expires_on = Column(
        "有效期至",
        aliases=["有效期", "失效日期", "保质期至", "有效期限", "保质期", "保质期截止日"],
        default_to_month_end=True,
    )
    batch = Column("批号", aliases=["生产批号", "批次号"])
    accepted_by = Column(
        "验收人", aliases=["验收", "接收人", "验收人员", "验收人签字", "验收签字", "验货人"]
    )
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
            "电子票据号",
            "商户订单号",
        ],
    )
    ticket_waived = Column(
        "是否放弃票据", aliases=["放弃票据", "是否放弃开票", "是否放弃捐赠票据"], required=False
    )
    refunded_ticket = Column("被冲销的原票据号", aliases=["原票据号", "冲销票据号"])
    reason = Column("退款原因", aliases=["冲销原因"])
    remark = Column(
        "备注", aliases=["说明", "附言", "摘要", "留言", "附注", "捐方意愿", "其他说明", "说明事项"]
    )

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
                violation=lambda: ~_is_blank("currency") & pl.col("original_value").is_null(),
                needs=("currency", "value"),
                message="{currency} {value} 没有折合人民币",
                suggestion="请把外币写在“原币金额”，“金额（元）”填按到账日汇率折合的人民币。",
            ),
            Rule(
                code="refund.reason_missing",
                violation=lambda: (
                    (pl.col("value") <= 0) & (_is_blank("reason") | _is_blank("refunded_ticket"))
                ),
                needs=("value",),
                message="金额 {value} 不大于 0，须写明退款原因和被冲销的原票据号",
                suggestion="请在“退款原因”“被冲销的原票据号”两栏补填，或改正金额。",
            ),
            Rule(
                code="required.empty",
                violation=lambda: pl.col("value").is_null() & _is_blank("item"),
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
        is_goods = _is_filled(frame, "item") | _is_filled(frame, "quantity")
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


def _is_blank(name: str) -> pl.Expr:
    """Tell whether a text is empty; a column the workbook lacks is."""
    return pl.col(name).fill_null("") == ""


def _is_filled(frame: pl.DataFrame, name: str) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(value=False)
    return pl.col(name).cast(pl.String).fill_null("") != ""
