"""The workbooks of aid and disaster response a branch hands in."""

import datetime as dt
from decimal import Decimal

import polars as pl

from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.findings import Severity
from redcross.uploads.schema.import_spec import Rule, SheetKind, SplitAmounts
from redcross.uploads.schema.schedule import Due, Monthly, Quarterly, Yearly
from redcross.uploads.schema.sheet import Column, Sheet
from relief.choices import AidFund, Disease, DispatchForm, MovementKind, Origin
from relief.grant_limits import compute_age, find_band_grant, find_cap
from relief.models import (
    AidApplication,
    AidBand,
    AidCap,
    AidGrant,
    Dispatch,
    Distribution,
    EditionResource,
    Engagement,
    EventResponse,
    Item,
    Need,
    Project,
    RescueTeam,
    StockMovement,
)

_BRANCH = [
    "填报单位",
    "县区",
    "县",
    "县（市、区）",
    "州市",
    "州（市）",
    "所属单位",
    "单位名称",
    "机构",
    "实施单位",
]
_SOURCE_WORDS = {
    "彩票公益金": "LOTTERY",
    "中央彩票公益金": "LOTTERY",
    "财政资金": "BUDGET",
    "财政拨款": "BUDGET",
    "总会": "NATIONAL",
    "省红会": "PROVINCE",
    "省级": "PROVINCE",
    "社会捐赠": "DONATION",
    "捐赠资金": "DONATION",
    "自有资金": "OWN",
}
_DISEASE_WORDS = {
    **dict.fromkeys(
        (
            "急性淋巴细胞白血病",
            "急性淋巴白血病",
            "急性髓系白血病",
            "急性髓细胞白血病",
            "急性粒细胞白血病",
            "急性早幼粒细胞白血病",
            "慢性粒细胞白血病",
            "血癌",
        ),
        Disease.LEUKAEMIA.value,
    ),
    **dict.fromkeys(
        ("先天性心脏病", "室间隔缺损", "房间隔缺损", "动脉导管未闭", "法洛四联症", "心脏病"),
        Disease.HEART.value,
    ),
    **dict.fromkeys(("大病", "其他重病", "重大疾病"), Disease.OTHER.value),
}
_LEVEL_WORDS = {
    **{
        f"{prefix}{word}{suffix}": key
        for prefix in ("", "启动")
        for suffix in ("", "响应", "应急响应")
        for word, key in (
            ("Ⅰ级", "ONE"), ("Ⅱ级", "TWO"), ("Ⅲ级", "THREE"), ("Ⅳ级", "FOUR"),
            ("一级", "ONE"), ("二级", "TWO"), ("三级", "THREE"), ("四级", "FOUR"),
            ("1级", "ONE"), ("2级", "TWO"), ("3级", "THREE"), ("4级", "FOUR"),
        )
    },
    "终止": "ENDED",
    "响应终止": "ENDED",
}  # fmt: skip
_ERROR = Severity.ERROR
register_codes(
    FindingCode(
        "application.band",
        "E641",
        _ERROR,
        "拟资助金额与档次不符",
        "拟资助金额应等于按家庭自付计算的档次金额（不超过累计上限的余额），否则须写明原因。",
        "请按档次改正金额，或在“另行决定的说明”中写明原因。",
    ),
    FindingCode(
        "application.age",
        "E642",
        _ERROR,
        "申请时超过年龄上限",
        "小天使基金 18 周岁以下，天使阳光基金 14 周岁以下（以当时的规定为准）。",
        "请核对出生日期与申请日期。",
    ),
    FindingCode(
        "stock.measure",
        "W644",
        Severity.WARNING,
        "计量单位与物资品种不同",
        "库存按物资品种的基本单位计数，箱与件不能混计。",
        "请换算为基本单位后填写数量。",
    ),
    FindingCode(
        "dispatch.people",
        "E643",
        _ERROR,
        "人次少于批次",
        "每批至少一人，人次不能少于批次。",
        "请核对两个数。",
    ),
)


def _is_blank(name: str) -> pl.Expr:
    return pl.col(name).fill_null("") == ""


