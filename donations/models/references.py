"""Funds, campaigns and the law of their disclosure."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Self

import polars as pl
from django.db import models
from django.db.models import F, Q

from donations.choices import (
    CampaignKind,
    DisclosureContent,
    FundKind,
)
from redcross.uploads.models import NamedKey


class Fund(NamedKey):
    """Money kept for a purpose: 滇苗助学, 博爱云南行, or the undesignated fund."""

    kind = models.CharField("类别", max_length=10, choices=FundKind)
    purpose = models.TextField("用途", blank=True)
    started_on = models.DateField("设立日期", null=True, blank=True)

    class Meta:
        verbose_name = "基金"
        verbose_name_plural = "基金"
        constraints = [
            models.CheckConstraint(
                name="fund_kind_is_known", condition=Q(kind__in=FundKind.values)
            ),
        ]

    @property
    def description(self) -> str:
        """Kind, purpose and first day, as a line of text."""
        parts = [str(self.get_kind_display())]
        if self.purpose:
            parts.append(f"用于{self.purpose}")
        if self.started_on:
            parts.append(f"{self.started_on:%Y年%-m月%-d日}设立")
        return "，".join(parts)


_DAYS = {
    "99公益日": (CampaignKind.DAY_99, 9, 7),
    "5·8人道公益日": (CampaignKind.DAY_58, 5, 8),
}
_FUNDRAISING_DAY = re.compile(rf"((?:19|20)\d\d)年({'|'.join(_DAYS)})")


def _fundraising_day_start(day: re.Match[str]) -> dt.date:
    """Return the day of the calendar on which a fundraising day of a year begins."""
    _, month, first = _DAYS[day[2]]
    return dt.date(int(day[1]), month, first)


class Campaign(NamedKey):
    """A fundraising day, or the appeal for a disaster."""

    kind = models.CharField("类别", max_length=10, choices=CampaignKind)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    outside_province = models.BooleanField("省外", default=False)
    target = models.DecimalField(
        "筹资目标（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    filing_number = models.CharField("募捐方案备案编号", max_length=60, blank=True)
    filed_on = models.DateField("备案日期", null=True, blank=True)

    class Meta:
        verbose_name = "募捐活动"
        verbose_name_plural = "募捐活动"
        constraints = [
            models.CheckConstraint(
                name="campaign_kind_is_known",
                condition=Q(kind__in=CampaignKind.values),
            ),
            models.CheckConstraint(
                name="campaign_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(name="campaign_code_with_kind", fields=["code", "kind"]),
            models.CheckConstraint(
                name="campaign_filed_with_its_number",
                condition=Q(filed_on__isnull=True, filing_number="")
                | (Q(filed_on__isnull=False) & ~Q(filing_number="")),
                violation_error_message="备案编号与备案日期须一同填写。",
            ),
        ]

    @property
    def description(self) -> str:
        """Kind, days and place, as a line of text."""
        days = f"{self.starts_on:%Y年%-m月%-d日}"
        if self.ends_on:
            days += f"—{self.ends_on:%Y年%-m月%-d日}"
        line = "，".join(filter(None, (str(self.get_kind_display()), days, self.place)))
        return f"{line}（省外）" if self.outside_province else line

    @classmethod
    def registration_rule(cls) -> Callable[[str, dt.date], bool]:
        """Tell one of the two fundraising days, once it has come; an appeal is the province's."""

        def may_register(name: str, until: dt.date) -> bool:
            day = _FUNDRAISING_DAY.fullmatch(name)
            return day is not None and _fundraising_day_start(day) <= until

        return may_register

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Begin the fundraising day on its day of the calendar."""
        del rows
        day = _FUNDRAISING_DAY.fullmatch(name)
        if day is None:
            message = f"{name} is no fundraising day"
            raise ValueError(message)
        return cls(
            code=name, name=name, kind=_DAYS[day[2]][0], starts_on=_fundraising_day_start(day)
        )


class DisclosureDuty(models.Model):
    """When a campaign must be made public, as the law of its day says (慈善法 ch. 8)."""

    content = models.CharField("公开内容", max_length=10, choices=DisclosureContent)
    longer_than_months = models.PositiveSmallIntegerField("募捐期超过（月）", default=0)
    within_months = models.PositiveSmallIntegerField("期限（月）")
    effective_on = models.DateField("施行日期")
    source = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = "公开期限"
        verbose_name_plural = "公开期限"
        constraints = [
            models.CheckConstraint(
                name="disclosure_duty_content_is_known",
                condition=Q(content__in=DisclosureContent.values),
            ),
            models.CheckConstraint(
                name="disclosure_duty_has_a_term",
                condition=Q(within_months__gt=0),
                violation_error_message="期限须大于0个月。",
            ),
            models.UniqueConstraint(
                name="disclosure_duty_once_a_day", fields=["content", "effective_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_content_display()}（{self.effective_on:%Y年%-m月%-d日}起）"
