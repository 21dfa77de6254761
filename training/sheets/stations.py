"""First-aid stations, defibrillators and their inspections."""

from redcross.branches.choices import Level
from redcross.uploads.registry import register
from redcross.uploads.schema.schedule import Due, Quarterly
from redcross.uploads.schema.sheet import Column, Sheet
from training.models import (
    Device,
    Inspection,
    Station,
)


@register
class Stations(Sheet):
    """博爱急救站台账：每行一个急救站。"""

    key = "training.stations"
    title = "博爱急救站台账"
    model = Station
    identity = ("name",)
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    branch = Column("单位", fill_down=True)
    name = Column("急救站名称")
    site_kind = Column("场所类别")
    address = Column("地址")
    opened_on = Column("挂牌日期")
    closed_on = Column("撤销日期")
    people_served = Column("覆盖人数", required=False)
    first_aiders = Column("站内救护员（人）", required=False)
    funded_by = Column("资助来源")
    keeper = Column("负责人")
    remark = Column("备注")


@register
class Devices(Sheet):
    """AED台账：每行一台自动体外除颤器。"""

    key = "training.devices"
    title = "AED台账"
    model = Device
    identity = ("number",)
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    branch = Column("单位", fill_down=True)
    number = Column("设备编号")
    model_size = Column("品牌型号")
    place = Column("安放位置")
    site_kind = Column("场所类别", required=False)
    longitude = Column("经度")
    latitude = Column("纬度")
    installed_on = Column("安装日期")
    removed_on = Column("拆除日期")
    battery_expires_on = Column("电池有效期至")
    pads_expire_on = Column("电极片有效期至")
    keeper = Column("管理员")
    remark = Column("备注")


@register
class Inspections(Sheet):
    """急救站与AED巡检记录：每行一次巡检。"""

    key = "training.inspections"
    title = "急救站与AED巡检记录"
    model = Inspection
    dated_by = "inspected_on"
    identity = ("number", "inspected_on")

    branch = Column("单位", fill_down=True)
    number = Column("设备编号或急救站名称")
    inspected_on = Column("巡检日期", fill_down=True)
    condition = Column("状况")
    inspector = Column("巡检人")
    remark = Column("问题与处理")
