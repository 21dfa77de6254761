"""Leaders who keep contact with a branch, their visits, problems met."""

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from reform.choices import (
    ProblemState,
)


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