@register
class Projects(Sheet):
    """救助项目台账：每行一个项目在报告年度的情况；往年开工、本年仍在实施的也要填。"""

    key = "relief.projects"
    title = "救助项目台账"
    model = Project
    kind = SheetKind.STATISTICS
    exploded_identity = ("year", "name")
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    programme = Column("项目品牌", aliases=["品牌", "项目类别", "项目类型"], fill_down=True)
    name = Column("项目名称", aliases=["项目", "名称"])
    place = Column("实施地点", aliases=["地点", "实施地"])
    funding_source = Column("资金来源", aliases=["来源"], words=_SOURCE_WORDS)
    budget = Column("预算（元）", aliases=["预算", "项目预算"], unit=Unit.YUAN, required=False)
    secured = Column(
        "本年到位资金（元）",
        aliases=["本年到位资金", "到位资金", "争取资金", "专项资金"],
        unit=Unit.YUAN,
        required=False,
    )
    spent = Column("本年支出（元）", aliases=["本年支出", "支出"], unit=Unit.YUAN, required=False)
    beneficiaries = Column("受益人数", aliases=["受益人口"], required=False)
    started_on = Column("开工日期", aliases=["启动日期", "开始日期"])
    completed_on = Column("完工日期", aliases=["完成日期", "验收日期"])
    state = Column(
        "状态",
        aliases=["项目状态"],
        words={"在建": "RUNNING", "完工": "COMPLETED", "已完工": "COMPLETED"},
    )
    milestones = Column("进展", aliases=["项目进展", "里程碑"])
    remark = Column("备注", aliases=["说明"])

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Date the row by the year and the last month it speaks of."""
        return frame.with_columns(
            year=pl.lit(period.last.year, dtype=pl.Int64), month=pl.lit(period.last)
        )


@register
class EditionResources(Sheet):
    """送万家筹集款物汇总：每行一个单位一种资金来源在本届筹集的款或物。"""

    key = "relief.edition_resources"
    title = "博爱送万家筹集款物汇总表"
    model = EditionResource
    dated_by = "mobilised_on"
    identity = ("edition", "funding_source", "form", "mobilised_on")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    edition = Column(
        "活动届次",
        aliases=["届次", "活动", "活动名称"],
        fill_down=True,
        from_title=True,
        allow_create=True,
    )
    funding_source = Column("资金来源", aliases=["来源"], words=_SOURCE_WORDS)
    form = Column(
        "形式", aliases=["款物类别"], required=False, words={"款": "MONEY", "物": "GOODS"}
    )
    value = Column("金额（元）", aliases=["金额", "价值", "款物价值"], unit=Unit.YUAN)
    mobilised_on = Column("统计日期", aliases=["日期", "截止日期"], fill_down=True)


class _Distribution(Sheet):
    """What a household roster and a summary by village share."""

    model = Distribution
    dated_by = "given_on"

    branch = Column("单位", aliases=[*_BRANCH, "县别"], fill_down=True)
    edition = Column(
        "活动届次",
        aliases=["届次", "活动", "活动名称"],
        fill_down=True,
        from_title=True,
        allow_create=True,
    )
    given_on = Column(
        "发放日期",
        aliases=[
            "日期",
            "领取日期",
            "发放时间",
            "时间",
            "发放年月日",
            "领取时间",
            "签领日期",
            "签收日期",
            "发放登记日期",
            "慰问日期",
            "入户日期",
            "签收时间",
        ],
        fill_down=True,
    )
    township = Column(
        "乡镇",
        aliases=[
            "乡（镇）",
            "乡镇（街道）",
            "乡镇/街道",
            "镇（乡）",
            "乡镇名称",
            "街道",
            "所属乡镇",
            "所在乡镇",
            "乡（镇、街道）",
            "镇街",
            "乡镇(办事处)",
        ],
        fill_down=True,
    )
    village = Column(
        "村（社区）",
        aliases=[
            "村",
            "社区",
            "村委会",
            "村(社区)",
            "村委会/社区",
            "村（居）委会",
            "村民委员会",
            "村组",
            "村（居）",
            "行政村",
            "所属村",
            "所在村",
            "村（居）民委员会",
            "村/社区",
            "所在村(居)",
        ],
        fill_down=True,
    )
    goods = Column(
        "发放物资",
        aliases=[
            "物资",
            "物资名称",
            "品名",
            "物资品名",
            "发放物品",
            "物品名称",
            "慰问物资",
            "发放内容",
            "领取物资",
            "领取物品",
            "慰问品",
        ],
    )
    quantity = Column(
        "数量",
        aliases=["发放数量", "件数", "物资数量", "慰问品数量", "份数", "领取数"],
        required=False,
    )
    goods_value = Column(
        "折价（元）",
        aliases=[
            "折价",
            "物资折价",
            "价值",
            "物资价值",
            "折价金额",
            "折合金额",
            "物资折款",
            "折款",
            "折合人民币",
            "折合人民币（元）",
            "物资折合金额",
            "慰问品价值(元)",
            "物资折算(元)",
            "物品金额(元)",
        ],
        unit=Unit.YUAN,
        required=False,
    )
    cash_value = Column(
        "现金（元）",
        aliases=[
            "现金",
            "慰问金",
            "现金金额",
            "慰问金额",
            "发放现金",
            "慰问现金(元)",
            "救助金(元)",
        ],
        unit=Unit.YUAN,
        required=False,
    )
    remark = Column("备注", aliases=["说明", "备注说明"])


@register
class Roster(_Distribution):
    """博爱送万家发放花名册：每行一户；受益人次为家庭人口，未填的按 1 计。"""

    key = "relief.roster"
    title = "博爱送万家发放花名册"
    titles = (
        "博爱送万家花名册",
        "博爱送万家活动物资发放花名册",
        "博爱送万家发放登记表",
        "博爱送万家发放签领表",
        "博爱送万家受助对象名册",
    )
    kind = SheetKind.ROSTER
    identity = ("edition", "id_number")
    constants = {"households": 1, "beneficiary_times": 1}

    householder = Column(
        "户主姓名",
        aliases=[
            "姓名",
            "户主",
            "受益人姓名",
            "受助人姓名",
            "户主名",
            "受益人",
            "受助人",
            "受益户主",
            "领取户户主",
            "困难户姓名",
        ],
    )
    id_number = Column(
        "身份证号",
        aliases=[
            "身份证号码",
            "证件号码",
            "证件号",
            "身份证",
            "公民身份号码",
            "公民身份证号码",
            "居民身份证号",
            "居民身份证号码",
            "身份证件号码",
            "户主身份证号",
            "户主身份证号码",
            "户主证件号",
            "受益人身份证号",
            "困难户身份证",
        ],
        required=True,
    )
    family_size = Column(
        "家庭人口",
        aliases=[
            "人口",
            "人口数",
            "家庭人数",
            "家庭人口数",
            "家庭人数（人）",
            "家庭成员数",
            "人数",
            "家中人口",
            "户内人数",
        ],
    )
    hardship = Column(
        "困难类型",
        aliases=[
            "困难类别",
            "救助对象类别",
            "对象类别",
            "致困原因",
            "人员类别",
            "困难原因",
            "困难情况",
            "贫困类型",
            "困难群众类型",
            "救助对象类型",
            "帮扶类别",
            "困难群体类型",
            "家庭类别",
        ],
        required=False,
        words={
            "低保": "LOW_INCOME",
            "低保户": "LOW_INCOME",
            "低保边缘": "LOW_INCOME",
            "低保边缘户": "LOW_INCOME",
            "低保边缘家庭": "LOW_INCOME",
            "低收入": "LOW_INCOME",
            "特困": "DESTITUTE",
            "特困户": "DESTITUTE",
            "特困人员": "DESTITUTE",
            "五保户": "DESTITUTE",
            "独居": "ELDERLY",
            "孤寡老人": "ELDERLY",
            "空巢老人": "ELDERLY",
            "受灾户": "DISASTER",
            "因灾": "DISASTER",
            "受灾": "DISASTER",
            "受灾群众": "DISASTER",
            "军属": "VETERAN",
            "烈属": "VETERAN",
            "献血者家庭": "DONOR_FAMILY",
            "捐献者家庭": "DONOR_FAMILY",
            "大病患儿": "SICK_CHILD",
            "困难会员": "VOLUNTEER",
            "困难志愿者": "VOLUNTEER",
            "献血者/捐献者家庭": "DONOR_FAMILY",
            "献血者、捐献者家庭": "DONOR_FAMILY",
            "军烈属": "VETERAN",
            "烈军属": "VETERAN",
            "退役军人": "VETERAN",
            "优抚对象": "VETERAN",
            "大病儿童": "SICK_CHILD",
            "患病儿童": "SICK_CHILD",
            "特困供养人员": "DESTITUTE",
            "分散供养": "DESTITUTE",
            "集中供养": "DESTITUTE",
            "困难会员志愿者": "VOLUNTEER",
            "困难会员、志愿者": "VOLUNTEER",
            "因灾致贫": "DISASTER",
            "留守老人": "ELDERLY",
        },
        fallback_column="remark",
    )
    phone = Column(
        "联系电话",
        aliases=["电话", "手机", "联系方式", "手机号", "手机号码", "电话号码", "户主电话"],
    )
    signed_by = Column(
        "领取人签字",
        aliases=[
            "领取人",
            "签字",
            "代领关系",
            "领取人签字/代领关系",
            "签领",
            "签名",
            "签收",
            "领取人签名",
            "领取签字",
            "代领人与户主关系",
            "代领人",
            "签领人",
            "领取人/代领人",
            "代领人关系",
        ],
    )

    def rules(self) -> tuple[Rule, ...]:
        """A household has 1 to 15 people."""
        return (
            Rule(
                code="rule.broken",
                violation=lambda: ~pl.col("family_size").is_between(1, 15),
                needs=("family_size",),
                message="家庭人口 {family_size} 不在 1 至 15 之间",
                suggestion="请核对家庭人口。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take the family for the people helped, one person where nobody counted."""
        if "family_size" not in frame.columns:
            return frame
        return frame.with_columns(beneficiary_times=pl.col("family_size").fill_null(1))


