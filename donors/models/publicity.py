"""Publicity with consent, letters between families, and coordinators."""

from django.db import models
from django.db.models import F, Q

from donors.choices import (
    LetterDirection,
)
from donors.models.identity import CODE_LENGTH
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class PublicityCase(Record):
    """A story told with the family's written consent, apart from the case itself."""

    name = models.CharField("宣传标题", max_length=200)
    alias = models.CharField("化名", max_length=30)
    consented_on = models.DateField("宣传授权日期")
    published_on = models.DateField("发布日期")
    medium = models.CharField("发布渠道", max_length=120, blank=True)
    taken_up = models.BooleanField("总会推广使用", default=False)
    taken_up_on = models.DateField("总会采用日期", null=True, blank=True)
    content = models.CharField("内容摘要", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "捐献宣传案例"
        verbose_name_plural = "捐献宣传案例"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="publicity_after_consent",
                condition=Q(published_on__gte=F("consented_on")),
                violation_error_message="取得书面授权以前不得发布。",
            ),
            models.CheckConstraint(
                name="publicity_taken_up_with_its_day",
                condition=Q(taken_up=False, taken_up_on__isnull=True)
                | Q(taken_up=True, taken_up_on__isnull=False),
                violation_error_message="总会采用的须填采用日期，未采用的不填。",
            ),
        ]
        indexes = [models.Index(name="publicity_by_day", fields=["branch", "published_on"])]

    def __str__(self) -> str:
        return self.name


@track_history
class FamilyLetter(Record):
    """A letter between a donor's family and others, which only a coordinator hands on."""

    came_on = models.DateField("收信日期")
    direction = models.CharField("方向", max_length=12, choices=LetterDirection)
    code = models.CharField("捐献者代码", max_length=CODE_LENGTH, blank=True)
    coordinator = models.CharField("经手协调员", max_length=60)
    checked = models.BooleanField("已核查不含身份信息", default=False)
    handed_on = models.DateField("转交日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "往来信件"
        verbose_name_plural = "往来信件"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="letter_direction_is_known", condition=Q(direction__in=LetterDirection.values)
            ),
            models.CheckConstraint(
                name="letter_checked_before_handed_on",
                condition=Q(handed_on__isnull=True) | Q(checked=True),
                violation_error_message="核查不含身份信息以前不得转交。",
            ),
            models.CheckConstraint(
                name="letter_handed_on_after_it_came",
                condition=Q(handed_on__isnull=True) | Q(handed_on__gte=F("came_on")),
                violation_error_message="转交日期不能早于收信日期。",
            ),
        ]
        indexes = [models.Index(name="letter_by_day", fields=["branch", "came_on"])]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.came_on:%Y年%-m月%-d日}"


@track_history
class Coordinator(Record):
    """Who accompanies donations, of the society or of a hospital's team."""

    name = models.CharField("姓名", max_length=60)
    full_time = models.BooleanField("专职", default=False)
    team = models.CharField("所属机构", max_length=120, blank=True)
    certificate_number = models.CharField("协调员证号", max_length=40)
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("有效期至", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "捐献协调员"
        verbose_name_plural = "捐献协调员"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="coordinator_ends_after_it_begins",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                violation_error_message="有效期至不能早于发证日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
