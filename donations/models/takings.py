"""What came in on a day by each channel, as the office counts it itself."""

from django.db import models
from django.db.models import Q

from donations.choices import TakingBasis, TakingChannel
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class DailyTaking(Record):
    """Gifts and money of one day: by channel, as found in the till, or as made public.

    Kept to check the ledger and what was published against; no indicator counts it, since
    the same gifts stand in the ledger.
    """

    taken_on = models.DateField("日期")
    basis = models.CharField("口径", max_length=9, choices=TakingBasis)
    channel = models.CharField("渠道", max_length=10, choices=TakingChannel, blank=True)
    gifts = models.PositiveIntegerField("笔数或人数", null=True, blank=True)
    value = models.DecimalField("金额（元）", max_digits=18, decimal_places=2)

    class Meta(Record.Meta):
        verbose_name = "每日收款"
        verbose_name_plural = "每日收款"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="taking_basis_and_channel_are_known",
                condition=Q(basis=TakingBasis.RECEIVED, channel__in=TakingChannel.values)
                | Q(basis__in=[TakingBasis.COUNTED, TakingBasis.PUBLISHED], channel=""),
                violation_error_message="收到细目须写明渠道，实际数额与公示内容不分渠道。",
            ),
            models.CheckConstraint(
                name="taking_is_not_negative",
                condition=Q(value__gte=0),
                violation_error_message="金额不能为负。",
            ),
            models.UniqueConstraint(
                name="taking_once_a_day",
                fields=["branch", "taken_on", "basis", "channel"],
                violation_error_message="该单位这一天这一渠道已有记录。",
            ),
        ]

    def __str__(self) -> str:
        label = self.get_channel_display() or self.get_basis_display()
        return f"{self.taken_on:%Y年%-m月%-d日} {label}"
