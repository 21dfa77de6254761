"""The workbooks of first aid a branch hands in."""

import polars as pl

from redcross.branches.choices import Level
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.statistics_sheet import StatisticsSheet, cumulative_rule
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.findings import Severity
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly, Quarterly, Yearly
from redcross.uploads.schema.sheet import Column, Parent, Sheet
from training.choices import Result
from training.models import (
    CourseRule,
    Device,
    Enrolment,
    Inspection,
    Instructor,
    Popularisation,
    Station,
    Trainee,
    TrainingClass,
)

_BRANCH = [
    "填报单位",
    "县区",
    "县（市、区）",
    "所属单位",
    "单位名称",
    "机构",
    "州市",
    "发证单位",
    "培训单位",
]
_AUDIENCE = {
    "公务员": "GOVERNMENT",
    "机关单位": "GOVERNMENT",
    "机关事业单位": "GOVERNMENT",
    "学生": "SCHOOL",
    "教师": "SCHOOL",
    "教职工": "SCHOOL",
    "企业职工": "ENTERPRISE",
    "企业员工": "ENTERPRISE",
    "社区居民": "COMMUNITY",
    "村民": "RURAL",
    "农村居民": "RURAL",
    "乡村": "RURAL",
}
_PASSED = {
    "通过": "PASSED",
    "及格": "PASSED",
    "未通过": "FAILED",
    "不及格": "FAILED",
    "缺席": "ABSENT",
}

_ERROR = Severity.ERROR
register_codes(
    FindingCode(
        "certificate.not_passed",
        "E621",
        _ERROR,
        "未合格却有证书编号",
        "只有考核合格的学员才能有证书编号。",
        "请改正“是否合格”，或删去证书编号。",
    ),
    FindingCode(
        "certificate.incomplete",
        "E622",
        _ERROR,
        "证书编号与发证日期不齐",
        "证书编号与发证日期须同时填写。",
        "请补填缺少的一栏；未发证的两栏都留空。",
    ),
    FindingCode(
        "certificate.repeated",
        "E623",
        _ERROR,
        "证书编号重复",
        "一证一号，一份名册中同一编号出现了多次。",
        "请核对证书编号。",
    ),
    FindingCode(
        "certificate.revoked",
        "E624",
        _ERROR,
        "注销不完整",
        "注销须写明原因，日期不早于发证日期。",
        "请补填注销原因，核对注销日期。",
    ),
    FindingCode(
        "result.unknown",
        "E625",
        _ERROR,
        "看不出是否合格",
        "没有结果、没有证书编号，也没有齐全的理论与操作成绩。",
        "请填“是否合格”，或同时填理论成绩与操作成绩，未考核的填“缺考”。",
    ),
    FindingCode(
        "mark.range",
        "E626",
        _ERROR,
        "成绩超出百分制",
        "理论成绩在 0 至 100 之间。",
        "请填百分制成绩。",
    ),
)


def _is_blank(name: str) -> pl.Expr:
    """Tell whether a text is empty; a column the workbook lacks is."""
    return pl.col(name).fill_null("") == ""


