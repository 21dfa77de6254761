"""Closed months, and subtrees that may still write into them for a while."""

from django.db import models
from django.db.models import F, Q

from redcross.accounts.choices import Domain
from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.periods import Period


class PeriodLock(models.Model):
    """Closed months of one field of work in a subtree; only the province closes and opens.

    A statement trigger on every `dated_by` column enforces it (see `locking.py`).
    """

    domain = models.CharField("业务", max_length=20, choices=Domain)
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    first_month = models.DateField("起")
    last_month = models.DateField("止")
    locked_by = models.ForeignKey(
        User, verbose_name="锁定人", on_delete=models.PROTECT, related_name="+"
    )
    locked_at = models.DateTimeField("锁定时间")
    reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "报告期锁定"
        verbose_name_plural = "报告期锁定"
        constraints = [
            models.CheckConstraint(
                name="lock_months_in_order",
                condition=Q(last_month__gte=F("first_month")),
                violation_error_message="止月不能早于起月。",
            ),
            models.CheckConstraint(
                name="lock_months_are_first_days",
                condition=Q(first_month__day=1, last_month__day=1),
                violation_error_message="请填写每月1日。",
            ),
            models.UniqueConstraint(
                name="lock_once",
                fields=["domain", "branch", "first_month", "last_month"],
                violation_error_message="该报告期已锁定。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch}{self.get_domain_display()}{self.period.label}"

    @property
    def period(self) -> Period:
        """The months that are closed."""
        return Period(self.first_month, self.last_month)


class PeriodException(models.Model):
    """A subtree that may still write into closed months, until a moment."""

    lock = models.ForeignKey(PeriodLock, on_delete=models.CASCADE, related_name="exceptions")
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateTimeField("到期时间")
    reason = models.CharField("原因", max_length=200)
    granted_by = models.ForeignKey(
        User, verbose_name="批准人", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "临时解锁"
        verbose_name_plural = "临时解锁"

    def __str__(self) -> str:
        return f"{self.branch} {self.lock}"
