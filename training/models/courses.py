"""Course rules, classes, trainees and their certificates."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.uploads.choices import Sex
from redcross.uploads.history import track_history
from redcross.uploads.models import Record, RecordQuerySet
from training.choices import Audience, Course, Result


class CourseRule(models.Model):
    """Hours, pass mark and validity of a course from a day on; the newest one counts."""

    course = models.CharField("培训类型", max_length=12, choices=Course)
    effective_on = models.DateField("施行日期")
    hours = models.PositiveSmallIntegerField("学时")
    theory_pass_mark = models.PositiveSmallIntegerField("理论合格线（分）")
    validity_months = models.PositiveSmallIntegerField("证书有效期（月）")
    source = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "课程规定"
        verbose_name_plural = "课程规定"
        ordering = ["course", "-effective_on"]
        constraints = [
            models.UniqueConstraint(
                name="course_rule_once_a_day",
                fields=["course", "effective_on"],
                violation_error_message="该课程这一天已有规定。",
            ),
            models.CheckConstraint(
                name="course_rule_mark_is_a_mark", condition=Q(theory_pass_mark__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_course_display()}（{self.effective_on:%Y年%-m月%-d日}起）"


@track_history
class TrainingClass(Record):
    """One class of a course: when, where, for whom."""

    course = models.CharField("培训类型", max_length=12, choices=Course)
    held_on = models.DateField("培训日期")
    number = models.CharField("期次", max_length=60, blank=True)
    partner = models.CharField("合作单位", max_length=120, blank=True)
    audience = models.CharField("对象类别", max_length=10, choices=Audience, blank=True)
    place = models.CharField("培训地点", max_length=120, blank=True)
    instructors = models.CharField("授课师资", max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = "培训班"
        verbose_name_plural = "培训班"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="class_course_is_known", condition=Q(course__in=Course.values)
            ),
            models.CheckConstraint(
                name="class_audience_is_known",
                condition=Q(audience="") | Q(audience__in=Audience.values),
            ),
        ]
        indexes = [models.Index(name="class_by_day", fields=["branch", "held_on"])]

    def __str__(self) -> str:
        day, named = f"{self.held_on:%Y年%-m月%-d日}", self.number or self.partner or self.place
        return f"{day}{self.get_course_display()}培训班{f'（{named}）' if named else ''}"


@track_history
class Trainee(Record):
    """A person one branch has trained, known by the document's index."""

    name = models.CharField("姓名", max_length=60)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    id_number = EncryptedField("身份证号", kind="id_number", null=True, blank=True)
    id_number_index = BlindIndexField(of="id_number")
    phone = EncryptedField("联系电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    workplace = models.CharField("单位", max_length=120, blank=True)
    occupation = models.CharField("职业", max_length=60, blank=True)

    class Meta(Record.Meta):
        verbose_name = "学员"
        verbose_name_plural = "学员"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="trainee_sex_is_known", condition=Q(sex="") | Q(sex__in=Sex.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EnrolmentQuerySet(RecordQuerySet["Enrolment"]):
    """Enrolments by what a desk works through."""

    def passed(self) -> Self:
        """Keep who passed."""
        return self.filter(result=Result.PASSED)

    def certified(self) -> Self:
        """Keep who holds a certificate, valid or not."""
        return self.exclude(certificate_number="")

    def expiring(self, today: dt.date, days: int = 90) -> Self:
        """Keep certificates that end within so many days and are not renewed or revoked."""
        return self.certified().filter(
            revoked_on__isnull=True,
            expires_on__gte=today,
            expires_on__lte=today + dt.timedelta(days=days),
        )


@track_history
class Enrolment(Record):
    """One person in one class: marks, result, and the certificate that came of it."""

    trainee = models.ForeignKey(
        Trainee,
        verbose_name="学员",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
    )
    training_class = models.ForeignKey(
        TrainingClass,
        verbose_name="培训班",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
    )
    name = models.CharField("姓名", max_length=60)
    course = models.CharField("培训类型", max_length=12, choices=Course)
    trained_on = models.DateField("培训日期")
    audience = models.CharField("对象类别", max_length=10, choices=Audience, blank=True)
    hours = models.DecimalField("学时", max_digits=6, decimal_places=1, null=True, blank=True)
    theory_mark = models.DecimalField(
        "理论成绩", max_digits=5, decimal_places=1, null=True, blank=True
    )
    practice = models.CharField("操作成绩", max_length=6, choices=Result, blank=True)
    result = models.CharField("是否合格", max_length=6, choices=Result)
    certificate_number = models.CharField("证书编号", max_length=40, blank=True)
    issued_on = models.DateField("发证日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    revoked_on = models.DateField("注销日期", null=True, blank=True)
    reason = models.CharField("注销原因", max_length=200, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    objects = EnrolmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Record.Meta):
        verbose_name = "培训与发证"
        verbose_name_plural = "培训与发证"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="certificate_only_for_who_passed",
                condition=Q(certificate_number="") | Q(result=Result.PASSED),
                violation_error_message="考核不合格或缺考的学员不能有证书编号。",
            ),
            models.CheckConstraint(
                name="certificate_number_with_its_day",
                condition=Q(certificate_number="", issued_on__isnull=True)
                | (~Q(certificate_number="") & Q(issued_on__isnull=False)),
                violation_error_message="证书编号与发证日期须同时填写。",
            ),
            models.CheckConstraint(
                name="certificate_after_its_class",
                condition=Q(issued_on__isnull=True) | Q(issued_on__gte=F("trained_on")),
                violation_error_message="发证日期不能早于培训日期。",
            ),
            models.CheckConstraint(
                name="certificate_ends_after_it_begins",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                violation_error_message="有效期至不能早于发证日期。",
            ),
            models.CheckConstraint(
                name="certificate_revoked_with_reason",
                condition=Q(revoked_on__isnull=True)
                | (Q(revoked_on__gte=F("issued_on")) & ~Q(reason="")),
                violation_error_message="注销须写明原因，且不能早于发证日期。",
            ),
            models.CheckConstraint(
                name="theory_mark_is_a_mark",
                condition=Q(theory_mark__isnull=True) | Q(theory_mark__range=(0, 100)),
                violation_error_message="理论成绩须在 0 至 100 之间。",
            ),
            models.CheckConstraint(
                name="enrolment_course_is_known", condition=Q(course__in=Course.values)
            ),
            models.CheckConstraint(
                name="enrolment_result_is_known", condition=Q(result__in=Result.values)
            ),
            models.CheckConstraint(
                name="enrolment_practice_is_known",
                condition=Q(practice="") | Q(practice__in=Result.values),
            ),
            models.CheckConstraint(
                name="enrolment_audience_is_known",
                condition=Q(audience="") | Q(audience__in=Audience.values),
            ),
            models.UniqueConstraint(
                name="certificate_number_once_a_branch",
                fields=["branch", "certificate_number"],
                condition=~Q(certificate_number=""),
                violation_error_message="本单位已有这一证书编号。",
            ),
        ]
        indexes = [
            models.Index(name="enrolment_by_day", fields=["branch", "trained_on"]),
            models.Index(
                name="certificate_by_number",
                fields=["certificate_number"],
                condition=~Q(certificate_number=""),
            ),
            models.Index(
                name="certificate_by_end",
                fields=["branch", "expires_on"],
                condition=~Q(certificate_number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.trained_on:%Y年%-m月%-d日}"