@register
class Distributions(_Distribution):
    """博爱送万家发放汇总：每行一个村（社区）集中发放的一批。"""

    key = "relief.distributions"
    title = "博爱送万家发放汇总表"
    identity = ("edition", "given_on", "township", "village")

    households = Column("户数", aliases=["发放户数"])
    beneficiary_times = Column("受益人次", aliases=["人次", "受益人数"])


@register
class Applications(Sheet):
    """红十字天使计划救助申请汇总：每行一名患儿的一次申请。"""

    key = "relief.applications"
    title = "天使计划救助申请汇总表"
    titles = (
        "大病救助申请汇总表",
        "大病患儿救助申请汇总表",
        "大病儿童医疗救助申报汇总表",
        "小天使基金申请汇总表",
        "天使阳光基金救助申请汇总表",
        "大病（天使）救助申请汇总",
    )
    model = AidApplication
    kind = SheetKind.ROSTER
    dated_by = "applied_on"
    identity = ("aid_fund", "id_number", "applied_on")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    aid_fund = Column(
        "基金",
        aliases=["申请基金", "救助项目", "项目"],
        required=False,
        from_title=True,
        note="不填时按病种：白血病为小天使基金，先心病为天使阳光基金。",
        words={"小天使": "LITTLE_ANGEL", "天使阳光": "SUNSHINE"},
    )
    child_name = Column(
        "患儿姓名",
        aliases=["姓名", "患者姓名", "儿童姓名", "患儿", "受助人姓名", "申请人姓名", "受助儿童"],
    )
    sex = Column("性别", aliases=["患儿性别", "儿童性别"], required=False)
    born_on = Column(
        "出生日期", aliases=["出生年月", "出生年月日", "生日", "患者出生日期", "儿童出生年月日"]
    )
    domicile = Column(
        "户籍地",
        aliases=[
            "户籍所在地",
            "户籍",
            "户籍地址",
            "家庭住址",
            "家庭地址",
            "住址",
            "户口所在地",
            "户籍县乡",
        ],
        branch_from_address=True,
    )
    id_number = Column(
        "身份证号",
        aliases=[
            "身份证号码",
            "证件号",
            "身份证",
            "患儿身份证号",
            "患儿身份证号码",
            "公民身份号码",
            "居民身份证号",
            "患者身份证号",
            "身份证件号码",
            "患儿证件号",
            "患儿身份证",
            "儿童身份证号",
            "儿童证件号",
        ],
        required=True,
    )
    disease = Column(
        "病种",
        aliases=[
            "疾病",
            "疾病名称",
            "疾病类型",
            "病情",
            "所患疾病",
            "诊断",
            "患病类型",
            "疾病种类",
            "病种（诊断）",
            "救助项目病种",
            "救助病种",
            "疾病诊断",
            "患病种类",
            "诊断病名",
        ],
        words={
            **_DISEASE_WORDS,
            "其他": "OTHER",
            "先心": "HEART",
            "先天性心脏病（室缺）": "HEART",
            "急淋": "LEUKAEMIA",
            "急淋白血病": "LEUKAEMIA",
            "急性白血病": "LEUKAEMIA",
            "儿童白血病": "LEUKAEMIA",
            "急髓白血病": "LEUKAEMIA",
            "白血病（急淋）": "LEUKAEMIA",
        },
    )
    hospital = Column(
        "医院",
        aliases=[
            "就诊医院",
            "治疗医院",
            "救治医院",
            "就诊医院名称",
            "医院名称",
            "就医医院",
            "定点医院",
            "收治医院",
            "手术医院",
            "治疗机构",
            "就诊（治疗）医院",
            "手术(治疗)医院",
            "救治定点医院",
            "住院医院",
        ],
    )
    transplanted = Column(
        "是否移植",
        words={
            "已移植": "1",
            "已手术": "1",
            "未移植": "0",
            "未手术": "0",
            "手术": "1",
            "移植": "1",
            "未做": "0",
            "已做": "1",
            "待手术": "0",
        },
        aliases=[
            "是否手术/移植",
            "移植",
            "是否手术",
            "手术/移植",
            "是否手术（移植）",
            "是否已手术",
            "是否已手术（移植）",
            "是否手术或移植",
            "手术移植情况",
            "移植与否",
        ],
        required=False,
    )
    own_payment = Column(
        "家庭自付（元）",
        aliases=[
            "家庭自付",
            "自付费用",
            "家庭自付金额",
            "自付金额",
            "自费金额",
            "个人自付",
            "家庭自付费用",
            "自付医疗费",
            "家庭自付医疗费",
            "家庭自付部分",
            "自付部分",
            "自费部分",
            "家庭承担费用",
            "个人负担(元)",
            "自负医药费(元)",
            "家庭负担费用(元)",
        ],
        unit=Unit.YUAN,
    )
    guardian = Column(
        "监护人",
        aliases=[
            "监护人姓名",
            "家长姓名",
            "监护人（家长）",
            "家长",
            "法定监护人",
            "申请人(监护人)",
            "父或母姓名",
        ],
    )
    relation = Column(
        "与患儿关系",
        aliases=[
            "关系",
            "与患者关系",
            "监护人关系",
            "监护人与患儿关系",
            "与患儿的关系",
            "亲属关系",
            "与患儿（人）关系",
            "家长与儿童关系",
        ],
    )
    phone = Column(
        "电话",
        aliases=[
            "联系电话",
            "监护人电话",
            "联系方式",
            "手机号",
            "监护人联系电话",
            "家长电话",
            "手机号码",
            "家长联系电话",
            "监护人手机",
            "申请人电话",
            "联系手机",
        ],
    )
    applied_on = Column(
        "申请日期",
        aliases=[
            "申请时间",
            "申报日期",
            "申报时间",
            "申请年月",
            "登记日期",
            "递交申请日期",
            "填表申请日期",
            "申请书日期",
        ],
    )
    first_review_on = Column(
        "初审日期",
        aliases=["初审", "县级初审", "初审时间", "县级初审日期"],
        fallback_column="first_review",
    )
    first_review = Column(
        "初审意见",
        aliases=["初审结果", "初审结论", "县级初审意见", "县红十字会初审意见", "县会初审"],
    )
    review_on = Column("审核日期", aliases=["审核", "省级审核日期"])
    appraised_on = Column("评审日期", aliases=["评审"])
    publicised_on = Column("公示日期", aliases=["公示", "公示时间"])
    proposed = Column("拟资助金额（元）", aliases=["拟资助金额"], unit=Unit.YUAN)
    granted = Column(
        "资助金额（元）",
        aliases=[
            "资助金额",
            "救助金额",
            "实际资助金额",
            "批准金额",
            "拨付金额",
            "资助额度",
            "资助额",
            "资助标准",
            "核定资助金额",
            "核定资助(元)",
        ],
        unit=Unit.YUAN,
    )
    paid_on = Column(
        "拨付日期",
        aliases=[
            "拨付",
            "拨付时间",
            "拨款日期",
            "拨款时间",
            "发放日期",
            "发放时间",
            "到账日期",
            "打款日期",
            "拨款到账日期",
            "发放到位日期",
            "款项拨付日",
            "资助款到账日",
            "拨款到户日期",
        ],
    )
    reason = Column("另行决定的说明", aliases=["说明", "原因", "其他情况"])

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Take the fund by the disease, and what was granted for what had been proposed."""
        granted = pl.col("granted").cast(pl.Decimal(12, 2))
        unexplained = _is_blank("reason") & pl.col("proposed").is_null()
        return frame.with_columns(
            _fund_for_disease(),
            proposed=pl.when(unexplained).then(granted).otherwise(pl.col("proposed")),
        )

    def rules(self) -> tuple[Rule, ...]:
        """A proposal is within its band, and the child within the fund's age."""
        bands, caps = list(AidBand.objects.all()), list(AidCap.objects.all())

        def above_band(row: dict[str, object]) -> bool:
            fund, paid, day = row["aid_fund"], row["own_payment"], row["applied_on"]
            proposed = row["proposed"]
            if fund is None or not (isinstance(paid, Decimal) and isinstance(day, dt.date)):
                return False
            if not isinstance(proposed, Decimal):
                return False
            band = find_band_grant(
                bands,
                fund=str(fund),
                transplanted=bool(row["transplanted"]),
                own_payment=paid,
                on=day,
            )
            return proposed > (band or 0) if row["reason"] else proposed != (band or 0)

        def too_old(row: dict[str, object]) -> bool:
            day, born = row["applied_on"], row["born_on"]
            if not (isinstance(day, dt.date) and isinstance(born, dt.date)):
                return False
            cap = find_cap(caps, fund=str(row["aid_fund"]), on=day)
            return cap is not None and compute_age(day, born) > cap.oldest

        fund = _fund_for_disease()
        asked = pl.struct(
            fund, "own_payment", "applied_on", "proposed", "transplanted", "reason", "born_on"
        )
        return (
            Rule(
                code="required.empty",
                violation=fund.is_null,
                needs=("disease",),
                message="看不出申请哪个基金",
                suggestion="请补上“基金”一栏；白血病、先心病以外的须写明。",
            ),
            Rule(
                code="application.band",
                violation=lambda: (
                    pl.col("proposed").is_not_null()
                    & asked.map_elements(above_band, return_dtype=pl.Boolean)
                ),
                needs=("proposed", "own_payment", "applied_on"),
                message="拟资助 {proposed} 元与家庭自付 {own_payment} 元的档次不符",
                suggestion="请按档次改正；因累计上限少于档次的，写明原因。",
            ),
            Rule(
                code="application.age",
                violation=lambda: asked.map_elements(too_old, return_dtype=pl.Boolean),
                needs=("born_on", "applied_on"),
                message="申请时已超过年龄上限（出生 {born_on}，申请 {applied_on}）",
                suggestion="请核对出生日期、申请日期与基金。",
            ),
        )


