"""Grassroots units, members and volunteers."""

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from reform.choices import (
    UnitKind,
)


@track_history
class GrassrootsUnit(Record):
    """A Red Cross unit below the county: of a township, a school, a hospital."""

    name = models.CharField("基层组织名称", max_length=120)
    kind = models.CharField("类别", max_length=10, choices=UnitKind)
    founded_on = models.DateField("成立日期")
    dissolved_on = models.DateField("注销日期", null=True, blank=True)
    head = models.CharField("负责人", max_length=60, blank=True)
    members = models.PositiveIntegerField("会员数", null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "基层组织"
        verbose_name_plural = "基层组织"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="grassroots_kind_is_known", condition=Q(kind__in=UnitKind.values)
            ),
            models.CheckConstraint(
                name="grassroots_dissolved_after_founded",
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=F("founded_on")),
                violation_error_message="注销日期不能早于成立日期。",
            ),
        ]
        indexes = [models.Index(name="grassroots_by_day", fields=["branch", "founded_on"])]

    def __str__(self) -> str:
        return self.name


@track_history
class NetworkMovement(Record):
    """Members and volunteers who came and left in the months a branch reports of."""

    month = models.DateField("截止月", editable=False)
    members_before = models.PositiveIntegerField("会员期初", null=True, blank=True)
    adults_new = models.PositiveIntegerField("新增成人会员", default=0)
    youths_new = models.PositiveIntegerField("新增青少年会员", default=0)
    members_left = models.PositiveIntegerField("注销会员", default=0)
    members_after = models.PositiveIntegerField("会员期末", null=True, blank=True)
    groups_new = models.PositiveIntegerField("新增团体会员", default=0)
    volunteers_new = models.PositiveIntegerField("新注册志愿者", default=0)
    volunteers_left = models.PositiveIntegerField("注销志愿者", default=0)
    volunteer_hours = models.DecimalField(
        "服务时长（小时）", max_digits=14, decimal_places=1, default=0
    )
    members_new = models.IntegerField("新增会员", default=0, editable=False)
    members_net = models.IntegerField("会员净增", default=0, editable=False)
    volunteers_net = models.IntegerField("志愿者净增", default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = "会员志愿者变动"
        verbose_name_plural = "会员志愿者变动"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="network_members_new_add_up",
                condition=Q(members_new=F("adults_new") + F("youths_new")),
                violation_error_message="新增会员应等于新增成人与青少年会员之和。",
            ),
            models.CheckConstraint(
                name="network_members_net_add_up",
                condition=Q(members_net=F("adults_new") + F("youths_new") - F("members_left")),
                violation_error_message="会员净增应等于新增减注销。",
            ),
            models.CheckConstraint(
                name="network_volunteers_net_add_up",
                condition=Q(volunteers_net=F("volunteers_new") - F("volunteers_left")),
                violation_error_message="志愿者净增应等于新注册减注销。",
            ),
            models.CheckConstraint(
                name="network_members_balance",
                condition=Q(members_before__isnull=True)
                | Q(members_after__isnull=True)
                | Q(members_after=F("members_before") + F("members_net")),
                violation_error_message="期初+新增−注销应等于期末。",
            ),
        ]
        indexes = [models.Index(name="network_by_month", fields=["branch", "month"])]

    def __str__(self) -> str:
        return f"{self.branch} {self.month:%Y年%-m月}"
