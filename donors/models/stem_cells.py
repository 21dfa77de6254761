"""Volunteers of the stem-cell registry and the steps to a donation."""

from django.db import models
from django.db.models import F, Q

from donors.choices import (
    BloodType,
    ExitReason,
    Outcome,
    Step,
)
from donors.models.identity import CODE_LENGTH, ConsentedRecord
from redcross.uploads.choices import Sex
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class StemCellVolunteer(ConsentedRecord):
    """A volunteer of the stem-cell registry: registered, and stored once the HLA is known."""

    code = models.CharField("志愿者代码", max_length=CODE_LENGTH, editable=False)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    blood_type = models.CharField("血型", max_length=2, choices=BloodType, blank=True)
    registered_on = models.DateField("登记日期")
    stored_on = models.DateField("入库日期", null=True, blank=True)
    storage_number = models.CharField("入库编号", max_length=40, blank=True)
    sampling_unit = models.CharField("采样单位", max_length=120, blank=True)
    left_on = models.DateField("退库日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(ConsentedRecord.Meta):
        verbose_name = "造血干细胞志愿者"
        verbose_name_plural = "造血干细胞志愿者"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="volunteer_sex_is_known", condition=Q(sex="") | Q(sex__in=Sex.values)
            ),
            models.CheckConstraint(
                name="volunteer_blood_type_is_known",
                condition=Q(blood_type="") | Q(blood_type__in=BloodType.values),
            ),
            models.CheckConstraint(
                name="volunteer_stored_after_registered",
                condition=Q(stored_on__isnull=True) | Q(stored_on__gte=F("registered_on")),
                violation_error_message="入库日期不能早于登记日期。",
            ),
        ]
        indexes = [
            models.Index(name="volunteer_by_day", fields=["branch", "registered_on"]),
            models.Index(name="volunteer_by_code", fields=["code"]),
        ]

    def __str__(self) -> str:
        return self.code


@track_history
class StemCellStep(Record):
    """One step of a volunteer's way, passed or left with a reason."""

    code = models.CharField("志愿者代码", max_length=CODE_LENGTH)
    step = models.CharField("环节", max_length=16, choices=Step)
    happened_on = models.DateField("日期")
    outcome = models.CharField("结果", max_length=6, choices=Outcome, default=Outcome.PASSED)
    exit_reason = models.CharField("退出原因", max_length=12, choices=ExitReason, blank=True)
    hospital = models.CharField("采集医院", max_length=120, blank=True)
    second = models.BooleanField("二次捐献", default=False)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "造血干细胞捐献环节"
        verbose_name_plural = "造血干细胞捐献环节"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="stem_cell_step_is_known", condition=Q(step__in=Step.values)
            ),
            models.CheckConstraint(
                name="stem_cell_exit_with_reason",
                condition=Q(outcome=Outcome.PASSED, exit_reason="")
                | Q(outcome=Outcome.LEFT, exit_reason__in=ExitReason.values),
                violation_error_message="退出须选退出原因，通过的不填。",
            ),
        ]
        indexes = [
            models.Index(name="stem_cell_step_by_day", fields=["branch", "happened_on"]),
            models.Index(name="stem_cell_step_by_code", fields=["code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_step_display()}"
