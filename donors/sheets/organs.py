"""Registered wishes, donation cases, publicity, letters and coordinators."""

import polars as pl

from donors.choices import AgeBand, ConsentBy, Scope
from donors.models import (
    Consent,
    Coordinator,
    DonationCase,
    FamilyLetter,
    OrganWish,
    PublicityCase,
)
from donors.sheets.identity import identity_parent, replace_id_with_code
from redcross.branches.choices import Level
from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly
from redcross.uploads.schema.sheet import Column, Parent, Sheet

register_codes(
    FindingCode(
        "case.recovery",
        "E631",
        Severity.ERROR,
        "获取以前的手续不全",
        "死亡判定、书面同意、见证都须在器官获取以前。",
        "请核对各环节日期，缺少的补填。",
    ),
    FindingCode(
        "case.child",
        "E632",
        Severity.ERROR,
        "未成年人须父母双方同意",
        "未成年人捐献须由父母双方书面同意。",
        "请核对年龄段与同意人。",
    ),
    FindingCode(
        "case.counts",
        "E633",
        Severity.ERROR,
        "器官数不可能",
        "心、肝、胰、小肠至多 1，肺、肾、角膜至多 2；尚未获取的不填。",
        "请核对器官数与受者数。",
    ),
    FindingCode(
        "wish.empty",
        "E636",
        Severity.ERROR,
        "没有写明捐献意愿",
        "器官、角膜、遗体至少选一项。",
        "请在相应栏填“是”。",
    ),
    FindingCode(
        "letter.unchecked",
        "E638",
        Severity.ERROR,
        "信件没有核查就转交",
        "往来信件须由协调员核查不含身份信息以后转交。",
        "请核查信件，并在“已核查不含身份信息”填“是”。",
    ),
    FindingCode(
        "publicity.consent",
        "E637",
        Severity.ERROR,
        "没有授权不得发布",
        "发布须在取得书面授权以后。",
        "请核对授权日期与发布日期。",
    ),
)


_ORGANS = ("hearts", "lungs", "livers", "kidneys", "pancreases", "intestines")


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
        identity_parent("name", "id_number", "phone", "relative", "relative_phone"),
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

    branch = Column("登记单位", fill_down=True)
    name = Column("姓名", sample="张示例")
    id_number = Column("证件号", required=True)
    phone = Column("电话")
    registered_on = Column("登记日期")
    channel = Column("登记渠道")
    organs = Column("器官", required=False)
    corneas = Column("角膜", required=False)
    body = Column("遗体", required=False)
    relative = Column("执行人")
    relative_phone = Column("执行人电话")
    withdrawn_on = Column("撤销日期")

    def rules(self) -> tuple[Rule, ...]:
        """A wish says what is to be given."""
        wishes = [pl.col(name).fill_null(value=False) for name in ("organs", "corneas", "body")]
        return (
            Rule(
                code="wish.empty",
                violation=lambda: ~pl.any_horizontal(wishes),
                needs=("registered_on",),
                message="器官、角膜、遗体都没有选",
                suggestion="至少一栏填“是”。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Name each person by his code."""
        return replace_id_with_code(frame)


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
    parents = (identity_parent("name", "id_number"),)

    branch = Column("单位", fill_down=True)
    case_number = Column("案例号")
    name = Column("捐献者", note="加密保存；可不填。")
    id_number = Column("身份证号", note="加密保存；可不填。")
    sex = Column("性别", required=False)
    age_band = Column("年龄段")
    category = Column("捐献类别", required=False)
    hospital = Column("医院")
    coordinator = Column("协调员")
    reported_on = Column("报告日期")
    registered_on = Column("报名登记日期")
    assessed_on = Column("捐献评估日期")
    consented_on = Column("书面同意日期")
    consent_by = Column("同意人", required=False)
    died_on = Column("死亡判定日期")
    witnessed_on = Column("见证日期")
    witness = Column("见证人")
    recovered_on = Column("器官获取日期")
    allocated_on = Column("器官分配日期")
    body_handled_on = Column("遗体处理日期")
    commemorated_on = Column("缅怀纪念日期")
    aided_on = Column("人道救助日期")
    hearts = Column("心", required=False)
    lungs = Column("肺", required=False)
    livers = Column("肝", required=False)
    kidneys = Column("肾", required=False)
    pancreases = Column("胰", required=False)
    intestines = Column("小肠", required=False)
    corneas = Column("眼角膜", required=False)
    body = Column("遗体", required=False)
    recipients = Column("器官受者（人）", required=False)
    cornea_recipients = Column("角膜受者（人）", required=False)
    families_helped = Column("受助家庭（个）", required=False)
    first_of_its_kind = Column("首例说明")
    aid_value = Column("慰问金额（元）", unit=Unit.YUAN)

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

        return replace_id_with_code(frame).with_columns(
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

    branch = Column("单位", fill_down=True)
    name = Column("宣传标题")
    alias = Column("化名")
    consented_on = Column("宣传授权日期")
    published_on = Column("发布日期")
    medium = Column("发布渠道")
    taken_up = Column("总会推广使用", required=False)
    taken_up_on = Column("总会采用日期")
    content = Column("内容摘要")

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

    branch = Column("单位", fill_down=True)
    came_on = Column("收信日期")
    direction = Column("方向")
    code = Column("捐献者代码")
    coordinator = Column("经手协调员")
    checked = Column("已核查不含身份信息", required=False)
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
class Coordinators(Sheet):
    """人体器官捐献协调员名册：每行一名协调员。"""

    key = "donors.coordinators"
    title = "人体器官捐献协调员名册"
    model = Coordinator
    kind = SheetKind.ROSTER
    identity = ("certificate_number",)

    branch = Column("单位", fill_down=True)
    name = Column("姓名")
    full_time = Column("专职", required=False)
    team = Column("所属机构")
    certificate_number = Column("协调员证号")
    issued_on = Column("发证日期")
    expires_on = Column("有效期至")
