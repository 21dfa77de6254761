"""Applications for medical aid, and aid granted."""

import datetime as dt
from decimal import Decimal

import polars as pl

from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.expressions import is_blank
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly
from redcross.uploads.schema.sheet import Column, Sheet
from relief.choices import AidFund, Disease
from relief.grant_limits import compute_age, find_band_grant, find_cap
from relief.models import (
    AidApplication,
    AidBand,
    AidCap,
    AidGrant,
)

register_codes(
    FindingCode(
        "application.band",
        "E641",
        Severity.ERROR,
        "拟资助金额与档次不符",
        "拟资助金额应等于按家庭自付计算的档次金额（不超过累计上限的余额），否则须写明原因。",
        "请按档次改正金额，或在“另行决定的说明”中写明原因。",
    ),
    FindingCode(
        "application.age",
        "E642",
        Severity.ERROR,
        "申请时超过年龄上限",
        "小天使基金 18 周岁以下，天使阳光基金 14 周岁以下（以当时的规定为准）。",
        "请核对出生日期与申请日期。",
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
class Applications(Sheet):
    """红十字天使计划救助申请汇总：每行一名患儿的一次申请。"""

    key = "relief.applications"
    title = "天使计划救助申请汇总表"
    model = AidApplication
    kind = SheetKind.ROSTER
    dated_by = "applied_on"
    identity = ("aid_fund", "id_number", "applied_on")

    branch = Column("单位", fill_down=True)
    aid_fund = Column(
        "基金",
        required=False,
        from_title=True,
        note="不填时按病种：白血病为小天使基金，先心病为天使阳光基金。",
    )
    child_name = Column("患儿姓名")
    sex = Column("性别", required=False)
    born_on = Column("出生日期")
    domicile = Column("户籍地", branch_from_address=True)
    id_number = Column("身份证号", required=True)
    disease = Column("病种")
    hospital = Column("医院")
    transplanted = Column("是否移植", required=False)
    own_payment = Column("家庭自付（元）", unit=Unit.YUAN)
    guardian = Column("监护人")
    relation = Column("与患儿关系")
    phone = Column("电话")
    applied_on = Column("申请日期")
    first_review_on = Column("初审日期", fallback_column="first_review")
    first_review = Column("初审意见")
    review_on = Column("审核日期")
    appraised_on = Column("评审日期")
    publicised_on = Column("公示日期")
    proposed = Column("拟资助金额（元）", unit=Unit.YUAN)
    granted = Column("资助金额（元）", unit=Unit.YUAN)
    paid_on = Column("拨付日期")
    reason = Column("另行决定的说明")

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Take the fund by the disease, and what was granted for what had been proposed."""
        granted = pl.col("granted").cast(pl.Decimal(12, 2))
        unexplained = is_blank("reason") & pl.col("proposed").is_null()
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
        columns = pl.struct(
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
                    & columns.map_elements(above_band, return_dtype=pl.Boolean)
                ),
                needs=("proposed", "own_payment", "applied_on"),
                message="拟资助 {proposed} 元与家庭自付 {own_payment} 元的档次不符",
                suggestion="请按档次改正；因累计上限少于档次的，写明原因。",
            ),
            Rule(
                code="application.age",
                violation=lambda: columns.map_elements(too_old, return_dtype=pl.Boolean),
                needs=("born_on", "applied_on"),
                message="申请时已超过年龄上限（出生 {born_on}，申请 {applied_on}）",
                suggestion="请核对出生日期、申请日期与基金。",
            ),
        )


@register
class Grants(Sheet):
    """救助发放台账：每行一名受助人或一批；填了病种的计入医疗救助。"""

    key = "relief.grants"
    title = "救助发放台账"
    model = AidGrant
    dated_by = "given_on"
    constants = {"disease": Disease.NONE.value, "medical": False}
    due = (Due(Level.PREFECTURE, Monthly(day=8)),)

    branch = Column("单位", fill_down=True)
    programme = Column("项目品牌", fill_down=True)
    given_on = Column("救助日期")
    disease = Column("病种", required=False)
    people_times = Column("救助人次")
    value = Column("救助金额（元）", unit=Unit.YUAN)
    funding_source = Column("资金来源")
    remark = Column("备注")

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Tell medical aid by its disease."""
        disease = pl.col("disease").cast(pl.String).replace("", None).fill_null(Disease.NONE.value)
        return frame.with_columns(disease=disease, medical=disease != Disease.NONE)
