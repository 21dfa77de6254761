"""Activities, documents and good examples."""

from django.db import models
from django.db.models import Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from reform.choices import (
    ActivityKind,
    DocumentLevel,
    Method,
)


@track_history
class Activity(Record):
    """One entry of the activity register."""

    activity_kind = models.CharField("活动类别", max_length=14, choices=ActivityKind)
    name = models.CharField("活动名称", max_length=200)
    held_on = models.DateField("活动日期")
    place = models.CharField("地点", max_length=120, blank=True)
    participants = models.CharField("参加人员", max_length=300, blank=True)
    people_times = models.PositiveIntegerField("参加人次", null=True, blank=True)
    task_number = models.CharField("对应任务序号", max_length=20, blank=True)
    content = models.CharField("内容", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "活动"
        verbose_name_plural = "活动"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="activity_kind_is_known",
                condition=Q(activity_kind__in=ActivityKind.values),
            ),
        ]
        indexes = [models.Index(name="activity_by_day", fields=["branch", "held_on"])]

    def __str__(self) -> str:
        return self.name


@track_history
class Document(Record):
    """A document that moves the work: its number, its level, who issued it jointly."""

    number = models.CharField("文号", max_length=60, blank=True)
    name = models.CharField("文件名称", max_length=200)
    level = models.CharField("发文层级", max_length=10, choices=DocumentLevel)
    issued_on = models.DateField("发文日期")
    issued_jointly_with = models.CharField("联发单位", max_length=200, blank=True)
    covers = models.CharField("涉及工作", max_length=200, blank=True)
    task_number = models.CharField("对应任务序号", max_length=20, blank=True)

    class Meta(Record.Meta):
        verbose_name = "文件"
        verbose_name_plural = "文件"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="document_level_is_known", condition=Q(level__in=DocumentLevel.values)
            ),
        ]
        indexes = [models.Index(name="document_by_day", fields=["branch", "issued_on"])]

    def __str__(self) -> str:
        return f"{self.name}{f'（{self.number}）' if self.number else ''}"


@track_history
class GoodExample(Record):
    """How one branch did something others can learn from (典型经验)."""

    told_on = models.DateField("登记日期")
    name = models.CharField("经验标题", max_length=200)
    method = models.CharField("工作法", max_length=10, choices=Method)
    content = models.TextField("做法与成效")

    class Meta(Record.Meta):
        verbose_name = "典型经验"
        verbose_name_plural = "典型经验"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="good_example_method_is_known", condition=Q(method__in=Method.values)
            ),
        ]
        indexes = [models.Index(name="good_example_by_day", fields=["branch", "told_on"])]

    def __str__(self) -> str:
        return self.name
