"""The workbooks of the three donations a branch hands in."""

import polars as pl

from donors.choices import AgeBand, ConsentBy, Outcome, Scope
from donors.models import (
    BloodMonth,
    Consent,
    Coordinator,
    DonationCase,
    DonorIdentity,
    FamilyLetter,
    OrganWish,
    PublicityCase,
    StemCellStep,
    StemCellVolunteer,
)
from donors.pseudonyms import compute_donor_codes, is_donor_code
from redcross.branches.choices import Level
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.statistics_sheet import StatisticsSheet, cumulative_rule
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.findings import Severity
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly, Quarterly
from redcross.uploads.schema.sheet import Column, Parent, Sheet

_BRANCH = [
    "填报单位",
    "县区",
    "县（市、区）",
    "州市",
    "州（市）",
    "所属单位",
    "单位名称",
    "机构",
    "登记单位",
]
_ERROR = Severity.ERROR
_ORGANS = ("hearts", "lungs", "livers", "kidneys", "pancreases", "intestines")
register_codes(
    FindingCode(
        "case.recovery",
        "E631",
        _ERROR,
        "获取以前的手续不全",
        "死亡判定、书面同意、见证都须在器官获取以前。",
        "请核对各环节日期，缺少的补填。",
    ),
    FindingCode(
        "case.child",
        "E632",
        _ERROR,
        "未成年人须父母双方同意",
        "未成年人捐献须由父母双方书面同意。",
        "请核对年龄段与同意人。",
    ),
    FindingCode(
        "case.counts",
        "E633",
        _ERROR,
        "器官数不可能",
        "心、肝、胰、小肠至多 1，肺、肾、角膜至多 2；尚未获取的不填。",
        "请核对器官数与受者数。",
    ),
    FindingCode(
        "step.exit",
        "E634",
        _ERROR,
        "退出原因不齐",
        "退出须选退出原因，通过的不填。",
        "请补选退出原因，或改正结果。",
    ),
    FindingCode(
        "code.check",
        "E635",
        _ERROR,
        "代码校验不符",
        "志愿者代码共 12 位，末位是校验字符，与前面各位不符。",
        "请从志愿者名册复制代码。",
    ),
    FindingCode(
        "wish.empty",
        "E636",
        _ERROR,
        "没有写明捐献意愿",
        "器官、角膜、遗体至少选一项。",
        "请在相应栏填“是”。",
    ),
    FindingCode(
        "letter.unchecked",
        "E638",
        _ERROR,
        "信件没有核查就转交",
        "往来信件须由协调员核查不含身份信息以后转交。",
        "请核查信件，并在“已核查不含身份信息”填“是”。",
    ),
    FindingCode(
        "publicity.consent",
        "E637",
        _ERROR,
        "没有授权不得发布",
        "发布须在取得书面授权以后。",
        "请核对授权日期与发布日期。",
    ),
)


def _is_blank(name: str) -> pl.Expr:
    return pl.col(name).fill_null("") == ""


def _replace_id_with_code(frame: pl.DataFrame) -> pl.DataFrame:
    """Put a donor's code in the place of his identity document."""
    if "id_number" not in frame.columns:
        return frame.with_columns(code=pl.lit("", dtype=pl.String))
    codes = pl.Series("code", compute_donor_codes(frame["id_number"].to_list()), dtype=pl.String)
    return frame.with_columns(codes.fill_null(""))


def _identity_parent(*fields: str) -> Parent:
    return Parent(
        foreign_key="identity",
        model=DonorIdentity,
        fields={name: name for name in ("code", *fields)},
        key=("code",),
    )


