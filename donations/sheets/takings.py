"""What came in day by day, channel beside channel."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import polars as pl
from django.db import models

from donations.choices import TakingBasis, TakingChannel
from donations.models import DailyTaking
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.findings import Severity
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.sheet import Column, Sheet

_COUNT_HEADINGS = ("笔数", "单数", "人数", "人次", "POS单数", "户数")
_AMOUNT_HEADINGS = ("金额", "数额", "捐款金额", "金额小计", "额")
_RECORD_FIELDS = ("branch", "taken_on")
_TOP_HEADING = "收到细目款项统计"
_CHANNEL_HEADINGS = {
    TakingChannel.WECHAT_POS: (
        "微信及POS机",
        "微信二维码、POS机",
        "二维码及POS机",
        "微信/POS",
        "微信、POS",
        "微信POS",
        "扫码及POS",
        "扫码及POS机",
        "扫码及POS刷卡",
        "扫码、POS",
    ),
    TakingChannel.WECHAT: ("微信二维码", "微信支付", "二维码"),
    TakingChannel.POS: ("POS", "刷卡"),
    TakingChannel.BANK: (
        "银行转账",
        "对公账户",
        "交通银行",
        "银行账户",
        "交行",
        "交行账户",
        "基本户",
        "基本账户",
        "交行专户",
        "交行到账",
    ),
    TakingChannel.CASH: ("现钞", "现金缴款", "现金捐款"),
    TakingChannel.ALIPAY: ("支付宝平台", "支付宝到账"),
    TakingChannel.OTHER_BANK: tuple(
        f"{bank}{account}"
        for bank in (
            "农业银行",
            "农行",
            "工商银行",
            "工行",
            "建设银行",
            "建行",
            "中国银行",
            "中行",
            "邮储银行",
            "邮政储蓄",
            "农村信用社",
            "农信社",
            "农商银行",
            "富滇银行",
            "招商银行",
            "民生银行",
        )
        for account in ("", "账户", "专户", "到账")
    ),
    TakingChannel.PLATFORM: ("网络", "公益平台"),
}
_MEASURES: dict[str, tuple[TakingBasis, str, tuple[str, ...]]] = {
    # column → what it counts, and the groups it may stand under
    **{
        channel.value.lower(): (
            TakingBasis.RECEIVED,
            channel.value,
            (
                f"{_TOP_HEADING}／{channel.label}",
                channel.label,
                *_CHANNEL_HEADINGS.get(channel, ()),
            ),
        )
        for channel in TakingChannel
    },
    "counted": (
        TakingBasis.COUNTED,
        "",
        (
            "实际数额",
            "实际到账",
            "实收数额",
            "实收",
            "当日合计",
            "本日合计",
            "当日实收",
            "实收数",
            "当天合计",
            "当天总",
        ),
    ),
    "published": (
        TakingBasis.PUBLISHED,
        "",
        ("公示内容", "公示数额", "公示", "对外公示", "对外公开数"),
    ),
}


def _build_columns() -> Iterator[tuple[str, Column]]:
    """Yield number and amount of each channel, of the till and of what was published."""
    for name, (_, _, groups) in _MEASURES.items():
        for each, leaves, unit in (
            ("gifts", _COUNT_HEADINGS, Unit.NONE),
            ("value", _AMOUNT_HEADINGS, Unit.YUAN),
        ):
            label, *aliases = (f"{group}／{leaf}" for group in groups for leaf in leaves)
            aliases += [f"{group}{leaf}" for group in groups[1:] or groups for leaf in leaves]
            yield f"{name}_{each}", Column(label, aliases=aliases, unit=unit, required=False)


@register
class DailyTakings(Sheet):
    """捐款收支情况：每行一天，各渠道的笔数与金额并列；与捐赠明细核对，不重复计入。"""

    key = "donations.daily_takings"
    title = "捐款收支情况表"
    model = DailyTaking
    dated_by = "taken_on"
    exploded_identity = ("taken_on", "basis", "channel")
    columns: ClassVar[dict[str, Column]] = {
        "branch": Column("单位", aliases=["收款单位", "填报单位", "县区"], fill_down=True),
        "taken_on": Column(
            "日期",
            aliases=["收款日期", "到账日期", "捐款日期", "时间", "账目日期", "核对日期", "收款日"],
        ),
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
        told = []
        for name, (basis, channel, _) in _MEASURES.items():
            gifts, value = pl.col(f"{name}_gifts"), pl.col(f"{name}_value")
            told.append(
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
        return pl.concat(told)

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
