"""What campaigns raised and published."""

from django.db import models
from django.db.models import F, Q

from donations.choices import (
    DisclosureContent,
)
from donations.models.references import Campaign
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class CampaignResult(Record):
    """What a branch raised on a fundraising day as the platform counts it at its close.

    A campaign figure (活动口径, with offline gifts), never added to what was received.
    """

    campaign = models.ForeignKey(
        Campaign, verbose_name="募捐活动", on_delete=models.PROTECT, related_name="results"
    )
    project = models.CharField("项目名称", max_length=120)
    part = models.CharField("子计划", max_length=120, blank=True)
    teams = models.PositiveIntegerField("一起捐数（个）", default=0)
    gift_times = models.PositiveIntegerField("捐款人次", default=0)
    public_value = models.DecimalField("公众捐款（元）", max_digits=18, decimal_places=2)
    matched_value = models.DecimalField("配捐（元）", max_digits=18, decimal_places=2, default=0)
    offline_value = models.DecimalField("线下（元）", max_digits=18, decimal_places=2, default=0)
    value = models.DecimalField("合计（元）", max_digits=18, decimal_places=2)
    place = models.PositiveIntegerField("填报排名", null=True, blank=True)
    closed_on = models.DateField("统计截止日期")

    class Meta(Record.Meta):
        verbose_name = "公益日筹款"
        verbose_name_plural = "公益日筹款"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="campaign_result_adds_up",
                condition=Q(value=F("public_value") + F("matched_value") + F("offline_value")),
                violation_error_message="合计应等于公众捐款、配捐与线下之和。",
            ),
        ]
        indexes = [
            models.Index(name="campaign_result_by_day", fields=["branch", "closed_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}{self.project}"


@track_history
class Disclosure(Record):
    """One publication of what a campaign received and how it was used."""

    campaign = models.ForeignKey(
        Campaign, verbose_name="募捐活动", on_delete=models.PROTECT, related_name="disclosures"
    )
    content = models.CharField("公开内容", max_length=10, choices=DisclosureContent)
    published_on = models.DateField("公开日期")
    place = models.CharField("公开渠道", max_length=200)

    class Meta(Record.Meta):
        verbose_name = "募捐信息公开"
        verbose_name_plural = "募捐信息公开"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="disclosure_content_is_known",
                condition=Q(content__in=DisclosureContent.values),
            ),
        ]
        indexes = [models.Index(name="disclosure_by_day", fields=["branch", "published_on"])]

    def __str__(self) -> str:
        return f"{self.campaign}{self.get_content_display()}"
