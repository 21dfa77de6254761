"""The rollup, reported figures, targets, and notes printed with figures."""

from django.db import models
from django.db.models import F, Q

from redcross.indicators.choices import FigureScope
from redcross.periods import Period
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


class Rollup(models.Model):
    """The sum of one branch's own records in one month; only triggers write it.

    `rows` is the number of records in the value: a cell of 0 with rows is a figure, one
    without rows is none.
    """

    pk = models.CompositePrimaryKey("indicator", "breakdown", "branch_id", "month", "category")
    indicator = models.CharField(max_length=60)
    breakdown = models.CharField(max_length=60)
    branch_id = models.BigIntegerField()
    month = models.DateField()
    category = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=30, decimal_places=6)
    rows = models.BigIntegerField()

    class Meta:
        verbose_name = "汇总"
        verbose_name_plural = "汇总"

    def __str__(self) -> str:
        return f"{self.indicator} {self.month}"


class InstalledIndicator(models.Model):
    """The digest of the declaration by which an indicator's cells were counted."""

    indicator = models.CharField(max_length=60, primary_key=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "已安装指标"
        verbose_name_plural = "已安装指标"

    def __str__(self) -> str:
        return self.indicator


@track_history
class ReportedFigure(Record):
    """A figure from outside the records: history, an opening level, an outside fact.

    It is never added to the rollup. A level (时点数, 累计数) is that at the end of `last_month`.
    """

    row_level_security = False

    indicator = models.CharField("指标", max_length=60)
    scope = models.CharField("范围", max_length=8, choices=FigureScope, default=FigureScope.SUBTREE)
    first_month = models.DateField("起始月", null=True, blank=True)
    last_month = models.DateField("截止月")
    breakdown = models.CharField("分组", max_length=60, blank=True, default="")
    category = models.CharField("类别", max_length=120, blank=True, default="")
    value = models.DecimalField("数值", max_digits=24, decimal_places=6)
    qualifier = models.CharField("限定词", max_length=20, blank=True, default="")
    source = models.CharField("来源", max_length=200)

    class Meta(Record.Meta):
        verbose_name = "登记数"
        verbose_name_plural = "登记数"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="reported_scope_is_known", condition=Q(scope__in=FigureScope.values)
            ),
            models.CheckConstraint(
                name="reported_months_in_order",
                condition=Q(first_month__isnull=True) | Q(last_month__gte=F("first_month")),
                violation_error_message="截止月不能早于起始月。",
            ),
            models.CheckConstraint(
                name="reported_months_are_first_days",
                condition=Q(last_month__day=1)
                & (Q(first_month__isnull=True) | Q(first_month__day=1)),
                violation_error_message="月份请写每月1日。",
            ),
        ]
        indexes = [
            models.Index(name="reported_by_indicator", fields=["indicator", "breakdown"]),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period.label}"

    @property
    def period(self) -> Period:
        """The months it covers."""
        return Period(self.first_month, self.last_month)


@track_history
class Target(Record):
    """The value that a branch's whole subtree is to reach in a year."""

    row_level_security = False

    indicator = models.CharField("指标", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    value = models.DecimalField("目标值", max_digits=24, decimal_places=6)

    class Meta(Record.Meta):
        verbose_name = "年度目标"
        verbose_name_plural = "年度目标"
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="target_once_a_year",
                fields=["branch", "indicator", "year"],
                violation_error_message="该单位该指标当年已有目标。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}年"


@track_history
class FigureNote(Record):
    """口径说明 printed with a figure of one period, and the qualifier of its value."""

    row_level_security = False

    indicator = models.CharField("指标", max_length=60)
    first_month = models.DateField("起始月", null=True, blank=True)
    last_month = models.DateField("截止月")
    breakdown = models.CharField("分组", max_length=60, blank=True, default="")
    category = models.CharField("类别", max_length=120, blank=True, default="")
    qualifier = models.CharField("限定词", max_length=20, blank=True, default="")
    text = models.CharField("口径说明", max_length=500, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = "口径说明"
        verbose_name_plural = "口径说明"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="note_says_something",
                condition=~Q(qualifier="") | ~Q(text=""),
                violation_error_message="限定词与口径说明至少填一项。",
            ),
            models.CheckConstraint(
                name="note_months_in_order",
                condition=Q(first_month__isnull=True) | Q(last_month__gte=F("first_month")),
                violation_error_message="截止月不能早于起始月。",
            ),
        ]
        indexes = [models.Index(name="note_by_indicator", fields=["indicator"])]

    def __str__(self) -> str:
        return self.text or self.qualifier
