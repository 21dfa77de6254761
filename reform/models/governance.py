"""Items of reform, and dated facts of each branch."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history_except
from redcross.uploads.models import NamedKey, Record, RecordQuerySet
from reform.choices import (
    Answer,
    ItemKind,
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
        """The text of a cell of the matrix."""
        if self.words:
            return self.words
        if self.number is not None:
            return str(self.number)
        return str(self.get_answer_display())

    @property
    def origin_text(self) -> str:
        """Since when the fact holds, its evidence, and the cell it was read from."""
        parts = (f"自{self.since:%Y年%-m月%-d日}起", self.evidence, self.source_label)
        return "，".join(filter(None, parts))
