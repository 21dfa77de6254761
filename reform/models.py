"""Dated facts of governance, key tasks, liaison, problems, activities, and the network."""

import datetime as dt
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history, track_history_except
from redcross.uploads.models import NamedKey, Record, RecordQuerySet
from reform.choices import (
    ActivityKind,
    Answer,
    DocumentLevel,
    ItemKind,
    Light,
    Method,
    ProblemState,
    TaskState,
    UnitKind,
)


class GovernanceItem(NamedKey):
    """One thing the reform asks of every branch; the list is data."""

    kind = models.CharField("填报方式", max_length=8, choices=ItemKind, default=ItemKind.MEASURE)
    order = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "改革事项"
        verbose_name_plural = "改革事项"
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="governance_item_kind_is_known", condition=Q(kind__in=ItemKind.values)
            ),
        ]


class GovernanceFactQuerySet(RecordQuerySet["GovernanceFact"]):
    """Facts by the day they hold on."""

    def on(self, day: dt.date) -> Self:
        """Keep what holds on the day."""
        still = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
        return self.filter(still, since__lte=day)


@track_history_except("ended_on")
class GovernanceFact(Record):
    """What holds of one item at one branch from a day on, until another fact takes over.

    `ended_on` is the day before the next fact of the same branch and item; a trigger keeps
    it so, in whatever order facts are told, corrected and taken back.
    """

    item = models.ForeignKey(
        GovernanceItem, verbose_name="改革事项", on_delete=models.PROTECT, related_name="facts"
    )
    answer = models.CharField("进展", max_length=12, choices=Answer, blank=True)
    words = models.CharField("内容", max_length=200, blank=True)
    number = models.IntegerField("数值", null=True, blank=True)
    since = models.DateField("起始日期")
    ended_on = models.DateField("截止日期", null=True, blank=True, editable=False)
    evidence = models.CharField("佐证文号", max_length=200, blank=True)
    reason = models.CharField("未完成原因", max_length=500, blank=True)

    objects = GovernanceFactQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Record.Meta):
        verbose_name = "改革进展"
        verbose_name_plural = "改革进展"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="governance_answer_is_known",
                condition=Q(answer="") | Q(answer__in=Answer.values),
            ),
            models.CheckConstraint(
                name="governance_fact_says_something",
                condition=~Q(answer="") | ~Q(words="") | Q(number__isnull=False),
                violation_error_message="进展、内容、数值至少填一项。",
            ),
            models.CheckConstraint(
                name="governance_fact_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")),
                violation_error_message="截止日期不能早于起始日期。",
            ),
            models.UniqueConstraint(
                name="governance_fact_once_a_day",
                fields=["branch", "item", "since"],
                violation_error_message="该单位该事项这一天已有记录。",
            ),
        ]
        indexes = [models.Index(name="governance_by_item", fields=["item", "since"])]

    def __str__(self) -> str:
        return f"{self.item}：{self.display_text}"

    @property
    def display_text(self) -> str:
        """What people read in a cell of the matrix."""
        if self.words:
            return self.words
        if self.number is not None:
            return str(self.number)
        return str(self.get_answer_display())


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
class Liaison(Record):
    """A leader of the level above who keeps contact with a branch (挂钩联系)."""

    leader = models.CharField("联系领导", max_length=60)
    post = models.CharField("职务", max_length=120, blank=True)
    since = models.DateField("起始日期")
    ended_on = models.DateField("截止日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "挂钩联系"
        verbose_name_plural = "挂钩联系"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="liaison_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")),
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leader}联系{self.branch}"


@track_history
class Visit(Record):
    """A visit to a branch: who came, for what."""

    leader = models.CharField("走访领导", max_length=60)
    visited_on = models.DateField("走访日期")
    place = models.CharField("地点", max_length=120, blank=True)
    work = models.CharField("工作内容", max_length=500)

    class Meta(Record.Meta):
        verbose_name = "走访记录"
        verbose_name_plural = "走访记录"
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(name="visit_by_day", fields=["branch", "visited_on"])]

    def __str__(self) -> str:
        return f"{self.visited_on:%Y年%-m月%-d日}{self.leader}走访"


@track_history
class Problem(Record):
    """A difficulty found in a survey or on a visit, with its owner and its solution."""

    found_on = models.DateField("发现日期")
    found_in = models.CharField("来源", max_length=120)
    content = models.CharField("问题", max_length=500)
    owner = models.CharField("责任单位", max_length=120)
    due_on = models.DateField("解决时限", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=ProblemState)
    solution = models.CharField("解决措施与结果", max_length=500, blank=True)
    solved_on = models.DateField("解决日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "调研问题"
        verbose_name_plural = "调研问题"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="problem_state_is_known", condition=Q(state__in=ProblemState.values)
            ),
            models.CheckConstraint(
                name="problem_solved_with_its_solution",
                condition=~Q(state=ProblemState.SOLVED)
                | (Q(solved_on__isnull=False) & ~Q(solution="")),
                violation_error_message="已解决的问题须写明解决日期和结果。",
            ),
        ]
        indexes = [models.Index(name="problem_by_day", fields=["branch", "found_on"])]

    def __str__(self) -> str:
        return self.content[:40]


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