@register
class StemCellVolunteers(Sheet):
    """造血干细胞志愿者登记：每行一名志愿者；身份信息加密保存，业务记录只用代码。"""

    key = "donors.stem_cell_volunteers"
    title = "造血干细胞志愿者登记表"
    model = StemCellVolunteer
    kind = SheetKind.ROSTER
    dated_by = "registered_on"
    identity = ("id_number",)
    constants = {"code": "", "scope": Scope.STEM_CELLS}
    due = (Due(Level.PREFECTURE, Monthly(day=8)),)
    parents = (
        _identity_parent("name", "id_number", "phone", "relative", "relative_phone"),
        Parent(
            foreign_key="consent",
            model=Consent,
            fields={"code": "code", "scope": "scope", "signed_on": "registered_on"},
            key=("code", "scope"),
        ),
    )

    branch = Column("登记单位", aliases=_BRANCH, fill_down=True)
    name = Column("姓名", aliases=["志愿者姓名"], sample="张示例")
    sex = Column("性别", required=False, words={"男性": "MALE", "女性": "FEMALE"})
    born_on = Column("出生日期", aliases=["出生年月"])
    id_number = Column("身份证号", aliases=["身份证号码", "证件号码", "证件号"], required=True)
    blood_type = Column("血型", required=False, words={"A": "A", "B": "B", "AB": "AB", "O": "O"})
    phone = Column("联系方式", aliases=["联系电话", "电话", "手机"])
    relative = Column("亲友联系人1", aliases=["亲友联系人", "亲属联系人", "联系人"])
    relative_phone = Column("亲友联系人1电话", aliases=["亲友电话", "亲属电话", "联系人电话"])
    registered_on = Column("登记日期", aliases=["报名日期", "采样日期", "日期"], fill_down=True)
    stored_on = Column("入库日期", aliases=["入库时间"])
    storage_number = Column("入库编号", aliases=["编号", "志愿者编号"])
    sampling_unit = Column("采样单位", aliases=["采血单位"])
    left_on = Column("退库日期")
    remark = Column("备注")

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Name each volunteer by his code."""
        return _replace_id_with_code(frame)


@register
class StemCellSteps(Sheet):
    """造血干细胞捐献环节登记：每行一名志愿者的一个环节，退出的写明原因。"""

    key = "donors.stem_cell_steps"
    title = "造血干细胞捐献环节登记表"
    model = StemCellStep
    dated_by = "happened_on"
    identity = ("code", "step", "happened_on")
    due = (Due(Level.PREFECTURE, Monthly(day=8)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    code = Column("志愿者代码", aliases=["代码", "捐献者代码"])
    step = Column(
        "环节",
        aliases=["阶段", "进展"],
        words={
            "初配": "FIRST_MATCH",
            "高分辨": "HIGH_RESOLUTION",
            "采集": "COLLECTION",
            "捐献": "COLLECTION",
        },
    )
    happened_on = Column("日期", aliases=["阶段日期", "采集日期", "时间"])
    outcome = Column(
        "结果", required=False, words={"相合": "PASSED", "合格": "PASSED", "完成": "PASSED"}
    )
    exit_reason = Column(
        "退出原因",
        required=False,
        words={"拒绝": "DECLINED", "患者放弃": "PATIENT", "体检不合格": "UNFIT"},
    )
    hospital = Column("采集医院", aliases=["医院"])
    second = Column("是否二次", aliases=["二次捐献", "是否二次捐献"], required=False)
    remark = Column("备注")

    def rules(self) -> tuple[Rule, ...]:
        """Who leaves says why; the code is one that can exist."""
        left = pl.col("outcome") == Outcome.LEFT
        return (
            Rule(
                code="step.exit",
                violation=lambda: left.fill_null(value=False) == _is_blank("exit_reason"),
                needs=("step",),
                message="结果与退出原因不一致",
                suggestion="退出须选退出原因，通过的不填。",
            ),
            Rule(
                code="code.check",
                violation=lambda: (
                    ~pl.col("code").map_elements(is_donor_code, return_dtype=pl.Boolean)
                ),
                needs=("code",),
                message="代码 {code} 的校验字符不符",
                suggestion="请从志愿者名册复制代码。",
            ),
        )


@register
class OrganWishes(Sheet):
    """人体器官捐献志愿登记：每行一人；登记只是意愿，可随时撤销。"""

    key = "donors.organ_wishes"
    title = "人体器官捐献志愿登记表"
    model = OrganWish
    kind = SheetKind.ROSTER
    dated_by = "registered_on"
    identity = ("id_number",)
    constants = {"code": "", "scope": Scope.ORGAN_WISH}
    parents = (
        _identity_parent("name", "id_number", "phone", "relative", "relative_phone"),
        Parent(
            foreign_key="consent",
            model=Consent,
            fields={
                "code": "code",
                "scope": "scope",
                "signed_on": "registered_on",
                "withdrawn_on": "withdrawn_on",
            },
            key=("code", "scope"),
        ),
    )

    branch = Column("登记单位", aliases=_BRANCH, fill_down=True)
    name = Column("姓名", sample="张示例")
    id_number = Column("证件号", aliases=["身份证号", "身份证号码", "证件号码"], required=True)
    phone = Column("电话", aliases=["联系电话", "手机"])
    registered_on = Column("登记日期", aliases=["登记时间", "日期"])
    channel = Column(
        "登记渠道",
        aliases=["渠道", "登记方式"],
        words={"网上": "ONLINE", "网络": "ONLINE", "现场": "OFFLINE"},
    )
    organs = Column("器官", aliases=["捐献器官"], required=False)
    corneas = Column("角膜", aliases=["眼角膜", "捐献角膜"], required=False)
    body = Column("遗体", aliases=["捐献遗体"], required=False)
    relative = Column("执行人", aliases=["执行人姓名"])
    relative_phone = Column("执行人电话")
    withdrawn_on = Column("撤销日期", aliases=["撤销时间"])

    def rules(self) -> tuple[Rule, ...]:
        """A wish says what is to be given."""
        said = [pl.col(name).fill_null(value=False) for name in ("organs", "corneas", "body")]
        return (
            Rule(
                code="wish.empty",
                violation=lambda: ~pl.any_horizontal(said),
                needs=("registered_on",),
                message="器官、角膜、遗体都没有选",
                suggestion="至少一栏填“是”。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Name each person by his code."""
        return _replace_id_with_code(frame)


