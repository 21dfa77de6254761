"""Equipment, the library of projects, and what givers were told."""

from donations.models import (
    Equipment,
    Feedback,
    FundraisingProject,
)
from redcross.branches.choices import Level
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Column, Sheet


@register
class EquipmentRegister(Sheet):
    """捐赠医疗设备台账：每行一台，从验收到检查、报废。"""

    key = "donations.equipment"
    title = "捐赠医疗设备台账"
    model = Equipment
    identity = ("number",)
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("单位", fill_down=True)
    number = Column("设备编号")
    name = Column("设备名称")
    model_size = Column("规格型号")
    giver_name = Column("捐赠人")
    user_unit = Column("使用单位")
    value = Column("价值（元）", unit=Unit.YUAN)
    accepted_on = Column("验收日期")
    state = Column("状态")
    inspected_on = Column("最近检查日期")
    scrapped_on = Column("报废日期")
    remark = Column("备注")


@register
class FundraisingProjects(Sheet):
    """筹资项目库：每行一个向社会推介的项目，需求、目标、已筹和状态。"""

    key = "donations.project_library"
    title = "筹资项目库"
    model = FundraisingProject
    identity = ("name",)

    branch = Column("单位", fill_down=True)
    name = Column("项目名称")
    need = Column("需求")
    fund = Column("基金")
    target = Column("筹资目标（元）", unit=Unit.YUAN)
    raised = Column("已筹（元）", unit=Unit.YUAN, required=False)
    opened_on = Column("推介日期")
    state = Column("状态")
    beneficiaries = Column("受益对象")


@register
class FeedbackRegister(Sheet):
    """捐赠反馈登记表：每行一次向捐赠人反馈使用情况。"""

    key = "donations.feedback"
    title = "捐赠反馈登记表"
    model = Feedback
    dated_by = "told_on"
    identity = ("giver_name", "told_on", "used_for")

    branch = Column("单位", fill_down=True)
    giver_name = Column("捐赠人")
    told_on = Column("反馈日期")
    way = Column("反馈方式")
    used_for = Column("使用情况")
    used_value = Column("使用金额（元）", unit=Unit.YUAN)
    fund = Column("基金")
