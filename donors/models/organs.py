"""Wishes to donate after death, and donation cases."""

import dataclasses
import datetime as dt

from django.db import models
from django.db.models import F, Q

from donors.choices import (
    AgeBand,
    Category,
    ConsentBy,
    WishChannel,
)
from donors.models.identity import CODE_LENGTH, ConsentedRecord, DonorIdentity
from redcross.uploads.choices import Sex
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class OrganWish(ConsentedRecord):
    """A registered wish to donate after death; it may be withdrawn, and is only a wish."""

    code = models.CharField("登记人代码", max_length=CODE_LENGTH, editable=False)
    registered_on = models.DateField("登记日期")
    channel = models.CharField("登记渠道", max_length=8, choices=WishChannel)
    organs = models.BooleanField("器官", default=False)
    corneas = models.BooleanField("角膜", default=False)
    body = models.BooleanField("遗体", default=False)
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta(ConsentedRecord.Meta):
        verbose_name = "捐献志愿登记"
        verbose_name_plural = "捐献志愿登记"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="wish_channel_is_known", condition=Q(channel__in=WishChannel.values)
            ),
            models.CheckConstraint(
                name="wish_says_what",
                condition=Q(organs=True) | Q(corneas=True) | Q(body=True),
                violation_error_message="器官、角膜、遗体至少选一项。",
            ),
            models.CheckConstraint(
                name="wish_withdrawn_after_registered",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("registered_on")),
                violation_error_message="撤销日期不能早于登记日期。",
            ),
        ]
        indexes = [models.Index(name="wish_by_day", fields=["branch", "registered_on"])]

    def __str__(self) -> str:
        return self.code


@dataclasses.dataclass(frozen=True, slots=True)
class CaseStage:
    """A stage of a case: its name, its day, and whether it is the next one due."""

    name: str
    day: dt.date | None
    is_next: bool


