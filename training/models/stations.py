"""First-aid stations, defibrillators and their inspections."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record, RecordQuerySet
from training.choices import Condition, SiteKind


@track_history
class Station(Record):
    """A 博爱急救站: a kit and trained people at a school, a community, a sight."""

    name = models.CharField("急救站名称", max_length=120)
    site_kind = models.CharField("场所类别", max_length=10, choices=SiteKind)
    address = models.CharField("地址", max_length=200, blank=True)
    opened_on = models.DateField("挂牌日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    people_served = models.PositiveIntegerField("覆盖人数", null=True, blank=True)
    first_aiders = models.PositiveIntegerField("站内救护员（人）", null=True, blank=True)
    funded_by = models.CharField("资助来源", max_length=120, blank=True)
    keeper = models.CharField("负责人", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "博爱急救站"
        verbose_name_plural = "博爱急救站"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="station_kind_is_known", condition=Q(site_kind__in=SiteKind.values)
            ),
            models.CheckConstraint(
                name="station_closes_after_it_opens",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="撤销日期不能早于挂牌日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceQuerySet(RecordQuerySet["Device"]):
    """Devices by what a keeper has to do."""

    def in_place(self) -> Self:
        """Keep those not removed."""
        return self.filter(removed_on__isnull=True)

    def wearing_out(self, today: dt.date, days: int = 90) -> Self:
        """Keep devices whose battery or pads have ended or end within so many days."""
        last = today + dt.timedelta(days=days)
        return self.in_place().filter(Q(battery_expires_on__lte=last) | Q(pads_expire_on__lte=last))

    def to_inspect(self, today: dt.date, days: int = 90) -> Self:
        """Keep devices nobody has looked at for so many days."""
        seen = Inspection.objects.filter(
            branch=models.OuterRef("branch"),
            number=models.OuterRef("number"),
            inspected_on__gt=today - dt.timedelta(days=days),
        )
        return self.in_place().exclude(models.Exists(seen))


@track_history
class Device(Record):
    """An AED on a wall, with what wears out and who looks after it."""

    number = models.CharField("设备编号", max_length=60)
    model_size = models.CharField("品牌型号", max_length=120, blank=True)
    place = models.CharField("安放位置", max_length=200)
    site_kind = models.CharField("场所类别", max_length=10, choices=SiteKind, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    installed_on = models.DateField("安装日期")
    removed_on = models.DateField("拆除日期", null=True, blank=True)
    battery_expires_on = models.DateField("电池有效期至", null=True, blank=True)
    pads_expire_on = models.DateField("电极片有效期至", null=True, blank=True)
    keeper = models.CharField("管理员", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    objects = DeviceQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Record.Meta):
        verbose_name = "AED"
        verbose_name_plural = "AED"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="device_kind_is_known",
                condition=Q(site_kind="") | Q(site_kind__in=SiteKind.values),
            ),
            models.CheckConstraint(
                name="device_removed_after_installed",
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("installed_on")),
                violation_error_message="拆除日期不能早于安装日期。",
            ),
            models.CheckConstraint(
                name="device_lies_in_or_near_china",
                condition=(Q(longitude__isnull=True) | Q(longitude__range=(73, 136)))
                & (Q(latitude__isnull=True) | Q(latitude__range=(3, 54))),
                violation_error_message="经纬度不在中国境内，请核对是否写反。",
            ),
        ]

    def __str__(self) -> str:
        return f"AED {self.number}"


@track_history
class Inspection(Record):
    """One look at a device or a station."""

    number = models.CharField("设备编号或急救站名称", max_length=120)
    inspected_on = models.DateField("巡检日期")
    condition = models.CharField("状况", max_length=12, choices=Condition)
    inspector = models.CharField("巡检人", max_length=60, blank=True)
    remark = models.CharField("问题与处理", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "巡检记录"
        verbose_name_plural = "巡检记录"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="inspection_condition_is_known", condition=Q(condition__in=Condition.values)
            ),
        ]
        indexes = [models.Index(name="inspection_by_number", fields=["branch", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.inspected_on:%Y年%-m月%-d日}"
