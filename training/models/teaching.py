"""Events without examination, and instructors."""

from django.db import models
from django.db.models import F, Q

from redcross.uploads.history import track_history
from redcross.uploads.models import Record
from training.choices import Audience, InstructorLevel


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
