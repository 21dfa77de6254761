"""Gifts of money and goods, and who gave them."""

from typing import Self

from django.db import models
from django.db.models import Q

from donations.choices import (
    CampaignKind,
    Channel,
    Form,
    GiverKind,
    Source,
    Valuation,
)
from donations.models.references import Campaign, Fund
from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads.history import track_history
from redcross.uploads.models import Record, RecordQuerySet


@track_history
class Giver(Record):
    """An organisation that gives money or goods to a branch (捐赠人).

    A natural person stays a line of the ledger until a desk makes a giver of him: no more
    personal data is gathered than the work needs.
    """

    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类型", max_length=12, choices=GiverKind)
    merged_into = models.ForeignKey(
        "self",
        verbose_name="并入",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
    )

    class Meta(Record.Meta):
        verbose_name = "捐赠人"
        verbose_name_plural = "捐赠人"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="giver_kind_is_known", condition=Q(kind__in=GiverKind.values)
            ),
        ]
        indexes = [models.Index(name="giver_by_name", fields=["branch", "name"])]

    def __str__(self) -> str:
        return self.name


class DonationQuerySet(RecordQuerySet["Donation"]):
    """Gifts by source, giver and period."""

    def raised(self) -> Self:
        """Keep what society gave, without transfers between levels of the Red Cross."""
        return self.filter(source=Source.SOCIETY)

    def of_giver(self, giver: Giver) -> Self:
        """Keep what a giver gave, also under names merged into his."""
        return self.filter(Q(giver=giver) | Q(giver__merged_into=giver))

    def received_in(self, period: Period) -> Self:
        """Keep what arrived inside the period."""
        return self.filter(received_on__gte=period.start, received_on__lt=period.end)


@track_history
class Donation(Record):
    """One line of what a branch received: money or goods, from whichever source.

    `branch` is the receiving one (收款单位), `credited_branch` the one whose work it is
    counted as (业绩归属单位); totals go by one of them, never by both.
    """

    giver = models.ForeignKey(
        Giver,
        db_index=False,
        verbose_name="捐赠人档案",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="donations",
    )
    giver_name = models.CharField("捐赠人", max_length=120)
    giver_kind = models.CharField(
        "捐赠人类型", max_length=12, choices=GiverKind, default=GiverKind.PERSON
    )
    phone = EncryptedField("联系电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    form = models.CharField("形式", max_length=5, choices=Form, default=Form.MONEY)
    source = models.CharField("资金来源", max_length=14, choices=Source, default=Source.SOCIETY)
    value = models.DecimalField(
        "金额（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField("币种", max_length=20, blank=True)
    original_value = models.DecimalField(
        "原币金额", max_digits=18, decimal_places=2, null=True, blank=True
    )
    exchange_rate = models.DecimalField(
        "汇率", max_digits=12, decimal_places=6, null=True, blank=True
    )
    received_on = models.DateField("到账日期")
    channel = models.CharField("渠道", max_length=10, choices=Channel, blank=True, default="")
    designated = models.BooleanField("定向", default=False)
    purpose = models.CharField("定向用途", max_length=200, blank=True)
    fund = models.ForeignKey(
        Fund,
        db_index=False,
        verbose_name="基金",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="donations",
    )
    campaign = models.ForeignKey(
        Campaign,
        verbose_name="募捐活动",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        blank=True,
        related_name="donations",
    )
    campaign_kind = models.CharField(  # noqa: DJ001  null with its campaign, by the composite key
        "活动类别", max_length=10, choices=CampaignKind, null=True, editable=False
    )
    credited_branch = models.ForeignKey(
        Branch,
        db_index=False,
        verbose_name="业绩归属单位",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    item = models.CharField("品名", max_length=120, blank=True)
    model_size = models.CharField("规格型号", max_length=120, blank=True)
    measure = models.CharField("计量单位", max_length=20, blank=True)
    quantity = models.DecimalField("数量", max_digits=18, decimal_places=3, null=True, blank=True)
    unit_price = models.DecimalField(
        "单价（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    valuation = models.CharField(
        "计价依据", max_length=10, choices=Valuation, blank=True, default=""
    )
    expires_on = models.DateField("有效期至", null=True, blank=True)
    batch = models.CharField("批号", max_length=60, blank=True)
    accepted_by = models.CharField("验收人", max_length=60, blank=True)
    anonymous = models.BooleanField("匿名", default=False)
    ticket_code = models.CharField("票据代码", max_length=40, blank=True)
    ticket_number = models.CharField("票据号码", max_length=40, blank=True)
    ticket_waived = models.BooleanField("放弃票据", default=False)
    refunded_ticket = models.CharField("被冲销的原票据号", max_length=40, blank=True)
    reason = models.CharField("退款原因", max_length=200, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    objects = DonationQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Record.Meta):
        verbose_name = "捐赠"
        verbose_name_plural = "捐赠款物"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="donation_below_zero_is_a_refund",
                condition=Q(value__isnull=True)
                | Q(value__gt=0)
                | (~Q(reason="") & ~Q(refunded_ticket="") & Q(value__lt=0)),
                violation_error_message="金额为负时须注明退款原因，并写明被冲销的原票据号。",
            ),
            models.CheckConstraint(
                name="donation_money_has_a_value",
                condition=Q(value__isnull=False) | Q(form=Form.GOODS),
                violation_error_message="资金捐赠须填写金额；只有物资可以不标价。",
            ),
            models.CheckConstraint(
                name="donation_form_is_known", condition=Q(form__in=Form.values)
            ),
            models.CheckConstraint(
                name="donation_source_is_known", condition=Q(source__in=Source.values)
            ),
            models.CheckConstraint(
                name="donation_giver_kind_is_known",
                condition=Q(giver_kind__in=GiverKind.values),
            ),
            models.CheckConstraint(
                name="donation_channel_is_known",
                condition=Q(channel="") | Q(channel__in=Channel.values),
            ),
            models.CheckConstraint(
                name="donation_valuation_is_known",
                condition=Q(valuation="") | Q(valuation__in=Valuation.values),
            ),
            models.CheckConstraint(
                name="donation_campaign_with_its_kind",
                condition=Q(campaign__isnull=True, campaign_kind__isnull=True)
                | Q(campaign__isnull=False, campaign_kind__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="donation_by_day", fields=["branch", "received_on"]),
            models.Index(
                name="donation_of_campaign",
                fields=["campaign"],
                condition=Q(campaign__isnull=False),
            ),
            models.Index(
                name="donation_of_fund",
                fields=["fund"],
                condition=Q(fund__isnull=False),
            ),
            models.Index(
                name="donation_of_giver",
                fields=["giver"],
                condition=Q(giver__isnull=False),
            ),
            models.Index(
                name="donation_ticket",
                fields=["ticket_number"],
                condition=~Q(ticket_number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_name} {self.received_on:%Y年%-m月%-d日}"
