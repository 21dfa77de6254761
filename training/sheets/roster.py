"""Rosters of courses, events without examination and instructors."""

import polars as pl

from redcross.branches.choices import Level
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.expressions import is_blank
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly, Yearly
from redcross.uploads.schema.sheet import Column, Parent, Sheet
from training.choices import Result
from training.models import (
    CourseRule,
    Enrolment,
    Instructor,
    Popularisation,
    Trainee,
    TrainingClass,
)

register_codes(
    FindingCode(
        "certificate.not_passed",
        "E621",
        Severity.ERROR,
        "未合格却有证书编号",
        "只有考核合格的学员才能有证书编号。",
        "请改正“是否合格”，或删去证书编号。",
    ),
    FindingCode(
        "certificate.incomplete",
        "E622",
        Severity.ERROR,
        "证书编号与发证日期不齐",
        "证书编号与发证日期须同时填写。",
        "请补填缺少的一栏；未发证的两栏都留空。",
    ),
    FindingCode(
        "certificate.repeated",
        "E623",
        Severity.ERROR,
        "证书编号重复",
        "一证一号，一份名册中同一编号出现了多次。",
        "请核对证书编号。",
    ),
    FindingCode(
        "certificate.revoked",
        "E624",
        Severity.ERROR,
        "注销不完整",
        "注销须写明原因，日期不早于发证日期。",
        "请补填注销原因，核对注销日期。",
    ),
    FindingCode(
        "result.unknown",
        "E625",
        Severity.ERROR,
        "看不出是否合格",
        "没有结果、没有证书编号，也没有齐全的理论与操作成绩。",
        "请填“是否合格”，或同时填理论成绩与操作成绩，未考核的填“缺考”。",
    ),
    FindingCode(
        "mark.range",
        "E626",
        Severity.ERROR,
        "成绩超出百分制",
        "理论成绩在 0 至 100 之间。",
        "请填百分制成绩。",
    ),
)


def _judge_result(frame: pl.DataFrame, rules: list[CourseRule]) -> pl.Expr:
    """Return PASSED for who holds a number, else what marks and pass mark say."""
    numbered = (
        pl.col("certificate_number").fill_null("") != ""
        if "certificate_number" in frame.columns
        else pl.lit(value=False)
    )
    passed, failed = pl.lit(Result.PASSED.value), pl.lit(Result.FAILED.value)
    if not {"theory_mark", "practice"} <= set(frame.columns):
        return pl.when(numbered).then(passed)
    by_marks = (pl.col("theory_mark") >= _course_value(rules, "theory_pass_mark")) & (
        pl.col("practice") == Result.PASSED
    )
    return pl.when(numbered | by_marks).then(passed).otherwise(failed)


def _course_value(rules: list[CourseRule], name: str) -> pl.Expr:
    """Return what the rule in force on the day of the class says of the row's course."""
    value = pl.lit(None, dtype=pl.Int64)
    for rule in rules:
        applies = (pl.col("course") == rule.course) & (pl.col("trained_on") >= rule.effective_on)
        value = pl.when(applies).then(pl.lit(getattr(rule, name))).otherwise(value)
    return value


def _expiry_date(rules: list[CourseRule]) -> pl.Expr:
    """Return the last valid day: so many months after the day of issue, less one."""
    months = _course_value(rules, "validity_months")
    return pl.col("issued_on").dt.offset_by(pl.format("{}mo", months)).dt.offset_by("-1d")


@register
class Roster(Sheet):
    """救护员培训学员名册/发证登记：每行一名学员的一次培训，合格的带证书。"""

    key = "training.roster"
    title = "救护员培训学员名册（发证登记）"
    model = Enrolment
    kind = SheetKind.ROSTER
    dated_by = "trained_on"
    identity = ("id_number", "trained_on", "course")
    constants = {"course": "FIRST_AIDER", "result": None, "expires_on": None}
    due = (Due(Level.COUNTY, Monthly(day=5)), Due(Level.PREFECTURE, Monthly(day=8)))
    parents = (
        Parent(
            foreign_key="trainee",
            model=Trainee,
            fields={
                "name": "name",
                "sex": "sex",
                "ethnicity": "ethnicity",
                "born_on": "born_on",
                "id_number": "id_number",
                "phone": "phone",
                "workplace": "workplace",
                "occupation": "occupation",
            },
            key=("id_number",),
        ),
        Parent(
            foreign_key="training_class",
            model=TrainingClass,
            fields={
                "course": "course",
                "held_on": "trained_on",
                "number": "number",
                "partner": "partner",
                "audience": "audience",
                "place": "place",
                "instructors": "instructors",
            },
            key=("course", "held_on"),
        ),
    )

    branch = Column("培训单位", fill_down=True, note="整栏空白表示本单位。", sample="五华区")
    name = Column("姓名", sample="张示例")
    sex = Column("性别", required=False, sample="女")
    id_number = Column(
        "身份证号",
        note="18位，末位X大写；港澳台居民和外国人填所持证件号。",
        sample="530000199001010015",
    )
    ethnicity = Column("民族")
    born_on = Column("出生日期")
    workplace = Column("单位")
    occupation = Column("职业")
    phone = Column("联系电话", sample="13800000000")
    trained_on = Column("培训日期", from_title=True, fill_down=True, sample="2021-08-08")
    course = Column("培训类型", required=False, fill_down=True, sample="救护员")
    number = Column("期次", fill_down=True)
    partner = Column("合作单位", fill_down=True)
    audience = Column("对象类别", required=False, sample="学校")
    place = Column("培训地点", fill_down=True)
    instructors = Column("授课师资", fill_down=True)
    hours = Column("学时")
    theory_mark = Column("理论成绩", sample="92")
    practice = Column("操作成绩", required=False, sample="合格")
    result = Column("是否合格", required=False, sample="合格")
    certificate_number = Column("证书编号", sample="YN2021000001")
    issued_on = Column("发证日期")
    expires_on = Column("有效期至", note="不填时按课程规定推算。")
    revoked_on = Column("注销日期")
    reason = Column("注销原因")
    remark = Column("备注")

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules of results and marks, and those of certificates."""
        return (*_result_rules(), *_certificate_rules(), *_revocation_rules())

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Judge by the marks where nobody has said, and end certificates by the rules."""
        frame = frame.with_columns(
            pl.col("course").cast(pl.String).replace("", None).fill_null("FIRST_AIDER"),
            pl.col("result").cast(pl.String).replace("", None),
            pl.col("expires_on").cast(pl.Date),
        )
        rules = list(CourseRule.objects.order_by("effective_on"))
        frame = frame.with_columns(result=pl.coalesce("result", _judge_result(frame, rules)))
        if "issued_on" not in frame.columns:
            return frame.drop("expires_on")
        return frame.with_columns(expires_on=pl.coalesce("expires_on", _expiry_date(rules)))


