"""Key tasks of a year, their progress and milestones."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from reform.choices import (
    Light,
    TaskState,
)


class LightRule(models.Model):
    """How far behind the year's course a task may be before it is warned of."""

    effective_on = models.DateField("施行日期", unique=True)
    yellow_points = models.PositiveSmallIntegerField("落后时间进度多少个百分点为滞后")

    class Meta:
        verbose_name = "亮灯规则"
        verbose_name_plural = "亮灯规则"
        ordering = ["-effective_on"]

    def __str__(self) -> str:
        return f"{self.effective_on:%Y年%-m月%-d日}起：落后{self.yellow_points}个百分点以上为滞后"

    def light(self, done: Decimal, course: Decimal) -> Light:
        """Return the light of a task `done` percent while `course` percent of time is over."""
        if done >= course:
            return Light.GREEN
        return Light.YELLOW if course - done <= self.yellow_points else Light.RED


@track_history
class KeyTask(Record):
    """A key task of a year as its owner has taken it up; it counts once."""

    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField("序号", max_length=20)
    name = models.CharField("重点任务", max_length=200)
    measure = models.CharField("具体指标", max_length=500, blank=True)
    target = models.CharField("目标值", max_length=120, blank=True)
    upper_number = models.CharField("对应上级任务序号", max_length=20, blank=True)
    leader = models.CharField("责任领导", max_length=60, blank=True)
    department = models.CharField("责任部门", max_length=120, blank=True)
    due_on = models.DateField("完成时限")
    indicator = models.CharField("对应指标", max_length=60, blank=True, default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = "年度重点任务"
        verbose_name_plural = "年度重点任务"
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="key_task_once_a_year",
                fields=["branch", "year", "number"],
                violation_error_message="该单位当年已有这一序号的任务。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年重点任务{self.number} {self.name}"


@track_history
class TaskProgress(Record):
    """What a branch told of a key task on a day; every report is kept."""

    task = models.ForeignKey(
        KeyTask,
        verbose_name="重点任务",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="progress",
    )
    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField("序号", max_length=20)
    name = models.CharField("重点任务", max_length=200)
    due_on = models.DateField("完成时限")
    told_on = models.DateField("填报日期")
    state = models.CharField("状态", max_length=12, choices=TaskState)
    percent = models.DecimalField("完成率（%）", max_digits=7, decimal_places=2, default=0)
    value_done = models.CharField("完成值", max_length=120, blank=True)
    progress = models.TextField("进展情况", blank=True)
    problem = models.TextField("存在问题", blank=True)
    next_step = models.TextField("下步措施", blank=True)
    evidence = models.CharField("佐证", max_length=300, blank=True)
    completed_on = models.DateField("完成日期", null=True, blank=True)
    on_time = models.BooleanField("如期完成", default=False, editable=False)

    class Meta(Record.Meta):
        verbose_name = "重点任务进展"
        verbose_name_plural = "重点任务进展"
        ordering = ["year", "number", "told_on"]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="task_state_is_known", condition=Q(state__in=TaskState.values)
            ),
            models.CheckConstraint(
                name="task_completed_with_its_day",
                condition=Q(state=TaskState.COMPLETED, completed_on__isnull=False)
                | (~Q(state=TaskState.COMPLETED) & Q(completed_on__isnull=True)),
                violation_error_message="已完成的任务须填完成日期，未完成的不填。",
            ),
            models.CheckConstraint(
                name="task_on_time_as_its_days_say",
                condition=Q(on_time=True, completed_on__isnull=False, completed_on__lte=F("due_on"))
                | Q(on_time=False, completed_on__isnull=True)
                | Q(on_time=False, completed_on__gt=F("due_on")),
                violation_error_message="是否如期与完成日期、完成时限不一致。",
            ),
            models.UniqueConstraint(
                name="task_completed_once",
                fields=["branch", "year", "number"],
                condition=Q(state=TaskState.COMPLETED),
                violation_error_message="这项任务已经登记为完成。",
            ),
        ]
        indexes = [models.Index(name="task_progress_by_day", fields=["branch", "told_on"])]

    def __str__(self) -> str:
        return f"{self.name} {self.told_on:%Y年%-m月%-d日}"


@track_history
class Milestone(Record):
    """A step worth remembering, of a task or of none."""

    happened_on = models.DateField("日期")
    name = models.CharField("里程碑", max_length=200)
    year = models.PositiveSmallIntegerField("任务年度", null=True, blank=True)
    task_number = models.CharField("对应任务序号", max_length=20, blank=True)
    indicator = models.CharField("关联指标", max_length=60, blank=True)
    evidence = models.CharField("佐证", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "里程碑"
        verbose_name_plural = "里程碑"
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(name="milestone_by_day", fields=["branch", "happened_on"])]

    def __str__(self) -> str:
        return self.name
