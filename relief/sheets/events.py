"""Response to disasters: levels, people sent, volunteers, needs."""

import polars as pl

from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.sheet import Column, Sheet
from relief.choices import DispatchForm
from relief.models import (
    Dispatch,
    Engagement,
    EventResponse,
    Need,
)

register_codes(
    FindingCode(
        "dispatch.people",
        "E643",
        Severity.ERROR,
        "人次少于批次",
        "每批至少一人，人次不能少于批次。",
        "请核对两个数。",
    ),
)


@register
class Responses(Sheet):
    """应急响应登记：每行一次启动、调整或终止响应。"""

    key = "relief.responses"
    title = "应急响应登记表"
    model = EventResponse
    dated_by = "declared_on"
    identity = ("event", "level", "declared_on")

    branch = Column("单位", fill_down=True)
    event = Column("灾害事件", fill_down=True, allow_create=True)
    level = Column("响应级别")
    declared_on = Column("启动日期")
    remark = Column("说明")


@register
class Dispatches(Sheet):
    """应急救援情况：每行一次派出；批次、人次与人数分开统计。"""

    key = "relief.dispatches"
    title = "应急救援情况表"
    model = Dispatch
    dated_by = "dispatched_on"

    branch = Column("单位", fill_down=True)
    event = Column("灾害事件", fill_down=True, allow_create=True)
    dispatched_on = Column("派出日期", fill_down=True)  # fmt: skip
    form = Column("类别", default=DispatchForm.FORCE.value, note="不填时为投入应急救援力量。")
    team = Column("队伍名称")
    teams = Column("派出／队伍", fallback_column="team")  # fmt: skip
    batches = Column("派出／批次", required=False)
    people_times = Column("派出／人次", required=False)
    place = Column("地点")
    level = Column("响应级别", required=False)
    received_money = Column(
        "接受款物／资金（元）", unit=Unit.YUAN, note="填报数，与捐赠款物明细核对，不重复计入。"
    )
    received_goods = Column("接受款物／物资（元）", unit=Unit.YUAN)  # fmt: skip
    goods = Column("调拨物资／品名")
    measure = Column("调拨物资／单位")
    quantity = Column("调拨物资／数量")
    goods_value = Column("调拨物资／折价（元）", unit=Unit.YUAN)
    beneficiary_times = Column("受益人次")
    work = Column("任务")

    def rules(self) -> tuple[Rule, ...]:
        """Each batch has somebody in it."""
        return (
            Rule(
                code="dispatch.people",
                violation=lambda: pl.col("people_times") < pl.col("batches"),
                needs=("people_times", "batches"),
                message="人次 {people_times} 少于批次",
                suggestion="请核对批次与人次。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take one batch where people went and nobody counted them; goods alone have none."""
        people = pl.col("people_times").fill_null(0)
        batches = pl.when(people > 0).then(1).otherwise(0).cast(pl.Int64)
        return frame.with_columns(people_times=people, batches=pl.col("batches").fill_null(batches))


@register
class Engagements(Sheet):
    """志愿者参与统计：每行一个单位为一个事件组织的志愿者，人数只统计一次。"""

    key = "relief.engagements"
    title = "志愿者参与应急统计表"
    model = Engagement
    identity = ("event",)

    branch = Column("单位", fill_down=True)
    event = Column("灾害事件", fill_down=True, allow_create=True)
    engaged_on = Column("统计日期")
    volunteers = Column("志愿者人数")
    hours = Column("服务时长（小时）", unit=Unit.HOURS, required=False)
    work = Column("服务内容")


@register
class Needs(Sheet):
    """灾区物资需求：每行一种需求与已满足的数量。"""

    key = "relief.needs"
    title = "灾区物资需求表"
    model = Need
    dated_by = "asked_on"
    identity = ("event", "item", "asked_on")

    branch = Column("单位", fill_down=True)
    event = Column("灾害事件", fill_down=True, allow_create=True)
    asked_on = Column("提出日期")
    item = Column("需求物资")
    measure = Column("计量单位")
    quantity = Column("需求数量")
    met = Column("已满足数量", required=False)
