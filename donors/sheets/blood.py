"""Statistics of blood donation."""

import polars as pl

from donors.models import (
    BloodMonth,
)
from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.branch_rules import one_row_per_branch
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly
from redcross.uploads.schema.sheet import Column, Sheet


@register
class BloodStatistics(Sheet):
    """无偿献血统计：每行一个单位一个报告期，数据来自血液中心（血站）。"""

    key = "donors.blood"
    title = "无偿献血统计表"
    model = BloodMonth
    kind = SheetKind.STATISTICS
    exploded_identity = ("month",)
    due = (Due(Level.PREFECTURE, Monthly(day=10)),)

    branch = Column("单位")
    people_times = Column("献血人次")
    volume = Column("献血量（毫升）", unit=Unit.MILLILITRES)
    promotions = Column("宣传动员场次", required=False)
    gold_awards = Column("奉献奖／金奖", required=False)
    silver_awards = Column("奉献奖／银奖", required=False)
    bronze_awards = Column("奉献奖／铜奖", required=False)

    def rules(self) -> tuple[Rule, ...]:
        """A branch has one row."""
        return (one_row_per_branch(),)

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Date the row by the last month it speaks of."""
        return frame.with_columns(month=pl.lit(period.last))
