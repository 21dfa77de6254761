"""Rescue teams."""

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from relief.choices import (
    TeamKind,
    TeamLevel,
)


@track_history
class RescueTeam(Record):
    """A rescue team of one of the seven kinds, and how ready it is."""

    name = models.CharField("队伍名称", max_length=120)
    team_kind = models.CharField("类别", max_length=12, choices=TeamKind)
    level = models.CharField("级别", max_length=10, choices=TeamLevel)
    people = models.PositiveIntegerField("队员人数")
    founded_on = models.DateField("组建日期")
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    drilled_on = models.DateField("最近演练日期", null=True, blank=True)
    equipment = models.CharField("主要装备", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救援队"
        verbose_name_plural = "救援队"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="team_kind_is_known", condition=Q(team_kind__in=TeamKind.values)
            ),
            models.CheckConstraint(
                name="team_level_is_known", condition=Q(level__in=TeamLevel.values)
            ),
            models.CheckConstraint(
                name="team_dissolved_after_founded",
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=F("founded_on")),
                violation_error_message="撤销日期不能早于组建日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
