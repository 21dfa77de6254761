"""Programmes, editions, events, kinds of goods, and the rules of medical aid."""

import datetime as dt
from collections.abc import Callable
from typing import Self

import polars as pl
from django.db import models
from django.db.models import F, Q

from donations.models import Campaign
from redcross.uploads.models import NamedKey
from relief.choices import (
    AidFund,
)

_DATE_COLUMNS = (
    "given_on",
    "mobilised_on",
    "dispatched_on",
    "declared_on",
    "engaged_on",
    "asked_on",
)


def _find_date_column(rows: pl.DataFrame) -> str:
    """Return the column by which rows that bring a name along are dated."""
    return next(name for name in _DATE_COLUMNS if name in rows.columns)


class Programme(NamedKey):
    """A brand of aid: 博爱家园, 博爱送万家, 滇苗助学, 红十字天使计划."""

    purpose = models.CharField("用途", max_length=200, blank=True)
    medical = models.BooleanField("医疗救助", default=False)

    class Meta:
        verbose_name = "救助项目品牌"
        verbose_name_plural = "救助项目品牌"


class Edition(NamedKey):
    """One season of a yearly programme; it may cross New Year."""

    EARLIEST_MONTH = 11

    programme = models.ForeignKey(
        Programme, verbose_name="项目品牌", on_delete=models.PROTECT, related_name="editions"
    )
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "活动届次"
        verbose_name_plural = "活动届次"
        constraints = [
            models.CheckConstraint(
                name="edition_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    @classmethod
    def registration_rule(cls) -> Callable[[str, dt.date], bool]:
        """A year and a brand: 2026年博爱送万家, from the November before on."""
        brands = set(Programme.objects.in_use().values_list("name", flat=True))

        def may_register(name: str, until: dt.date) -> bool:
            year, _, brand = name.partition("年")
            begun = {str(until.year), str(until.year + (until.month >= cls.EARLIEST_MONTH))}
            return brand in brands and year in begun

        return may_register

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Begin the edition with the first day of its rows."""
        programme = Programme.objects.get(name=name.partition("年")[2])
        return cls(
            code=name, name=name, programme=programme, starts_on=rows[_find_date_column(rows)].min()
        )


class Event(NamedKey):
    """A disaster or an epidemic the society answers to, in the province or outside."""

    happened_on = models.DateField("发生日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    outside_province = models.BooleanField("省外", default=False)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    appeal = models.ForeignKey(
        Campaign,
        verbose_name="募捐活动",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )

    class Meta:
        verbose_name = "灾害事件"
        verbose_name_plural = "灾害事件"
        ordering = ["-happened_on"]
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_happens",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("happened_on")),
                violation_error_message="结束日期不能早于发生日期。",
            ),
        ]

    @property
    def description(self) -> str:
        """Day and place, as a line of text."""
        line = "，".join(filter(None, (f"{self.happened_on:%Y年%-m月%-d日}", self.place)))
        return f"{line}（省外）" if self.outside_province else line

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Date the event by the first day of its rows, and place it where they say."""
        places = rows["place"].drop_nulls() if "place" in rows.columns else pl.Series([""])
        place = next((text for text in places if text), "")
        return cls(
            code=name, name=name, happened_on=rows[_find_date_column(rows)].min(), place=place
        )


class Item(NamedKey):
    """A kind of goods in stores, counted in one base unit."""

    UNIT_UNKNOWN = "未写明"
    LONGEST_UNIT = 10

    unit = models.CharField("基本单位", max_length=LONGEST_UNIT)
    reserve = models.PositiveIntegerField("储备定额", default=0)

    class Meta:
        verbose_name = "物资品种"
        verbose_name_plural = "物资品种"

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Count the goods as the first row that says so does."""
        measures = rows["measure"].drop_nulls() if "measure" in rows.columns else pl.Series([""])
        unit = next((text for text in measures if text), cls.UNIT_UNKNOWN)
        return cls(code=name, name=name, unit=unit[: cls.LONGEST_UNIT])


class AidBand(models.Model):
    """What a fund of the angel plan grants for what the family pays itself, from a day on."""

    fund = models.CharField("基金", max_length=12, choices=AidFund)
    effective_on = models.DateField("施行日期")
    above = models.DecimalField("家庭自付高于（元）", max_digits=12, decimal_places=2, default=0)
    up_to = models.DecimalField(
        "至（元，含）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    transplanted = models.BooleanField("移植后", default=False)
    grant = models.DecimalField("资助金额（元）", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "天使计划资助档次"
        verbose_name_plural = "天使计划资助档次"
        ordering = ["fund", "-effective_on", "transplanted", "above"]
        constraints = [
            models.UniqueConstraint(
                name="aid_band_once",
                fields=["fund", "effective_on", "transplanted", "above"],
                violation_error_message="这一档次已有规定。",
            ),
            models.CheckConstraint(
                name="aid_band_in_order",
                condition=Q(up_to__isnull=True) | Q(up_to__gt=F("above")),
                violation_error_message="上限应大于下限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fund_display()} {self.above}以上"


class AidCap(models.Model):
    """What a fund may propose for one child over its whole life, and until which age."""

    fund = models.CharField("基金", max_length=12, choices=AidFund)
    effective_on = models.DateField("施行日期")
    cap = models.DecimalField("一名患儿累计上限（元）", max_digits=12, decimal_places=2)
    oldest = models.PositiveSmallIntegerField("申请时年龄上限（周岁）")

    class Meta:
        verbose_name = "天使计划上限"
        verbose_name_plural = "天使计划上限"
        ordering = ["fund", "-effective_on"]
        constraints = [
            models.UniqueConstraint(
                name="aid_cap_once",
                fields=["fund", "effective_on"],
                violation_error_message="该基金这一天已有上限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fund_display()} {self.cap}"