@register
class Cases(Sheet):
    """人体器官和遗体捐献案例登记：每行一个案例，各环节填日期；受者只登记人数。"""

    key = "donors.cases"
    title = "人体器官捐献案例登记表"
    model = DonationCase
    dated_by = "reported_on"
    identity = ("case_number",)
    constants = {"code": ""}
    due = (Due(Level.PREFECTURE, Monthly(day=8)),)
    parents = (_identity_parent("name", "id_number"),)

    branch = Column("单位", aliases=["户籍州市", *_BRANCH], fill_down=True)
    case_number = Column("案例号", aliases=["案例编号", "编号"])
    name = Column("捐献者", aliases=["捐献者姓名"], note="加密保存；可不填。")
    id_number = Column("身份证号", aliases=["证件号"], note="加密保存；可不填。")
    sex = Column("性别", required=False, words={"男性": "MALE", "女性": "FEMALE"})
    age_band = Column("年龄段", aliases=["年龄"], words={"未成年": "CHILD"})
    category = Column("捐献类别", aliases=["类别"], required=False)
    hospital = Column("医院", aliases=["所在医院"])
    coordinator = Column("协调员")
    reported_on = Column("报告日期", aliases=["案例报告日期"])
    registered_on = Column("报名登记日期", aliases=["报名登记"])
    assessed_on = Column("捐献评估日期", aliases=["捐献评估", "评估日期"])
    consented_on = Column("书面同意日期", aliases=["捐献确认", "家属同意书日期", "同意书日期"])
    consent_by = Column(
        "同意人",
        required=False,
        words={"父母": "BOTH_PARENTS", "配偶": "SPOUSE_CHILDREN_PARENTS"},
    )
    died_on = Column("死亡判定日期", aliases=["死亡判定"])
    witnessed_on = Column("见证日期", aliases=["协调员见证"])
    witness = Column("见证人")
    recovered_on = Column("器官获取日期", aliases=["器官获取", "获取日期"])
    allocated_on = Column("器官分配日期", aliases=["器官分配"])
    body_handled_on = Column("遗体处理日期", aliases=["遗体处理"])
    commemorated_on = Column("缅怀纪念日期", aliases=["缅怀纪念"])
    aided_on = Column("人道救助日期", aliases=["人道救助"])
    hearts = Column("心", aliases=["心脏"], required=False)
    lungs = Column("肺", required=False)
    livers = Column("肝", aliases=["肝脏"], required=False)
    kidneys = Column("肾", aliases=["肾脏"], required=False)
    pancreases = Column("胰", aliases=["胰腺"], required=False)
    intestines = Column("小肠", required=False)
    corneas = Column("眼角膜", aliases=["角膜", "角膜（枚）"], required=False)
    body = Column("遗体", required=False)
    recipients = Column("器官受者（人）", aliases=["受者数（器官）", "器官受者"], required=False)
    cornea_recipients = Column(
        "角膜受者（人）", aliases=["受者数（角膜）", "角膜受者"], required=False
    )
    families_helped = Column("受助家庭（个）", aliases=["受助家庭"], required=False)
    first_of_its_kind = Column("首例说明", aliases=["首例"])
    aid_value = Column("慰问金额（元）", aliases=["慰问金额"], unit=Unit.YUAN)

    def rules(self) -> tuple[Rule, ...]:
        """Death, consent and witness come before recovery; counts are possible ones."""
        recovered = pl.col("recovered_on")
        counted = pl.sum_horizontal(pl.col(name).fill_null(0) for name in _ORGANS)
        return (
            Rule(
                code="case.recovery",
                violation=lambda: (
                    recovered.is_not_null()
                    & pl.any_horizontal(
                        pl.col(name).is_null() | (pl.col(name) > recovered)
                        for name in ("died_on", "consented_on", "witnessed_on")
                    )
                ),
                needs=("recovered_on",),
                message="器官获取以前没有死亡判定、书面同意或见证",
                suggestion="请核对死亡判定、书面同意、见证三个日期。",
            ),
            Rule(
                code="case.child",
                violation=lambda: (
                    (pl.col("age_band") == AgeBand.CHILD)
                    & pl.col("consented_on").is_not_null()
                    & (pl.col("consent_by").fill_null("") != ConsentBy.BOTH_PARENTS)
                ),
                needs=("age_band",),
                message="未成年人捐献须由父母双方书面同意",
                suggestion="请核对年龄段与同意人。",
            ),
            Rule(
                code="case.counts",
                violation=lambda: (
                    pl.any_horizontal(
                        pl.col(name).fill_null(0) > 1
                        for name in ("hearts", "livers", "pancreases", "intestines")
                    )
                    | pl.any_horizontal(
                        pl.col(name).fill_null(0) > 2 for name in ("lungs", "kidneys", "corneas")
                    )
                    | (recovered.is_null() & (counted > 0))
                ),
                needs=("case_number",),
                message="器官数不可能，或尚未获取就填了器官数",
                suggestion="心、肝、胰、小肠至多 1，肺、肾、角膜至多 2；尚未获取的不填。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Name the donor by his code, and add up what was given and who was helped."""

        def added(*names: str) -> pl.Expr:
            present = [pl.col(name).fill_null(0) for name in names if name in frame.columns]
            return pl.sum_horizontal(present) if present else pl.lit(0)

        return _replace_id_with_code(frame).with_columns(
            organs=added(*_ORGANS).cast(pl.Int64),
            people_helped=added("recipients", "cornea_recipients").cast(pl.Int64),
        )


@register
class PublicityCases(Sheet):
    """捐献宣传案例登记：经家属书面授权、使用化名的宣传案例，与捐献案例分开保存。"""

    key = "donors.publicity"
    title = "捐献宣传案例登记表"
    model = PublicityCase
    dated_by = "published_on"
    identity = ("name", "published_on")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    name = Column("宣传标题", aliases=["标题", "案例名称"])
    alias = Column("化名", aliases=["人物化名"])
    consented_on = Column("宣传授权日期", aliases=["授权日期"])
    published_on = Column("发布日期", aliases=["日期"])
    medium = Column("发布渠道", aliases=["渠道", "媒体"])
    taken_up = Column("总会推广使用", aliases=["总会采用"], required=False)
    taken_up_on = Column("总会采用日期")
    content = Column("内容摘要", aliases=["内容"])

    def rules(self) -> tuple[Rule, ...]:
        """Nothing is published before the family has consented."""
        return (
            Rule(
                code="publicity.consent",
                violation=lambda: pl.col("published_on") < pl.col("consented_on"),
                needs=("published_on", "consented_on"),
                message="发布日期 {published_on} 早于授权日期 {consented_on}",
                suggestion="取得书面授权以前不得发布，请核对日期。",
            ),
        )


@register
class FamilyLetters(Sheet):
    """捐献者家属往来信件登记：只经协调员转交，核查不含身份信息以后转交。"""

    key = "donors.letters"
    title = "捐献者家属往来信件登记表"
    model = FamilyLetter
    dated_by = "came_on"

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    came_on = Column("收信日期", aliases=["日期"])
    direction = Column("方向", words={"来信": "FROM_FAMILY", "去信": "TO_FAMILY"})
    code = Column("捐献者代码", aliases=["代码"])
    coordinator = Column("经手协调员", aliases=["协调员"])
    checked = Column("已核查不含身份信息", aliases=["已核查"], required=False)
    handed_on = Column("转交日期")

    def rules(self) -> tuple[Rule, ...]:
        """Nothing is handed on before it has been read."""
        return (
            Rule(
                code="letter.unchecked",
                violation=lambda: (
                    pl.col("handed_on").is_not_null() & ~pl.col("checked").fill_null(value=False)
                ),
                needs=("handed_on", "checked"),
                message="信件没有核查就转交了",
                suggestion="核查不含姓名、地址、医院等身份信息，并填“是”以后再登记转交。",
            ),
        )


@register
class BloodStatistics(Sheet):
    """无偿献血统计：每行一个单位一个报告期，数据来自血液中心（血站）。"""

    key = "donors.blood"
    title = "无偿献血统计表"
    model = BloodMonth
    kind = SheetKind.STATISTICS
    exploded_identity = ("month",)
    due = (Due(Level.PREFECTURE, Monthly(day=10)),)

    branch = Column("单位", aliases=_BRANCH)
    people_times = Column("献血人次", aliases=["人次", "无偿献血人次"])
    volume = Column("献血量（毫升）", aliases=["献血量", "采血量"], unit=Unit.MILLILITRES)
    promotions = Column("宣传动员场次", aliases=["宣传场次", "动员场次"], required=False)
    gold_awards = Column("奉献奖／金奖", aliases=["金奖"], required=False)
    silver_awards = Column("奉献奖／银奖", aliases=["银奖"], required=False)
    bronze_awards = Column("奉献奖／铜奖", aliases=["铜奖"], required=False)

    def rules(self) -> tuple[Rule, ...]:
        """A branch has one row."""
        return (
            Rule(
                code="row.repeated",
                violation=lambda: pl.col("branch").is_not_null() & pl.col("branch").is_duplicated(),
                needs=("branch",),
                message="同一单位在表中出现了多行",
                suggestion="请合并为一行。",
            ),
        )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Date the row by the last month it speaks of."""
        return frame.with_columns(month=pl.lit(period.last))


@register
class Coordinators(Sheet):
    """人体器官捐献协调员名册：每行一名协调员。"""

    key = "donors.coordinators"
    title = "人体器官捐献协调员名册"
    model = Coordinator
    kind = SheetKind.ROSTER
    identity = ("certificate_number",)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    name = Column("姓名")
    full_time = Column(
        "专职", aliases=["是否专职"], required=False, words={"专职": "1", "兼职": "0"}
    )
    team = Column("所属机构", aliases=["所属OPO", "所在单位"])
    certificate_number = Column("协调员证号", aliases=["证书编号", "证号"])
    issued_on = Column("发证日期")
    expires_on = Column("有效期至", aliases=["有效期"])


@register
class StemCellStatistics(StatisticsSheet):
    """造血干细胞工作统计表：与登记名册核对，不重复计入。"""

    key = "donors.stem_cell_statistics"
    title = "造血干细胞工作统计表"
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    planned = CountedColumn(
        "入库／任务数",
        aliases=[
            "任务数",
            "入库任务",
            "入库／年度任务",
            "入库／目标数",
            "入库／任务",
            "入库／年度任务数",
            "入库／计划数",
            "目标任务数",
            "任务数（人份）",
            "血样采集入库／任务",
            "全年下达(人份)",
            "采样入库／指标数",
            "入库指标",
        ],
    )
    stored = CountedColumn(
        "入库／完成数",
        aliases=[
            "完成数",
            "入库数",
            "入库",
            "入库／完成",
            "入库／实际完成",
            "入库／完成人数",
            "采样入库",
            "血样采集入库／已完成",
            "采集入库／完成",
            "采集入库／已完成",
            "已完成",
            "血样入库",
            "已入库(人份)",
            "采样入库／完成人份",
            "入库实绩",
        ],
        indicator="donors.stem_cell_stored",
        rostered=True,
    )
    stored_share = CountedColumn(
        "入库／完成率（%）",
        aliases=[
            "完成率",
            "任务完成率",
            "采集入库／占任务%",
            "占任务%",
            "完成比例",
            "占下达任务(%)",
            "采样入库／完成比",
            "实绩占指标(%)",
        ],
        unit=Unit.PERCENT,
    )
    reconfirmed = CountedColumn(
        "再动员",
        aliases=[
            "再动员人数",
            "再动员例数",
            "初配再动员",
            "初筛相合动员(人次)",
            "供患配型／再次动员",
        ],
        indicator="donors.stem_cell_steps",
        breakdown="step",
        category="RECONFIRMATION",
    )
    high_resolution = CountedColumn(
        "高分辨",
        aliases=[
            "高分辨检测",
            "高分",
            "高分辨检测人数",
            "高分辨例数",
            "高分检测",
            "高分辨人数",
            "高分采样(人)",
            "供患配型／高分确认",
        ],
        indicator="donors.stem_cell_steps",
        breakdown="step",
        category="HIGH_RESOLUTION",
    )
    examined = CountedColumn(
        "体检",
        aliases=["体检人数", "体检例数", "捐献前体检", "健康体检(人)", "供患配型／捐前体检"],
        indicator="donors.stem_cell_steps",
        breakdown="step",
        category="EXAMINATION",
    )
    publicity = CountedColumn(
        "宣传场次",
        aliases=[
            "宣传活动场次",
            "宣传",
            "宣传活动",
            "宣传场数",
            "宣传动员场次",
            "宣传招募场次",
            "招募宣传场次",
            "招募宣讲(场)",
            "宣传活动数",
        ],
    )
    teams = CountedColumn(
        "志愿者服务队",
        aliases=[
            "服务队",
            "志愿服务队",
            "志愿者服务队数",
            "服务队数",
            "志愿者队伍",
            "造干志愿者服务队",
            "造血干细胞志愿者服务队",
            "髓缘服务队(支)",
            "志愿队伍数",
        ],
    )
    donated = CountedColumn(
        "捐献／本年",
        aliases=[
            "捐献例数",
            "捐献",
            "捐献／本年度",
            "捐献／本年例数",
            "捐献／当年",
            "捐献／今年",
            "本年捐献例数",
            "本年度捐献",
            "本年捐献",
            "实现捐献／本年",
            "今年捐献(例)",
            "采集捐献／当年例数",
            "2026年捐献例数",
        ],
        indicator="donors.stem_cell_donations",
        rostered=True,
    )
    donated_total = CountedColumn(
        "捐献／累计",
        aliases=[
            "累计捐献",
            "捐献／累计例数",
            "捐献／历年累计",
            "捐献／历史累计",
            "累计捐献例数",
            "实现捐献／累计",
            "历年累计捐献",
            "建库以来捐献(例)",
            "采集捐献／历年总例数",
            "总捐献例数",
        ],
        indicator="donors.stem_cell_donations_total",
        adds="donated",
    )

    def rules(self) -> tuple[Rule, ...]:
        """累计 is never less than 本年."""
        return (*super().rules(), cumulative_rule(self, "donated_total", "donated"))


@register
class OrganStatistics(StatisticsSheet):
    """遗体器官捐献统计表：与案例登记核对，不重复计入。"""

    key = "donors.organ_statistics"
    title = "遗体器官捐献统计表"
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    wishes = CountedColumn(
        "志愿登记／本年",
        aliases=[
            "志愿登记",
            "志愿登记／本年度",
            "志愿登记／本年新增",
            "志愿登记／新增",
            "志愿登记／当年",
            "登记人数／本年",
            "志愿捐献登记／本年",
            "本年志愿登记人数",
            "本年登记",
            "本年登记人数",
            "志愿捐献登记／本期",
            "登记志愿者(人)／今年新登",
            "当年登记数",
            "登记人数／其中今年",
        ],
        indicator="donors.organ_wishes",
        rostered=True,
    )
    wishes_total = CountedColumn(
        "志愿登记／累计",
        aliases=[
            "累计登记",
            "志愿登记／累计登记",
            "志愿登记／累计人数",
            "登记人数／累计",
            "志愿捐献登记／累计",
            "累计志愿登记人数",
            "累计登记人数",
            "登记志愿者(人)／历年总登记",
            "登记总量",
            "登记人数／总计",
        ],
        indicator="donors.organ_wishes_total",
        adds="wishes",
    )
    donations = CountedColumn(
        "器官捐献／例数",
        aliases=[
            "器官捐献",
            "器官捐献／例",
            "器官捐献例数",
            "器官捐献／实现捐献（例）",
            "实现捐献（例）／器官",
            "器官（例）",
            "器官捐献／实现捐献",
            "器官捐献（例）",
            "器官／例",
            "器官捐献完成例",
            "实现例数／人体器官",
        ],
        indicator="donors.organ_donations",
        rostered=True,
    )
    hearts = CountedColumn(
        "器官捐献／心",
        aliases=["心", "器官捐献／心脏", "心脏", "心脏(颗)"],
        indicator="donors.hearts",
    )
    lungs = CountedColumn(
        "器官捐献／肺",
        aliases=["肺", "器官捐献／肺脏", "肺脏", "肺脏(叶)"],
        indicator="donors.lungs",
    )
    livers = CountedColumn(
        "器官捐献／肝", aliases=["肝", "器官捐献／肝脏", "肝脏"], indicator="donors.livers"
    )
    kidneys = CountedColumn(
        "器官捐献／肾", aliases=["肾", "器官捐献／肾脏", "肾脏"], indicator="donors.kidneys"
    )
    pancreases = CountedColumn("器官捐献／胰", aliases=["胰", "器官捐献／胰腺", "胰腺"])
    intestines = CountedColumn("器官捐献／小肠", aliases=["小肠", "小肠(段)"])
    cornea_donations = CountedColumn(
        "角膜／例",
        aliases=[
            "角膜例数",
            "角膜捐献例数",
            "角膜／例数",
            "眼角膜例数",
            "实现捐献（例）／角膜",
            "角膜（例）",
            "角膜捐献（例）",
            "眼角膜／例",
            "捐献角膜(例)",
            "实现例数／眼角膜",
        ],
    )
    corneas = CountedColumn(
        "角膜／枚",
        aliases=[
            "角膜",
            "角膜／片",
            "角膜枚数",
            "角膜／枚数",
            "角膜／数量",
            "眼角膜",
            "角膜捐献枚数",
            "角膜（枚）",
            "角膜（片）",
            "眼角膜枚数",
            "眼角膜／枚",
        ],
        indicator="donors.corneas",
    )
    bodies = CountedColumn(
        "遗体（例）",
        aliases=[
            "遗体",
            "遗体捐献",
            "遗体捐献例数",
            "实现捐献（例）／遗体",
            "遗体捐献（例）",
            "遗体接收(具)",
            "捐献遗体(例)",
            "实现例数／遗体",
        ],
        indicator="donors.bodies",
    )
    recipients = CountedColumn(
        "受益人数",
        aliases=[
            "受益人",
            "受益者",
            "受益人次",
            "受益者人数",
            "受者人数",
            "惠及患者",
            "受益患者人数",
            "受益（人）",
            "惠及患者人数",
            "受益患者",
            "移植受者(人)",
            "获益患者数",
            "受惠人数",
        ],
        indicator="donors.organ_recipients",
    )
    coordinators_full_time = CountedColumn(
        "协调员／专职", aliases=["专职协调员", "专职", "协调员／在岗专职", "协调力量／专"]
    )
    coordinators_part_time = CountedColumn(
        "协调员／兼职", aliases=["兼职协调员", "兼职", "协调员／聘任兼职", "协调力量／兼"]
    )
    consoled = CountedColumn(
        "慰问救助／人次",
        aliases=[
            "慰问人次",
            "慰问救助人次",
            "慰问／人次",
            "救助／人次",
            "慰问救助／人数",
            "人道救助／人次",
            "慰问家庭／人次",
            "走访慰问人次",
            "困难帮扶／人次",
        ],
    )
    consoled_value = CountedColumn(
        "慰问救助／金额（元）",
        aliases=[
            "慰问救助／金额",
            "慰问救助／万元",
            "慰问金额",
            "慰问／金额",
            "救助／金额",
            "慰问／万元",
            "救助／万元",
            "人道救助／万元",
            "慰问救助／款物",
            "慰问家庭／慰问金(元)",
            "慰问资金(万元)",
            "困难帮扶／帮扶款(元)",
        ],
        unit=Unit.YUAN,
    )

    def rules(self) -> tuple[Rule, ...]:
        """累计 is never less than 本年."""
        return (*super().rules(), cumulative_rule(self, "wishes_total", "wishes"))
