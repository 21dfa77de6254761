"""The reporting calendar as data: days, rules, occasions, exemptions, reminders."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q

from redcross.accounts.models import User, Visible
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.completeness.choices import DayKind, HolidayPolicy, ReminderAudience
from redcross.periods import Period

_FIRST_DAY_MESSAGE = "请填写每月1日。"
_MONTH_ORDER_MESSAGE = "止月不能早于起月。"


def _month_order_constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_months_in_order",
        condition=Q(last_month__gte=F("first_month")),
        violation_error_message=_MONTH_ORDER_MESSAGE,
    )


def _first_day_constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_months_are_first_days",
        condition=Q(first_month__day=1, last_month__day=1),
        violation_error_message=_FIRST_DAY_MESSAGE,
    )


class CalendarDay(models.Model):
    """A holiday, or a weekend that is a working day (国务院办公厅放假安排)."""

    day = models.DateField("日期", unique=True)
    kind = models.CharField("类别", max_length=10, choices=DayKind)
    name = models.CharField("说明", max_length=40, blank=True)

    class Meta:
        verbose_name = "节假日与调休"
        verbose_name_plural = "节假日与调休"
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(name="day_kind_is_known", condition=Q(kind__in=DayKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"


class DueRule(models.Model):
    """How due dates are computed: of one sheet, or of all that have no rule of their own."""

    sheet = models.CharField(
        "报表", max_length=60, unique=True, blank=True, help_text="空白表示没有单独规定的全部报表。"
    )
    on_holiday = models.CharField(
        "截止日遇休息日", max_length=10, choices=HolidayPolicy, default=HolidayPolicy.NEXT
    )
    opens_after = models.SmallIntegerField(
        "开始填报（天）",
        default=0,
        help_text="0 表示报告期结束次日开始，负数表示提前几天开始。",
    )
    since = models.DateField(
        "起报月份",
        null=True,
        blank=True,
        help_text="此月以前为历史补录和期初数，没有截止日，不计应报。",
    )

    class Meta:
        verbose_name = "截止日规则"
        verbose_name_plural = "截止日规则"
        constraints = [
            models.CheckConstraint(
                name="due_rule_policy_is_known", condition=Q(on_holiday__in=HolidayPolicy.values)
            ),
            models.CheckConstraint(
                name="due_rule_opens_near_the_period",
                condition=Q(opens_after__gte=-366, opens_after__lte=366),
                violation_error_message="开始填报的天数应在 -366 到 366 之间。",
            ),
            models.CheckConstraint(
                name="due_rule_since_is_a_first_day",
                condition=Q(since__isnull=True) | Q(since__day=1),
                violation_error_message=_FIRST_DAY_MESSAGE,
            ),
        ]

    def __str__(self) -> str:
        return self.sheet or "全部报表"


class Occasion(models.Model):
    """A sheet that the level above requires once, because of an event."""

    title = models.CharField("事由", max_length=60)
    sheet = models.CharField("报表", max_length=60)
    branch = models.ForeignKey(
        Branch, verbose_name="范围", on_delete=models.PROTECT, related_name="+"
    )
    level = models.CharField("填报层级", max_length=10, choices=Level)
    month = models.DateField("报告月份")
    due_on = models.DateField("截止日期")

    class Meta:
        verbose_name = "临时报送任务"
        verbose_name_plural = "临时报送任务"
        constraints = [
            models.CheckConstraint(
                name="occasion_level_is_known", condition=Q(level__in=Level.values)
            ),
            models.CheckConstraint(
                name="occasion_month_is_a_first_day",
                condition=Q(month__day=1),
                violation_error_message=_FIRST_DAY_MESSAGE,
            ),
            models.UniqueConstraint(
                name="occasion_once",
                fields=["sheet", "branch", "level", "month"],
                violation_error_message="该范围该月已有这张报表的临时任务。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    """Exemptions by their state."""

    def in_force(self) -> "ExemptionQuerySet":
        """Keep those that are not revoked."""
        return self.filter(revoked_at__isnull=True)


class Exemption(models.Model):
    """Months for which a branch need not submit a sheet (免报); once revoked, it stays listed.

    No row-level policy applies: the counties below must see the exemption of a prefecture's
    subtree.
    """

    branch = models.ForeignKey(
        Branch, verbose_name="单位", on_delete=models.PROTECT, related_name="+"
    )
    with_below = models.BooleanField("含下级", default=False)
    sheet = models.CharField("报表", max_length=60, blank=True)
    first_month = models.DateField("起")
    last_month = models.DateField("止")
    reason = models.CharField("原因", max_length=200)
    granted_by = models.ForeignKey(
        User, verbose_name="批准人", on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField("批准时间")
    revoked_by = models.ForeignKey(
        User,
        verbose_name="撤销人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = "免报"
        verbose_name_plural = "免报"
        constraints = [
            _month_order_constraint("exemption"),
            _first_day_constraint("exemption"),
            models.CheckConstraint(name="exemption_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="exemption_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="exemption_in_force",
                fields=["branch"],
                condition=Q(revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.branch}{self.period.label}"

    @property
    def period(self) -> Period:
        """The exempt months."""
        return Period(self.first_month, self.last_month)


def _names_its_items(text: str) -> None:
    if "{items}" not in text:
        raise ValidationError("提醒内容须含有 {items}，发送时换成报表清单。")


class ReminderStage(models.Model):
    """A stage of reminders: working days from the due date, recipients and text."""

    offset = models.SmallIntegerField(
        "工作日", unique=True, help_text="负数为截止前，0 为截止当天，正数为截止后。"
    )
    audiences = ArrayField(
        models.CharField(max_length=10, choices=ReminderAudience), verbose_name="提醒对象"
    )
    text = models.CharField("内容", max_length=200, validators=[_names_its_items])
    lasts = models.PositiveSmallIntegerField(
        "补发期限（工作日）", default=5, help_text="系统停机后，超过这些工作日的不再补发。"
    )
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "提醒安排"
        verbose_name_plural = "提醒安排"
        ordering = ["offset"]
        constraints = [
            models.CheckConstraint(
                name="stage_audiences_are_known",
                condition=Q(audiences__contained_by=ReminderAudience.values),
                violation_error_message="提醒对象只能是填报人、审核人、上级业务主管。",
            ),
            models.CheckConstraint(
                name="stage_names_its_items",
                condition=Q(text__contains="{items}"),
                violation_error_message="提醒内容须含有 {items}，发送时换成报表清单。",
            ),
        ]

    def __str__(self) -> str:
        if self.offset == 0:
            return "截止当天"
        return f"截止{'前' if self.offset < 0 else '后'}{abs(self.offset)}个工作日"


class Reminder(Visible):
    """A reminder of one obligation, sent to one user at one stage; unique in the database."""

    user = models.ForeignKey(
        User, verbose_name="收件人", on_delete=models.CASCADE, related_name="+"
    )
    sheet = models.CharField("报表", max_length=60)
    first_month = models.DateField("报告期起")
    last_month = models.DateField("报告期止")
    offset = models.SmallIntegerField("工作日")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "提醒记录"
        verbose_name_plural = "提醒记录"
        constraints = [
            models.UniqueConstraint(
                name="reminded_once",
                fields=["branch", "sheet", "first_month", "last_month", "offset", "user"],
            ),
        ]


class _TimeRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Urging(Visible):
    """催报: a user of the level above urged the clerks for one obligation."""

    QUIET = dt.timedelta(hours=1)

    sheet = models.CharField("报表", max_length=60)
    first_month = models.DateField("报告期起")
    last_month = models.DateField("报告期止")
    by = models.ForeignKey(User, verbose_name="催报人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    quiet_until = models.DateTimeField("此前不再催报")
    recipients = ArrayField(
        models.CharField(max_length=40), db_column="told", verbose_name="收件人"
    )

    class Meta:
        verbose_name = "催报记录"
        verbose_name_plural = "催报记录"
        indexes = [models.Index(name="urging_of_branch", fields=["branch", "last_month"])]
        constraints = [
            ExclusionConstraint(
                name="urged_once_an_hour",
                expressions=[
                    ("branch", RangeOperators.EQUAL),
                    ("sheet", RangeOperators.EQUAL),
                    ("first_month", RangeOperators.EQUAL),
                    ("last_month", RangeOperators.EQUAL),
                    (_TimeRange("at", "quiet_until"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="一小时内已催报过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M} {'、'.join(self.recipients)}"
