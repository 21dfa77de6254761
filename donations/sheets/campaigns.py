"""What campaigns raised, and when they were made public."""

import polars as pl

from donations.models import (
    CampaignResult,
    Disclosure,
)
from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Column, Sheet


@register
class CampaignResults(Sheet):
    """公益日筹款统计：每行一个项目在活动截止时的筹款，活动口径，含线下。"""

    key = "donations.campaign_results"
    title = "公益日筹款统计表"
    model = CampaignResult
    kind = SheetKind.STATISTICS
    dated_by = "closed_on"
    identity = ("campaign", "project", "part")
    due = (Due(Level.PREFECTURE, Yearly(day=20, month=10)),)

    branch = Column("单位", fill_down=True)
    campaign = Column("募捐活动", fill_down=True, from_title=True, allow_create=True)
    project = Column("项目名称", required=False, fill_down=True)
    part = Column("子计划")
    teams = Column("一起捐数", required=False)
    gift_times = Column("捐款人次", required=False)
    public_value = Column("公众捐款（元）", unit=Unit.YUAN)
    matched_value = Column("配捐（元）", unit=Unit.YUAN, required=False)
    offline_value = Column("线下（元）", unit=Unit.YUAN, required=False)
    value = Column("合计（元）", unit=Unit.YUAN)
    place = Column("全省排名", note="按所填保存，看板的排名由系统计算。")
    closed_on = Column(
        "统计截止日期", required=False, fill_down=True, note="不填时为报告期最后一天。"
    )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Take the last day of the period where nobody has written when it was counted."""
        return frame.with_columns(pl.col("closed_on").cast(pl.Date).fill_null(period.last_day))

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take the part for the project where nobody has written what it is a part of."""
        named = pl.col("project").fill_null("") != ""
        return frame.with_columns(
            project=pl.when(named).then("project").otherwise("part"),
            part=pl.when(named).then("part"),
        )

    def rules(self) -> tuple[Rule, ...]:
        """A row names its project; 合计 = 公众捐款 + 配捐 + 线下."""
        return (
            Rule(
                code="required.empty",
                violation=lambda: (
                    (pl.col("project").fill_null("") == "") & (pl.col("part").fill_null("") == "")
                ),
                needs=("value",),
                message="没有项目名称，也没有子计划",
                suggestion="请补填项目名称。",
            ),
            Rule(
                code="sum.parts",
                violation=lambda: (
                    pl.col("value")
                    != pl.col("public_value")
                    + pl.col("matched_value").fill_null(0)
                    + pl.col("offline_value").fill_null(0)
                ),
                needs=("value", "public_value", "matched_value", "offline_value"),
                message="合计 {value} 不等于公众捐款 {public_value}、配捐与线下之和",
                suggestion="请核对各项。",
            ),
        )


@register
class Disclosures(Sheet):
    """募捐信息公开登记表：每行一次公开，方案、进展或结果。"""

    key = "donations.disclosures"
    title = "募捐信息公开登记表"
    model = Disclosure
    dated_by = "published_on"
    identity = ("campaign", "content", "published_on")

    branch = Column("单位", fill_down=True)
    campaign = Column("募捐活动", fill_down=True)
    content = Column("公开内容")
    published_on = Column("公开日期")
    place = Column("公开渠道")
