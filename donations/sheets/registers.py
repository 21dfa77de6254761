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

    branch = Column("单位", aliases=["州市", "县区", "管理单位"], fill_down=True)
    number = Column("设备编号", aliases=["编号", "资产编号"])
    name = Column("设备名称", aliases=["名称", "品名"])
    model_size = Column("规格型号", aliases=["型号", "规格", "品牌型号"])
    giver_name = Column("捐赠人", aliases=["捐赠单位", "捐赠方", "来源"])
    user_unit = Column("使用单位", aliases=["受赠单位", "接收单位", "医院"])
    value = Column("价值（元）", aliases=["价值", "金额", "折价"], unit=Unit.YUAN)
    accepted_on = Column("验收日期", aliases=["接收日期", "到货日期"])
    state = Column(
        "状态", aliases=["使用状态", "设备状态"], words={"在用": "IN_USE", "正常": "IN_USE"}
    )
    inspected_on = Column("最近检查日期", aliases=["检查日期", "回访日期"])
    scrapped_on = Column("报废日期", aliases=["注销日期"])
    remark = Column("备注", aliases=["说明"])


@register
class FundraisingProjects(Sheet):
    """筹资项目库：每行一个向社会推介的项目，需求、目标、已筹和状态。"""

    key = "donations.project_library"
    title = "筹资项目库"
    model = FundraisingProject
    identity = ("name",)

    branch = Column("单位", aliases=["州市", "县区", "实施单位"], fill_down=True)
    name = Column("项目名称", aliases=["项目", "名称"])
    need = Column("需求", aliases=["项目需求", "需求说明", "内容"])
    fund = Column("基金", aliases=["品牌", "所属基金"])
    target = Column("筹资目标（元）", aliases=["目标", "目标金额", "需求资金"], unit=Unit.YUAN)
    raised = Column(
        "已筹（元）", aliases=["已筹", "已筹金额", "到位资金"], unit=Unit.YUAN, required=False
    )
    opened_on = Column("推介日期", aliases=["上线日期", "启动日期"])
    state = Column("状态", aliases=["项目状态", "进展"])
    beneficiaries = Column("受益对象", aliases=["受益人", "受益群体"])


@register
class FeedbackRegister(Sheet):
    """捐赠反馈登记表：每行一次向捐赠人反馈使用情况。"""

    key = "donations.feedback"
    title = "捐赠反馈登记表"
    model = Feedback
    dated_by = "told_on"
    identity = ("giver_name", "told_on", "used_for")

    branch = Column("单位", aliases=["州市", "县区"], fill_down=True)
    giver_name = Column("捐赠人", aliases=["捐赠单位", "捐赠者"])
    told_on = Column("反馈日期", aliases=["日期", "时间"])
    way = Column("反馈方式", aliases=["方式"])
    used_for = Column("使用情况", aliases=["使用说明", "反馈内容"])
    used_value = Column("使用金额（元）", aliases=["使用金额", "金额"], unit=Unit.YUAN)
    fund = Column("基金", aliases=["项目", "品牌"])
