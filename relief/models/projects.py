"""Projects, and what editions of programmes raised and gave."""

from django.db import models
from django.db.models import F, Q

from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from relief.choices import (
    Form,
    FundingSource,
    Hardship,
    ProjectState,
)
from relief.models.references import Edition, Programme


@track_history
class Project(Record):
    """One project in one year of its life; it is counted in every year it is implemented."""

    year = models.PositiveSmallIntegerField("年度", editable=False)
    month = models.DateField("截止月", editable=False)
    programme = models.ForeignKey(
        Programme, verbose_name="项目品牌", on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField("项目名称", max_length=200)
    place = models.CharField("实施地点", max_length=120, blank=True)
    funding_source = models.CharField("资金来源", max_length=10, choices=FundingSource)
    budget = models.DecimalField("预算（元）", max_digits=18, decimal_places=2, default=0)
    secured = models.DecimalField("本年到位资金（元）", max_digits=18, decimal_places=2, default=0)
    spent = models.DecimalField("本年支出（元）", max_digits=18, decimal_places=2, default=0)
    beneficiaries = models.PositiveIntegerField("受益人数", null=True, blank=True)
    started_on = models.DateField("开工日期", null=True, blank=True)
    completed_on = models.DateField("完工日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=ProjectState)
    milestones = models.CharField("进展", max_length=500, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救助项目"
        verbose_name_plural = "救助项目"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="project_source_is_known", condition=Q(funding_source__in=FundingSource.values)
            ),
            models.CheckConstraint(
                name="project_state_is_known", condition=Q(state__in=ProjectState.values)
            ),
            models.CheckConstraint(
                name="project_completed_after_started",
                condition=Q(completed_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(completed_on__gte=F("started_on")),
                violation_error_message="完工日期不能早于开工日期。",
            ),
        ]
        indexes = [models.Index(name="project_by_month", fields=["branch", "month"])]

    def __str__(self) -> str:
        return self.name


@track_history
class EditionResource(Record):
    """What one edition of a programme mobilised, by source and form."""

    edition = models.ForeignKey(
        Edition, verbose_name="活动届次", on_delete=models.PROTECT, related_name="resources"
    )
    funding_source = models.CharField("资金来源", max_length=10, choices=FundingSource)
    form = models.CharField("形式", max_length=5, choices=Form, default=Form.MONEY)
    value = models.DecimalField("金额（元）", max_digits=18, decimal_places=2)
    mobilised_on = models.DateField("统计日期")

    class Meta(Record.Meta):
        verbose_name = "届次筹集款物"
        verbose_name_plural = "届次筹集款物"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="edition_source_is_known", condition=Q(funding_source__in=FundingSource.values)
            ),
            models.CheckConstraint(name="edition_form_is_known", condition=Q(form__in=Form.values)),
        ]
        indexes = [models.Index(name="edition_resource_by_day", fields=["branch", "mobilised_on"])]

    def __str__(self) -> str:
        return f"{self.edition} {self.get_funding_source_display()}"


@track_history
class Distribution(Record):
    """Goods or cash given to one household, or to a village in one go."""

    edition = models.ForeignKey(
        Edition, verbose_name="活动届次", on_delete=models.PROTECT, related_name="distributions"
    )
    given_on = models.DateField("发放日期")
    township = models.CharField("乡镇", max_length=60, blank=True)
    village = models.CharField("村（社区）", max_length=60, blank=True)
    householder = EncryptedField("户主姓名", null=True, blank=True)
    id_number = EncryptedField("身份证号", kind="id_number", null=True, blank=True)
    id_number_index = BlindIndexField(of="id_number")
    phone = EncryptedField("联系电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    households = models.PositiveIntegerField("户数", default=1)
    family_size = models.PositiveSmallIntegerField("家庭人口", null=True, blank=True)
    beneficiary_times = models.PositiveIntegerField("受益人次")
    hardship = models.CharField("困难类型", max_length=12, choices=Hardship, blank=True)
    goods = models.CharField("发放物资", max_length=200, blank=True)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=2, null=True, blank=True)
    goods_value = models.DecimalField("折价（元）", max_digits=18, decimal_places=2, default=0)
    cash_value = models.DecimalField("现金（元）", max_digits=18, decimal_places=2, default=0)
    signed_by = models.CharField("领取人", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "慰问发放"
        verbose_name_plural = "慰问发放"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="distribution_hardship_is_known",
                condition=Q(hardship="") | Q(hardship__in=Hardship.values),
            ),
            models.CheckConstraint(
                name="distribution_family_is_possible",
                condition=Q(family_size__isnull=True) | Q(family_size__range=(1, 15)),
                violation_error_message="家庭人口在 1 至 15 人之间。",
            ),
        ]
        indexes = [
            models.Index(name="distribution_by_day", fields=["branch", "given_on"]),
            models.Index(name="distribution_of_edition", fields=["edition", "id_number_index"]),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.township}{self.village}"
