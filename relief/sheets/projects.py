"""Aid projects of a year."""

import polars as pl

from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import SheetKind
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Column, Sheet
from relief.models import (
    Project,
)


@register
class Projects(Sheet):
    """救助项目台账：每行一个项目在报告年度的情况；往年开工、本年仍在实施的也要填。"""

    key = "relief.projects"
    title = "救助项目台账"
    model = Project
    kind = SheetKind.STATISTICS
    exploded_identity = ("year", "name")
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("单位", fill_down=True)
    programme = Column("项目品牌", fill_down=True)
    name = Column("项目名称")
    place = Column("实施地点")
    funding_source = Column("资金来源")
    budget = Column("预算（元）", unit=Unit.YUAN, required=False)
    secured = Column("本年到位资金（元）", unit=Unit.YUAN, required=False)
    spent = Column("本年支出（元）", unit=Unit.YUAN, required=False)
    beneficiaries = Column("受益人数", required=False)
    started_on = Column("开工日期")
    completed_on = Column("完工日期")
    state = Column("状态")
    milestones = Column("进展")
    remark = Column("备注")

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Date the row by the year and the last month it speaks of."""
        return frame.with_columns(
            year=pl.lit(period.last.year, dtype=pl.Int64), month=pl.lit(period.last)
        )
