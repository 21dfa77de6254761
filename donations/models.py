"""Gifts of money and goods, who gave them, for which fund or campaign."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from donations.choices import (
    CampaignKind,
    Channel,
    EquipmentState,
    Form,
    FundKind,
    GiverKind,
    ProjectState,
    Source,
    Valuation,
)
from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads.history import tracked
from redcross.uploads.models import NamedKey, Record, RecordQuerySet


class Fund(NamedKey):
    """Money kept for a purpose: 滇苗助学, 博爱云南行, or the undesignated fund."""

    kind = models.CharField("类别", max_length=10, choices=FundKind)
    purpose = models.TextField("用途", blank=True)
    started_on = models.DateField("设立日期", null=True, blank=True)

    class Meta:
        verbose_name = "基金"
        verbose_name_plural = "基金"
        constraints = [
            models.CheckConstraint(
                name="fund_kind_is_known", condition=Q(kind__in=FundKind.values)
            ),
        ]


class Campaign(NamedKey):
    """A fundraising day, or the appeal for a disaster."""

    kind = models.CharField("类别", max_length=10, choices=CampaignKind)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    outside_province = models.BooleanField("省外", default=False)
    target = models.DecimalField(
        "筹资目标（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = "募捐活动"
        verbose_name_plural = "募捐活动"
        constraints = [
            models.CheckConstraint(
                name="campaign_kind_is_known",
                condition=Q(kind__in=CampaignKind.values),
            ),
            models.CheckConstraint(
                name="campaign_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(name="campaign_code_with_kind", fields=["code", "kind"]),
        ]


@tracked
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
    """Gifts by what leaders and clerks ask for."""

    def raised(self) -> Self:
        """Keep what society gave, without transfers between levels."""
        return self.filter(source=Source.SOCIETY)

    def in_kind(self) -> Self:
        """Keep goods."""
        return self.filter(form=Form.GOODS)

    def unpriced(self) -> Self:
        """Keep goods whose value is not known (不标价)."""
        return self.filter(value__isnull=True)

    def received_in(self, period: Period) -> Self:
        """Keep what arrived inside the period."""
        return self.filter(received_on__gte=period.start, received_on__lt=period.end)


@tracked
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
    valuation = models.CharField(
        "计价依据", max_length=10, choices=Valuation, blank=True, default=""
    )
    ticket_code = models.CharField("票据代码", max_length=40, blank=True)
    ticket_number = models.CharField("票据号码", max_length=40, blank=True)
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
        return f"{self.giver_name} {self.received_on}"


@tracked
class CampaignResult(Record):
    """What a branch raised on a fundraising day as the platform counts it at its close.

    A campaign figure (活动口径, with offline gifts), never added to what was received.
    """

    campaign = models.ForeignKey(
        Campaign, verbose_name="募捐活动", on_delete=models.PROTECT, related_name="results"
    )
    project = models.CharField("项目名称", max_length=120)
    teams = models.PositiveIntegerField("一起捐数（个）", default=0)
    gift_times = models.PositiveIntegerField("捐款人次", default=0)
    public_value = models.DecimalField("公众捐款（元）", max_digits=18, decimal_places=2)
    matched_value = models.DecimalField("配捐（元）", max_digits=18, decimal_places=2, default=0)
    offline_value = models.DecimalField("线下（元）", max_digits=18, decimal_places=2, default=0)
    value = models.DecimalField("合计（元）", max_digits=18, decimal_places=2)
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


@tracked
class Equipment(Record):
    """One piece of donated medical equipment, from acceptance to its last inspection."""

    number = models.CharField("设备编号", max_length=60)
    name = models.CharField("设备名称", max_length=120)
    model_size = models.CharField("规格型号", max_length=120, blank=True)
    giver_name = models.CharField("捐赠人", max_length=120, blank=True)
    user_unit = models.CharField("使用单位", max_length=120)
    value = models.DecimalField(
        "价值（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    accepted_on = models.DateField("验收日期")
    state = models.CharField("状态", max_length=10, choices=EquipmentState)
    inspected_on = models.DateField("最近检查日期", null=True, blank=True)
    scrapped_on = models.DateField("报废日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "捐赠医疗设备"
        verbose_name_plural = "捐赠医疗设备"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="equipment_state_is_known", condition=Q(state__in=EquipmentState.values)
            ),
            models.CheckConstraint(
                name="equipment_scrapped_after_accepted",
                condition=Q(scrapped_on__isnull=True) | Q(scrapped_on__gte=F("accepted_on")),
                violation_error_message="报废日期不能早于验收日期。",
            ),
            models.CheckConstraint(
                name="equipment_scrapped_with_its_day",
                condition=Q(state=EquipmentState.SCRAPPED, scrapped_on__isnull=False)
                | (~Q(state=EquipmentState.SCRAPPED) & Q(scrapped_on__isnull=True)),
                violation_error_message="报废的设备须填报废日期，未报废的不填。",
            ),
        ]
        indexes = [models.Index(name="equipment_by_day", fields=["branch", "accepted_on"])]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"


@tracked
class FundraisingProject(Record):
    """A project of the library that givers can choose: its need, its target, how far it is."""

    name = models.CharField("项目名称", max_length=200)
    need = models.CharField("需求", max_length=500)
    fund = models.ForeignKey(
        Fund, verbose_name="基金", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    target = models.DecimalField("筹资目标（元）", max_digits=18, decimal_places=2)
    raised = models.DecimalField("已筹（元）", max_digits=18, decimal_places=2, default=0)
    opened_on = models.DateField("推介日期")
    state = models.CharField("状态", max_length=10, choices=ProjectState)
    beneficiaries = models.CharField("受益对象", max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = "筹资项目"
        verbose_name_plural = "筹资项目库"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="project_state_of_library_is_known",
                condition=Q(state__in=ProjectState.values),
            ),
            models.CheckConstraint(
                name="project_target_is_positive",
                condition=Q(target__gt=0, raised__gte=0),
                violation_error_message="筹资目标须大于0，已筹不能为负。",
            ),
            models.CheckConstraint(
                name="project_reached_has_its_target",
                condition=~Q(state=ProjectState.REACHED) | Q(raised__gte=F("target")),
                violation_error_message="已筹不足目标的项目不能写成“已筹满”。",
            ),
        ]
        indexes = [models.Index(name="fundraising_project_by_day", fields=["branch", "opened_on"])]

    def __str__(self) -> str:
        return self.name


@tracked
class Feedback(Record):
    """What a giver was told of the use of his gift (红十字会法 art. 21)."""

    giver_name = models.CharField("捐赠人", max_length=120)
    told_on = models.DateField("反馈日期")
    way = models.CharField("反馈方式", max_length=60)
    used_for = models.CharField("使用情况", max_length=500)
    used_value = models.DecimalField(
        "使用金额（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    fund = models.ForeignKey(
        Fund, verbose_name="基金", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(Record.Meta):
        verbose_name = "捐赠反馈"
        verbose_name_plural = "捐赠反馈"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="feedback_value_is_not_negative",
                condition=Q(used_value__isnull=True) | Q(used_value__gte=0),
                violation_error_message="使用金额不能为负。",
            ),
        ]
        indexes = [models.Index(name="feedback_by_day", fields=["branch", "told_on"])]

    def __str__(self) -> str:
        return f"{self.giver_name} {self.told_on}"