@register
class Popularisations(Sheet):
    """应急救护普及活动台账：每行一场，统计人次。"""

    key = "training.popularisation"
    title = "应急救护普及活动台账"
    model = Popularisation
    dated_by = "held_on"
    due = (Due(Level.COUNTY, Monthly(day=5)),)

    branch = Column("单位", fill_down=True, sample="五华区")
    held_on = Column("活动日期", fill_down=True)
    topic = Column("活动名称")
    place = Column("地点")
    partner = Column("合作单位")
    audience = Column("对象类别", required=False)
    people_times = Column("普及人次")
    instructors = Column("授课师资")
    remark = Column("备注")


@register
class Instructors(Sheet):
    """救护师资名册：每行一名师资。"""

    key = "training.instructors"
    title = "救护师资名册"
    model = Instructor
    kind = SheetKind.ROSTER
    identity = ("certificate_number",)
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("所属红十字会", fill_down=True)
    name = Column("姓名")
    level = Column("师资级别")
    workplace = Column("单位")
    certificate_number = Column("师资证编号")
    issued_on = Column("发证日期")
    expires_on = Column("有效期至")


def _result_rules() -> tuple[Rule, ...]:
    """A result is given or follows from the marks, which are percentages."""
    return (
        Rule(
            code="result.unknown",
            violation=lambda: (
                pl.col("result").is_null()
                & is_blank("certificate_number")
                & (pl.col("theory_mark").is_null() | is_blank("practice"))
            ),
            needs=("name",),
            message="看不出是否合格",
            suggestion="请填“是否合格”，或同时填理论成绩与操作成绩，未考核的填“缺考”。",
        ),
        Rule(
            code="mark.range",
            violation=lambda: pl.col("theory_mark") > 100,
            needs=("theory_mark",),
            message="理论成绩 {theory_mark} 大于 100",
            suggestion="请填百分制成绩。",
        ),
    )


def _certificate_rules() -> tuple[Rule, ...]:
    """Only who passed has a certificate; its number and day stand together."""
    passed = pl.col("result") == Result.PASSED
    return (
        Rule(
            code="certificate.not_passed",
            violation=lambda: (
                ~is_blank("certificate_number") & pl.col("result").is_not_null() & ~passed
            ),
            needs=("certificate_number",),
            message="考核未合格，却填了证书编号 {certificate_number}",
            suggestion="请改正“是否合格”，或删去证书编号。",
        ),
        Rule(
            code="certificate.incomplete",
            violation=lambda: ~is_blank("certificate_number") & pl.col("issued_on").is_null(),
            needs=("certificate_number",),
            message="有证书编号而没有发证日期",
            suggestion="请补填发证日期。",
        ),
        Rule(
            code="certificate.incomplete",
            violation=lambda: is_blank("certificate_number") & pl.col("issued_on").is_not_null(),
            needs=("issued_on",),
            message="有发证日期而没有证书编号",
            suggestion="请补填证书编号，未发证的删去发证日期。",
        ),
        Rule(
            code="certificate.repeated",
            violation=lambda: (
                ~is_blank("certificate_number")
                & pl.struct("branch", "certificate_number").is_duplicated()
            ),
            needs=("certificate_number",),
            message="证书编号 {certificate_number} 在表中出现多次",
            suggestion="一证一号，请核对。",
        ),
        Rule(
            code="date.order",
            violation=lambda: pl.col("issued_on") < pl.col("trained_on"),
            needs=("issued_on",),
            message="发证日期 {issued_on} 早于培训日期 {trained_on}",
            suggestion="请核对两个日期。",
        ),
        Rule(
            code="date.order",
            violation=lambda: pl.col("expires_on") < pl.col("issued_on"),
            needs=("expires_on",),
            message="有效期至 {expires_on} 早于发证日期 {issued_on}",
            suggestion="请核对两个日期。",
        ),
    )


def _revocation_rules() -> tuple[Rule, ...]:
    """A revoked certificate has a reason and a day after its issue."""
    return (
        Rule(
            code="certificate.revoked",
            violation=lambda: (
                pl.col("revoked_on").is_not_null()
                & (
                    is_blank("reason")
                    | pl.col("issued_on").is_null()
                    | (pl.col("revoked_on") < pl.col("issued_on"))
                )
            ),
            needs=("revoked_on",),
            message="注销须写明原因，且晚于发证日期",
            suggestion="请补填注销原因，核对日期。",
        ),
    )
