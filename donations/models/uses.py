"""What became of gifts: paid out, handed on, kept in use, told to givers."""

from django.db import models
from django.db.models import F, Q

from donations.choices import (
    EquipmentState,
    ProjectState,
)
from donations.models.references import Campaign, Fund
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class Allocation(Record):
    """Money of a fund paid out to whoever uses it (拨付).

    Where it names the ticket of a designated gift, its purpose is the gift's: a constraint
    trigger refuses another.
    """

    fund = models.ForeignKey(
        Fund, verbose_name="基金", on_delete=models.PROTECT, related_name="allocations"
    )
    allocated_on = models.DateField("拨付日期")
    value = models.DecimalField("拨付金额（元）", max_digits=18, decimal_places=2)
    used_value = models.DecimalField("已使用（元）", max_digits=18, decimal_places=2, default=0)
    receiver = models.CharField("接收单位", max_length=120)
    purpose = models.CharField("用途", max_length=200)
    ticket_number = models.CharField("定向捐赠票据号", max_length=40, blank=True)
    document_number = models.CharField("批准文号", max_length=60, blank=True)

    class Meta(Record.Meta):
        verbose_name = "资金拨付"
        verbose_name_plural = "资金拨付"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="allocation_is_positive",
                condition=Q(value__gt=0),
                violation_error_message="拨付金额须大于0。",
            ),
            models.CheckConstraint(
                name="allocation_used_within_it",
                condition=Q(used_value__gte=0, used_value__lte=F("value")),
                violation_error_message="已使用不能超过拨付金额，也不能为负。",
            ),
        ]
        indexes = [
            models.Index(name="allocation_by_day", fields=["branch", "allocated_on"]),
            models.Index(name="allocation_of_fund", fields=["fund", "allocated_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.allocated_on:%Y年%-m月%-d日}"


@track_history
class GoodsGiven(Record):
    """Donated goods handed on: to whom, what and how much."""

    item = models.CharField("品名", max_length=120)
    model_size = models.CharField("规格型号", max_length=120, blank=True)
    measure = models.CharField("计量单位", max_length=20, blank=True)
    quantity = models.DecimalField("数量", max_digits=18, decimal_places=3)
    value = models.DecimalField(
        "折价（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    given_on = models.DateField("发放日期")
    receiver = models.CharField("接收单位", max_length=120)
    origin = models.CharField("来源捐赠（批次）", max_length=120, blank=True)
    handler = models.CharField("经手人", max_length=60, blank=True)
    signed_by = models.CharField("签收", max_length=60, blank=True)
    purpose = models.CharField("用途", max_length=200, blank=True)
    campaign = models.ForeignKey(
        Campaign,
        verbose_name="募捐活动",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta(Record.Meta):
        verbose_name = "捐赠物资发放"
        verbose_name_plural = "捐赠物资发放"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="goods_given_are_positive",
                condition=Q(quantity__gt=0) & (Q(value__isnull=True) | Q(value__gte=0)),
                violation_error_message="数量须大于0，折价不能为负。",
            ),
        ]
        indexes = [models.Index(name="goods_given_by_day", fields=["branch", "given_on"])]

    def __str__(self) -> str:
        return f"{self.item} {self.given_on:%Y年%-m月%-d日}"


@track_history
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


@track_history
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


@track_history
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
        return f"{self.giver_name} {self.told_on:%Y年%-m月%-d日}"
