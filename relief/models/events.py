"""Response to disasters."""

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from relief.choices import (
    DispatchForm,
    ResponseLevel,
)
from relief.models.references import Event


@track_history
class EventResponse(Record):
    """A level of response to an event, from a time on; all levels are kept."""

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="responses"
    )
    level = models.CharField("响应级别", max_length=5, choices=ResponseLevel)
    declared_on = models.DateField("启动日期")
    remark = models.CharField("说明", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "应急响应"
        verbose_name_plural = "应急响应"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="response_level_is_known", condition=Q(level__in=ResponseLevel.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.get_level_display()}"


@track_history
class Dispatch(Record):
    """People sent to an event: batches, and people-times; and what a branch states beside.

    What it received and handed on is kept as it was stated (填报数): the ledgers of gifts
    and of stores count these, so no figure adds them up here.
    """

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="dispatches"
    )
    dispatched_on = models.DateField("派出日期")
    form = models.CharField("类别", max_length=5, choices=DispatchForm)
    team = models.CharField("队伍名称", max_length=120, blank=True)
    teams = models.PositiveIntegerField("队伍数（支）", null=True, blank=True)
    batches = models.PositiveIntegerField("批次", default=1)
    people_times = models.PositiveIntegerField("人次", default=0)
    place = models.CharField("地点", max_length=120, blank=True)
    work = models.CharField("任务", max_length=300, blank=True)
    level = models.CharField("响应级别", max_length=5, choices=ResponseLevel, blank=True)
    received_money = models.DecimalField(
        "接受资金（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    received_goods = models.DecimalField(
        "接受物资折价（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    goods = models.CharField("调拨物资品名", max_length=120, blank=True)
    measure = models.CharField("调拨物资计量单位", max_length=20, blank=True)
    quantity = models.DecimalField(
        "调拨物资数量", max_digits=14, decimal_places=2, null=True, blank=True
    )
    goods_value = models.DecimalField(
        "调拨物资折价（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    beneficiary_times = models.PositiveIntegerField("受益人次", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救援派出"
        verbose_name_plural = "救援派出"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="dispatch_form_is_known", condition=Q(form__in=DispatchForm.values)
            ),
            models.CheckConstraint(
                name="dispatch_people_in_every_batch",
                condition=Q(people_times__gte=F("batches")),
                violation_error_message="人次不能少于批次。",
            ),
            models.CheckConstraint(
                name="dispatch_level_is_known",
                condition=Q(level="") | Q(level__in=ResponseLevel.values),
            ),
        ]
        indexes = [models.Index(name="dispatch_by_day", fields=["branch", "dispatched_on"])]

    def __str__(self) -> str:
        return f"{self.event} {self.dispatched_on:%Y年%-m月%-d日}"


@track_history
class Engagement(Record):
    """Volunteers a branch engaged for an event: people, counted once for both."""

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="engagements"
    )
    engaged_on = models.DateField("统计日期")
    volunteers = models.PositiveIntegerField("志愿者人数")
    hours = models.DecimalField("服务时长（小时）", max_digits=14, decimal_places=1, default=0)
    work = models.CharField("服务内容", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "志愿者参与"
        verbose_name_plural = "志愿者参与"
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="engagement_once_an_event",
                fields=["branch", "event"],
                violation_error_message="同一单位同一事件的志愿者只统计一次。",
            ),
        ]
        indexes = [models.Index(name="engagement_by_day", fields=["branch", "engaged_on"])]

    def __str__(self) -> str:
        return f"{self.event} {self.volunteers}"


@track_history
class Need(Record):
    """What is asked for at an event, and how much of it is met."""

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="needs"
    )
    asked_on = models.DateField("提出日期")
    item = models.CharField("需求物资", max_length=120)
    measure = models.CharField("计量单位", max_length=20)
    quantity = models.DecimalField("需求数量", max_digits=14, decimal_places=2)
    met = models.DecimalField("已满足数量", max_digits=14, decimal_places=2, default=0)

    class Meta(Record.Meta):
        verbose_name = "物资需求"
        verbose_name_plural = "物资需求"
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.item} {self.quantity}{self.measure}"