@track_history
class DonationCase(Record):
    """A donation after death as dated facts, in any order, with two hard rules.

    Nothing is recovered before death is determined, nor without written consent and a
    witness. Recipients are counts: no key joins a donor to anybody.
    """

    identity = models.ForeignKey(
        DonorIdentity,
        verbose_name="身份",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    code = models.CharField("捐献者代码", max_length=CODE_LENGTH, blank=True, editable=False)
    case_number = models.CharField("案例号", max_length=40)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    age_band = models.CharField("年龄段", max_length=6, choices=AgeBand)
    category = models.CharField("捐献类别", max_length=4, choices=Category, blank=True)
    hospital = models.CharField("医院", max_length=120, blank=True)
    coordinator = models.CharField("协调员", max_length=60, blank=True)
    reported_on = models.DateField("报告日期")
    registered_on = models.DateField("报名登记日期", null=True, blank=True)
    assessed_on = models.DateField("捐献评估日期", null=True, blank=True)
    consented_on = models.DateField("书面同意日期", null=True, blank=True)
    consent_by = models.CharField("同意人", max_length=24, choices=ConsentBy, blank=True)
    died_on = models.DateField("死亡判定日期", null=True, blank=True)
    witnessed_on = models.DateField("见证日期", null=True, blank=True)
    witness = models.CharField("见证人", max_length=60, blank=True)
    recovered_on = models.DateField("器官获取日期", null=True, blank=True)
    allocated_on = models.DateField("器官分配日期", null=True, blank=True)
    body_handled_on = models.DateField("遗体处理日期", null=True, blank=True)
    commemorated_on = models.DateField("缅怀纪念日期", null=True, blank=True)
    aided_on = models.DateField("人道救助日期", null=True, blank=True)
    hearts = models.PositiveSmallIntegerField("心（枚）", default=0)
    lungs = models.PositiveSmallIntegerField("肺（枚）", default=0)
    livers = models.PositiveSmallIntegerField("肝（枚）", default=0)
    kidneys = models.PositiveSmallIntegerField("肾（枚）", default=0)
    pancreases = models.PositiveSmallIntegerField("胰（枚）", default=0)
    intestines = models.PositiveSmallIntegerField("小肠（枚）", default=0)
    corneas = models.PositiveSmallIntegerField("眼角膜（枚）", null=True, blank=True)
    body = models.BooleanField("遗体", default=False)
    recipients = models.PositiveSmallIntegerField("器官受者（人）", default=0)
    cornea_recipients = models.PositiveSmallIntegerField("角膜受者（人）", default=0)
    families_helped = models.PositiveSmallIntegerField("受助家庭（个）", null=True, blank=True)
    first_of_its_kind = models.CharField("首例说明", max_length=200, blank=True)
    aid_value = models.DecimalField(
        "慰问金额（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    organs = models.PositiveSmallIntegerField("大器官（枚）", default=0, editable=False)
    people_helped = models.PositiveSmallIntegerField("受益人数", default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = "捐献案例"
        verbose_name_plural = "捐献案例"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="case_recovery_after_death",
                condition=Q(recovered_on__isnull=True) | Q(died_on__lte=F("recovered_on")),
                violation_error_message="死亡判定以前不得获取器官。",
            ),
            models.CheckConstraint(
                name="case_recovery_with_consent_and_witness",
                condition=Q(recovered_on__isnull=True)
                | (Q(consented_on__lte=F("recovered_on")) & Q(witnessed_on__lte=F("recovered_on"))),
                violation_error_message="没有书面同意和见证不得获取器官。",
            ),
            models.CheckConstraint(
                name="case_recovery_is_whole",
                condition=Q(recovered_on__isnull=True)
                | Q(
                    died_on__isnull=False,
                    consented_on__isnull=False,
                    witnessed_on__isnull=False,
                ),
                violation_error_message="获取以前须有死亡判定、书面同意与见证的日期。",
            ),
            models.CheckConstraint(
                name="case_child_with_both_parents",
                condition=~Q(age_band=AgeBand.CHILD)
                | Q(consented_on__isnull=True)
                | Q(consent_by=ConsentBy.BOTH_PARENTS),
                violation_error_message="未成年人捐献须由父母双方书面同意。",
            ),
            models.CheckConstraint(
                name="case_counts_are_possible",
                condition=Q(hearts__lte=1)
                & Q(livers__lte=1)
                & Q(pancreases__lte=1)
                & Q(intestines__lte=1)
                & Q(lungs__lte=2)
                & Q(kidneys__lte=2)
                & (Q(corneas__isnull=True) | Q(corneas__lte=2)),
                violation_error_message="心、肝、胰、小肠至多 1，肺、肾、角膜至多 2。",
            ),
            models.CheckConstraint(
                name="case_organs_add_up",
                condition=Q(
                    organs=F("hearts")
                    + F("lungs")
                    + F("livers")
                    + F("kidneys")
                    + F("pancreases")
                    + F("intestines")
                ),
                violation_error_message="大器官数应等于各器官之和。",
            ),
            models.CheckConstraint(
                name="case_people_add_up",
                condition=Q(people_helped=F("recipients") + F("cornea_recipients")),
                violation_error_message="受益人数应等于器官受者与角膜受者之和。",
            ),
            models.CheckConstraint(
                name="case_gives_after_recovery",
                condition=Q(recovered_on__isnull=False) | Q(organs=0, people_helped=0),
                violation_error_message="尚未获取的案例不能填写器官数和受者数。",
            ),
            models.CheckConstraint(
                name="case_age_band_is_known", condition=Q(age_band__in=AgeBand.values)
            ),
            models.CheckConstraint(
                name="case_sex_is_known", condition=Q(sex="") | Q(sex__in=Sex.values)
            ),
            models.CheckConstraint(
                name="case_category_is_known",
                condition=Q(category="") | Q(category__in=Category.values),
            ),
            models.CheckConstraint(
                name="case_consent_is_known",
                condition=Q(consent_by="") | Q(consent_by__in=ConsentBy.values),
            ),
            models.UniqueConstraint(
                name="case_number_once_a_branch",
                fields=["branch", "case_number"],
                violation_error_message="本单位已有这一案例号。",
            ),
        ]
        indexes = [
            models.Index(name="case_by_report", fields=["branch", "reported_on"]),
            models.Index(name="case_by_recovery", fields=["branch", "recovered_on"]),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def description(self) -> str:
        """Age band and category, as a sentence."""
        parts = (self.get_age_band_display(), self.get_category_display())
        return f"{'，'.join(filter(None, map(str, parts)))}。"

    @property
    def stages(self) -> list[CaseStage]:
        """The stages of a case in their usual order; the first without a day is due next."""
        days = (
            ("案例报告", self.reported_on),
            ("报名登记", self.registered_on),
            ("捐献评估", self.assessed_on),
            ("捐献确认（书面同意）", self.consented_on),
            ("死亡判定", self.died_on),
            ("协调员见证", self.witnessed_on),
            ("器官获取", self.recovered_on),
            ("器官分配", self.allocated_on),
            ("遗体处理", self.body_handled_on),
            ("缅怀纪念", self.commemorated_on),
            ("人道救助", self.aided_on),
        )
        next_name = next((name for name, day in days if day is None), "")
        return [CaseStage(name, day, name == next_name) for name, day in days]

    @property
    def donated_organs(self) -> list[tuple[str, int]]:
        """The kinds of organs and tissues donated, with their counts above 0."""
        counts = (
            ("心", self.hearts),
            ("肺", self.lungs),
            ("肝", self.livers),
            ("肾", self.kidneys),
            ("胰", self.pancreases),
            ("小肠", self.intestines),
            ("眼角膜", self.corneas or 0),
        )
        return [(name, count) for name, count in counts if count]

    @property
    def donation_text(self) -> str:
        """What was donated, as a line of text: 心1、肝1、遗体."""
        parts = [f"{name}{count}" for name, count in self.donated_organs]
        return "、".join([*parts, *(["遗体"] if self.body else [])])