def _fund_for_disease() -> pl.Expr:
    """Return the fund a row names, else the one that is for its disease."""
    disease = pl.col("disease").cast(pl.String)
    by_disease = (
        pl.when(disease == Disease.LEUKAEMIA.value)
        .then(pl.lit(AidFund.LITTLE_ANGEL.value))
        .when(disease == Disease.HEART.value)
        .then(pl.lit(AidFund.SUNSHINE.value))
    )
    named = pl.col("aid_fund").cast(pl.String).replace("", None)
    return pl.coalesce(named, by_disease).alias("aid_fund")


@register
class Grants(Sheet):
    """救助发放台账：每行一名受助人或一批；填了病种的计入医疗救助。"""

    key = "relief.grants"
    title = "救助发放台账"
    model = AidGrant
    dated_by = "given_on"
    constants = {"disease": Disease.NONE.value, "medical": False}
    due = (Due(Level.PREFECTURE, Monthly(day=8)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    programme = Column("项目品牌", aliases=["品牌", "项目", "救助项目"], fill_down=True)
    given_on = Column("救助日期", aliases=["日期", "发放日期", "时间"])
    disease = Column(
        "病种",
        aliases=["疾病"],
        required=False,
        words={"先天性心脏病": "HEART", "大病": "OTHER", "无": "NONE"},
    )
    people_times = Column("救助人次", aliases=["人次", "人数", "受助人数"])
    value = Column("救助金额（元）", aliases=["金额", "救助金额", "资助金额"], unit=Unit.YUAN)
    funding_source = Column("资金来源", aliases=["来源"], words=_SOURCE_WORDS)
    remark = Column("备注", aliases=["说明"])

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Tell medical aid by its disease."""
        disease = pl.col("disease").cast(pl.String).replace("", None).fill_null(Disease.NONE.value)
        return frame.with_columns(disease=disease, medical=disease != Disease.NONE)


@register
class Responses(Sheet):
    """应急响应登记：每行一次启动、调整或终止响应。"""

    key = "relief.responses"
    title = "应急响应登记表"
    model = EventResponse
    dated_by = "declared_on"
    identity = ("event", "level", "declared_on")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    event = Column("灾害事件", aliases=["事件", "灾害"], fill_down=True, allow_create=True)
    level = Column("响应级别", aliases=["级别", "响应等级"], words=_LEVEL_WORDS)
    declared_on = Column("启动日期", aliases=["日期", "时间", "启动时间"])
    remark = Column("说明", aliases=["备注"])


@register
class Dispatches(Sheet):
    """应急救援情况：每行一次派出；批次、人次与人数分开统计。"""

    key = "relief.dispatches"
    title = "应急救援情况表"
    titles = (
        "应急救援情况统计表",
        "灾害救援情况表",
        "应急救援工作情况表",
        "救灾救援工作情况统计表",
        "应急救援及救灾工作汇总表",
    )
    model = Dispatch
    dated_by = "dispatched_on"

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    event = Column(
        "灾害事件",
        aliases=[
            "事件",
            "灾害",
            "事件名称",
            "灾害名称",
            "灾情",
            "灾害事件名称",
            "灾害名目",
            "灾害事由",
            "灾情名称",
        ],
        fill_down=True,
        allow_create=True,
    )
    dispatched_on = Column(
        "派出日期",
        aliases=[
            "日期", "时间", "派出时间", "派遣日期", "出动时间", "发生时间", "发生日期", "救援时间",
            "灾害时间", "响应时间", "灾害发生日期", "灾害发生时间", "事发时间", "受灾时间", "出动日期"],
        fill_down=True,
    )  # fmt: skip
    form = Column(
        "类别",
        aliases=["派出类别"],
        words={"工作队": "TEAM", "救援力量": "FORCE", "救援队": "FORCE"},
        default=DispatchForm.FORCE.value,
        note="不填时为投入应急救援力量。",
    )
    team = Column("队伍名称", aliases=["派出队伍名称", "派出／队伍名称", "救援队名称"])
    teams = Column(
        "派出／队伍",
        aliases=[
            "队伍", "队伍数", "队伍（支）", "派出力量／队伍", "救援队伍", "派出救援／队伍",
            "派出队伍", "派出队伍数", "出动队伍", "出动救援队", "救援力量／队伍", "出动队伍数", "出动力量／救援队", "救援队名", "派遣队伍"],
        fallback_column="team",
    )  # fmt: skip
    batches = Column(
        "派出／批次",
        aliases=[
            "批次",
            "批",
            "派出批次",
            "救援力量／批次",
            "出动批次",
            "派出力量／批次",
            "出动力量／批数",
            "出队批次",
        ],
        required=False,
    )
    people_times = Column(
        "派出／人次",
        aliases=[
            "人次",
            "派出人次",
            "派出人数（人次）",
            "救援力量／人次",
            "出动人次",
            "派出力量／人次",
            "出动力量／人次数",
            "出队人次",
            "派遣人次",
        ],
        required=False,
    )
    place = Column(
        "地点",
        aliases=[
            "发生地点",
            "救援地点",
            "受灾地点",
            "受灾地区",
            "地点（乡镇）",
            "灾害地点",
            "事发地点",
            "受灾地",
            "出动地点",
            "受灾乡镇",
        ],
    )
    level = Column(
        "响应级别",
        aliases=[
            "响应等级",
            "应急响应级别",
            "应急响应",
            "级别",
            "启动响应级别",
            "启动响应等级",
            "响应等级（级）",
            "启动级别",
            "响应等次",
        ],
        required=False,
        words=_LEVEL_WORDS,
    )
    received_money = Column(
        "接受款物／资金（元）",
        aliases=[
            "接收款物／资金",
            "接受资金",
            "接收资金",
            "接受捐款",
            "接收救灾款物／资金",
            "接受救灾款物／资金",
            "接收款物／款",
            "接受捐赠款物／资金",
            "收到捐助／捐款(元)",
            "受赠资金(万元)",
        ],
        unit=Unit.YUAN,
        note="填报数，与捐赠款物明细核对，不重复计入。",
    )
    received_goods = Column(
        "接受款物／物资（元）",
        aliases=[
            "接收款物／物资", "接受款物／物资折价", "接收款物／物资折价", "接受物资", "接收物资",
            "接受物资折价", "接收救灾款物／物资", "接收救灾款物／物资折价", "接受救灾款物／物资", "接受捐赠款物／物资", "接收款物／物", "收到捐助／捐物折价(元)", "受赠物资(万元)"],
        unit=Unit.YUAN,
    )  # fmt: skip
    goods = Column(
        "调拨物资／品名",
        aliases=[
            "调拨／品名",
            "调拨物资品名",
            "调拨物资／名称",
            "调拨物资",
            "调拨救灾物资／名称",
            "调拨救灾物资／品名",
            "物资名称",
            "调拨物资名称",
            "下拨物资／物资名",
            "支援物资",
        ],
    )
    measure = Column(
        "调拨物资／单位",
        aliases=[
            "调拨／单位",
            "调拨物资／计量单位",
            "计量单位",
            "调拨救灾物资／计量单位",
            "单位",
            "调拨救灾物资／单位",
            "下拨物资／计件",
            "数量单位",
        ],
    )
    quantity = Column(
        "调拨物资／数量",
        aliases=[
            "调拨／数量",
            "调拨物资数量",
            "调拨数量",
            "数量",
            "调拨救灾物资／数量",
            "下拨物资／数目",
            "支援数量",
        ],
    )
    goods_value = Column(
        "调拨物资／折价（元）",
        aliases=[
            "调拨／折价",
            "调拨物资折价",
            "调拨物资／金额",
            "调拨物资／价值",
            "折价",
            "调拨救灾物资／价值",
            "调拨救灾物资／折价",
            "价值",
            "下拨物资／折价额(元)",
            "支援物资价值(元)",
        ],
        unit=Unit.YUAN,
    )
    beneficiary_times = Column(
        "受益人次",
        aliases=[
            "受益（人次）",
            "受益人数",
            "受益群众",
            "受助人次",
            "惠及人次",
            "救助人次",
            "受益人数／人次",
            "受灾群众受益人次",
            "惠及群众(人次)",
            "救助群众人次",
            "受助群众人次",
        ],
    )
    work = Column("任务", aliases=["工作内容", "工作小结"])

    def rules(self) -> tuple[Rule, ...]:
        """Each batch has somebody in it."""
        return (
            Rule(
                code="dispatch.people",
                violation=lambda: pl.col("people_times") < pl.col("batches"),
                needs=("people_times", "batches"),
                message="人次 {people_times} 少于批次",
                suggestion="请核对批次与人次。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take one batch where people went and nobody counted them; goods alone have none."""
        people = pl.col("people_times").fill_null(0)
        batches = pl.when(people > 0).then(1).otherwise(0).cast(pl.Int64)
        return frame.with_columns(people_times=people, batches=pl.col("batches").fill_null(batches))


@register
class Engagements(Sheet):
    """志愿者参与统计：每行一个单位为一个事件组织的志愿者，人数只统计一次。"""

    key = "relief.engagements"
    title = "志愿者参与应急统计表"
    model = Engagement
    identity = ("event",)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    event = Column("灾害事件", aliases=["事件", "灾害"], fill_down=True, allow_create=True)
    engaged_on = Column("统计日期", aliases=["日期", "截止日期"])
    volunteers = Column("志愿者人数", aliases=["人数", "志愿者", "参与志愿者"])
    hours = Column(
        "服务时长（小时）", aliases=["服务时长", "时长"], unit=Unit.HOURS, required=False
    )
    work = Column("服务内容", aliases=["内容"])


@register
class Needs(Sheet):
    """灾区物资需求：每行一种需求与已满足的数量。"""

    key = "relief.needs"
    title = "灾区物资需求表"
    model = Need
    dated_by = "asked_on"
    identity = ("event", "item", "asked_on")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    event = Column("灾害事件", aliases=["事件", "灾害"], fill_down=True, allow_create=True)
    asked_on = Column("提出日期", aliases=["日期"])
    item = Column("需求物资", aliases=["品名", "物资"])
    measure = Column("计量单位", aliases=["计量"])
    quantity = Column("需求数量", aliases=["数量"])
    met = Column("已满足数量", aliases=["已满足"], required=False)


@register
class Stock(Sheet):
    """救灾物资出入库台账：每行一次入库、出库、调拨、盘点或应急直转。"""

    key = "relief.stock"
    title = "救灾物资出入库台账"
    titles = (
        "救灾物资入库台账",
        "救灾物资出库台账",
        "救灾物资库存台账",
        "备灾库物资入库登记",
        "备灾库物资出库登记",
        "救灾物资收发流水账",
        "备灾物资流水账",
    )
    model = StockMovement
    dated_by = "moved_on"
    constants = {"change": 0, "value_change": 0}
    split_amounts = SplitAmounts(
        field="quantity",
        parts={
            f"{way}{what}": ("movement", said)
            for way, said in (
                ("入库", "入库"), ("收入", "入库"), ("收", "入库"), ("本期入库", "入库"),
                ("出库", "出库"), ("发出", "出库"), ("发", "出库"), ("本期出库", "出库"))
            for what in ("数量", "数")
        },
    )  # fmt: skip
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    store = Column(
        "仓库", aliases=["仓库名称", "备灾库"], required=False, fill_down=True, default="中心仓库"
    )
    moved_on = Column(
        "日期",
        aliases=[
            "出入库日期",
            "时间",
            "入库日期",
            "出库日期",
            "入库时间",
            "出库时间",
            "业务日期",
            "出入库时间",
            "单据日期",
            "收货时间",
            "记账日",
            "发生日期",
        ],
    )
    document_number = Column(
        "单据号",
        aliases=[
            "单号",
            "凭证号",
            "单据编号",
            "凭证编号",
            "入库单号",
            "出库单号",
            "入（出）库单号",
            "收货单号",
            "票号",
        ],
    )
    movement = Column(
        "类别",
        aliases=["出入库类别", "类型", "入库/出库", "出入库", "(twocolumns)"],
        required=False,
        from_title=True,
        words={
            "采购入库": "IN",
            "捐赠入库": "IN",
            "发放": "OUT",
            "直转": "DIRECT",
            "物资入库": "IN",
            **dict.fromkeys(
                (
                    "物资出库",
                    "出库台账",
                    "出库登记",
                    "出库情况",
                    "出库明细",
                    "出库记录",
                    "出库统计",
                ),
                "OUT",
            ),
            "直接转交": "DIRECT",
            "入": "IN",
            "出": "OUT",
            "收": "IN",
            "发": "OUT",
            "收入": "IN",
            "发出": "OUT",
            "入库单": "IN",
            "出库单": "OUT",
            "领用": "OUT",
            "下拨": "OUT",
            "调拨入库": "TRANSFER_IN",
            "调拨出库": "TRANSFER_OUT",
        },
    )
    item = Column(
        "品名",
        aliases=[
            "物资名称",
            "物资",
            "物资品名",
            "物品名称",
            "名称",
            "物资品种",
            "货物名称",
            "储备物资",
            "物资名目",
        ],
        allow_create=True,
    )
    model_size = Column(
        "规格", aliases=["规格型号", "规格/型号", "型号", "物资规格型号", "规格要求"]
    )
    measure = Column(
        "计量单位",
        aliases=["单位", "计量", "件套", "计数单位"],
        note="数量按物资品种的基本单位填。",
    )
    quantity = Column(
        "数量",
        aliases=[
            "入库数量",
            "出库数量",
            "收发数量",
            "数量（基本单位）",
            "实收数量",
            "发出／数量",
            "出库数",
        ],
    )
    unit_price = Column(
        "单价（元）", aliases=["单价", "进价(元)", "单位价格(元)", "核算单价(元)"], unit=Unit.YUAN
    )
    value = Column(
        "金额（元）",
        aliases=["金额", "价值", "总价", "合计金额", "总金额", "货值(元)", "发出／金额(元)"],
        unit=Unit.YUAN,
        required=False,
    )
    origin = Column(
        "物资来源",
        aliases=["来源", "来源类别", "来源渠道", "来源（采购/捐赠/调拨/转交）", "货源性质"],
        required=False,
        words={
            "购买": "PURCHASE", "采购物资": "PURCHASE", "政府采购": "PURCHASE",
            "社会捐赠": "DONATION", "捐赠物资": "DONATION", "受赠": "DONATION",
            "调入": "TRANSFER", "上级调拨": "TRANSFER", "省会调拨": "TRANSFER",
            "调拨物资": "TRANSFER", "移交": "HANDOVER", "转赠": "HANDOVER","购入": "PURCHASE", "自购": "PURCHASE", "采购入库": "PURCHASE", "接受捐赠": "DONATION", "捐赠入库": "DONATION", "调拨入库": "TRANSFER", "上级下拨": "TRANSFER"},
        fallback_column="counterpart",
    )  # fmt: skip
    counterpart = Column(
        "来源或去向",
        aliases=[
            "捐赠方/调入方", "捐赠方", "接收单位", "调出单位", "调入单位", "供货单位", "供应商",
            "来源单位", "捐赠单位", "领用单位", "去向", "来源/去向", "往来单位", "来源单位/去向", "供货（捐赠）单位", "收发单位", "来源（去向）单位", "交货单位", "往来方", "对方单位"],
    )  # fmt: skip
    event = Column("灾害事件", aliases=["事件"])
    batch = Column("批次", aliases=["批号", "生产批号"])
    expires_on = Column(
        "有效期至",
        aliases=["有效期", "失效日期", "有效期限", "保质期至", "保质期", "有效期截止", "有效截止"],
    )
    papers_later = Column("先发后补", required=False)
    papers_on = Column("手续补齐日期", aliases=["补手续日期"])
    handler = Column(
        "经手人",
        aliases=[
            "经办人",
            "保管员",
            "仓管员",
            "保管人",
            "发货人",
            "收货人",
            "库管员",
            "仓库管理员",
            "领料人",
            "经手",
        ],
    )
    remark = Column("备注", aliases=["说明", "摘要"])

    def rules(self) -> tuple[Rule, ...]:
        """Something moves, one can tell which way, and it is counted as its item is."""
        units = dict(Item.objects.values_list("code", "unit"))
        usual = pl.col("item").replace_strict(units, default=None, return_dtype=pl.String)
        return (
            Rule(
                code="stock.measure",
                violation=lambda: pl.col("measure") != usual,
                needs=("measure", "item"),
                message="计量单位“{measure}”不是该物资的基本单位",
                suggestion="请换算为基本单位后填写数量。",
                severity=Severity.WARNING,
            ),
            Rule(
                code="required.empty",
                violation=lambda: _movement_direction().is_null(),
                needs=("moved_on",),
                message="看不出是入库还是出库",
                suggestion="请补上“类别”一栏（入库、出库、调入、调出……），或在表名中写明；"
                "入库的也可以填“物资来源”。",
            ),
            Rule(
                code="amount.negative",
                violation=lambda: pl.col("quantity") <= 0,
                needs=("quantity",),
                message="数量 {quantity} 须大于 0",
                suggestion="出库也填正数，由“类别”区分。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give each movement its sign; goods passed straight on never lie in the store."""
        frame = frame.with_columns(_movement_direction())
        into = [MovementKind.IN, MovementKind.TRANSFER_IN, MovementKind.SURPLUS]
        sign = (
            pl.when(pl.col("movement").is_in([str(each) for each in into]))
            .then(1)
            .when(pl.col("movement") == MovementKind.DIRECT)
            .then(0)
            .otherwise(-1)
        )
        quantity = pl.col("quantity").cast(pl.Decimal(16, 2))
        value = (
            pl.col("value").cast(pl.Decimal(20, 2)).fill_null(0)
            if "value" in frame.columns
            else pl.lit(Decimal(0))
        )
        if "unit_price" in frame.columns:
            priced = (quantity * pl.col("unit_price").cast(pl.Decimal(16, 2))).cast(
                pl.Decimal(20, 2)
            )
            value = pl.when(value == 0).then(priced.fill_null(0)).otherwise(value)
        value = value.cast(pl.Decimal(20, 2))
        return frame.with_columns(
            value=value,
            change=(quantity * sign).cast(pl.Decimal(16, 2)),
            value_change=(value * sign).cast(pl.Decimal(20, 2)),
        )


def _movement_direction() -> pl.Expr:
    """Return what happens to the goods: as written, else goods with a source come in."""
    written = pl.col("movement").cast(pl.String).replace("", None)
    by_origin = (
        pl.col("origin")
        .cast(pl.String)
        .replace("", None)
        .replace_strict(
            {
                Origin.PURCHASE: MovementKind.IN.value,
                Origin.DONATION: MovementKind.IN.value,
                Origin.HANDOVER: MovementKind.IN.value,
                Origin.TRANSFER: MovementKind.TRANSFER_IN.value,
            },
            default=None,
            return_dtype=pl.String,
        )
    )
    return pl.coalesce(written, by_origin).alias("movement")


@register
class Teams(Sheet):
    """救援队名册：每行一支队伍。"""

    key = "relief.teams"
    title = "救援队名册"
    model = RescueTeam
    kind = SheetKind.ROSTER
    identity = ("name",)
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    name = Column("队伍名称", aliases=["名称"])
    team_kind = Column("类别", aliases=["队伍类别"])
    level = Column(
        "级别", aliases=["队伍级别"], words={"省": "PROVINCE", "州市": "PREFECTURE", "县": "COUNTY"}
    )
    people = Column("队员人数", aliases=["人数", "队员"])
    founded_on = Column("组建日期", aliases=["成立日期", "组建时间"])
    dissolved_on = Column("撤销日期")
    drilled_on = Column("最近演练日期", aliases=["演练日期"])
    equipment = Column("主要装备", aliases=["装备"])