@register
class Roster(Sheet):
    """救护员培训学员名册/发证登记：每行一名学员的一次培训，合格的带证书。"""

    key = "training.roster"
    title = "救护员培训学员名册（发证登记）"
    titles = (
        "救护员培训班学员登记表",
        "应急救护培训学员名册",
        "救护员证发证登记表",
        "救护员培训学员花名册",
    )
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

    branch = Column(
        "培训单位",
        aliases=[*_BRANCH, "颁证机构"],
        fill_down=True,
        note="整栏空白表示本单位。",
        sample="五华区",
    )
    name = Column(
        "姓名",
        aliases=[
            "学员姓名",
            "学员",
            "姓 名",
            "持证人",
            "持证人姓名",
            "受训人姓名",
            "参训人员",
            "参训人",
            "领证人",
        ],
        sample="张示例",
    )
    sex = Column(
        "性别",
        aliases=["男女", "性别(男/女)"],
        required=False,
        words={"男性": "MALE", "女性": "FEMALE", "M": "MALE", "F": "FEMALE"},
        sample="女",
    )
    id_number = Column(
        "身份证号",
        aliases=[
            "身份证号码",
            "证件号",
            "证件号码",
            "身份证",
            "公民身份号码",
            "身份证件号码",
            "居民身份证号",
            "居民身份证号码",
            "公民身份证号",
            "公民身份证号码",
            "身份证件号",
            "领证人身份证",
        ],
        note="18位，末位X大写；港澳台居民和外国人填所持证件号。",
        sample="530000199001010015",
    )
    ethnicity = Column("民族", aliases=["所属民族"])
    born_on = Column("出生日期", aliases=["出生年月日", "生日", "出生时间"])
    workplace = Column(
        "单位",
        aliases=[
            "工作单位",
            "所在单位",
            "学校/单位",
            "单位/学校",
            "工作单位/学校",
            "学校/工作单位",
            "单位名称/学校",
            "工作单位或住址",
            "单位（学校、社区）",
            "单位/社区",
            "工作单位/住址",
            "所在单位或住址",
            "派出单位",
            "供职单位",
            "服务单位",
        ],
    )
    occupation = Column(
        "职业", aliases=["职务", "岗位", "从业类别", "职业类别", "身份", "从事职业", "职业类型"]
    )
    phone = Column(
        "联系电话",
        aliases=[
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "联系方式",
            "联系电话（手机）",
            "手机号（联系电话）",
            "联系电话/手机",
            "移动电话",
            "本人手机",
            "常用电话",
        ],
        sample="13800000000",
    )
    trained_on = Column(
        "培训日期",
        aliases=[
            "培训时间",
            "日期",
            "时间",
            "开班日期",
            "培训起始日期",
            "考核日期",
            "培训起始日",
            "培训起止日期",
            "参训日期",
            "开班时间",
            "办班日期",
            "上课日期",
        ],
        substrings=["培训日期", "培训时间"],
        from_title=True,
        fill_down=True,
        sample="2021-08-08",
    )
    course = Column(
        "培训类型",
        aliases=[
            "培训类别",
            "课程",
            "课程名称",
            "培训种类",
            "证书类型",
            "培训课程",
            "培训项目",
            "班次类型",
            "类别",
            "证书类别",
            "培训班类型",
            "班型",
            "培训班别",
        ],
        required=False,
        fill_down=True,
        words={
            "初级救护员": "FIRST_AIDER",
            "红十字救护员": "FIRST_AIDER",
            "应急救护员": "FIRST_AIDER",
            "救护员培训": "FIRST_AIDER",
            "救护员复训": "RENEWAL",
            "复证": "RENEWAL",
            "CPR": "CPR_AED",
            "心肺复苏": "CPR_AED",
            "心肺复苏+AED": "CPR_AED",
            "救护师资": "INSTRUCTOR",
            "培训师": "INSTRUCTOR",
        },
        sample="救护员",
    )
    number = Column("期次", aliases=["班次", "期数", "班级", "班级名称", "培训班"], fill_down=True)
    partner = Column("合作单位", aliases=["承办单位", "协办单位", "受训单位"], fill_down=True)
    audience = Column(
        "对象类别",
        aliases=["人员类别", "培训对象", "对象", "学员类别", "人群"],
        required=False,
        words=_AUDIENCE,
        sample="学校",
    )
    place = Column("培训地点", aliases=["地点"], fill_down=True)
    instructors = Column("授课师资", aliases=["师资", "培训师", "授课教师", "主讲"], fill_down=True)
    hours = Column("学时", aliases=["培训学时", "课时", "培训课时", "学时数"])
    theory_mark = Column(
        "理论成绩",
        aliases=[
            "理论",
            "理论考试",
            "笔试",
            "理论分数",
            "理论考核",
            "理论考试成绩",
            "理论考核成绩",
            "笔试成绩",
            "理论考试成绩（分）",
            "理论得分",
            "笔试分",
        ],
        sample="92",
    )
    practice = Column(
        "操作成绩",
        aliases=[
            "操作",
            "实操",
            "实操成绩",
            "操作考核",
            "技能",
            "技能考核",
            "操作考核成绩",
            "技能成绩",
            "实操考核",
            "操作考试",
            "技能操作",
            "实践操作",
            "实操结果",
        ],
        required=False,
        words=_PASSED,
        sample="合格",
    )
    result = Column(
        "是否合格",
        aliases=[
            "结果",
            "考核结果",
            "成绩",
            "合格情况",
            "总评",
            "考核结论",
            "考试结果",
            "是否通过",
            "综合评定",
            "考试是否合格",
            "考核是否合格",
            "是否取证",
            "成绩评定",
            "评定结果",
            "考核评定",
            "评定",
            "考评结论",
            "结业情况",
        ],
        required=False,
        words={**_PASSED, "是": "PASSED", "否": "FAILED", "√": "PASSED", "×": "FAILED"},
        sample="合格",
    )
    certificate_number = Column(
        "证书编号",
        aliases=[
            "证号",
            "证书号",
            "救护员证号",
            "证书号码",
            "编号",
            "证件编号",
            "救护员证编号",
            "发证编号",
            "救护员证书编号",
            "合格证号",
            "结业证号",
            "救护员证书号码",
        ],
        sample="YN2021000001",
    )
    issued_on = Column(
        "发证日期",
        aliases=["发证时间", "颁证日期", "领证日期", "证书签发日期", "签发日期", "颁发日期"],
    )
    expires_on = Column(
        "有效期至",
        aliases=[
            "有效期",
            "有效日期",
            "到期日期",
            "有效期限",
            "有效期截止",
            "证书有效期",
            "证书有效期至",
            "证件有效期止",
            "到期日",
        ],
        note="不填时按课程规定推算。",
    )
    revoked_on = Column("注销日期", aliases=["作废日期"])
    reason = Column("注销原因", aliases=["作废原因"])
    remark = Column("备注", aliases=["说明", "备考"])

    def rules(self) -> tuple[Rule, ...]:
        """Only who passed has a number; a number stands with its day."""
        passed = pl.col("result") == Result.PASSED
        return (
            Rule(
                code="certificate.not_passed",
                violation=lambda: (
                    ~_is_blank("certificate_number") & pl.col("result").is_not_null() & ~passed
                ),
                needs=("certificate_number",),
                message="考核未合格，却填了证书编号 {certificate_number}",
                suggestion="请改正“是否合格”，或删去证书编号。",
            ),
            Rule(
                code="certificate.incomplete",
                violation=lambda: ~_is_blank("certificate_number") & pl.col("issued_on").is_null(),
                needs=("certificate_number",),
                message="有证书编号而没有发证日期",
                suggestion="请补填发证日期。",
            ),
            Rule(
                code="certificate.incomplete",
                violation=lambda: (
                    _is_blank("certificate_number") & pl.col("issued_on").is_not_null()
                ),
                needs=("issued_on",),
                message="有发证日期而没有证书编号",
                suggestion="请补填证书编号，未发证的删去发证日期。",
            ),
            Rule(
                code="certificate.repeated",
                violation=lambda: (
                    ~_is_blank("certificate_number")
                    & pl.struct("branch", "certificate_number").is_duplicated()
                ),
                needs=("certificate_number",),
                message="证书编号 {certificate_number} 在表中出现多次",
                suggestion="一证一号，请核对。",
            ),
            Rule(
                code="result.unknown",
                violation=lambda: (
                    pl.col("result").is_null()
                    & _is_blank("certificate_number")
                    & (pl.col("theory_mark").is_null() | _is_blank("practice"))
                ),
                needs=("name",),
                message="看不出是否合格",
                suggestion="请填“是否合格”，或同时填理论成绩与操作成绩，未考核的填“缺考”。",
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
            Rule(
                code="certificate.revoked",
                violation=lambda: (
                    pl.col("revoked_on").is_not_null()
                    & (
                        _is_blank("reason")
                        | pl.col("issued_on").is_null()
                        | (pl.col("revoked_on") < pl.col("issued_on"))
                    )
                ),
                needs=("revoked_on",),
                message="注销须写明原因，且晚于发证日期",
                suggestion="请补填注销原因，核对日期。",
            ),
            Rule(
                code="mark.range",
                violation=lambda: pl.col("theory_mark") > 100,
                needs=("theory_mark",),
                message="理论成绩 {theory_mark} 大于 100",
                suggestion="请填百分制成绩。",
            ),
        )

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
class Popularisations(Sheet):
    """应急救护普及活动台账：每行一场，统计人次。"""

    key = "training.popularisation"
    title = "应急救护普及活动台账"
    model = Popularisation
    dated_by = "held_on"
    due = (Due(Level.COUNTY, Monthly(day=5)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True, sample="五华区")
    held_on = Column(
        "活动日期", aliases=["日期", "时间", "活动时间", "培训日期", "培训时间"], fill_down=True
    )
    topic = Column("活动名称", aliases=["主题", "活动主题", "内容", "培训内容", "活动内容", "名称"])
    place = Column("地点", aliases=["活动地点", "培训地点"])
    partner = Column("合作单位", aliases=["参与单位", "受训单位", "承办单位"])
    audience = Column(
        "对象类别", aliases=["对象", "培训对象", "受众"], required=False, words=_AUDIENCE
    )
    people_times = Column(
        "普及人次", aliases=["人次", "参与人次", "培训人次", "受益人次", "人数", "参加人数"]
    )
    instructors = Column("授课师资", aliases=["师资", "授课人", "主讲"])
    remark = Column("备注", aliases=["说明"])


@register
class Instructors(Sheet):
    """救护师资名册：每行一名师资。"""

    key = "training.instructors"
    title = "救护师资名册"
    model = Instructor
    kind = SheetKind.ROSTER
    identity = ("certificate_number",)
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("所属红十字会", aliases=_BRANCH, fill_down=True)
    name = Column("姓名", aliases=["师资姓名"])
    level = Column(
        "师资级别",
        aliases=["级别", "等级"],
        words={"省": "PROVINCE", "州市": "PREFECTURE", "市级": "PREFECTURE"},
    )
    workplace = Column("单位", aliases=["工作单位"])
    certificate_number = Column("师资证编号", aliases=["证书编号", "证号", "编号"])
    issued_on = Column("发证日期", aliases=["发证时间"])
    expires_on = Column("有效期至", aliases=["有效期"])


@register
class Stations(Sheet):
    """博爱急救站台账：每行一个急救站。"""

    key = "training.stations"
    title = "博爱急救站台账"
    model = Station
    identity = ("name",)
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    name = Column("急救站名称", aliases=["名称", "站点名称", "急救站", "救护站", "建站单位"])
    site_kind = Column(
        "场所类别",
        aliases=["类别", "场所", "建站场所"],
        words={"小学": "SCHOOL", "中学": "SCHOOL", "景点": "SCENIC", "车站": "TRANSPORT"},
    )
    address = Column("地址", aliases=["详细地址", "建站地址"])
    opened_on = Column("挂牌日期", aliases=["建成日期", "建站日期", "建站时间", "挂牌时间"])
    closed_on = Column("撤销日期", aliases=["撤站日期"])
    people_served = Column("覆盖人数", aliases=["师生人数", "服务人数"], required=False)
    first_aiders = Column("站内救护员（人）", aliases=["持证救护员", "救护员人数"], required=False)
    funded_by = Column("资助来源", aliases=["资金来源", "资助方"])
    keeper = Column("负责人", aliases=["站长", "联系人"])
    remark = Column("备注", aliases=["说明"])


@register
class Devices(Sheet):
    """AED台账：每行一台自动体外除颤器。"""

    key = "training.devices"
    title = "AED台账"
    model = Device
    identity = ("number",)
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    number = Column("设备编号", aliases=["编号", "AED编号", "序列号"])
    model_size = Column("品牌型号", aliases=["型号", "品牌"])
    place = Column("安放位置", aliases=["位置", "安装位置", "投放地点", "地址"])
    site_kind = Column(
        "场所类别",
        aliases=["类别", "场所"],
        required=False,
        words={"车站": "TRANSPORT", "机场": "TRANSPORT", "景点": "SCENIC"},
    )
    longitude = Column("经度")
    latitude = Column("纬度")
    installed_on = Column("安装日期", aliases=["投放日期", "安装时间", "启用日期"])
    removed_on = Column("拆除日期", aliases=["停用日期"])
    battery_expires_on = Column("电池有效期至", aliases=["电池有效期", "电池到期"])
    pads_expire_on = Column("电极片有效期至", aliases=["电极片有效期", "电极片到期"])
    keeper = Column("管理员", aliases=["管理人", "责任人"])
    remark = Column("备注", aliases=["说明"])


@register
class Inspections(Sheet):
    """急救站与AED巡检记录：每行一次巡检。"""

    key = "training.inspections"
    title = "急救站与AED巡检记录"
    model = Inspection
    dated_by = "inspected_on"
    identity = ("number", "inspected_on")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    number = Column(
        "设备编号或急救站名称", aliases=["设备编号", "编号", "急救站名称", "AED编号", "名称"]
    )
    inspected_on = Column("巡检日期", aliases=["日期", "检查日期", "巡检时间"], fill_down=True)
    condition = Column(
        "状况",
        aliases=["设备状况", "结果", "巡检结果", "状态"],
        words={"良好": "GOOD", "完好": "GOOD", "待维护": "TO_MEND", "故障": "OUT_OF_ORDER"},
    )
    inspector = Column("巡检人", aliases=["检查人"])
    remark = Column("问题与处理", aliases=["备注", "问题"])


@register
class Statistics(StatisticsSheet):
    """应急救护培训情况统计表：每行一个单位；与名册、台账核对，不重复计入。"""

    key = "training.statistics"
    title = "应急救护培训情况统计表"
    titles = (
        "应急救护工作统计表",
        "应急救护培训统计表",
    )
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    classes = CountedColumn(
        "救护员／期数",
        aliases=[
            "期数",
            "救护员培训期数",
            "救护员期数",
            "救护员／班次",
            "救护员／班数",
            "培训班次",
            "救护员／场次",
            "持证培训／开班数(期)",
            "2.救护员取证／班期",
        ],
        indicator="training.classes",
    )
    first_aiders = CountedColumn(
        "救护员／人数",
        aliases=[
            "救护员人数",
            "培训救护员人数",
            "救护员培训人数",
            "取证人数",
            "救护员／取证人数",
            "救护员／发证人数",
            "救护员／持证人数",
            "救护员／培训人数",
            "救护员／发证数",
            "持证培训／取证(人)",
            "2.救护员取证／人数",
        ],
        indicator="training.first_aiders_trained",
        rostered=True,
    )
    teachers = CountedColumn(
        "救护员／教师", aliases=["救护员／其中／教师", "教师", "持证培训／取证人员构成／教职工"]
    )
    students = CountedColumn(
        "救护员／学生", aliases=["救护员／其中／学生", "学生", "持证培训／取证人员构成／在校学生"]
    )
    officials = CountedColumn(
        "救护员／公务员",
        aliases=[
            "救护员／其中／公务员",
            "公务员",
            "救护员／机关",
            "救护员／机关干部",
            "救护员／机关公务员",
            "持证培训／取证人员构成／机关人员",
        ],
    )
    workers = CountedColumn(
        "救护员／企业",
        aliases=[
            "救护员／其中／企业",
            "企业",
            "企业职工",
            "救护员／企业职工",
            "救护员／企业员工",
            "持证培训／取证人员构成／企业人员",
        ],
    )
    residents = CountedColumn(
        "救护员／社区农村",
        aliases=[
            "救护员／其中／社区农村",
            "社区农村",
            "救护员／社区、农村",
            "救护员／社区及农村",
            "救护员／村（社区）",
            "持证培训／取证人员构成／村居群众",
        ],
    )
    events = CountedColumn(
        "普及／场次",
        aliases=[
            "普及场次",
            "场次",
            "普及培训场次",
            "普及／场数",
            "普及／次数",
            "普及／期数",
            "普及培训／场",
            "普及性培训／场次",
            "普及培训／场次",
            "普及讲座／场数",
            "普及活动次数",
            "1.群众性普及／场次(场)",
        ],
        indicator="training.popularisation_events",
    )
    people_times = CountedColumn(
        "普及／人次",
        aliases=[
            "普及人次",
            "普及培训人次",
            "普及／人数",
            "普及性培训人次",
            "普及性培训／受众（人次）",
            "普及性培训／受众",
            "普及培训／人次",
            "普及性培训／人次",
            "普及讲座／听众(人次)",
            "普及受众",
            "1.群众性普及／人次(人次)",
        ],
        indicator="training.popularised_times",
    )
    instructor_classes = CountedColumn(
        "师资／期数",
        aliases=[
            "师资期数",
            "师资培训期数",
            "师资班期数",
            "师资培训／期数",
            "讲师班期次",
            "3.师资／班期",
        ],
    )
    instructors = CountedColumn(
        "师资／人数",
        aliases=[
            "师资人数",
            "师资培训人数",
            "师资培训／人数",
            "师资班人数",
            "讲师取证数",
            "3.师资／人数",
        ],
    )
    valid = CountedColumn(
        "累计持证",
        aliases=[
            "持证人数",
            "有效持证",
            "持证救护员",
            "累计持证人数",
            "持证总人数",
            "累计发证",
            "累计取证",
            "累计持证救护员",
            "持证情况／累计人数",
            "持证情况／累计",
            "有效持证总数(人)",
            "历年持证总量",
        ],
        indicator="training.valid_certificates",
    )
    share = CountedColumn(
        "持证率（%）",
        aliases=[
            "持证率",
            "累计持证率",
            "占常住人口比例",
            "持证比例",
            "持证情况／比例",
            "每百人持证(%)",
            "持证人口占比",
        ],
        unit=Unit.PERCENT,
    )
    stations = CountedColumn(
        "救护站",
        aliases=[
            "急救站",
            "博爱急救站",
            "救护站数",
            "红十字救护站",
            "应急救护站",
            "红十字急救站",
            "博爱救护站(个)",
            "站点数",
        ],
        indicator="training.stations",
    )
    aeds_new = CountedColumn(
        "AED／新增",
        aliases=[
            "新增AED",
            "AED／本期新增",
            "AED／本年新增",
            "AED／本月新增",
            "新增AED台数",
            "除颤仪(台)／本季安装",
            "当季投放AED",
            "4.公共场所AED／其中本期配备",
        ],
    )
    aeds = CountedColumn(
        "AED／累计",
        aliases=[
            "AED",
            "AED台数",
            "累计AED",
            "AED／累计配置",
            "AED／总数",
            "AED／现有",
            "AED累计",
            "除颤仪(台)／现有总量",
            "在用AED总数",
            "4.公共场所AED／累计配备",
        ],
        indicator="training.aeds",
    )

    def rules(self) -> tuple[Rule, ...]:
        """累计 is never less than 本期."""
        return (*super().rules(), cumulative_rule(self, "aeds", "aeds_new"))
