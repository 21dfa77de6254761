"""Classes, the people examined in them, certificates, instructors, stations and devices."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.uploads.choices import Sex
from redcross.uploads.history import track_history
from redcross.uploads.models import Record, RecordQuerySet
from training.choices import Audience, Condition, Course, InstructorLevel, Result, SiteKind


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


@track_history
class Popularisation(Record):
    """One 普及 event: shorter than a class, nobody is examined, people-times are counted."""

    held_on = models.DateField("活动日期")
    topic = models.CharField("活动名称", max_length=120)
    place = models.CharField("地点", max_length=120, blank=True)
    partner = models.CharField("合作单位", max_length=120, blank=True)
    audience = models.CharField("对象类别", max_length=10, choices=Audience, blank=True)
    people_times = models.PositiveIntegerField("普及人次")
    instructors = models.CharField("授课师资", max_length=200, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "普及活动"
        verbose_name_plural = "普及活动"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="popularisation_audience_is_known",
                condition=Q(audience="") | Q(audience__in=Audience.values),
            ),
        ]
        indexes = [models.Index(name="popularisation_by_day", fields=["branch", "held_on"])]

    def __str__(self) -> str:
        return f"{self.held_on:%Y年%-m月%-d日}{self.topic}"


@track_history
class Instructor(Record):
    """Who may teach, with a certificate of his own."""

    name = models.CharField("姓名", max_length=60)
    level = models.CharField("师资级别", max_length=10, choices=InstructorLevel)
    workplace = models.CharField("单位", max_length=120, blank=True)
    certificate_number = models.CharField("师资证编号", max_length=40)
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("有效期至", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救护师资"
        verbose_name_plural = "救护师资"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="instructor_level_is_known", condition=Q(level__in=InstructorLevel.values)
            ),
            models.CheckConstraint(
                name="instructor_ends_after_it_begins",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                violation_error_message="有效期至不能早于发证日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track_history
class Station(Record):
    """A 博爱急救站: a kit and trained people at a school, a community, a sight."""

    name = models.CharField("急救站名称", max_length=120)
    site_kind = models.CharField("场所类别", max_length=10, choices=SiteKind)
    address = models.CharField("地址", max_length=200, blank=True)
    opened_on = models.DateField("挂牌日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    people_served = models.PositiveIntegerField("覆盖人数", null=True, blank=True)
    first_aiders = models.PositiveIntegerField("站内救护员（人）", null=True, blank=True)
    funded_by = models.CharField("资助来源", max_length=120, blank=True)
    keeper = models.CharField("负责人", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "博爱急救站"
        verbose_name_plural = "博爱急救站"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="station_kind_is_known", condition=Q(site_kind__in=SiteKind.values)
            ),
            models.CheckConstraint(
                name="station_closes_after_it_opens",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="撤销日期不能早于挂牌日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceQuerySet(RecordQuerySet["Device"]):
    """Devices by what a keeper has to do."""

    def in_place(self) -> Self:
        """Keep those not removed."""
        return self.filter(removed_on__isnull=True)

    def wearing_out(self, today: dt.date, days: int = 90) -> Self:
        """Keep devices whose battery or pads have ended or end within so many days."""
        last = today + dt.timedelta(days=days)
        return self.in_place().filter(Q(battery_expires_on__lte=last) | Q(pads_expire_on__lte=last))

    def to_inspect(self, today: dt.date, days: int = 90) -> Self:
        """Keep devices nobody has looked at for so many days."""
        seen = Inspection.objects.filter(
            branch=models.OuterRef("branch"),
            number=models.OuterRef("number"),
            inspected_on__gt=today - dt.timedelta(days=days),
        )
        return self.in_place().exclude(models.Exists(seen))


@track_history
class Device(Record):
    """An AED on a wall, with what wears out and who looks after it."""

    number = models.CharField("设备编号", max_length=60)
    model_size = models.CharField("品牌型号", max_length=120, blank=True)
    place = models.CharField("安放位置", max_length=200)
    site_kind = models.CharField("场所类别", max_length=10, choices=SiteKind, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    installed_on = models.DateField("安装日期")
    removed_on = models.DateField("拆除日期", null=True, blank=True)
    battery_expires_on = models.DateField("电池有效期至", null=True, blank=True)
    pads_expire_on = models.DateField("电极片有效期至", null=True, blank=True)
    keeper = models.CharField("管理员", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    objects = DeviceQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Record.Meta):
        verbose_name = "AED"
        verbose_name_plural = "AED"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="device_kind_is_known",
                condition=Q(site_kind="") | Q(site_kind__in=SiteKind.values),
            ),
            models.CheckConstraint(
                name="device_removed_after_installed",
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("installed_on")),
                violation_error_message="拆除日期不能早于安装日期。",
            ),
            models.CheckConstraint(
                name="device_lies_in_or_near_china",
                condition=(Q(longitude__isnull=True) | Q(longitude__range=(73, 136)))
                & (Q(latitude__isnull=True) | Q(latitude__range=(3, 54))),
                violation_error_message="经纬度不在中国境内，请核对是否写反。",
            ),
        ]

    def __str__(self) -> str:
        return f"AED {self.number}"


@track_history
class Inspection(Record):
    """One look at a device or a station."""

    number = models.CharField("设备编号或急救站名称", max_length=120)
    inspected_on = models.DateField("巡检日期")
    condition = models.CharField("状况", max_length=12, choices=Condition)
    inspector = models.CharField("巡检人", max_length=60, blank=True)
    remark = models.CharField("问题与处理", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "巡检记录"
        verbose_name_plural = "巡检记录"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="inspection_condition_is_known", condition=Q(condition__in=Condition.values)
            ),
        ]
        indexes = [models.Index(name="inspection_by_number", fields=["branch", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.inspected_on:%Y年%-m月%-d日}"
