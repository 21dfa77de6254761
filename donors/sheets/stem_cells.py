"""Volunteers of the stem-cell registry and the steps to a donation."""

import polars as pl

from donors.choices import Outcome, Scope
from donors.models import (
    Consent,
    StemCellStep,
    StemCellVolunteer,
)
from donors.pseudonyms import is_donor_code
from donors.sheets.identity import identity_parent, replace_id_with_code
from redcross.branches.choices import Level
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.expressions import is_blank
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly
from redcross.uploads.schema.sheet import Column, Parent, Sheet

register_codes(
    FindingCode(
        "step.exit",
        "E634",
        Severity.ERROR,
        "退出原因不齐",
        "退出须选退出原因，通过的不填。",
        "请补选退出原因，或改正结果。",
    ),
    FindingCode(
        "code.check",
        "E635",
        Severity.ERROR,
        "代码校验不符",
        "志愿者代码共 12 位，末位是校验字符，与前面各位不符。",
        "请从志愿者名册复制代码。",
    ),
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
        identity_parent("name", "id_number", "phone", "relative", "relative_phone"),
        Parent(
            foreign_key="consent",
            model=Consent,
            fields={"code": "code", "scope": "scope", "signed_on": "registered_on"},
            key=("code", "scope"),
        ),
    )

    branch = Column("登记单位", fill_down=True)
    name = Column("姓名", sample="张示例")
    sex = Column("性别", required=False)
    born_on = Column("出生日期")
    id_number = Column("身份证号", required=True)
    blood_type = Column("血型", required=False)
    phone = Column("联系方式")
    relative = Column("亲友联系人1")
    relative_phone = Column("亲友联系人1电话")
    registered_on = Column("登记日期", fill_down=True)
    stored_on = Column("入库日期")
    storage_number = Column("入库编号")
    sampling_unit = Column("采样单位")
    left_on = Column("退库日期")
    remark = Column("备注")

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Name each volunteer by his code."""
        return replace_id_with_code(frame)


@register
class StemCellSteps(Sheet):
    """造血干细胞捐献环节登记：每行一名志愿者的一个环节，退出的写明原因。"""

    key = "donors.stem_cell_steps"
    title = "造血干细胞捐献环节登记表"
    model = StemCellStep
    dated_by = "happened_on"
    identity = ("code", "step", "happened_on")
    due = (Due(Level.PREFECTURE, Monthly(day=8)),)

    branch = Column("单位", fill_down=True)
    code = Column("志愿者代码")
    step = Column("环节")
    happened_on = Column("日期")
    outcome = Column("结果", required=False)
    exit_reason = Column("退出原因", required=False)
    hospital = Column("采集医院")
    second = Column("是否二次", required=False)
    remark = Column("备注")

    def rules(self) -> tuple[Rule, ...]:
        """Who leaves says why; the code is one that can exist."""
        left = pl.col("outcome") == Outcome.LEFT
        return (
            Rule(
                code="step.exit",
                violation=lambda: left.fill_null(value=False) == is_blank("exit_reason"),
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
