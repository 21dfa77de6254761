"""Sheets of figures from outside the records: history and levels, targets, notes."""

import polars as pl

from redcross.indicators.declare.declaration import registry
from redcross.indicators.declare.indicator_column import IndicatorColumn
from redcross.indicators.models import FigureNote, ReportedFigure, Target
from redcross.indicators.query.labels import find_category_key
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import SheetKind
from redcross.uploads.schema.sheet import Column, Sheet


class _FigureSheet(Sheet):
    """A sheet with a column that names an indicator, perhaps its months and category."""

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Replace days by the first day of their month, and category names by their keys."""
        months = [
            pl.col(name).dt.month_start()
            for name in ("first_month", "last_month")
            if name in frame.columns
        ]
        frame = frame.with_columns(months)
        if not {"breakdown", "category"} <= set(frame.columns):
            return frame
        keys = [
            find_category_key(registry[indicator], breakdown, category) if breakdown else ""
            for indicator, breakdown, category in frame.select(
                "indicator", "breakdown", "category"
            ).iter_rows()
        ]
        return frame.with_columns(pl.Series("category", keys, dtype=pl.String))


@register
class ReportedFigures(_FigureSheet):
    """期初数与历史数登记表：门户启用以前的历史数、期初数和外部数。"""

    key = "indicators.reported"
    title = "期初数与历史数登记表"
    model = ReportedFigure
    kind = SheetKind.STATISTICS
    identity = ("indicator", "scope", "first_month", "last_month", "breakdown", "category")

    branch = Column("单位", aliases=["机构"])
    indicator = IndicatorColumn("指标", aliases=["指标名称"])
    scope = Column("范围", aliases=["统计范围"], required=False, default="SUBTREE")
    first_month = Column(
        "起始月", aliases=["起始年月"], note="写成 2021-01-01；期初数、累计数留空。"
    )
    last_month = Column("截止月", aliases=["截止年月"], note="写成 2021-12-01。")
    breakdown = Column("分组", required=False)
    category = Column("类别", required=False)
    value = Column("数值", aliases=["数"], allow_negative=True)
    qualifier = Column("限定词", required=False)
    source = Column("来源", aliases=["数据来源"])


@register
class Targets(_FigureSheet):
    """年度目标分解表：每行一个单位的一项年度目标（全域）。"""

    key = "indicators.targets"
    title = "年度目标分解表"
    model = Target
    kind = SheetKind.STATISTICS
    identity = ("indicator", "year")

    branch = Column("单位", aliases=["机构", "州市", "县区"])
    indicator = IndicatorColumn("指标", aliases=["指标名称", "目标名称"])
    year = Column("年度", aliases=["年份"])
    value = Column("目标值", aliases=["目标", "年度目标"])


@register
class FigureNotes(_FigureSheet):
    """口径说明登记表：随某一期数字一同印出的限定词（余、约、近、多）和口径说明。"""

    key = "indicators.notes"
    title = "口径说明登记表"
    model = FigureNote
    kind = SheetKind.STATISTICS
    identity = ("indicator", "first_month", "last_month", "breakdown", "category")

    branch = Column("单位", aliases=["机构"])
    indicator = IndicatorColumn("指标", aliases=["指标名称"])
    first_month = Column(
        "起始月", aliases=["起始年月"], note="写成 2021-01-01；自开展以来的累计数留空。"
    )
    last_month = Column("截止月", aliases=["截止年月"], note="写成 2021-12-01。")
    breakdown = Column("分组", required=False)
    category = Column("类别", required=False)
    qualifier = Column("限定词", required=False)
    text = Column("口径说明", aliases=["说明"], required=False)
