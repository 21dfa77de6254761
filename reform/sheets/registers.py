"""Registers of activities, documents, milestones and good examples."""

from redcross.branches.choices import Level
from redcross.indicators.declare.indicator_column import IndicatorColumn
from redcross.uploads.registry import register
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Column, Sheet
from reform.models import (
    Activity,
    Document,
    GoodExample,
    Milestone,
)


@register
class Activities(Sheet):
    """活动台账：纪念活动、培训、座谈会、调研等，每行一次。"""

    key = "reform.activities"
    title = "活动台账"
    model = Activity
    dated_by = "held_on"
    identity = ("held_on", "name")

    branch = Column("单位", fill_down=True)
    activity_kind = Column("活动类别")
    name = Column("活动名称")
    held_on = Column("活动日期")
    place = Column("地点")
    participants = Column("参加人员")
    people_times = Column("参加人次", required=False)
    task_number = Column("对应任务序号")
    content = Column("内容")


@register
class Documents(Sheet):
    """文件台账：推动工作的文件，含联合发文。"""

    key = "reform.documents"
    title = "文件台账"
    model = Document
    dated_by = "issued_on"
    identity = ("name", "issued_on")

    branch = Column("单位", fill_down=True)
    number = Column("文号")
    name = Column("文件名称")
    level = Column("发文层级")
    issued_on = Column("发文日期")
    issued_jointly_with = Column("联发单位")
    covers = Column("涉及工作")
    task_number = Column("对应任务序号")


@register
class Milestones(Sheet):
    """里程碑登记表：重点任务和改革中的标志性进展。"""

    key = "reform.milestones"
    title = "里程碑登记表"
    model = Milestone
    dated_by = "happened_on"
    identity = ("happened_on", "name")

    branch = Column("单位", fill_down=True)
    happened_on = Column("日期")
    name = Column("里程碑")
    year = Column("任务年度", required=False)
    task_number = Column("对应任务序号")
    indicator = IndicatorColumn("关联指标")
    evidence = Column("佐证")


@register
class GoodExamples(Sheet):
    """典型经验登记表：供通报选用。"""

    key = "reform.examples"
    title = "典型经验登记表"
    model = GoodExample
    dated_by = "told_on"
    identity = ("told_on", "name")
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("单位", fill_down=True)
    told_on = Column("登记日期")
    name = Column("经验标题")
    method = Column("工作法")
    content = Column("做法与成效")
