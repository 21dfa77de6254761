"""What came in day by day, channel beside channel."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import polars as pl
from django.db import models

from donations.choices import TakingBasis, TakingChannel
from donations.models import DailyTaking
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.sheet import Column, Sheet

_RECORD_FIELDS = ("branch", "taken_on")
_TOP_HEADING = "收到细目款项统计"
_MEASURES: dict[str, tuple[TakingBasis, str, str]] = {
    # group of columns → what it counts, the channel, and the heading the template prints
    **{
        channel.value.lower(): (
            TakingBasis.RECEIVED,
            channel.value,
            f"{_TOP_HEADING}／{channel.label}",
        )
        for channel in TakingChannel
    },
    "counted": (TakingBasis.COUNTED, "", "实际数额"),
    "published": (TakingBasis.PUBLISHED, "", "公示内容"),
}


def _build_columns() -> Iterator[tuple[str, Column]]:
    """Yield number and amount of each channel, of what was counted and of what was published."""
    for group, (_, _, heading) in _MEASURES.items():
        yield f"{group}_gifts", Column(f"{heading}／笔数", required=False)
        yield f"{group}_value", Column(f"{heading}／金额", unit=Unit.YUAN, required=False)


@register
class DailyTakings(Sheet):
    """捐款收支情况：每行一天，各渠道的笔数与金额并列；与捐赠明细核对，不重复计入。"""

    key = "donations.daily_takings"
    title = "捐款收支情况表"
    model = DailyTaking
    dated_by = "taken_on"
    exploded_identity = ("taken_on", "basis", "channel")
    columns: ClassVar[dict[str, Column]] = {
        "branch": Column("单位", fill_down=True),
        "taken_on": Column("日期"),
        **dict(_build_columns()),
    }

    def model_field(self, name: str) -> "models.Field[Any, Any]":
        """Number and amount of every channel are the record's two."""
        return super().model_field(name if name in _RECORD_FIELDS else name.rpartition("_")[2])

    def rules(self) -> tuple[Rule, ...]:
        """What lies in the till is what came in, and what is published is what lies there."""
        channels = [f"{channel.value.lower()}_value" for channel in TakingChannel]
        received = pl.sum_horizontal(pl.col(name).fill_null(0) for name in channels)
        return (
            Rule(
                code="row.repeated",
                violation=lambda: pl.struct("branch", "taken_on").is_duplicated(),
                needs=("taken_on",),
                message="{taken_on} 在表中出现了多行",
                suggestion="请合并为一行。",
            ),
            Rule(
                code="sum.parts",
                violation=lambda: pl.col("counted_value") != received,
                needs=("counted_value",),
                message="实际数额 {counted_value} 不等于各渠道金额之和",
                suggestion="请核对各渠道；有未列出的渠道或外币的，请在说明中写明。",
                severity=Severity.WARNING,
            ),
            Rule(
                code="sum.parts",
                violation=lambda: pl.col("published_value") != pl.col("counted_value"),
                needs=("published_value", "counted_value"),
                message="公示金额 {published_value} 不等于实际数额 {counted_value}",
                suggestion="请核对；次日补公示的，请在说明中写明。",
                severity=Severity.WARNING,
            ),
        )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Make a record of each channel of a day that has a number or an amount."""
        records = []
        for name, (basis, channel, _) in _MEASURES.items():
            gifts, value = pl.col(f"{name}_gifts"), pl.col(f"{name}_value")
            records.append(
                frame.filter(gifts.is_not_null() | value.is_not_null()).select(
                    "branch",
                    "worksheet",
                    "row",
                    "taken_on",
                    basis=pl.lit(basis.value),
                    channel=pl.lit(channel),
                    gifts=gifts.cast(pl.Int64),
                    value=value.cast(pl.Decimal(18, 2)).fill_null(0),
                )
            )
        return pl.concat(records)

    def collapse(self, records: Sequence[Any], period: Period) -> list[dict[str, object]]:
        """Lay the channels of each day side by side again."""
        names = {(basis.value, channel): name for name, (basis, channel, _) in _MEASURES.items()}
        rows: dict[tuple[int, object], dict[str, object]] = {}
        for record in records:
            day = record.branch_id, record.taken_on
            row = rows.setdefault(day, {"branch": day[0], "taken_on": day[1]})
            name = names[record.basis, record.channel]
            row |= {f"{name}_gifts": record.gifts, f"{name}_value": record.value}
        return list(rows.values())
