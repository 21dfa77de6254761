"""Applications for medical aid, and aid granted."""

from django.db import models
from django.db.models import F, Q

from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.uploads.choices import Sex
from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from relief.choices import (
    AidFund,
    Disease,
    FundingSource,
)
from relief.models.references import Programme


@track_history
class AidApplication(Record):
    """A sick child's application, from the county's first look to the grant.

    What the society proposes obeys the bands and the cap over the child's whole life; what
    was decided elsewhere is recorded with a reason.
    """

    aid_fund = models.CharField("基金", max_length=12, choices=AidFund)
    child_name = EncryptedField("患儿姓名", null=True, blank=True)
    id_number = EncryptedField("身份证号", kind="id_number", null=True, blank=True)
    id_number_index = BlindIndexField(of="id_number")
    guardian = EncryptedField("监护人", null=True, blank=True)
    relation = models.CharField("与患儿关系", max_length=20, blank=True)
    phone = EncryptedField("电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    born_on = models.DateField("出生日期")
    domicile = EncryptedField("户籍地", null=True, blank=True)
    disease = models.CharField("病种", max_length=10, choices=Disease)
    hospital = models.CharField("医院", max_length=120, blank=True)
    transplanted = models.BooleanField("是否移植", default=False)
    own_payment = models.DecimalField("家庭自付（元）", max_digits=18, decimal_places=2)
    applied_on = models.DateField("申请日期")
    first_review_on = models.DateField("初审日期", null=True, blank=True)
    first_review = models.CharField("初审意见", max_length=200, blank=True)
    review_on = models.DateField("审核日期", null=True, blank=True)
    appraised_on = models.DateField("评审日期", null=True, blank=True)
    publicised_on = models.DateField("公示日期", null=True, blank=True)
    proposed = models.DecimalField(
        "拟资助金额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    granted = models.DecimalField(
        "资助金额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    reason = models.CharField("另行决定的说明", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救助申请"
        verbose_name_plural = "救助申请"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="application_fund_is_known", condition=Q(aid_fund__in=AidFund.values)
            ),
            models.CheckConstraint(
                name="application_disease_is_known", condition=Q(disease__in=Disease.values)
            ),
            models.CheckConstraint(
                name="application_sex_is_known", condition=Q(sex="") | Q(sex__in=Sex.values)
            ),
            models.CheckConstraint(
                name="application_after_birth",
                condition=Q(applied_on__gte=F("born_on")),
                violation_error_message="申请日期不能早于出生日期。",
            ),
            models.CheckConstraint(
                name="application_paid_what_was_granted",
                condition=Q(paid_on__isnull=True) | Q(granted__isnull=False),
                violation_error_message="已拨付的须填资助金额。",
            ),
            models.CheckConstraint(
                name="application_other_grant_with_reason",
                condition=Q(granted__isnull=True)
                | Q(granted=F("proposed"), proposed__isnull=False)
                | ~Q(reason=""),
                violation_error_message="资助金额与拟资助金额不同时须写明原因。",
            ),
        ]
        indexes = [
            models.Index(name="application_by_day", fields=["branch", "applied_on"]),
            models.Index(name="application_of_child", fields=["id_number_index"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_aid_fund_display()} {self.applied_on:%Y年%-m月%-d日}"

    @property
    def stage(self) -> str:
        """How far the application has come."""
        for day, name in (
            (self.paid_on, "已拨付"),
            (self.publicised_on, "已公示"),
            (self.appraised_on, "已评审"),
            (self.review_on, "已审核"),
            (self.first_review_on, "已初审"),
        ):
            if day is not None:
                return name
        return "待初审"


@track_history
class AidGrant(Record):
    """Aid given to people: students, patients, families; one line a person or a batch."""

    programme = models.ForeignKey(
        Programme, verbose_name="项目品牌", on_delete=models.PROTECT, related_name="grants"
    )
    given_on = models.DateField("救助日期")
    disease = models.CharField("病种", max_length=10, choices=Disease, default=Disease.NONE)
    medical = models.BooleanField("医疗救助", default=False, editable=False)
    people_times = models.PositiveIntegerField("救助人次")
    value = models.DecimalField("救助金额（元）", max_digits=18, decimal_places=2)
    funding_source = models.CharField("资金来源", max_length=10, choices=FundingSource)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救助发放"
        verbose_name_plural = "救助发放"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="grant_disease_is_known", condition=Q(disease__in=Disease.values)
            ),
            models.CheckConstraint(
                name="grant_source_is_known", condition=Q(funding_source__in=FundingSource.values)
            ),
            models.CheckConstraint(
                name="grant_medical_as_its_disease",
                condition=Q(medical=True, disease__in=["LEUKAEMIA", "HEART", "OTHER"])
                | Q(medical=False, disease=Disease.NONE),
                violation_error_message="填了病种的是医疗救助，没有病种的不是。",
            ),
        ]
        indexes = [models.Index(name="grant_by_day", fields=["branch", "given_on"])]

    def __str__(self) -> str:
        return f"{self.programme} {self.given_on:%Y年%-m月%-d日}"
