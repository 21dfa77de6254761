"""Reports, their receipts, templates and schedules."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.periods import Period
from redcross.reports.choices import ReportState

FAULT_LENGTH = 500


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, limited to those a user may read."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Select those of the user's own subtrees, and what the levels above have issued."""
        if not user.is_authenticated:
            return self.none()
        codes = {
            assignment.branch.code
            for assignment in user.current_roles()
            if assignment.role in FIGURE_ROLES
        }
        condition = Q(pk__in=[])
        for code in codes:
            above = [code[:length] for length in range(2, len(code))]
            condition |= Q(branch__code__startswith=code)
            condition |= Q(branch__code__in=above, state=ReportState.ISSUED)
        return self.filter(condition)


class Report(models.Model):
    """One periodic document of one branch."""

    kind = models.CharField("报告", max_length=60)
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    first_month = models.DateField("起始月")
    last_month = models.DateField("截止月")
    state = models.CharField("状态", max_length=6, choices=ReportState, default=ReportState.DRAFT)
    content = models.JSONField("底稿")
    edits = models.JSONField("人工改动", default=dict)
    cut_off = models.DateTimeField("数据截至")
    created_at = models.DateTimeField("生成时间")
    document_number = models.CharField("文号", max_length=40, blank=True)
    issue_year = models.PositiveSmallIntegerField("期号年度", null=True, blank=True)
    issue_number = models.PositiveIntegerField("简报期号", null=True, blank=True)
    figures_digest = models.CharField("数字指纹", max_length=64, blank=True)
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="定稿人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    finalised_at = models.DateTimeField("定稿时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发布人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    issued_at = models.DateTimeField("发布时间", null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "报告"
        verbose_name_plural = "报告"
        constraints = [
            models.UniqueConstraint(
                name="report_once_a_period",
                fields=["kind", "branch", "first_month", "last_month"],
                violation_error_message="这份报告已经生成。",
            ),
            models.UniqueConstraint(
                name="report_issue_number_once",
                fields=["kind", "branch", "issue_year", "issue_number"],
                violation_error_message="这一期号已经用过。",
            ),
            models.CheckConstraint(
                name="report_state_is_known", condition=Q(state__in=ReportState.values)
            ),
            models.CheckConstraint(
                name="report_months_in_order",
                condition=Q(last_month__gte=F("first_month")),
                violation_error_message="截止月不能早于起始月。",
            ),
            models.CheckConstraint(
                name="report_final_with_its_digest",
                condition=Q(state=ReportState.DRAFT)
                | (
                    Q(finalised_at__isnull=False, finalised_by__isnull=False)
                    & ~Q(figures_digest="")
                ),
                violation_error_message="定稿须有定稿人、时间和数字指纹。",
            ),
            models.CheckConstraint(
                name="report_issued_with_its_number",
                condition=~Q(state=ReportState.ISSUED)
                | Q(issued_at__isnull=False, issued_by__isnull=False, issue_number__isnull=False),
                violation_error_message="发布须有发布人、时间和期号。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="what_is_final_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'DRAFT' AND (OLD.content, OLD.edits, OLD.cut_off)"
                    " IS DISTINCT FROM (NEW.content, NEW.edits, NEW.cut_off)"
                ),
            ),
            pgtrigger.Protect(
                name="what_is_issued_stays",
                operation=pgtrigger.Delete | pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'ISSUED'"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.content.get("title", self.kind))

    @property
    def period(self) -> Period:
        """The months it covers."""
        return Period(self.first_month, self.last_month)

    @property
    def is_draft(self) -> bool:
        """Whether texts may still be edited (编辑中)."""
        return self.state == ReportState.DRAFT

    @property
    def is_final(self) -> bool:
        """Whether it is fixed and not yet issued (已定稿)."""
        return self.state == ReportState.FINAL

    @property
    def is_issued(self) -> bool:
        """Whether it has been issued (已发布)."""
        return self.state == ReportState.ISSUED

    @property
    def issue(self) -> str:
        """第3期, or nothing before it is issued."""
        return f"{self.issue_year}年第{self.issue_number}期" if self.issue_number else ""

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """The figures it contains, by the question each answers."""
        return dict(self.content["figures"])


class ReportReceipt(models.Model):
    """The receipt of a person of a branch who has read an issued report."""

    report = models.ForeignKey(
        Report, verbose_name="报告", on_delete=models.PROTECT, related_name="receipts"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="签收人", on_delete=models.PROTECT, related_name="+"
    )
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField("签收时间")

    class Meta:
        verbose_name = "签收"
        verbose_name_plural = "签收"
        ordering = ["read_at"]
        constraints = [
            models.UniqueConstraint(
                name="receipt_once_a_person",
                fields=["report", "user"],
                violation_error_message="您已经签收。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.user}"


class ReportTemplate(models.Model):
    """The Word template that an office uses instead of the portal's own."""

    kind = models.CharField("报告", max_length=60)
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    content = models.BinaryField("模板")
    filename = models.CharField("文件名", max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间")
    fault = models.CharField("填写失败的原因", max_length=FAULT_LENGTH, blank=True)

    class Meta:
        verbose_name = "报告模板"
        verbose_name_plural = "报告模板"
        constraints = [
            models.UniqueConstraint(
                name="template_once_a_kind",
                fields=["kind", "branch"],
                violation_error_message="该机构这份报告已有模板。",
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ReportSchedule(models.Model):
    """From when on and on which day a report is written automatically; else as declared."""

    kind = models.CharField("报告", max_length=60, unique=True)
    starts_on = models.DateField("自此月起", help_text="此月及以后的报告期按时自动生成。")
    day = models.PositiveSmallIntegerField("到期日", null=True, blank=True)
    enabled = models.BooleanField("自动生成", default=True)

    class Meta:
        verbose_name = "报告日程"
        verbose_name_plural = "报告日程"
        constraints = [
            models.CheckConstraint(
                name="schedule_day_is_in_every_month",
                condition=Q(day__isnull=True) | Q(day__gte=1, day__lte=28),
                violation_error_message="到期日须在1日至28日之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
